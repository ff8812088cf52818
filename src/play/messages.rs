//! The values that the state exchanges with the owner and the threads: commands, status, frames and sheets in the
//! queues, and the next piece of work of each thread.

use std::sync::Arc;
use std::time::Duration;

use super::direction::Direction;
use super::preparation_queue::{Preparing, Task};
use crate::media::{Index, SourceInfo};
use crate::payload::StreamSizes;
use crate::picture::Frame;
use crate::render::Recent;
use crate::render::prepared::{PreparationRequest, PreparedSet, StillFrames};
use crate::scene::Scene;
use crate::units::{FrameIndex, Generation};

/// A command from the owner of a session.
#[derive(Clone, Debug)]
pub enum Command {
    /// Show this scene. Opens its source if it is another; otherwise renders the frame on display again.
    SetScene(Scene),
    /// Open the source of the scene again.
    Reload,
    /// Finish the sheet on display again: the owner's settings for it have changed.
    Redraw,
    /// Play from the frame shown; after the end, from the start.
    Play,
    /// Play backwards from the frame shown; frames that come too late are skipped.
    PlayBackwards,
    /// Pause at the frame shown.
    Pause,
    /// Show this frame, or the last one if there are fewer.
    Seek(FrameIndex),
    /// Show the last frame at or before this time, in seconds since frame 0.
    SeekTime(f64),
    /// Pause and show the next frame.
    StepForward,
    /// Pause and show the frame before.
    StepBack,
    /// Play at this speed; 1 is the video's own.
    SetSpeed(f64),
    /// Loop, or stop at the end.
    SetLooped(bool),
    /// Cancel the preparation in progress, and prepare nothing until [`Command::Prepare`].
    StopPreparing,
    /// Resume preparations, including those that failed.
    Prepare,
}

/// The status of a session.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, of which most may hold at once")]
pub struct Status {
    /// The source, if it is open.
    pub info: Option<Arc<SourceInfo>>,
    /// Its index, if it is complete.
    pub index: Option<Arc<Index>>,
    /// True if the index cannot be made.
    pub is_uncounted: bool,
    /// True while the video plays.
    pub playing: bool,
    /// True while it plays backwards.
    pub backwards: bool,
    /// True from a command that needs a frame until that frame is shown.
    pub loading: bool,
    /// True from a step or a seek until its frame is shown; further steps add up meanwhile.
    pub stepping: bool,
    /// The frame shown, and its time in seconds.
    pub shown: Option<(FrameIndex, f64)>,
    /// The error of the last scene or source, in words, until another is set.
    pub error: Option<String>,
    /// What could not be decoded, the newest last.
    pub problems: Vec<String>,
    /// Frames that came too late and were skipped before encryption.
    pub dropped: u64,
    /// The preparation in progress.
    pub preparing: Option<Preparing>,
    /// True if the owner has stopped preparations.
    pub preparing_stopped: bool,
    /// The sizes of the messages of the stream so far; `None` if no messages of packets are encrypted.
    pub sizes: Option<StreamSizes>,
}

/// A sheet to show, and when the next one is due.
#[derive(Debug)]
pub struct Shown<T> {
    /// The newest sheet that is due; `None` if it is the one shown already.
    pub sheet: Option<T>,
    /// The time until the next one is due; `None` if a wake-up will announce it.
    pub next: Option<Duration>,
}

/// The target of a seek.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    Frame(FrameIndex),
    Time(f64),
}

impl Target {
    /// The frame of the target; frame 0 for a time without an index.
    pub fn frame(self, index: Option<&Arc<Index>>) -> FrameIndex {
        match self {
            Self::Frame(frame) => frame,
            Self::Time(secs) => index.map_or(FrameIndex(0), |index| index.frame_at(secs)),
        }
    }
}

/// A decoded frame with its time on the clock.
#[derive(Debug)]
pub(super) struct Scheduled {
    /// Frames before it that it needs, if they were not pushed before it.
    pub before: Vec<Arc<Frame>>,
    pub frame: Arc<Frame>,
    /// When it is due on the clock, which runs forwards through loops and in both directions.
    pub due_secs: f64,
    /// How long it is shown.
    pub lasts_secs: f64,
    /// Frames skipped after it, which would come too late.
    pub skipped: u64,
    /// False for a frame that is only needed by a later one.
    pub show: bool,
}

/// A rendered sheet with its slot, from which it can be rendered again.
#[derive(Debug)]
pub(super) struct Ready<T> {
    pub sheet: T,
    pub slot: SheetSlot,
    /// The preparations that some of its panels are waiting for.
    pub pending: Vec<PreparationRequest>,
}

/// The frames and the time of a sheet, from which it can be rendered again in another scene.
#[derive(Clone, Debug)]
pub(super) struct SheetSlot {
    pub recent: Recent,
    pub due_secs: f64,
    /// True for the frame on display, rendered again.
    pub replaces: bool,
    /// True if only the owner's settings have changed, so that the sheet itself is the same.
    pub same_sheet: bool,
    /// True if frames were skipped between the sheet before and this one.
    pub after_gap: bool,
}

/// A piece of work for the render thread.
pub(super) enum Render {
    /// Set up this scene first.
    Scene(Arc<Scene>, u64),
    /// Render this sheet again.
    Again(SheetSlot, Generation),
    /// Take the next frame, and render it unless it is late.
    Next { item: Scheduled, late: bool, after_gap: bool, generation: Generation },
    /// Paint the frame analyzed before; no other frame is ready.
    Pending,
}

/// A piece of work for the decode thread.
pub(super) enum Decode {
    Open(Arc<Scene>, u64),
    Seek(Target, Arc<Scene>, Generation, Direction),
    Frame,
    Rewind,
}

/// A piece of work for the prepare thread.
pub(super) struct Prepare {
    /// All preparations so far.
    pub prepared: PreparedSet,
    pub request: PreparationRequest,
    pub task: Task,
    pub scene: Arc<Scene>,
    /// The version of the source that it reads.
    pub source_version: u64,
    pub index: Option<Arc<Index>>,
    /// The only frame, if the source is a still.
    pub still: Option<StillFrames>,
    /// True while the video plays: then the preparation runs on one thread.
    pub is_playing: bool,
}
