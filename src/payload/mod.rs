//! Payloads: the messages that are encrypted, and the pieces that they are made of.
//!
//! ```text
//! payload of a frame ─┬─ message m ────┬─ piece: clear bytes │ block │ block │ block │ rest
//!                     │                └─ piece: clear bytes │ block │ block │ …
//!                     └─ message m + 1 ─── …
//! ```
//!
//! A **message** is encrypted at once, under one nonce. It is made of **pieces**. A piece starts with clear bytes,
//! which are not encrypted; its blocks of 16 bytes are counted from its first encrypted byte. A frame of pixels is one
//! message of one piece without clear bytes, and each of its blocks has a place in the picture. A [`Cutter`] makes messages of
//! encoded video: which bytes of a packet are encrypted depends on the [`Target`] and on the codec's own headers.
//!
//! A [`MessageReader`] reads the messages of a file. This room knows no cipher.

mod cut;
mod feed;
mod file;
mod file_header;
mod message;
mod reader;
mod sizes;
mod slice;
mod stored;
mod target;
mod units;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{BlockGrid, Carpet, Frame, PixelGrid, Shape};
use crate::runtime::pool::Buffer;
use crate::units::MessageNumber;

pub use cut::{CutError, Cutter};
pub use file::{MOST_FILE_BYTES, file_bytes, file_payload};
pub use file_header::header_bytes;
pub use message::{BlockPlace, Cut, Message, Pattern, Piece, Procedure};
pub use reader::{CutPacket, MessageError, MessageReader};
pub use sizes::{Category, FrameSizes, StreamSizes};
pub use slice::Slice;
pub use stored::Stored;
pub use target::{Target, TargetStream, UnknownTarget};
pub use units::{PacketUnit, UnitSyntax};

/// The messages of one frame, one after another.
#[derive(Clone, Debug)]
pub struct Payload {
    bytes: Arc<Buffer>,
    messages: Vec<Message>,
    /// The size of the picture.
    shape: Shape,
    pixels: Option<PixelGrid>,
    /// True if its bytes are ciphertext from the source that was not decrypted.
    is_locked: bool,
    /// True if its bytes are the rows of a picture without compression.
    is_in_rows: bool,
    /// How the units of its messages are found, if each message is a packet made of units.
    units: Option<UnitSyntax>,
    grid: OnceLock<BlockGrid>,
}

impl Payload {
    /// The pixels of a frame as one message with the frame's number.
    #[must_use]
    pub fn of_pixels(frame: &Frame) -> Self {
        let range = 0..frame.bytes.len();
        let message = Message {
            number: frame.index.into(),
            kind: "pixels",
            category: Category::Key,
            pieces: vec![Piece::new(range.clone(), 0)],
            slices: Vec::new(),
            range,
            procedure: Procedure::Joined,
        };
        let (bytes, shape, pixels) = (Arc::clone(&frame.bytes), frame.shape, Some(frame.pixels()));
        Self {
            bytes,
            messages: vec![message],
            shape,
            pixels,
            is_locked: false,
            is_in_rows: false,
            units: None,
            grid: OnceLock::new(),
        }
    }

    /// A file as it is: one message with the number 0, whose first `put_back` bytes stay readable.
    #[must_use]
    pub fn of_file(bytes: Arc<Buffer>, put_back: usize, shape: Shape) -> Self {
        let range = 0..bytes.len();
        let message = Message {
            number: MessageNumber(0),
            kind: "file",
            category: Category::Key,
            pieces: vec![Piece::new(range.clone(), 0)],
            slices: Vec::new(),
            procedure: Procedure::File { put_back: put_back.min(range.len()) },
            range,
        };
        Self::of_messages(bytes, vec![message], shape)
    }

