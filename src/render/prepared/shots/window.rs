//! Windows of frames whose shots are prepared together, and what is found in them.

use std::sync::Arc;

use crate::crypto::{Habit, Scheme};
use crate::leak::shot::{Grid, Shots};
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

/// What an attack finds in the shots of a window; or in its first shots, while the others are being prepared.
#[derive(Debug)]
pub struct ShotWindow<Found> {
    /// The prepared parts of shots, in order; together they cover the frames up to `end`.
    pub(super) parts: Vec<Arc<Part<Found>>>,
    /// The first frame that is not prepared; `None` if all are.
    pub(super) end: Option<FrameIndex>,
}

/// A part of a shot.
#[derive(Debug)]
pub(super) struct Part<Found> {
    pub first: FrameIndex,
    /// True if the part before belongs to another shot, or there is none.
    pub is_cut: bool,
    /// `None` if the attack finds nothing in its ciphertext.
    pub found: Option<Found>,
}

impl<Found> ShotWindow<Found> {
    /// A window of a single shot.
    #[must_use]
    pub fn of(first: FrameIndex, found: Found) -> Self {
        Self { parts: vec![Arc::new(Part { first, is_cut: true, found: Some(found) })], end: None }
    }

    /// A window that is prepared up to `end`, and in which nothing is found.
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

    /// What is found in the part of a shot to which a frame belongs; `None` if that is nothing.
    #[must_use]
    pub fn found(&self, frame: FrameIndex) -> Option<&Found> {
        let after = self.parts.partition_point(|part| part.first <= frame);
        self.parts[..after].last()?.found.as_ref()
    }

    /// What is found in each part in which something is.
    pub(in crate::render::prepared) fn all(&self) -> impl Iterator<Item = &Found> {
        self.parts.iter().filter_map(|part| part.found.as_ref())
    }

    /// About how much memory it takes, in bytes. `of_found` returns that of a part without its grid, of which all parts
    /// have the same.
    pub(in crate::render::prepared) fn bytes_of(
        &self,
        of_found: impl Fn(&Found) -> usize,
        grid: impl Fn(&Found) -> &Grid,
    ) -> usize {
        self.all().map(of_found).sum::<usize>() + self.all().next().map_or(0, |found| grid(found).bytes())
    }

    /// The frames that start a shot.
    pub fn cuts(&self) -> impl Iterator<Item = FrameIndex> {
        self.parts.iter().filter(|part| part.is_cut).map(|part| part.first)
    }
}
