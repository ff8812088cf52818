//! Opening a source or a scene, and the source that a typed text names.

use std::path::{Path, PathBuf};

use super::captured::{CaptureChange, CaptureForm};
use super::editing::key::KeyText;
use crate::call::PlannedCall;
use crate::media::Source;
use crate::scene::{Scene, SceneFile, named_source};

/// What can be opened again, and what is being opened.
#[derive(Clone, Debug, Default)]
pub struct OpeningState {
    /// The source, as it is typed.
    pub typed: String,
    /// Files that were opened, the latest first.
    pub recent: Vec<Source>,
    /// A background task is trying to open a source.
    pub is_pending: bool,
    /// The scene of the last session of the program.
    pub last_scene: Option<Box<Scene>>,
    /// The target was set by the program, because the source has no video.
    pub is_target_automatic: bool,
    /// The content key of the open file, as it is typed.
    pub content_key: KeyText,
    /// What is known and typed of the open capture.
    pub capture: CaptureForm,
}

/// What a user asks to open, and what background tasks report.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a source as it was typed: a path, `demo`, `demo:still`, `pattern:NAME` or `canvas`.
    Typed(String),
    /// Open a file that was chosen or dropped.
    File(PathBuf),
    /// Open the scene of the last session of the program.
    LastScene,
    /// Ask for a file.
    ShowDialog,
    /// Put the cursor into the field in which a source is typed.
    FocusField,
    /// Show this source, which has been found to open.
    ShowSource(Source),
    /// Show this source, which has sound and no video.
    ShowSound(Source),
    /// Show this source, whose video is encrypted and has no content key.
    ShowLocked(Source),
    /// The source that the window was started with is encrypted and has no content key.
    StartLocked,
    /// Decrypt the open file with the content key as typed; without one if nothing is typed.
    SetContentKey,
    /// Open another stream of the open capture, or this one with what was typed.
    ChangeCapture(CaptureChange),
    /// Open a call: a new one, or the open one with other settings.
    ChangeCall(Box<PlannedCall>),
    /// The source that the window was started with does not open: try whether it has sound alone.
    TrySound,
    /// Show another scene, whose source has been found to open.
    ShowScene(Box<Scene>),
    /// Show the scene that was read from this file, at its frame; its source has been found to open.
    ShowSceneFile(Box<SceneFile>, PathBuf),
    /// The requested source does not open, for this reason. The current source stays.
    Refuse(String),
    /// The file that the window was started with has been shown.
    Remember(PathBuf),
}

/// Reads a typed or pasted source: trims spaces and quotes, and replaces `~` by the home folder.
pub(super) fn typed_source(text: &str, home: Option<&Path>) -> Result<Source, String> {
    let text = text.trim();
    let quoted = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Ok(Source::File(home.join(rest))),
        _ => named_source(text).map_err(|error| error.to_string()),
    }
}
