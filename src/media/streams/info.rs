//! The streams of a file, as its container states them.

use crate::picture::{Orientation, Shape};
use crate::units::TimeBase;

/// The kind of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// Pictures, including cover art.
    Video,
    /// Sound.
    Audio,
    /// Subtitles, as text or pictures.
    Subtitle,
    /// Anything else: timecodes, attachments, kinds that the demuxer does not know.
    Other,
}

/// A stream of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// Its number in the file, from 0.
    pub index: usize,
    /// Its kind.
    pub kind: StreamKind,
    /// FFmpeg's name of the codec; `none` if FFmpeg does not know it.
    pub codec: String,
    /// Width and height of its coded pictures, before any rotation; `None` for sound and if they are not known.
    pub shape: Option<Shape>,
    /// How its pictures are turned for display, as the container states it; `None` for another angle than a quarter turn.
    pub orientation: Option<Orientation>,
    /// The unit of its timestamps.
    pub time_base: TimeBase,
    /// The decoder's parameters outside the packets, as the container stores them: `avcC` for H.264 in MP4.
    pub extradata: Vec<u8>,
    /// True for cover art: a single picture that belongs to the sound.
    pub is_cover: bool,
    /// True if its sample entry says that its packets are encrypted (Common Encryption), with or without a content
    /// key.
    pub is_encrypted: bool,
}
