//! How the video is played, and how far it has been decoded.

use crate::play::clock::Clock;
use crate::play::direction::Direction;
use crate::units::FrameIndex;

/// How the video is played.
#[derive(Debug, Default)]
pub(super) struct Playback {
    pub playing: bool,
    /// Backwards only while the video plays.
    pub direction: Direction,
    pub looped: bool,
    pub clock: Clock,
    /// How many sheets are to be shown as soon as they are ready, without regard to the clock.
    pub steps: usize,
    /// The frame of a seek or a step that is not shown yet.
    pub target: Option<FrameIndex>,
}

/// The progress of the decode thread.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, of which most may hold at once")]
pub(in crate::play) struct Progress {
    /// All frames have been pushed to the queue.
    pub ended: bool,
    /// The source is a single frame.
    pub single: bool,
    /// Decoding ended with an error, so a loop would fail again.
    pub failed: bool,
    /// The last error of the source.
    pub error: Option<String>,
    /// The index could not be made.
    pub index_failed: bool,
    /// The source could not be opened: nothing can be played, and the error stays.
    pub unopened: bool,
}
