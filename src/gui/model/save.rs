//! What can be saved, the form that asks where, and its steps.

use std::path::{Path, PathBuf};

use super::playback::loop_range::LoopRange;
use crate::media::encode::Container;
use crate::scene::SceneFile;

/// What is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// All panels with their captions.
    Sheet,
    /// One panel with its caption, by its place.
    Panel(usize),
    /// All panels with their captions, of every frame that is looped, as a video.
    Clip,
    /// All that is needed to show the same again.
    Scene,
    /// What was drawn, without captions.
    Drawing,
    /// A lesson of the program, by its number, for a teacher to start from.
    Lesson(usize),
}

impl What {
    /// What the form is headed with.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Sheet => "Save the panels as a picture".into(),
            Self::Panel(at) => format!("Save panel {} as a picture", at + 1),
            Self::Clip => "Save the panels as a video".into(),
            Self::Scene => "Save the scene".into(),
            Self::Drawing => "Save the drawing".into(),
            Self::Lesson(_) => "Save the lesson to start from".into(),
        }
    }

    /// The only panel in it.
    #[must_use]
    pub const fn panel(self) -> Option<usize> {
        match self {
            Self::Sheet | Self::Clip | Self::Scene | Self::Drawing | Self::Lesson(_) => None,
            Self::Panel(at) => Some(at),
        }
    }

    /// What its file ends in.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Sheet | Self::Panel(_) | Self::Drawing => "png",
            Self::Clip => Container::Mp4.extension(),
            Self::Scene | Self::Lesson(_) => "toml",
        }
    }

    /// True where a file of this name can hold it.
    pub(super) fn fits(self, path: &Path) -> bool {
        match self {
            Self::Clip => Container::of(path).is_some(),
            Self::Sheet | Self::Panel(_) | Self::Scene | Self::Drawing | Self::Lesson(_) => {
                path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(self.extension()))
            }
        }
    }
}

/// Where files are saved, and the form that asks for it.
#[derive(Clone, Debug, Default)]
pub struct SavingState {
    /// The form, while it is open.
    pub form: Option<SaveForm>,
    /// How many forms were opened so far: each has a number.
    pub forms_opened: u64,
    /// The folder that was saved in last.
    pub folder: Option<PathBuf>,
}

/// What a user asks to save or copy, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask where to save.
    Ask(What),
    /// The form is on screen and has the cursor.
    Shown,
    /// The file is to be this one.
    Path(String),
    /// Ask the system for a file.
    Browse,
    /// Save.
    Go,
    /// Save, and the key with it.
    GoWithKey,
    /// Do not save.
    End,
    /// It is saved.
    Done(PathBuf),
    /// There is such a file already.
    Exists,
    /// It cannot be saved, in words.
    Failed(String),
    /// Put it on the clipboard.
    Copy(What),
    /// It is on the clipboard.
    Copied,
    /// The clip is being made: the form is not needed any more.
    ClipStarted,
    /// The clip is saved.
    ClipSaved(PathBuf),
    /// Give the clip up that is being made.
    CancelClip,
    /// It was given up.
    ClipCancelled,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Put the command line that makes the same on the clipboard.
    CopyCommandLine(Line),
}

/// What a command line makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The frame in view, as a picture.
    Figure,
    /// What is looped, as a video; all of it, where nothing is.
    Clip,
}

/// The form that asks where to save.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, of which most may hold at once")]
pub struct SaveForm {
    /// What is saved.
    pub what: What,
    /// The file, as it is typed.
    pub path: String,
    /// Why it was not saved, in words.
    pub problem: Option<String>,
    /// The file that is there may go.
    pub replace: bool,
    /// The field is to have the cursor: the form was not on screen yet, or has a question.
    pub is_fresh: bool,
    /// The file is being written.
    pub is_busy: bool,
    /// The number of the form: what is written for one form is no answer to the next.
    pub number: u64,
    /// What was shown when the form was asked for, at its frame: the video may play on behind the form.
    pub scene: Box<SceneFile>,
    /// The scene has a key that not everybody knows.
    pub holds_secret_key: bool,
    /// The form asks whether that key is to stand in the file.
    pub asks_for_key: bool,
    /// It may.
    pub may_hold_key: bool,
    /// The part of the video that a clip shows.
    pub range: LoopRange,
}

/// Reads a path as a person types it: with spaces around, from the home folder.
#[must_use]
pub fn typed_path(typed: &str, home: Option<&Path>) -> PathBuf {
    let typed = typed.trim();
    let rest = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

/// True where a path that is typed names no file.
pub(super) fn is_folder(typed: &str) -> bool {
    let typed = typed.trim();
    let last = typed.rsplit(std::path::is_separator).next().unwrap_or_default();
    typed == "~" || matches!(last, "" | "." | "..")
}

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file; one that is there already is only replaced where that was asked for.
    File {
        /// Its name.
        path: PathBuf,
        /// What is there may go.
        replace: bool,
    },
    /// The clipboard.
    Clipboard,
}
