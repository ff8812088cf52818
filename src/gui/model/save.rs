//! What can be saved and copied, and the form that asks where.

use std::path::{Path, PathBuf};

use super::playback::loop_range::LoopRange;
use crate::media::encode::Container;
use crate::scene::SceneFile;

/// What is saved or copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// All panels with their captions.
    Sheet,
    /// One panel with its caption, by its place.
    Panel(usize),
    /// All panels with their captions, of every frame that is looped, as a video.
    Clip,
    /// The scene with its frame.
    Scene,
    /// The drawing, without captions.
    Drawing,
    /// A lesson of the program, by its number, for a teacher to start from.
    Lesson(usize),
}

impl What {
    /// The title of the form.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Sheet => "Save the panels as a picture".into(),
            Self::Panel(at) => format!("Save panel {} as a picture", at + 1),
            Self::Clip => "Save the panels as a video".into(),
            Self::Scene => "Save the scene".into(),
            Self::Drawing => "Save the drawing".into(),
            Self::Lesson(_) => "Save the lesson as a template".into(),
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

    /// The extension of its file.
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

/// Where files are saved, and the form for choosing that.
#[derive(Clone, Debug, Default)]
pub struct SavingState {
    /// The form, while it is open.
    pub form: Option<SaveForm>,
    /// How many forms were opened so far: each has a number.
    pub forms_opened: u64,
    /// The folder that was saved in last.
    pub folder: Option<PathBuf>,
}

/// What a user asks to save or copy, and what background tasks report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask where to save.
    Open(What),
    /// The form is on screen and has the cursor.
    Shown,
    /// The file is typed so far.
    Path(String),
    /// Open the system's dialog.
    Browse,
    /// Save.
    Submit,
    /// Save, with the key.
    SubmitWithKey,
    /// Close the form.
    Close,
    /// It is saved.
    Done(PathBuf),
    /// A file with this name exists.
    Exists,
    /// Saving failed, for this reason.
    Failed(String),
    /// Copy a picture.
    Copy(What),
    /// The picture is on the clipboard.
    Copied,
    /// The clip is being saved: the form is closed.
    ClipStarted,
    /// The clip is saved.
    ClipSaved(PathBuf),
    /// Cancel the clip that is being saved.
    CancelClip,
    /// Saving the clip was cancelled.
    ClipCancelled,
    /// Put this text on the clipboard.
    CopyText(String),
    /// Copy the command line that makes the same picture or clip.
    CopyCommandLine(Line),
}

/// What a command line makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The frame in view, as a picture.
    Figure,
    /// The looped part as a video; the whole video where nothing is looped.
    Clip,
}

/// The form that asks where to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveForm {
    /// What is saved.
    pub what: What,
    /// The file, as it is typed.
    pub path: String,
    /// Why saving failed, or what the user has to confirm, in words.
    pub problem: Option<String>,
    /// The existing file may be replaced.
    pub replace: bool,
    /// The field takes the cursor in the next frame: the form was just opened, or has a question.
    pub is_fresh: bool,
    /// The file is being written.
    pub is_busy: bool,
    /// The number of the form: a file that was written for one form must not close the next.
    pub number: u64,
    /// The scene and frame when the form was opened: the video may play on behind the form.
    pub scene: Box<SceneFile>,
    /// Whether the file may hold the scene's key.
    pub key: KeyConsent,
    /// The part of the video that a clip shows.
    pub range: LoopRange,
}

/// Whether the file of a scene may hold its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyConsent {
    /// It may: the key is the demonstration key.
    NotNeeded,
    /// The key is the user's own. The form has not asked yet.
    Needed,
    /// The form asks the user.
    Asked,
    /// The user has agreed.
    Given,
}

/// Reads a typed path: trims spaces, and replaces `~` by the home folder.
#[must_use]
pub fn typed_path(typed: &str, home: Option<&Path>) -> PathBuf {
    let typed = typed.trim();
    let rest = typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (rest, home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(typed),
    }
}

/// True where a typed path names a folder.
pub(super) fn is_folder(typed: &str) -> bool {
    let typed = typed.trim();
    let last = typed.rsplit(std::path::is_separator).next().unwrap_or_default();
    typed == "~" || matches!(last, "" | "." | "..")
}

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file.
    File {
        /// Its name.
        path: PathBuf,
        /// An existing file may be replaced.
        replace: bool,
    },
    /// The clipboard.
    Clipboard,
}
