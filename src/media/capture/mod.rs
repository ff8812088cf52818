//! Captures as sources: one RTP stream of a pcap or pcapng file, decrypted and decoded, or as it was transmitted.
//!
//! ```text
//! file ──▶ listing ──▶ choice of a stream ──▶ packets in order ─┬─▶ decrypted ──▶ rtp::receive ──▶ opened media
//!             ▲                                                  └─▶ payloads ──▶ matroska ─────▶ opened payloads
//!     sdp, keys: what a stream is                                                       both open like any file
//! ```
//!
//! A stream is decoded if an SDP or RFC 3551 states its codec and its packets are plain or their key is given. Otherwise,
//! and for the scheme `own`, each packet is a message: its payload as it was transmitted, in a container in memory that
//! counts as an encrypted file. Frames are then the distinct timestamps of RTP, which no protection hides.
//!
//! A capture is read once to list its streams and once for each stream that is opened; what is kept is the listing and the
//! opened streams, bounded in bytes. This room knows no windows and opens no socket.

mod choice;
mod codec;
mod error;
mod kept;
mod listing;
mod matroska;
mod open;
mod sdp;
mod stream;
mod transmitted;
mod trial;

pub use codec::StreamFormat;
pub use error::CaptureError;
pub use listing::{CaptureInfo, ListedStream, info};
pub use stream::{CaptureKeys, CapturedStream, StreamSecret};
pub use trial::KeyCheck;

pub(super) use kept::opened;
pub(super) use open::{Bytes, TransmittedAs};
pub(super) use transmitted::START_SECS;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::source::Source;
use super::streams::choice::StreamChoice;

/// Packets that are held back to wait for one that was sent before them.
const REORDER_WINDOW: usize = 64;

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
