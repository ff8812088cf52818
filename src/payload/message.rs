//! Messages and pieces: which bytes are encrypted together, and which blocks they make.

use std::ops::Range;

use super::sizes::Category;
use super::slice::Slice;
use crate::media::codec::CodecError;
use crate::picture::layout::BLOCK_BYTES;
use crate::units::MessageNumber;

/// Bytes that are encrypted at once, under one nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The number of the message, which determines its initialization vector, nonce or tweak.
    pub number: MessageNumber,
    /// Its kind in one or two words: `packet`, `key slice`.
    pub kind: &'static str,
    /// Its category.
    pub category: Category,
    /// The bytes of the message within the payload, including clear bytes.
    pub range: Range<usize>,
    /// The pieces of the message, in order; bytes of the message outside all pieces are clear.
    pub pieces: Vec<Piece>,
    /// The slices of the message that clear bytes delimit, in order, if their places in the picture are known.
    pub slices: Vec<Slice>,
    /// How its encrypted bytes are passed to the cipher.
    pub procedure: Procedure,
}

/// Where a block lies in its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPlace {
    /// The message, by its index among the messages of the payload.
    pub message: usize,
    /// The bytes of the block within the payload.
    pub range: Range<usize>,
    /// The bytes that are encrypted as one text with it, in order, from the initialization vector on.
    pub text: Vec<Range<usize>>,
}

impl BlockPlace {
    /// The number of the block within its text; `None` if the cipher's blocks start at other bytes.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        let before = self.text.iter().take_while(|range| range.start <= self.range.start);
        let bytes: usize = before.map(|range| range.end.min(self.range.start) - range.start).sum();
        bytes.is_multiple_of(BLOCK_BYTES).then_some(bytes / BLOCK_BYTES)
    }

    /// The bytes of its text, taken from `bytes`, which have the arrangement of the payload.
    #[must_use]
    pub fn text_of(&self, bytes: &[u8]) -> Vec<u8> {
        self.text.iter().flat_map(|range| &bytes[range.clone()]).copied().collect()
    }
}

/// How the encrypted bytes of a message are passed to a cipher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Procedure {
    /// The encrypted bytes of all pieces as one text, in order. A mode that pads encrypts whole blocks of it only, so that
    /// no message grows.
    #[default]
    Joined,
    /// Each piece by itself, from the same initialization vector, as in `cbcs`.
    EachPiece,
    /// All bytes, padded if the mode pads, as `openssl enc` does. Then the first bytes are replaced by those of the
    /// plaintext, like a header that is copied in front of the ciphertext.
    File {
        /// How many bytes at the start are replaced.
        put_back: usize,
    },
}

/// A part of a message: clear bytes, then encrypted bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes of the piece within the payload.
    pub range: Range<usize>,
    /// How many bytes at its start are clear; the first block starts after them.
    pub clear: usize,
    /// Which blocks are encrypted.
    pub pattern: Pattern,
}

/// Which blocks of a piece are encrypted, counted from its first encrypted byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    /// All blocks, and the rest after the last.
    #[default]
    All,
    /// Repeats: `encrypted` whole blocks are encrypted, then `skipped` blocks are not; a rest under 16 bytes is clear.
    Blocks {
        /// How many blocks are encrypted.
        encrypted: u32,
        /// How many blocks after them are skipped.
        skipped: u32,
    },
}

impl Pattern {
    /// One whole block in ten, beginning with the first, as in `cbcs`.
    pub const ONE_IN_TEN: Self = Self::Blocks { encrypted: 1, skipped: 9 };
}

impl Message {
    /// The message of a payload with `by` more bytes in front.
    #[must_use]
    pub(super) fn shifted(mut self, by: usize) -> Self {
        let shift = |range: &mut Range<usize>| *range = range.start + by..range.end + by;
        shift(&mut self.range);
        self.pieces.iter_mut().for_each(|piece| shift(&mut piece.range));
        self.slices = self.slices.into_iter().map(|slice| slice.shifted(by)).collect();
        self
    }

    /// The bytes of the message that are sent without encryption, in order. With `whole_blocks`, as in modes that
    /// encrypt whole blocks only, a rest under 16 bytes at the end is one of them.
    #[must_use]
    pub fn clear(&self, whole_blocks: bool) -> Vec<Range<usize>> {
        if let Procedure::File { put_back } = self.procedure {
            let header = self.range.start..self.range.end.min(self.range.start + put_back);
            return if header.is_empty() { Vec::new() } else { vec![header] };
        }
        let encrypted = || self.pieces.iter().flat_map(Piece::encrypted);
        let all: usize = encrypted().map(|range| range.len()).sum();
        let mut left = if whole_blocks { all / BLOCK_BYTES * BLOCK_BYTES } else { all };
        let mut clear = Vec::new();
        let mut at = self.range.start;
        for range in encrypted() {
            let length = range.len().min(left);
            left -= length;
            if length == 0 {
                break;
            }
            if at < range.start {
                clear.push(at..range.start);
            }
            at = range.start + length;
        }
        if at < self.range.end {
            clear.push(at..self.range.end);
        }
        clear
    }

