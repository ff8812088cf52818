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
mod kept_streams;
mod listing;
mod made;
mod matroska;
mod open;
mod recognition;
mod records;
mod stated;
mod stream;
mod transmitted;
mod trial;

pub use codec::StreamFormat;
pub use error::CaptureError;
pub use kept_streams::open_capture;
pub use listing::{CaptureInfo, ListedStream, OpenCapture, info};
pub use made::{DecodedStream, MadeStream, SimulatedSource, Simulation};
pub use recognition::{is_capture, is_keys_file};
pub use stream::{CaptureKeys, CapturedStream, StreamSecret};
pub use trial::KeyCheck;

pub(super) use kept_streams::opened;
pub(super) use open::{Bytes, Opened, TransmittedAs};
pub(super) use transmitted::START_SECS;

/// Packets that are held back to wait for one that was sent before them.
const REORDER_WINDOW: usize = 64;
