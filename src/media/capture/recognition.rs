//! Recognizes captures by their first bytes, and keys files by their first table.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::stream::CapturedStream;
use crate::media::source::Source;
use crate::media::streams::choice::StreamChoice;
use crate::text::file;
use crate::wire::keys;

/// True if a file begins like a pcap or pcapng file. A file that cannot be read is none.
#[must_use]
pub fn is_capture(path: &Path) -> bool {
    const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
    const PCAP: [u32; 2] = [0xa1b2_c3d4, 0xa1b2_3c4d];
    // A pipe would wait for its other end.
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut magic = [0; 4];
    let is_read = File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok();
    let is_pcap = || {
        let numbers = [u32::from_be_bytes(magic), u32::from_le_bytes(magic)];
        numbers.iter().any(|number| PCAP.contains(number))
    };
    is_read && (magic == PCAPNG || is_pcap())
}

/// True if a file has a table `[[key]]`, as a [keys file](crate::wire::keys) has. A file that cannot be read is none.
#[must_use]
pub fn is_keys_file(path: &Path) -> bool {
    let text = file::read(path, keys::MOST_BYTES as u64);
    text.is_ok_and(|text| text.lines().any(|line| line.trim() == "[[key]]"))
}

impl Source {
    /// The source, with a file that is a capture named as one, and with this choice of its stream. Reads the first bytes of
    /// the file.
    #[must_use]
    pub fn recognized(self, stream: Option<StreamChoice>) -> Self {
        match self {
            Self::File(path) if is_capture(&path) => {
                Self::Capture(CapturedStream { stream, ..CapturedStream::of(path) })
            }
            Self::Capture(captured) => Self::Capture(CapturedStream { stream, ..captured }),
            source => source,
        }
    }
}