    /// The ranges that are encrypted as one text, which contains the byte `at`.
    pub(super) fn text_around(&self, at: usize) -> Vec<Range<usize>> {
        let pieces: &[Piece] = match self.procedure {
            Procedure::Joined | Procedure::File { .. } => &self.pieces,
            Procedure::EachPiece => {
                let own = self.pieces.iter().position(|piece| piece.range.contains(&at));
                own.map_or(&[], |own| &self.pieces[own..=own])
            }
        };
        pieces.iter().flat_map(Piece::encrypted).collect()
    }

    /// The whole encrypted blocks within the payload, in order, without the blocks of a file whose bytes were put
    /// back.
    pub(super) fn whole_blocks(&self) -> impl Iterator<Item = Range<usize>> {
        let clear = match self.procedure {
            Procedure::File { put_back } => put_back.next_multiple_of(BLOCK_BYTES),
            Procedure::Joined | Procedure::EachPiece => 0,
        };
        let start = self.range.start.saturating_add(clear);
        self.pieces
            .iter()
            .flat_map(Piece::whole_blocks)
            .map(move |blocks| blocks.start.max(start)..blocks.end)
            .filter(|blocks| blocks.start <= blocks.end)
    }
}

impl Piece {
    /// A piece whose first `clear` bytes are clear; all others are encrypted.
    #[must_use]
    pub const fn new(range: Range<usize>, clear: usize) -> Self {
        Self { range, clear, pattern: Pattern::All }
    }

    /// The bytes after the clear ones, within the payload.
    const fn body(&self) -> Range<usize> {
        self.range.start + self.clear..self.range.end
    }

    /// The encrypted bytes within the payload, in order.
    pub fn encrypted(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let mut body = self.body();
        let (step, length) = match self.pattern {
            Pattern::All => (body.len(), body.len()),
            Pattern::Blocks { encrypted, skipped } => {
                body.end -= body.len() % BLOCK_BYTES;
                let bytes = |blocks: u32| (blocks as usize).saturating_mul(BLOCK_BYTES).min(body.len());
                // If no blocks are skipped, all of them are one range.
                let encrypted = if skipped == 0 && encrypted > 0 { body.len() } else { bytes(encrypted) };
                (encrypted.saturating_add(bytes(skipped)), encrypted)
            }
        };
        let end = body.end;
        let ranges = body.step_by(step.max(1)).map(move |start| start..end.min(start + length));
        ranges.filter(move |_| length > 0)
    }

    /// The whole encrypted blocks within the payload, in order, without a rest under 16 bytes.
    pub fn whole_blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        self.encrypted().map(|range| range.start..range.end - range.len() % BLOCK_BYTES)
    }
}

/// The messages of a packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The messages, in order; their ranges are within the packet. Bytes outside all messages are clear.
    pub messages: Vec<Message>,
    /// The parts that could not be parsed; their bytes are clear.
    pub problems: Vec<CodecError>,
}

/// A message without its number.
pub(super) fn message(kind: &'static str, range: Range<usize>, pieces: Vec<Piece>) -> Message {
    Message {
        number: MessageNumber(0),
        kind,
        category: Category::Other,
        range,
        pieces,
        slices: Vec::new(),
        procedure: Procedure::Joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_blocks_is_encrypted_and_any_skipped() {
        let encrypted = |encrypted, skipped, bytes: usize| -> Vec<Range<usize>> {
            let pattern = Pattern::Blocks { encrypted, skipped };
            Piece { pattern, ..Piece::new(0..3 + bytes, 3) }.encrypted().collect()
        };
        assert_eq!(encrypted(2, 1, 96), [3..35, 51..83]);
        assert_eq!(encrypted(2, 1, 79), [3..35, 51..67], "the last run is one block, and a rest is clear");
        assert_eq!(encrypted(1, 0, 95), std::iter::once(3..83).collect::<Vec<_>>(), "all whole blocks");
        assert_eq!(encrypted(5, 0, 16), std::iter::once(3..19).collect::<Vec<_>>());
        assert_eq!(encrypted(u32::MAX, u32::MAX, 40), std::iter::once(3..35).collect::<Vec<_>>());
        assert!(encrypted(0, 9, 400).is_empty() && encrypted(1, 9, 0).is_empty());
    }

    #[test]
    fn one_block_in_ten_is_encrypted_and_no_rest() {
        let piece = Piece { pattern: Pattern::ONE_IN_TEN, ..Piece::new(0..10 + 330, 10) };
        let blocks: Vec<_> = piece.whole_blocks().collect();
        assert_eq!(blocks, [10..26, 170..186]);
        assert_eq!(piece.encrypted().collect::<Vec<_>>(), blocks);
        let none = Piece { pattern: Pattern::ONE_IN_TEN, ..Piece::new(0..15, 0) };
        assert_eq!(none.encrypted().count(), 0);
        assert_eq!(Piece::new(3..3, 0).encrypted().count(), 0);
        assert_eq!(Piece::new(3..8, 1).encrypted().next(), Some(4..8));
    }
}
