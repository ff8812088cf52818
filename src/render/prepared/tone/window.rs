//! Windows of frames whose shots are prepared together, and what was prepared of one.

use std::sync::Arc;

use crate::crypto::{Habit, Scheme};
use crate::leak::tone::{Shots, Tone};
use crate::units::FrameIndex;

/// Consecutive frames, the first of which is a multiple of their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    first: FrameIndex,
    frames: u64,
}

impl Window {
    /// Frames of a window.
    pub const FRAMES: u64 = Shots::LONGEST as u64;

    /// The window of a frame. Where every frame has a key of its own there is nothing to learn from others:
    /// the frame alone.
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

/// The shots of a window, prepared; or the first of them, while the others are being prepared.
#[derive(Debug)]
pub struct ToneWindow {
    /// In order; together they cover the window, as far as it is prepared.
    pub(super) parts: Vec<Arc<Part>>,
    /// The first frame that is not prepared; none where all are.
    pub(super) end: Option<FrameIndex>,
}

/// A part of a shot.
#[derive(Debug)]
pub(super) struct Part {
    pub first: FrameIndex,
    /// The part before belongs to another shot, or there is none.
    pub is_cut: bool,
    /// `None` where its ciphertext gives nothing away.
    pub tone: Option<Tone>,
}

impl ToneWindow {
    /// A window of a single shot.
    #[must_use]
    pub fn of(first: FrameIndex, tone: Tone) -> Self {
        Self { parts: vec![Arc::new(Part { first, is_cut: true, tone: Some(tone) })], end: None }
    }

    /// As it is while the frames before `end` are prepared, with nothing to show.
    #[cfg(test)]
    pub(crate) const fn empty_to(end: FrameIndex) -> Self {
        Self { parts: Vec::new(), end: Some(end) }
    }

    /// True where a frame of the window is prepared already.
    #[must_use]
    pub fn has(&self, frame: FrameIndex) -> bool {
        self.end.is_none_or(|end| frame < end)
    }

    /// True where all frames of the window are prepared.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.end.is_none()
    }

    /// The tones of the part of a shot that a frame belongs to; `None` where its ciphertext gives nothing away.
    #[must_use]
    pub fn tone(&self, frame: FrameIndex) -> Option<&Tone> {
        let after = self.parts.partition_point(|part| part.first <= frame);
        self.parts[..after].last()?.tone.as_ref()
    }

    /// The frames that begin a shot.
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
