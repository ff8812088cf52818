//! Windows of frames whose shots are prepared together, and their tones.

use std::sync::Arc;

use crate::crypto::{Habit, Scheme};
use crate::leak::tone::{Shots, Tone};
use crate::units::FrameIndex;

/// Consecutive frames; the number of the first is a multiple of how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    first: FrameIndex,
    frames: u64,
}

impl Window {
    /// How many frames a window has.
    pub const FRAMES: u64 = Shots::LONGEST as u64;

    /// The window of a frame. If every frame has its own key, other frames give no information, and the window is the
    /// frame alone.
    #[must_use]
    pub const fn around(scheme: Scheme, frame: FrameIndex) -> Self {
        let frames = match scheme.habit() {
            Some(Habit::KeyPerFrame) => 1,
            _ => Self::FRAMES,
        };
        Self { first: FrameIndex(frame.0 / frames * frames), frames }
    }

    /// Its first frame.
    #[must_use]
    pub const fn first(self) -> FrameIndex {
        self.first
    }

    /// How many frames it has.
    pub(super) const fn frames(self) -> u64 {
        self.frames
    }

    /// The first frame after it.
    #[must_use]
    pub const fn end(self) -> FrameIndex {
        FrameIndex(self.first.0 + self.frames)
    }
}

/// The tones of the shots of a window; or of its first shots, while the others are being prepared.
#[derive(Debug)]
pub struct ToneWindow {
    /// The prepared parts of shots, in order; together they cover the frames up to `end`.
    pub(super) parts: Vec<Arc<Part>>,
    /// The first frame that is not prepared; `None` if all are.
    pub(super) end: Option<FrameIndex>,
}

/// A part of a shot.
#[derive(Debug)]
pub(super) struct Part {
    pub first: FrameIndex,
    /// True if the part before belongs to another shot, or there is none.
    pub is_cut: bool,
    /// `None` if its ciphertext has no shading.
    pub tone: Option<Tone>,
}

impl ToneWindow {
    /// A window of a single shot.
    #[must_use]
    pub fn of(first: FrameIndex, tone: Tone) -> Self {
        Self { parts: vec![Arc::new(Part { first, is_cut: true, tone: Some(tone) })], end: None }
    }

    /// A window that is prepared up to `end`, without any tones.
    #[cfg(test)]
    pub(crate) const fn empty_to(end: FrameIndex) -> Self {
        Self { parts: Vec::new(), end: Some(end) }
    }

    /// True if a frame of the window is prepared.
    #[must_use]
    pub fn has(&self, frame: FrameIndex) -> bool {
        self.end.is_none_or(|end| frame < end)
    }

    /// True if all frames of the window are prepared.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.end.is_none()
    }

    /// The tones of the part of a shot to which a frame belongs; `None` if its ciphertext has no shading.
    #[must_use]
    pub fn tone(&self, frame: FrameIndex) -> Option<&Tone> {
        let after = self.parts.partition_point(|part| part.first <= frame);
        self.parts[..after].last()?.tone.as_ref()
    }

    /// The frames that start a shot.
    pub fn cuts(&self) -> impl Iterator<Item = FrameIndex> {
        self.parts.iter().filter(|part| part.is_cut).map(|part| part.first)
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let tones = || self.parts.iter().filter_map(|part| part.tone.as_ref());
        tones().map(Tone::bytes).sum::<usize>() + tones().next().map_or(0, |tone| tone.grid().bytes())
    }
}
