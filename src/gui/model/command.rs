//! What a user can ask for, and what is to happen outside the state then.

use std::num::NonZeroU32;
use std::path::PathBuf;

use super::comparison::Comparison;
use super::goto::Typed;
use super::history::Way;
use super::inspector::Sought;
use super::key::KeyText;
use super::lesson_folder::Shelf;
use super::presets::Preset;
use super::tampering::Tool;
use super::view::{Flicker, Metric, Theme};
use super::viewport::Look;
use super::{lessons, save};
use crate::lens::Tampering;
use crate::media::Source;
use crate::picture::layout::Layout;
use crate::scene::{Panel, Scene, SceneFile};

/// What a user asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a source as it was typed: a path, `demo`, `demo:still`, `pattern:NAME` or `canvas`.
    OpenTyped(String),
    /// Open a file that was chosen or dropped.
    OpenFile(PathBuf),
    /// This source has been found to open: show it.
    Show(Source),
    /// What was asked for does not open, in words: what is shown stays.
    Refuse(String),
    /// The file that the window was started with has been shown.
    Remember(PathBuf),
    /// Ask for a file.
    ShowDialog,
    /// Go to the field in which a source is typed.
    TypeSource,
    /// Play, or hold.
    TogglePlay,
    /// Hold.
    Hold,
    /// Play forwards, or faster where it does so already.
    Forwards,
    /// Play backwards, or faster where it does so already.
    Backwards,
    /// Hold, and show the next frame.
    StepForward,
    /// Hold, and show the frame before.
    StepBack,
    /// Go where the steps lead that were asked for while another was under way.
    CatchUp,
    /// Go that many seconds forwards, or back if negative.
    SkipSecs(f64),
    /// Show the frame at this time, in seconds.
    SeekSecs(f64),
    /// Type a frame's number, or a time.
    TypePlace(Typed),
    /// What is typed there so far.
    SetPlace(String),
    /// Go to the place that was typed.
    GoToPlace,
    /// Stay where it is.
    LeavePlace,
    /// Start the loop at the frame shown.
    StartRange,
    /// End the loop with the frame shown.
    EndRange,
    /// Loop over everything.
    ClearRange,
    /// Start the range again.
    Repeat,
    /// Draw a number along the timeline, or no longer.
    ToggleGraph,
    /// Small pictures along the timeline, or none.
    ToggleStrip,
    /// Fill in no more of what is shown along the timeline.
    StopSurvey,
    /// Fill in the rest of it.
    GoOnSurveying,
    /// Draw this number along the timeline, or none.
    SetGraph(Option<Metric>),
    /// Show the first frame.
    First,
    /// Show the last frame.
    Last,
    /// Start again after the end, or not.
    ToggleLoop,
    /// Play at this speed.
    SetSpeed(f64),
    /// Play at the next higher speed.
    Faster,
    /// Play at the next lower speed.
    Slower,
    /// Show the source that is open as it is set now, at the frame that is shown.
    SetSource(Source),
    /// Encrypt these bytes.
    SetLayout(Layout),
    /// Take keys from this hex string.
    SetKey(KeyText),
    /// Open the scene of the time before.
    OpenLastScene,
    /// Show another scene, whose source has been found to open.
    UseScene(Box<Scene>),
    /// Show the scene that was read from this file, at its frame; its source has been found to open.
    OpenScene(Box<SceneFile>, PathBuf),
    /// The lessons were offered and not taken.
    DeclineLessons,
    /// Let the eavesdropper remember so many frames, this one included.
    SetMemory(NonZeroU32),
    /// Show something else in a panel.
    SetPanel(usize, Panel),
    /// Tamper with what a panel receives, while a rectangle is dragged.
    Splice {
        /// The place of the panel in the scene.
        at: usize,
        /// What happens to the message.
        tampering: Tampering,
        /// It was dropped.
        is_over: bool,
    },
    /// Add another panel after the last.
    AddPanel,
    /// Add the same panel again, beside itself.
    DuplicatePanel(usize),
    /// Take a panel away, but for the last one that is left.
    RemovePanel(usize),
    /// Move the panel at the first place to the second.
    MovePanel(usize, usize),
    /// Show these panels.
    UsePreset(Preset),
    /// Take the last change of the scene back.
    Undo,
    /// Make it again.
    Redo,
    /// Go back, or on again, to this scene, whose source has been found to open.
    Return(Way, Box<Scene>),
    /// Back to the default layout, key, panels and memory.
    Reset,
    /// Take a panel in hand: it was clicked on, or its menu was opened.
    TakeInHand(usize),
    /// Give a panel the window for itself, or take that back.
    ToggleEnlarged(usize),
    /// Look at this part of the pictures, so large.
    Look(Look),
    /// Show these two panels in one place.
    Compare(Comparison),
    /// Show two panels in one place, the enlarged one and the one after it; or all of them again.
    ToggleCompare,
    /// Show by how much two panels differ, the enlarged one or the second and the original; or all of them
    /// again.
    ToggleDifference,
    /// Look at single blocks, or no longer.
    ToggleInspector,
    /// What the pointer does in panels of what is received.
    SetTool(Tool),
    /// It tampers there, or no longer.
    ToggleTool,
    /// A step at the easel.
    Draw(super::drawing::Step),
    /// The pointer is on this block.
    PointAt(usize),
    /// The keys have gone to this block.
    Walk(usize),
    /// The pointer has left the pictures.
    PointAway,
    /// The pointer has rested on this block: look for it in all frames.
    Dwell(Sought),
    /// Stay with this block, or follow the pointer again.
    Pin(Option<usize>),
    /// Put this text on the clipboard.
    CopyText(String),
    /// Put the command line that makes the same on the clipboard.
    CopyCommandLine(Line),
    /// Give up what panels wait for.
    StopPreparing,
    /// Prepare it again.
    Prepare,
    /// A step in the lessons.
    Learn(lessons::Step),
    /// Show the question of this lesson, or its answer (true): its source has been found to open.
    ShowLesson(usize, bool),
    /// Show the scene from before the lessons again: its source has been found to open.
    BringBack,
    /// Open this address in the browser.
    OpenLink(String),
    /// Read a teacher's own lessons from the folder that was typed.
    OpenLessons(String),
    /// Ask for that folder.
    ChooseLessons,
    /// These lessons were found there.
    ShelveLessons(Box<Shelf>),
    /// What is typed there so far.
    TypeLessons(String),
    /// Hide everything but the panels and their captions, or no longer.
    TogglePresenting,
    /// How ciphertext is shown while it plays.
    SetFlicker(Flicker),
    /// The next way of that.
    NextFlicker,
    /// Keep still what need not move, or not.
    ToggleReducedMotion,
    /// Take a picture away.
    Save(save::Step),
    /// Dark or light.
    ToggleTheme,
    /// One of them.
    SetTheme(Theme),
    /// Fill the screen, or not.
    ToggleFullscreen,
    /// Open or close the list of keys.
    ToggleHelp,
    /// Say what the program is, or no longer.
    ToggleAbout,
    /// Close what is open, one thing at a time.
    Escape,
    /// The error has been read.
    DismissError,
    /// It has been said for long enough what was done.
    ForgetSaid,
    /// Say something went wrong outside the session.
    Report(String),
    /// Close the window.
    Quit,
}

/// What a command line makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The frame in view, as a picture.
    Figure,
    /// What is looped, as a video; all of it, where nothing is.
    Clip,
}
