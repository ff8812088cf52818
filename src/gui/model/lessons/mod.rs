//! The lessons in the window: which one is open, and their commands.

pub mod folder;
mod lesson;

use std::collections::BTreeSet;

pub use lesson::{File, Lesson, file, lessons, linked};

use super::panels::comparison::Comparison;
use super::panels::viewport::ViewPos;
use super::playback::loop_range::LoopRange;
use crate::scene::Scene;
use crate::units::FrameIndex;
use folder::LessonFolder;

/// Which lesson is open, which are done, and what is restored after them.
#[derive(Clone, Debug, Default)]
pub struct LessonsState {
    /// The lesson that is open in the side panel.
    pub view: LessonView,
    /// The screen is black, while a lesson is presented.
    pub blackout: bool,
    /// The window offers the lessons: this is its first start.
    pub is_offered: bool,
    /// Titles of the lessons whose answer was shown.
    pub done: BTreeSet<String>,
    /// A teacher's own lessons.
    pub folder: LessonFolder,
    /// The folder of a teacher's own lessons, as it is typed.
    pub typed_folder: String,
    /// What is restored when the lessons are closed; `None` while no lesson is on screen.
    pub own: Option<Box<OwnScene>>,
}

/// The lesson that is open in the side panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LessonView {
    /// The side panel is open.
    pub open: bool,
    /// The open lesson, by its number from 0, a teacher's own after the built-in ones; `None` for the list of
    /// lessons.
    pub lesson: Option<usize>,
    /// The answer is on screen.
    pub answered: bool,
}

/// A step in the lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Open or close the side panel.
    Toggle,
    /// Read this lesson.
    Open(usize),
    /// Show the answer.
    Answer,
    /// Back to the list.
    List,
    /// The next step: the answer, then the next lesson; from the list, the first lesson that is not done.
    Next,
    /// The step before.
    Back,
    /// Fill the screen with the panels and the lesson's question or answer.
    Present,
    /// Show a black screen, or the panels again.
    Blackout,
    /// Count no lesson as done.
    Forget,
}

/// What a user asks of the lessons, or a background task reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A step.
    Step(Step),
    /// Close the offer of the lessons.
    DeclineOffer,
    /// Show the question of this lesson, or its answer (true): its source has been found to open.
    Show(usize, bool),
    /// Show the scene from before the lessons again: its source has been found to open.
    RestoreOwnScene,
    /// The folder is typed so far.
    TypeFolder(String),
    /// Read the lessons of the typed folder.
    ReadFolder(String),
    /// Ask for that folder.
    ChooseFolder,
    /// These lessons were found there.
    TakeFolder(Box<LessonFolder>),
}

/// What was on screen before the first lesson. It is restored when the lessons are closed.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnScene {
    /// Source, layout, key, panels and memory.
    pub scene: Scene,
    /// The frame that was shown; `None` where there was none yet.
    pub(super) frame: Option<FrameIndex>,
    pub(super) playing: bool,
    pub(super) backwards: bool,
    pub(super) range: LoopRange,
    pub(super) view_pos: ViewPos,
    pub(super) enlarged: Option<usize>,
    pub(super) comparison: Option<Comparison>,
}
