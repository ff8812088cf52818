//! Sends a source as packets of RTP, and opens packets of RTP as a source. No socket is opened: packets are bytes in
//! memory.
//!
//! ```text
//! sending                                                   receiving
//! source ──pictures──▶ fit ──▶ video ─┐                     SDP ──▶ description ──▶ FFmpeg's demuxer, or raw ◀── packets
//!        ──samples──────────▶ sound ──┤ packetizer ──▶      from a                 │ packets of the codec       one by one
//! voice  ──samples────────────▲       ┘ packets, SDP        stranger               ▼
//!                                                                                container ──▶ Source::Received
//! ```
//!
//! - **The same bytes from run to run.** Encoders have one thread; what FFmpeg draws at random (source, numbers, base
//!   of the timestamps) is replaced by [`StreamParameters`].
//! - **Times**: a packet is sent at the time of its picture or of its first sample. A real encoder sends it a little
//!   later, once it has the whole picture or all samples.
//! - **Damage**: after a lost packet, later ones are read on. What a decoder shows in place of a lost part is
//!   FFmpeg's; of uncompressed pictures, it is the picture before.
//!
//! This room knows no capture files, no addresses and no encryption: what it opens is plain.

mod container;
mod description;
mod encoded;
mod error;
mod fit;
mod packetizer;
mod pictures;
mod raw;
mod receive;
mod received;
mod samples;
mod send;
mod sound;
mod stream;
#[cfg(test)]
mod tests;
mod video;
mod voice;

pub use description::{MediaDescription, MediaType};
pub use error::RtpError;
pub use raw::raw_shape;
pub use receive::receive;
pub(in crate::media) use received::ReceivedBytes;
pub use received::ReceivedStream;
pub use send::{send_sound, send_video};
pub use stream::{CallMedia, MOST_PACKET_BYTES, SentStream, StreamParameters, TimedPacket, USUAL_SECS};
pub use voice::Voice;
