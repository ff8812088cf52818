//! What goes over the board: what its owner asks for and is told, what waits between the threads, and what each
//! of them is to do next.

use std::sync::Arc;
use std::time::Duration;

use super::direction::Way;
use super::preparation_queue::{Preparing, Task};
use crate::media::{Index, SourceInfo};
use crate::picture::Frame;
use crate::render::Recent;
use crate::render::prepared::{Request, StillFrames};
use crate::scene::Scene;
use crate::units::{FrameIndex, Generation};

/// What the owner of a session asks for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Show this scene: opens its source if it is another, renders the held frame again if not.
    SetScene(Scene),
    /// Open the source of the scene again, also where it is the same.
    Reload,
    /// Render the frame shown again: what the owner makes of a sheet has changed.
    Redraw,
    /// Play from where it stands; from the start, after the end.
    Play,
    /// Play backwards from where it stands; what comes too late is passed over.
    PlayBackwards,
    /// Hold the frame shown.
    Pause,
    /// Show this frame; the last one where there are not so many.
    Seek(FrameIndex),
    /// Show the last frame whose time is not after this, in seconds since frame 0.
    SeekTime(f64),
    /// Pause and show the next frame.
    StepForward,
    /// Pause and show the frame before.
    StepBack,
    /// Play at this speed, 1 being the video's own.
    SetSpeed(f64),
    /// Start again after the end, or not.
    SetLooped(bool),
    /// Break off what is being prepared in the background, and prepare nothing until told to.
    StopPreparing,
    /// Prepare in the background again, also what failed.
    Prepare,
}

/// What a session can say of itself.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, of which most may hold at once")]
pub struct Status {
    /// The source, once it is open.
    pub info: Option<Arc<SourceInfo>>,
    /// Its index, once it is made.
    pub index: Option<Arc<Index>>,
    /// True while the video plays.
    pub playing: bool,
    /// True while it plays backwards.
    pub backwards: bool,
    /// True from a command that needs a frame decoded until that frame is there.
    pub loading: bool,
    /// True from a step or a seek until its frame is shown: those that are asked for meanwhile add up.
    pub stepping: bool,
    /// The frame shown, and its time in seconds.
    pub shown: Option<(FrameIndex, f64)>,
    /// What went wrong with the last scene or source, in words, until another is set.
    pub error: Option<String>,
    /// What could not be decoded, the latest last.
    pub problems: Vec<String>,
    /// Frames that came too late and were not encrypted.
    pub dropped: u64,
    /// What is being prepared in the background, and how far it is.
    pub preparing: Option<Preparing>,
    /// True where the owner broke off what was being prepared.
    pub preparing_stopped: bool,
}

/// A sheet to be shown, and when to be asked again.
#[derive(Debug)]
pub struct Shown<T> {
    /// The newest sheet whose time has come; `None` if it is still the one shown before.
    pub sheet: Option<T>,
    /// When the next one is due; `None` where a wake-up will tell.
    pub next: Option<Duration>,
}

/// Where to continue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    Frame(FrameIndex),
    Time(f64),
}

impl Target {
    /// The frame that it names; frame 0 for a time that nothing is known of.
    pub fn frame(self, index: Option<&Arc<Index>>) -> FrameIndex {
        match self {
            Self::Frame(frame) => frame,
            Self::Time(secs) => index.map_or(FrameIndex(0), |index| index.frame_at(secs)),
        }
    }
}

/// A decoded frame on its way.
#[derive(Debug)]
pub(super) struct Scheduled {
    /// Frames before it that it needs, where those did not come by themselves.
    pub before: Vec<Arc<Frame>>,
    pub frame: Arc<Frame>,
    /// When it is due on the clock, which runs on through loops and whichever way the video goes.
    pub due_secs: f64,
    /// How long it stays.
    pub lasts_secs: f64,
    /// Frames that are passed over after it, since they would come too late.
    pub passed_over: u64,
    /// False for a frame that only a later one needs.
    pub show: bool,
}

/// A rendered sheet on its way, with the frames to render it from again.
#[derive(Debug)]
pub(super) struct Ready<T> {
    pub sheet: T,
    pub place: Place,
    /// What was missing for some of its panels.
    pub pending: Vec<Request>,
}

/// What identifies a sheet whatever the scene: its frames and its time.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub recent: Recent,
    pub due_secs: f64,
    /// True for the frame on display, rendered again in another scene.
    pub replaces: bool,
    /// True where nothing has changed but what the owner makes of a sheet: the sheet itself is the same.
    pub same_sheet: bool,
    /// True where frames between the one before and this one came too late to be rendered.
    pub after_gap: bool,
}

/// A piece of work for the render thread.
pub(super) enum Render {
    /// Set up this scene first.
    Scene(Arc<Scene>, u64),
    /// Render these frames again.
    Again(Place, Generation),
    /// Take the next frame; render it unless it is too late.
    Next { item: Scheduled, late: bool, after_gap: bool, generation: Generation },
    /// Finish the frame taken before: there is no other yet.
    Held,
}

/// A piece of work for the decode thread.
pub(super) enum Decode {
    Open(Arc<Scene>, u64),
    Seek(Target, Arc<Scene>, Generation, Way),
    Frame,
    Rewind,
}

/// A piece of work for the thread that prepares.
pub(super) struct Prepare {
    pub request: Request,
    pub task: Task,
    pub scene: Arc<Scene>,
    /// Which opening of the scene's source it belongs to.
    pub source_version: u64,
    pub index: Option<Arc<Index>>,
    /// All of the source, where that is a still.
    pub still: Option<StillFrames>,
    /// The video plays, and is not to be slowed down.
    pub beside_playing: bool,
}
