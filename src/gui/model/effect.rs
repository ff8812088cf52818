//! What happens outside the state when a command is carried out.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::Command;
use super::lessons;
use super::playback::loop_range::LoopRange;
use super::save::{self, Target};
use crate::media::Source;
use crate::picture::drawing::Drawing;
use crate::picture::layout::Layout;
use crate::play;
use crate::scene::{Scene, SceneFile};

/// What is to happen outside the state.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell the session.
    Session(play::Command),
    /// Find out whether this opens, and show it then.
    Open(Opening),
    /// Ask for a file, in this folder at first.
    ShowDialog(Option<PathBuf>),
    /// Put the cursor where a source is typed.
    TypeSource,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Keep the frame that is shown, for the picture that is asked for.
    Hold,
    /// Make a picture, of the frame that was kept.
    Print(save::What, Target),
    /// Write a scene down.
    WriteScene {
        /// The scene and its frame.
        scene: Box<SceneFile>,
        /// The file.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// Make a clip.
    Film {
        /// What is shown.
        scene: Box<Scene>,
        /// The part of the video.
        range: LoopRange,
        /// The file.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// Write a drawing down as a picture.
    WriteDrawing {
        /// The drawing.
        drawing: Arc<Drawing>,
        /// The file.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// Give the clip up that is being made.
    CancelClip,
    /// Open this address in the browser.
    OpenLink(String),
    /// Read the lessons of a folder.
    ReadLessons(PathBuf),
    /// Ask for a folder of lessons.
    ChooseLessons,
    /// Write a lesson of the program down, to start from.
    WriteLesson {
        /// The lesson.
        lesson: lessons::File,
        /// The file.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// Ask for a file to write, suggesting this one.
    Browse(PathBuf),
    /// Fill the screen, or not.
    Fullscreen(bool),
    /// Close the window.
    Quit,
}

/// What is to be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// A source, in the scene as it is set.
    Source(Source, Layout),
    /// A scene in a file.
    SceneFile(PathBuf),
    /// A scene that is in memory.
    Scene(Box<Scene>),
    /// The source of a scene, and the command that shows that scene.
    Then(Source, Layout, Box<Command>),
}

/// What the session alone is to do.
pub(crate) fn session(command: play::Command) -> Vec<Effect> {
    vec![Effect::Session(command)]
}
