//! What other files begin with that people take for captures: those of other programs, and compressed ones.

use super::CaptureError;
use super::pcap::Variant;
use super::pcapng;

/// The most bytes that a file is recognized by.
pub const MOST_START_BYTES: usize = 16;

/// Formats of captures that are not read.
const FORMATS: [(&[u8], &str); 7] = [
    (b"snoop\0\0\0", "Solaris snoop"),
    (b"RTSS", "Microsoft Network Monitor"),
    (b"GMBU", "Microsoft Network Monitor"),
    (b"TRSNIFF data", "Sniffer"),
    (b"XCP\0", "Sniffer for Windows"),
    (b"ObserverPktBuffe", "Viavi Observer"),
    (b"\x05VNF", "Visual Networks"),
];

/// Compressed files, and the program that unpacks them.
const COMPRESSED: [(&[u8], &str); 5] = [
    (b"\x1f\x8b", "gunzip"),
    (b"\x28\xb5\x2f\xfd", "unzstd"),
    (b"\xfd7zXZ\0", "unxz"),
    (b"\x04\x22\x4d\x18", "unlz4"),
    (b"BZh", "bunzip2"),
];

fn found(table: &[(&[u8], &'static str)], start: &[u8]) -> Option<&'static str> {
    table.iter().find(|(magic, _)| start.starts_with(magic)).map(|&(_, name)| name)
}

/// True if a file with this start is a capture, of a format that is read or of one that is known not to be.
/// [`MOST_START_BYTES`] of it suffice.
#[must_use]
pub fn begins_like_capture(start: &[u8]) -> bool {
    let is_read =
        start.first_chunk().is_some_and(|&magic| magic == pcapng::MAGIC || Variant::of(magic).is_some());
    is_read || found(&FORMATS, start).is_some()
}

/// True if a file with this start is compressed.
#[must_use]
pub fn begins_like_compressed(start: &[u8]) -> bool {
    found(&COMPRESSED, start).is_some()
}

/// Why a file with this start, which is neither pcap nor pcapng, is not read.
pub(super) fn refused(start: &[u8]) -> CaptureError {
    match (found(&FORMATS, start), found(&COMPRESSED, start)) {
        (Some(format), _) => CaptureError::OtherFormat { format },
        (None, Some(unpack)) => CaptureError::Compressed { unpack },
        (None, None) => CaptureError::Format { start: hex::encode(&start[..start.len().min(4)]) },
    }
}
