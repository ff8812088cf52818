//! Scenes as files: TOML, versioned, read strictly and written so that they read back.
//!
//! ```toml
//! version = 1
//! source = "film.mp4"       # relative to the folder of the scene
//! frame = 45                # the frame that the window starts at and a figure shows
//! frames = "45-99"          # the frames of a clip and of a table; all frames if left out
//! layout = "yuv420p"
//! posterize = 3
//! tiles = true
//! memory = 8
//! key_file = "key.hex"      # or key = "HEX"; the demonstration key if both are left out
//! content_key = "HEX"       # of a source that is encrypted already
//! sdp = "party.sdp"         # of a capture: the codecs of its streams
//! keys = "keys.toml"        # of a capture; or protection = "srtp", content_key = "HEX" and roc = 0
//! encode = "libx264,crf=23" # how the source is encoded anew before its packets are encrypted
//! panels = ["plain", "aes-128-ecb:repeats"]
//! ```
//!
//! If the source is `canvas`, `drawing` holds [its marks](crate::picture::drawing), one a line.

use std::convert::Infallible;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

use super::{Scene, SceneError, SceneToml};
use crate::crypto::{KeyError, KeyMaterial};
use crate::media::Source;
use crate::text::file::{self, TextFileError};
use crate::units::{FrameIndex, FrameList};

/// The version of scenes that this program writes and reads.
pub(super) const VERSION: i64 = 1;

/// The most bytes of a scene with its drawing.
const MOST_BYTES: u64 = 16 << 20;

/// The first line of each scene that the program writes.
const HEAD: &str = "# A scene of Afterimage. To open it: afterimage FILE.toml\n";

/// A scene file: a scene, the frame to start at, and where its key comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SceneToml")]
pub struct SceneFile {
    /// The scene.
    pub scene: Scene,
    /// The frame to start at; `None` for frame 0.
    pub frame: Option<FrameIndex>,
    /// The frames of a clip and of a table; `None` for all frames.
    pub frames: Option<FrameList>,
    /// The file that holds the key; `None` if the scene itself does.
    pub key_file: Option<PathBuf>,
}

/// Why a scene cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SceneFileError {
    /// The file cannot be opened or read.
    #[error("cannot read the scene; check that the file exists and that you may read it: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not understood.
    #[error("line {line} of the scene: {what}: {}", path.display())]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong and what would be right.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The fields of the scene contradict each other.
    #[error("{what}: {}", path.display())]
    Whole {
        /// What is wrong and what would be right.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The key file cannot be read.
    #[error(
        "cannot read the key that the scene names; check that the file exists and holds hex digits: {}",
        path.display()
    )]
    Key {
        /// The file of the key.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The scene or the key file is too large, a pipe or a device.
    #[error("cannot read {file}: {why}: {}", path.display())]
    Unfit {
        /// What the file was to be.
        file: &'static str,
        /// What is wrong and what to do.
        why: String,
        /// The file.
        path: PathBuf,
    },
    /// A path that TOML cannot hold.
    #[error("a scene can only name files whose path is text; rename it: {}", .0.display())]
    NotText(PathBuf),
    /// A file that the scene names is missing, so no path to it can be written.
    #[error("cannot find a file that the scene names; check that it exists: {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SceneFileError {
    /// True if the text of the scene is wrong, false if a file could not be read or found.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Line { .. } | Self::Whole { .. })
    }
}

impl SceneFile {
    /// A scene file that holds its key and starts at frame 0.
    #[must_use]
    pub const fn of(scene: Scene) -> Self {
        Self { scene, frame: None, frames: None, key_file: None }
    }

    /// True for names of scene files, which end in `.toml`.
    #[must_use]
    pub fn is_name(path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
    }

    /// Reads a scene, and the key file that it names.
    ///
    /// # Errors
    /// [`SceneFileError`] names the line that is not understood.
    pub fn read(path: &Path) -> Result<Self, SceneFileError> {
        let text = file::read(path, MOST_BYTES).map_err(|error| match error {
            TextFileError::Io(source) => SceneFileError::Unreadable { path: path.into(), source },
            error => unfit("the scene", &error, path),
        })?;
        let written = SceneToml::read(&text).map_err(|wrong| wrong.in_file(&text, path))?;

        let folder = path.parent().unwrap_or(Path::new(""));
        let (frame, frames) = (written.frame.map(FrameIndex), written.frames.clone());
        let key_file = written.key_file.as_deref().map(|file| folder.join(file));
        let whole = |what: String| SceneFileError::Whole { what, path: path.into() };
        if written.key.is_some() && key_file.is_some() {
            return Err(whole(SceneError::TwoKeys.to_string()));
        }
        let mut scene = Scene::try_from(SceneToml { key_file: None, ..written })
            .map_err(|error| whole(error.to_string()))?;
        let in_folder = |file: &Path| Ok::<_, Infallible>(folder.join(file));
        scene.source = scene.source.with_paths(in_folder).unwrap_or_else(|never| match never {});
        scene.source = std::mem::replace(&mut scene.source, Source::Demo).recognized(scene.stream);
        if let Some(path) = &key_file {
            let text = file::read(path, KeyMaterial::MOST_FILE_BYTES).map_err(|error| match error {
                TextFileError::Io(source) => SceneFileError::Key { path: path.clone(), source },
                error => unfit("the key that the scene names", &error, path),
            })?;
            scene.key = text.parse().map_err(|error: KeyError| whole(error.to_string()))?;
        }
        Ok(Self { scene, frame, frames, key_file })
    }

