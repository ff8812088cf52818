//! Packets that are encrypted in their file. The file states their clear and encrypted parts.

use super::message::{Cut, message};
use super::slice::Part;
use super::{Message, Pattern, Piece};
use crate::media::codec::CodecError;
use crate::media::encryption::{Coverage, PacketEncryption};

/// How the bytes of a packet were stored in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored<'a> {
    /// Unencrypted, or decrypted since.
    Plain,
    /// Encrypted with these parts, and not decrypted.
    Encrypted(&'a PacketEncryption),
    /// Unencrypted in an encrypted stream.
    LeftClear,
}

/// A packet of a stream that is encrypted in its file. Of the slices that seem to be in it, those with clear headers are.
pub(super) fn cut(bytes: usize, stored: Stored<'_>, slices: &[Part]) -> Cut {
    let packet = |pieces: Vec<Piece>, problems| {
        let is_clear = |part: &&Part| {
            // From the last byte of its length on.
            let start = part.start.saturating_sub(1);
            let mut encrypted = pieces.iter().flat_map(Piece::encrypted);
            encrypted.all(|run| run.end <= start || part.data.start <= run.start)
        };
        let slices = slices.iter().filter(is_clear).filter_map(Part::slice).collect();
        Cut { messages: vec![Message { slices, ..message("packet", 0..bytes, pieces) }], problems }
    };
    let clear = |problems| packet(vec![Piece::new(0..bytes, bytes)], problems);
    let Stored::Encrypted(encryption) = stored else { return clear(Vec::new()) };
    let Some(parts) = encryption.parts_of(bytes) else { return clear(vec![CodecError::PartsPastEnd]) };
    let coverage = encryption.coverage();
    let pattern = match coverage {
        Coverage::All => Pattern::All,
        Coverage::Blocks(encrypted, skipped) => Pattern::Blocks { encrypted, skipped },
        Coverage::None => Pattern::Blocks { encrypted: 0, skipped: 1 },
    };
    let mut start = 0;
    let piece = |(clear, protected): (usize, usize)| {
        let range = start..start + clear + protected;
        start = range.end;
        Piece { pattern, ..Piece::new(range, clear) }
    };
    let pieces = parts.into_iter().map(piece).collect();
    packet(pieces, Vec::new())
}