    /// Messages that are no pixels, shown as a carpet in a picture of `shape`. Bytes outside all messages are clear.
    ///
    /// # Panics
    /// If messages or pieces are not in order or reach past the bytes, or a piece has more clear bytes than bytes.
    #[must_use]
    pub fn of_messages(bytes: Arc<Buffer>, messages: Vec<Message>, shape: Shape) -> Self {
        let mut at = 0;
        for message in &messages {
            assert!(
                message.range.start >= at && message.range.end <= bytes.len(),
                "messages follow each other"
            );
            at = message.range.start;
            for piece in &message.pieces {
                let is_inside = piece.range.end <= message.range.end && piece.clear <= piece.range.len();
                assert!(
                    piece.range.start >= at && is_inside,
                    "pieces follow each other within their message"
                );
                at = piece.range.end;
            }
            at = message.range.end;
        }
        Self {
            bytes,
            messages,
            shape,
            pixels: None,
            is_locked: false,
            is_in_rows: false,
            units: None,
            grid: OnceLock::new(),
        }
    }

    /// The same payload with [`is_locked`](Self::is_locked) set.
    #[must_use]
    pub fn locked(self, is_locked: bool) -> Self {
        Self { is_locked, ..self }
    }

    /// The same payload, the bytes of which are the rows of a picture without compression, so that each block is painted
    /// where its pixels are. Headers in the bytes are so small a share of them that they are taken for pixels.
    #[must_use]
    pub fn in_rows(self, is_in_rows: bool) -> Self {
        Self { is_in_rows, ..self }
    }

    /// The same payload, each message of which is a packet made of units.
    #[must_use]
    pub fn of_units(self, units: Option<UnitSyntax>) -> Self {
        Self { units, ..self }
    }

    /// How the units of its messages are found; `None` if the messages are no packets made of units.
    #[must_use]
    pub const fn unit_syntax(&self) -> Option<UnitSyntax> {
        self.units
    }

    /// The NAL units or OBUs of a message, with their places in the payload's bytes; none if it is no packet made of units.
    #[must_use]
    pub fn units_of(&self, message: &Message) -> Vec<PacketUnit> {
        let Some(syntax) = self.units else { return Vec::new() };
        let start = message.range.start;
        let mut units = syntax.units(&self.bytes[message.range.clone()]);
        for unit in &mut units {
            unit.range = unit.range.start + start..unit.range.end + start;
        }
        units
    }

