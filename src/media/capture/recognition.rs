//! Recognizes captures by their first bytes, and keys files by their first table.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::stream::CapturedStream;
use crate::media::source::Source;
use crate::media::streams::choice::StreamChoice;
use crate::text::file;
use crate::wire::capture::{MOST_START_BYTES, begins_like_capture, begins_like_compressed};
use crate::wire::keys;

/// True if a file begins like a capture: one that is read, or one that cannot be read for a reason that is known. A file
/// that cannot be read is none.
#[must_use]
pub fn is_capture(path: &Path) -> bool {
    // A pipe would wait for its other end.
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_START_BYTES as u64).read_to_end(&mut start));
    read.is_ok()
        && (begins_like_capture(&start) || is_named_like_capture(path) && begins_like_compressed(&start))
}

/// True if the name is that of a capture before its last ending, as in `call.pcap.gz`.
fn is_named_like_capture(path: &Path) -> bool {
    let inner = path.file_stem().and_then(|stem| Path::new(stem).extension()?.to_str());
    inner.is_some_and(|ending| {
        ["pcap", "pcapng", "cap"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
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
