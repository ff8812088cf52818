//! The streams of a file, as its container states them.

use crate::picture::Shape;
use crate::units::TimeBase;

/// What a stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// Pictures, also a single one that belongs to sound.
    Video,
    /// Sound.
    Audio,
    /// Text or pictures over the video.
    Subtitle,
    /// Anything else: timecodes, attached files, what the demuxer does not know.
    Other,
}

/// A stream of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// Its number in the file, from 0.
    pub index: usize,
    /// What it holds.
    pub kind: StreamKind,
    /// FFmpeg's name of the codec; `none` where it knows none.
    pub codec: String,
    /// Width and height of its pictures as they are coded, before any rotation; `None` for sound and if it is not known.
    pub shape: Option<Shape>,
    /// The unit of its timestamps.
    pub time_base: TimeBase,
    /// What a decoder has to know before the first packet, as the container stores it: `avcC` for H.264 in MP4.
    pub extradata: Vec<u8>,
    /// A single picture that belongs to sound, such as the cover of an album.
    pub is_cover: bool,
    /// Its sample entry says that its packets are encrypted (Common Encryption), whether or not a content key was given.
    pub is_encrypted: bool,
}