    /// True if its bytes are ciphertext already: they are encrypted in the source and were not decrypted.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// All bytes, including clear bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Arc<Buffer> {
        &self.bytes
    }

    /// The messages, in the order of their bytes.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The slices that clear bytes delimit, with known places in the picture, in the order of their bytes.
    pub fn slices(&self) -> impl Iterator<Item = &Slice> {
        self.messages.iter().flat_map(|message| &message.slices)
    }

    /// The pixels that its bytes represent; `None` if they are no pixels.
    #[must_use]
    pub const fn pixels(&self) -> Option<PixelGrid> {
        self.pixels
    }

    /// How many bytes at the start of a file stay readable; `None` if it is no file.
    #[must_use]
    pub fn put_back(&self) -> Option<usize> {
        match self.messages.first()?.procedure {
            Procedure::File { put_back } => Some(put_back),
            Procedure::Joined | Procedure::EachPiece => None,
        }
    }

    /// Where its blocks are painted; computed on the first call.
    pub fn grid(&self) -> &BlockGrid {
        self.grid.get_or_init(|| match self.pixels {
            Some(pixels) => BlockGrid::Pixels(pixels),
            None if self.is_in_rows => BlockGrid::Carpet(Carpet::of_runs(self.shape, self.runs())),
            None => BlockGrid::Carpet(Carpet::new(self.shape, self.cells())),
        })
    }

    /// The pixels of each block, as far along the picture as its bytes are along all bytes.
    fn runs(&self) -> Vec<Range<u32>> {
        let pixel = |byte: usize| {
            let pixel = byte as u128 * self.shape.pixels() as u128 / self.bytes.len().max(1) as u128;
            u32::try_from(pixel).unwrap_or(u32::MAX)
        };
        let blocks = self.whole_blocks().flat_map(|blocks| blocks.step_by(BLOCK_BYTES));
        blocks.map(|start| pixel(start)..pixel(start + BLOCK_BYTES)).collect()
    }

    /// The cells of the carpet: blocks by their numbers, and clear bytes.
    fn cells(&self) -> Vec<Option<u32>> {
        let (mut cells, mut block, mut at) = (Vec::new(), 0, 0);
        let clear = |cells: &mut Vec<Option<u32>>, bytes: usize| {
            cells.extend(std::iter::repeat_n(None, bytes.div_ceil(BLOCK_BYTES)));
        };
        for blocks in self.whole_blocks() {
            clear(&mut cells, blocks.start - at);
            let count = u32::try_from(blocks.len() / BLOCK_BYTES).expect("fewer than 2^32 blocks");
            cells.extend((block..block + count).map(Some));
            (block, at) = (block + count, blocks.end);
        }
        // The rest at the end of a file is encrypted together with its padding.
        if self.put_back().is_none() {
            clear(&mut cells, self.bytes.len() - at);
        }
        cells
    }

    /// The whole encrypted blocks of all pieces within the bytes, in order.
    fn whole_blocks(&self) -> impl Iterator<Item = Range<usize>> {
        self.messages.iter().flat_map(Message::whole_blocks)
    }

    /// The number of bytes that are not encrypted. With `whole_blocks`, as in modes that encrypt whole blocks only,
    /// rests under 16 bytes count too.
    #[must_use]
    pub fn clear_bytes(&self, whole_blocks: bool) -> usize {
        let of_messages: usize = self.messages.iter().map(|message| message.range.len()).sum();
        let clear = |message: &Message| -> usize { message.clear(whole_blocks).iter().map(Range::len).sum() };
        self.bytes.len() - of_messages + self.messages.iter().map(clear).sum::<usize>()
    }

    /// Copies the whole encrypted blocks of all pieces from `bytes`, which have the arrangement of the payload.
    ///
    /// # Panics
    /// If there are fewer bytes than the payload has.
    #[must_use]
    pub fn blocks(&self, bytes: &[u8]) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.block_bytes());
        self.whole_blocks().for_each(|blocks| all.extend_from_slice(&bytes[blocks]));
        all
    }

    /// Where a block lies; `None` if there is no such block.
    #[must_use]
    pub fn place_of(&self, block: usize) -> Option<BlockPlace> {
        let mut before = 0;
        for (at, message) in self.messages.iter().enumerate() {
            for blocks in message.whole_blocks() {
                let within = block - before;
                before += blocks.len() / BLOCK_BYTES;
                if block < before {
                    let start = blocks.start + within * BLOCK_BYTES;
                    let text = message.text_around(start);
                    return Some(BlockPlace { message: at, range: start..start + BLOCK_BYTES, text });
                }
            }
        }
        None
    }

    /// The first block that lies in a range of its bytes; `None` if no whole block does.
    #[must_use]
    pub fn first_block_in(&self, range: &Range<usize>) -> Option<usize> {
        let mut before = 0;
        for blocks in self.whole_blocks() {
            let skipped = range.start.saturating_sub(blocks.start).div_ceil(BLOCK_BYTES);
            let start = blocks.start + skipped * BLOCK_BYTES;
            if start + BLOCK_BYTES <= blocks.end.min(range.end) {
                return Some(before + skipped);
            }
            before += blocks.len() / BLOCK_BYTES;
        }
        None
    }

    /// Bytes of the whole encrypted blocks.
    #[must_use]
    pub fn block_bytes(&self) -> usize {
        self.whole_blocks().map(|blocks| blocks.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(bytes: usize, messages: Vec<(Range<usize>, Vec<Piece>)>) -> Payload {
        let bytes: Vec<u8> = (0..=255).cycle().take(bytes).collect();
        let message = |(number, (range, pieces))| Message {
            number: MessageNumber(number),
            kind: "packet",
            category: Category::Other,
            range,
            pieces,
            slices: Vec::new(),
            procedure: Procedure::Joined,
        };
        let messages = (7..).zip(messages).map(message).collect();
        Payload::of_messages(Arc::new(Buffer::from(bytes)), messages, Shape::new(6, 2))
    }

    /// The blocks of the cells of the first row.
    fn row(payload: &Payload) -> Vec<Option<usize>> {
        let BlockGrid::Carpet(carpet) = payload.grid() else { panic!("no pixels") };
        (0..6).map(|x| carpet.block_at(x, 0)).collect()
    }

    #[test]
    fn blocks_are_counted_from_the_first_encrypted_byte_of_each_piece() {
        let pieces = vec![Piece::new(0..40, 5), Piece::new(40..60, 0)];
        let payload = payload(90, vec![(0..60, pieces), (60..90, vec![Piece::new(60..90, 30)])]);
        let expected: Vec<u8> = (5..37).chain(40..56).collect();
        assert_eq!(payload.blocks(payload.bytes()), expected);
        // A clear cell, two blocks, the rest of the first piece, a block, and the first clear cell of three.
        assert_eq!(row(&payload), [None, Some(0), Some(1), None, Some(2), None]);
    }

    #[test]
    fn blocks_of_rows_lie_where_their_bytes_are_in_the_picture() {
        let one = |bytes: Range<usize>| (bytes.clone(), vec![Piece::new(bytes, 0)]);
        // 96 bytes for 12 pixels: a block is two of them.
        let payload = payload(96, vec![one(0..40), one(40..96)]).in_rows(true);
        assert_eq!(row(&payload), [Some(0), Some(0), Some(1), Some(1), None, Some(2)]);
    }

    #[test]
    fn a_block_is_found_with_its_message_and_the_text_that_it_is_encrypted_with() {
        let pieces = vec![Piece::new(0..40, 5), Piece::new(40..60, 0)];
        let two = payload(100, vec![(0..60, pieces.clone()), (60..100, vec![Piece::new(60..100, 4)])]);
        let place = |block| two.place_of(block).expect("a block");
        assert_eq!((place(1).message, place(1).range, place(1).number()), (0, 21..37, Some(1)));
        assert_eq!(place(2).text, [5..40, 40..60]);
        assert_eq!((place(2).range, place(2).number()), (40..56, None), "35 bytes before it in its text");
        assert_eq!((place(4).message, place(4).range.start, place(4).number()), (1, 80, Some(1)));
        assert_eq!(place(3).text_of(two.bytes()), (64..100).collect::<Vec<u8>>());
        assert_eq!(two.place_of(5), None);
        assert_eq!(two.first_block_in(&(0..100)), Some(0));
        assert_eq!(two.first_block_in(&(6..100)), Some(1), "not a part of one");
        assert_eq!((two.first_block_in(&(30..70)), two.first_block_in(&(64..100))), (Some(2), Some(3)));
        assert_eq!((two.first_block_in(&(5..20)), two.first_block_in(&(97..100))), (None, None));
        let message = Message { procedure: Procedure::EachPiece, ..two.messages()[0].clone() };
        let restarting = Payload::of_messages(Arc::clone(two.bytes()), vec![message], Shape::new(6, 2));
        let place = restarting.place_of(2).expect("a block");
        assert_eq!((place.number(), place.text.len(), place.text[0].clone()), (Some(0), 1, 40..60));
    }

    #[test]
    fn bytes_outside_all_messages_are_clear() {
        let payload = payload(60, vec![(4..52, vec![Piece::new(20..52, 0)])]);
        assert_eq!(payload.blocks(payload.bytes()), (20..52).collect::<Vec<u8>>());
        // 20 clear bytes before the piece, 8 after it.
        assert_eq!(row(&payload)[..5], [None, None, Some(0), Some(1), None]);
    }

    #[test]
    fn the_blocks_of_a_file_begin_after_the_bytes_that_were_put_back() {
        let bytes: Vec<u8> = (0..100).collect();
        let payload = Payload::of_file(Arc::new(Buffer::from(bytes)), 20, Shape::new(6, 2));
        assert_eq!(payload.blocks(payload.bytes()), (32..96).collect::<Vec<u8>>());
        assert_eq!(row(&payload), [None, None, Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!((payload.clear_bytes(true), payload.clear_bytes(false)), (20, 20));
        let all_clear = Payload::of_file(Arc::new(Buffer::from(vec![1; 30])), 90, Shape::new(6, 2));
        assert_eq!((all_clear.block_bytes(), all_clear.clear_bytes(true)), (0, 30));
    }

    #[test]
    #[should_panic(expected = "messages follow each other")]
    fn messages_past_the_end_panic() {
        let _ = payload(20, vec![(0..21, Vec::new())]);
    }

    #[test]
    #[should_panic(expected = "pieces follow each other")]
    fn overlapping_pieces_panic() {
        let _ = payload(40, vec![(0..40, vec![Piece::new(0..20, 0), Piece::new(10..40, 0)])]);
    }
}