    /// The text of a scene file in `folder`. It holds the key, unless the key is the demonstration key or comes from a
    /// file: ask [`holds_secret_key`](Self::holds_secret_key) before you write it.
    ///
    /// # Errors
    /// If a path is no text, or names no file.
    pub fn to_toml(&self, folder: &Path) -> Result<String, SceneFileError> {
        let mut written = SceneToml::from(self.scene.clone());
        written.frame = self.frame.map(|FrameIndex(number)| number);
        written.frames.clone_from(&self.frames);
        if let Some(path) = self.scene.source.path() {
            written.source = by_name(&path_from_folder(path, folder)?)?;
        }
        if let Source::Capture(captured) = &self.scene.source {
            let text = |path: &Path| {
                let path = path_from_folder(path, folder)?;
                Ok(path.to_str().ok_or(SceneFileError::NotText(path.clone()))?.to_owned())
            };
            written.sdp = captured.sdp.as_deref().map(text).transpose()?;
            written.keys = captured.keys_file().map(text).transpose()?;
        }
        if let Some(path) = &self.key_file {
            let path = path_from_folder(path, folder)?;
            written.key_file = Some(path.to_str().ok_or(SceneFileError::NotText(path.clone()))?.into());
            written.key = None;
        }
        Ok(format!("{HEAD}{}", written.to_toml()))
    }

    /// True if [`to_toml`](Self::to_toml) writes a key other than the demonstration key, or the key of the source.
    #[must_use]
    pub fn holds_secret_key(&self) -> bool {
        let is_own_key = self.key_file.is_none() && self.scene.key != KeyMaterial::default();
        is_own_key || self.scene.source.holds_key()
    }
}

fn unfit(file: &'static str, why: &TextFileError, path: &Path) -> SceneFileError {
    SceneFileError::Unfit { file, why: why.to_string(), path: path.into() }
}

/// What is wrong with the text of a scene.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The offset in bytes; `None` if no single place is wrong.
    at: Option<usize>,
    what: String,
}

impl Wrong {
    fn in_file(self, text: &str, path: &Path) -> SceneFileError {
        let (what, path) = (self.what, path.to_owned());
        match self.at {
            Some(at) => {
                let line = text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
                SceneFileError::Line { line, what, path }
            }
            None => SceneFileError::Whole { what, path },
        }
    }
}

impl From<toml::de::Error> for Wrong {
    fn from(error: toml::de::Error) -> Self {
        Self { at: error.span().map(|span| span.start), what: error.message().to_owned() }
    }
}

/// The field that scenes of every version have.
#[derive(Deserialize)]
struct Head {
    version: Option<toml::Spanned<toml::Value>>,
}

impl SceneToml {
    /// Reads the text of a scene.
    fn read(text: &str) -> Result<Self, Wrong> {
        // The version first: in another version the fields may have other meanings.
        let Head { version } = toml::from_str(text)?;
        let wrong = |at, error: SceneError| Err(Wrong { at, what: error.to_string() });
        match version {
            Some(version) if version.get_ref().as_integer() == Some(VERSION) => Ok(toml::from_str(text)?),
            Some(version) => {
                let given = version.get_ref().to_string();
                wrong(Some(version.span().start), SceneError::Version { given })
            }
            None => wrong(None, SceneError::NoVersion),
        }
    }

    fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("numbers, strings and a list of strings have a form in TOML")
    }
}

/// The source of a path, written `./demo` where its name alone would be read as that of a bundled source.
fn by_name(path: &Path) -> Result<Source, SceneFileError> {
    let text = path.to_str().ok_or(SceneFileError::NotText(path.into()))?;
    let is_plain = text.parse().is_ok_and(|source: Source| source == Source::File(path.into()));
    Ok(Source::File(if is_plain { path.into() } else { Path::new(".").join(path) }))
}

/// The path from `folder` to `path`: relative, unless they share nothing but the root.
fn path_from_folder(path: &Path, folder: &Path) -> Result<PathBuf, SceneFileError> {
    let lost = |source| SceneFileError::Missing { path: path.into(), source };
    let here = |path: &Path| match path {
        empty if empty == Path::new("") => fs::canonicalize("."),
        path => fs::canonicalize(path),
    };
    // Links are resolved in the folders alone: the file may be a link on purpose.
    let path = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => here(parent).map_err(lost)?.join(name),
        _ => here(path).map_err(lost)?,
    };
    let folder = here(folder).map_err(lost)?;
    let is_root = |part: &Component<'_>| matches!(part, Component::Prefix(_) | Component::RootDir);
    let shared = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    if shared <= path.components().take_while(is_root).count() {
        return Ok(path);
    }
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    Ok(up.chain(path.components().skip(shared)).collect())
}

#[cfg(test)]
mod tests;
