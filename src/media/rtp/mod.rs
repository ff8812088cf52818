//! Sends a source as packets of RTP, and opens packets of RTP as a source. No socket is opened: packets are bytes in
//! memory.
//!
//! ```text
//! sending                                                   receiving
//! source ──pictures──▶ fit ──▶ video ─┐                     SDP ──▶ sdp ──▶ FFmpeg's demuxer, or raw ◀── packets
//!        ──samples──────────▶ sound ──┤ packetizer ──▶      from a         │ packets of the codec       one by one
//! voice  ──samples────────────▲       ┘ packets, SDP        stranger       ▼
//!                                                                        container ──▶ Source::Received
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
mod encoded;
mod error;
mod fit;
mod header;
mod packetizer;
mod pictures;
mod raw;
mod receive;
mod received;
mod samples;
mod sdp;
mod sound;
mod stream;
#[cfg(test)]
mod tests;
mod video;
mod voice;

pub use error::RtpError;
pub use receive::receive;
pub(in crate::media) use received::ReceivedBytes;
pub use received::ReceivedStream;
pub use sdp::{MOST_TEXT_BYTES, MediaDescription, MediaType};
pub use stream::{CallMedia, MOST_PACKET_BYTES, SentStream, StreamParameters, TimedPacket, USUAL_SECS};
pub use voice::Voice;

use super::frames::Progress;
use super::limits::Limits;
use super::source::Source;

/// Sends the pictures of a source for `duration_secs`, more than 0 and at most a day. A shorter source repeats from
/// its start, and timestamps go on; a still repeats too.
///
/// Pictures keep their size and times, as far as [`CallMedia::most_shape`] and [`CallMedia::most_pictures_per_sec`]
/// allow. Sides are cut to whole pixels of the format: 2 pixels, or 8 for JPEG. H.264 has a key picture every 2 s or
/// more often, with its parameter sets in front.
///
/// # Errors
/// If a parameter is outside its range, the source has no picture, or FFmpeg lacks the encoder; if the packets have
/// more than [`MOST_ENCODED_BYTES`](super::MOST_ENCODED_BYTES); and
/// [`MediaError::Interrupted`](super::MediaError::Interrupted) if `progress` returns `Break`.
pub fn send_video(
    source: &Source,
    media: CallMedia,
    duration_secs: f64,
    parameters: &StreamParameters,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<SentStream, RtpError> {
    parameters.check()?;
    packetizer::packetize(video::encode(source, media, duration_secs, limits, progress)?, parameters)
}

/// Sends the first sound of a source for `duration_secs`; of a source without sound, the synthetic voice with this
/// number (see [`Voice`]). Opus in packets of 20 ms, 48 kHz, one channel or two as in the source; samples of 16 bits
/// in packets of 10 ms, 48 kHz, one channel.
///
/// A shorter source repeats with its video: the sound is cut off or filled up with silence when the video ends.
///
/// # Errors
/// Those of [`send_video`].
pub fn send_sound(
    source: &Source,
    media: CallMedia,
    duration_secs: f64,
    voice: u64,
    parameters: &StreamParameters,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<SentStream, RtpError> {
    parameters.check()?;
    packetizer::packetize(sound::encode((source, voice), media, duration_secs, limits, progress)?, parameters)
}
