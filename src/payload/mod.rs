//! What is encrypted: messages, cut into pieces.
//!
//! ```text
//! payload of a frame ─┬─ message m ────┬─ piece: clear bytes │ block │ block │ block │ rest
//!                     │                └─ piece: clear bytes │ block │ block │ …
//!                     └─ message m + 1 ─── …
//! ```
//!
//! A **message** is what is encrypted at once under one nonce. A **piece** of it begins with bytes that are sent in clear;
//! its blocks of 16 bytes are counted from the first encrypted byte on. A frame of pixels is one message of one piece
//! without clear bytes, and its blocks lie in the picture.
//!
//! This room knows neither ciphers nor files.

use std::ops::Range;
use std::sync::Arc;

use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{BlockGrid, Carpet, Frame, Shape};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

/// What is encrypted of one frame: messages, one after the other.
#[derive(Clone, Debug)]
pub struct Payload {
    bytes: Arc<Buffer>,
    messages: Vec<Message>,
    grid: BlockGrid,
}

/// What is encrypted at once under one nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number, from which initialization vector, nonce or tweak follow.
    pub number: MessageNumber,
    /// Its pieces, in order: together they are all bytes of the message.
    pub pieces: Vec<Piece>,
}

/// A part of a message: clear bytes, then encrypted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes within the payload.
    pub range: Range<usize>,
    /// Bytes at its start that are sent in clear; the first block begins behind them.
    pub clear: usize,
}

impl Piece {
    /// The encrypted bytes within the payload.
    #[must_use]
    pub const fn encrypted(&self) -> Range<usize> {
        self.range.start + self.clear..self.range.end
    }

    /// The whole encrypted blocks within the payload: a rest under 16 bytes is left out.
    #[must_use]
    pub const fn whole_blocks(&self) -> Range<usize> {
        let Range { start, end } = self.encrypted();
        start..end - (end - start) % BLOCK_BYTES
    }
}

impl Payload {
    /// The pixels of a frame: one message, whose number is the frame's.
    #[must_use]
    pub fn of_pixels(frame: &Frame) -> Self {
        let pieces = vec![Piece { range: 0..frame.bytes.len(), clear: 0 }];
        Self {
            bytes: Arc::clone(&frame.bytes),
            messages: vec![Message { number: frame.index.into(), pieces }],
            grid: BlockGrid::Pixels(frame.pixels()),
        }
    }

    /// Messages that are no pixels, to be shown as a carpet in a picture of `shape`.
    ///
    /// # Panics
    /// If the pieces are not all of the bytes in order, or a piece has more clear bytes than bytes.
    #[must_use]
    pub fn of_messages(bytes: Arc<Buffer>, messages: Vec<Message>, shape: Shape) -> Self {
        let pieces = || messages.iter().flat_map(|message| &message.pieces);
        let end = pieces().fold(0, |end, piece| {
            assert!(piece.range.start == end && piece.clear <= piece.range.len(), "pieces follow each other");
            piece.range.end
        });
        assert_eq!(end, bytes.len(), "each byte belongs to a piece");
        let mut cells = Vec::new();
        let mut block = 0;
        for piece in pieces() {
            let blocks = piece.whole_blocks();
            let rest = piece.range.end - blocks.end;
            cells.extend(std::iter::repeat_n(None, piece.clear.div_ceil(BLOCK_BYTES)));
            cells.extend((block..).take(blocks.len() / BLOCK_BYTES).map(Some));
            cells.extend(std::iter::repeat_n(None, rest.div_ceil(BLOCK_BYTES)));
            block += u32::try_from(blocks.len() / BLOCK_BYTES).expect("fewer than 2^32 blocks");
        }
        Self { bytes, messages, grid: BlockGrid::Carpet(Carpet::new(shape, cells)) }
    }

    /// All bytes, clear ones included.
    #[must_use]
    pub const fn bytes(&self) -> &Arc<Buffer> {
        &self.bytes
    }

    /// The messages, in the order of their bytes.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Where its blocks are painted.
    #[must_use]
    pub const fn grid(&self) -> &BlockGrid {
        &self.grid
    }

    /// Copies the whole encrypted blocks of all pieces out of `bytes`, which are arranged as the payload is.
    ///
    /// # Panics
    /// If there are fewer bytes than the payload has.
    #[must_use]
    pub fn blocks(&self, bytes: &[u8]) -> Vec<u8> {
        let pieces = self.messages.iter().flat_map(|message| &message.pieces);
        pieces.flat_map(|piece| &bytes[piece.whole_blocks()]).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(range: Range<usize>, clear: usize) -> Piece {
        Piece { range, clear }
    }

    fn payload(bytes: usize, messages: Vec<Vec<Piece>>) -> Payload {
        let bytes: Vec<u8> = (0..=255).cycle().take(bytes).collect();
        let messages = (7..).zip(messages);
        let messages =
            messages.map(|(number, pieces)| Message { number: MessageNumber(number), pieces }).collect();
        Payload::of_messages(Arc::new(Buffer::from(bytes)), messages, Shape::new(6, 2))
    }

    #[test]
    fn blocks_are_counted_from_the_first_encrypted_byte_of_each_piece() {
        let payload = payload(90, vec![vec![piece(0..40, 5), piece(40..60, 0)], vec![piece(60..90, 30)]]);
        let blocks = payload.blocks(payload.bytes());
        let expected: Vec<u8> = (5..37).chain(40..56).collect();
        assert_eq!(blocks, expected);
        // A clear cell, two blocks and a rest; a block and a rest; two clear cells.
        let at = |x: u32, y: u32| match payload.grid() {
            BlockGrid::Carpet(carpet) => carpet.block_at(x, y),
            BlockGrid::Pixels(_) => panic!("no pixels"),
        };
        let row: Vec<_> = (0..6).map(|x| at(x, 0)).collect();
        assert_eq!(row, [None, Some(0), Some(1), None, Some(2), None]);
        assert_eq!((0..6).filter_map(|x| at(x, 1)).count(), 0);
    }

    #[test]
    #[should_panic(expected = "each byte belongs to a piece")]
    fn bytes_of_no_piece_are_refused() {
        let _ = payload(20, vec![vec![piece(0..16, 0)]]);
    }

    #[test]
    #[should_panic(expected = "pieces follow each other")]
    fn pieces_that_overlap_are_refused() {
        let _ = payload(20, vec![vec![piece(0..16, 0)], vec![piece(10..20, 0)]]);
    }
}
