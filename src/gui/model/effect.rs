//! What happens outside the state when a command is carried out.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::Command;
use super::encoding::EncodingJob;
use super::lessons;
use super::playback::loop_range::LoopRange;
use super::save::{self, Target};
use crate::media::Source;
use crate::media::capture::CapturedStream;
use crate::picture::drawing::Drawing;
use crate::picture::layout::Layout;
use crate::play;
use crate::scene::{Scene, SceneFile};

/// What is done outside the state.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a command to the session.
    Session(play::Command),
    /// Try to open this on a background thread.
    Open(Opening),
    /// Encode a source anew on a background thread, unless that is being done.
    Encode(EncodingJob),
    /// Stop what is being encoded.
    CancelEncoding,
    /// Show the dialog for a file to open, starting in this folder.
    ShowDialog(Option<PathBuf>),
    /// Put the cursor into the field in which a source is typed.
    FocusSource,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Keep the frame on screen, for the picture that will be saved.
    KeepFrame,
    /// Save or copy a picture of the frame that was kept.
    SaveFigure(save::What, Target),
    /// Write a scene to a file.
    WriteScene {
        /// The scene and its frame.
        scene: Box<SceneFile>,
        /// The file.
        path: PathBuf,
        /// An existing file may be replaced.
        replace: bool,
    },
    /// Save a clip.
    SaveClip {
        /// The scene.
        scene: Box<Scene>,
        /// The looped part of the video.
        range: LoopRange,
        /// The file.
        path: PathBuf,
        /// An existing file may be replaced.
        replace: bool,
    },
    /// Write a drawing to a file, as PNG.
    WriteDrawing {
        /// The drawing.
        drawing: Arc<Drawing>,
        /// The file.
        path: PathBuf,
        /// An existing file may be replaced.
        replace: bool,
    },
    /// Cancel the clip that is being saved.
    CancelClip,
    /// Open this address in the browser.
    OpenLink(String),
    /// Read the lessons of a folder.
    ReadLessons(PathBuf),
    /// Show the dialog for a folder of lessons.
    ShowFolderDialog,
    /// Write a built-in lesson to a file, as a template.
    WriteLesson {
        /// The lesson.
        lesson: lessons::File,
        /// The file.
        path: PathBuf,
        /// An existing file may be replaced.
        replace: bool,
    },
    /// Show the dialog for a file to save, suggesting this one.
    ShowSaveDialog(PathBuf),
    /// Fill the screen, or not.
    Fullscreen(bool),
    /// Close the window.
    Quit,
}

/// What is to be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// A source, for the current scene with this layout.
    Source(Source, Layout),
    /// A scene in a file.
    SceneFile(PathBuf),
    /// A file in TOML while a capture is open: its keys, or a scene.
    KeysOrScene(CapturedStream, PathBuf, Layout),
    /// A scene that is in memory.
    Scene(Box<Scene>),
    /// A file whose video does not open; it may have sound only.
    Sound(Source, Layout),
    /// The source of a scene, and the command that shows that scene.
    Then(Source, Layout, Box<Command>),
}

/// The effects of a command of the session alone.
pub(crate) fn session(command: play::Command) -> Vec<Effect> {
    vec![Effect::Session(command)]
}
