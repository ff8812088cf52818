//! A source as RTP packets.

use super::error::RtpError;
use super::stream::{CallMedia, SentStream, StreamParameters};
use super::{packetizer, sound, video};
use crate::media::frames::Progress;
use crate::media::limits::Limits;
use crate::media::source::Source;

/// Sends the pictures of a source for `duration_secs`, more than 0 and at most a day. A shorter source repeats from
/// its start, and timestamps go on; a still repeats too.
///
/// Pictures keep their size and times, as far as [`CallMedia::most_shape`] and [`CallMedia::most_pictures_per_sec`]
/// allow. Sides are cut to whole pixels of the format: 2 pixels, or 8 for JPEG. H.264 has a key picture every 2 s or
/// more often, with its parameter sets in front.
///
/// # Errors
/// If a parameter is outside its range, the source has no picture, or FFmpeg lacks the encoder; if the packets have
/// more than [`MOST_ENCODED_BYTES`](crate::media::MOST_ENCODED_BYTES); and
/// [`MediaError::Interrupted`](crate::media::MediaError::Interrupted) if `progress` returns `Break`.
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
/// number (see [`Voice`](super::Voice)). Opus in packets of 20 ms, 48 kHz, one channel or two as in the source; samples of 16 bits
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
