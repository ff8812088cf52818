//! Sound: decoded samples in pieces, and frames that show their waveform.
//!
//! ```text
//!  container ──packets──▶ reader ──s16le──┬──▶ pieces     20 ms each: what is encrypted
//!                         decoder, then   │
//!                         convert         └──▶ envelope ──▶ frames: the waveform around each frame
//! ```

mod clock;
mod convert;
mod envelope;
mod frames;
mod pieces;
mod reader;

use super::container::{Packets, StreamInfo, StreamKind};
use super::error::MediaError;
use super::frames::Progress;
use super::index::Index;
use super::limits::Limits;
use super::source::{ChosenStream, Source};
use super::streams::choice::{MessageUnit, StreamChoice, chosen, has_video};
use crate::picture::layout::Layout;
use crate::picture::{Picture, Shape};
use crate::runtime::pool::Pool;
use frames::SoundFrames;

pub use pieces::{PIECES_PER_SEC, SoundPieces};
pub use reader::SoundReader;

/// Rate and channels of decoded sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundFormat {
    /// Samples a second of each channel; greater than 0.
    pub rate: u32,
    /// Channels; greater than 0.
    pub channels: u32,
}

/// A sound stream that is shown as a waveform.
#[derive(Clone, Debug)]
struct ShownSound {
    /// The file.
    source: Source,
    stream: StreamInfo,
    unit: MessageUnit,
    /// FFmpeg's name of the container format.
    container: String,
    /// True if frames are those of a video in the same file; else each message is a frame.
    has_video: bool,
}

impl ShownSound {
    /// The stream that is encrypted; `None` if it is no sound. If a file without video lacks the chosen stream, its
    /// first sound is shown; the reader of messages reports the error.
    fn of(of: &ChosenStream, limits: Limits) -> Option<Self> {
        let source = (*of.file).clone();
        // A file that is no container may still be a picture.
        let packets = Packets::open(&source, limits).ok()?;
        let streams = packets.streams();
        let has_video = has_video(streams);
        let stream = match chosen(of.choice, of.unit, streams) {
            Err(_) if !has_video => StreamChoice::AUDIO.find(streams),
            stream => stream.ok(),
        };
        let stream = stream.filter(|stream| stream.kind == StreamKind::Audio).cloned();
        let container = packets.container();
        stream.map(|stream| Self { source, stream, unit: of.unit, container, has_video })
    }
}

/// The waveform of the sound around a frame, for a file in memory whose first stream is sound. `times` are start and
/// end of the frame in seconds. `name` is for messages.
///
/// # Errors
/// If no sound can be decoded from the bytes.
pub fn waveform_of(
    file: (&str, &[u8]),
    times: [f64; 2],
    shape: Shape,
    limits: Limits,
    pool: &Pool,
) -> Result<Picture, MediaError> {
    frames::waveform_of(file, times, shape, limits, pool)
}

/// Opens frames that show the encrypted sound of a file; `None` if the chosen stream is no sound.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn open(
    of: &ChosenStream,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Option<SoundFrames>, MediaError> {
    ShownSound::of(of, limits).map(|sound| SoundFrames::open(sound, layout, limits, pool)).transpose()
}

/// Makes the index of a file without video whose frames are messages; `None` for other files.
///
/// # Errors
/// If the file cannot be read, and [`MediaError::Interrupted`] if `progress` returns `Break`.
pub(super) fn scan(
    of: &ChosenStream,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Option<Index>, MediaError> {
    let sound = ShownSound::of(of, limits).filter(|sound| !sound.has_video);
    sound.map(|sound| clock::MessageClock::open(&sound, limits)?.index(progress)).transpose()
}
