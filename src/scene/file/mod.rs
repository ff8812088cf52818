//! Scenes as files: TOML, versioned, read strictly and written so that they read back.
//!
//! ```toml
//! version = 1
//! source = "film.mp4"       # relative to the folder of the scene
//! frame = 45                # where it starts, and what a figure shows
//! frames = "45-99"          # what a clip shows and a table counts; all where it is left out
//! layout = "yuv420p"
//! posterize = 3
//! tiles = true
//! memory = 8
//! key_file = "key.hex"      # or key = "HEX"; the demonstration key where there is neither
//! panels = ["plain", "aes-128-ecb:repeats"]
//! ```
//!
//! Where the source is `canvas`, `drawing` holds [what was drawn](crate::picture::drawing), a line a mark.

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

/// The most bytes that a scene has, drawing and all.
const MOST_BYTES: u64 = 16 << 20;

/// The first line of a scene that the program writes.
const HEAD: &str = "# A scene of Afterimage. To open it: afterimage FILE.toml\n";

/// A scene as it stands in a file: with the frame to start at, and where its key comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SceneToml")]
pub struct SceneFile {
    /// The scene.
    pub scene: Scene,
    /// The frame to start at, where it is not the first.
    pub frame: Option<FrameIndex>,
    /// The frames that a clip shows and a table counts, where these are not all.
    pub frames: Option<FrameList>,
    /// The file that holds the key; without, the scene itself does.
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
    /// Something in it is not understood.
    #[error("line {line} of the scene: {what}: {}", path.display())]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong and what would be right.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// It does not fit together.
    #[error("{what}: {}", path.display())]
    Whole {
        /// What is wrong and what would be right.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The file with its key cannot be read.
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
    /// A file that cannot be one of its kind: too large, a pipe or a device.
    #[error("cannot read {file}: {why}: {}", path.display())]
    Unfit {
        /// Which file.
        file: &'static str,
        /// What is wrong with it and what to do.
        why: String,
        /// Where it is.
        path: PathBuf,
    },
    /// A path that TOML cannot hold.
    #[error("a scene can only name files whose path is text; rename it: {}", .0.display())]
    NotText(PathBuf),
    /// A file that the scene names is not where it was.
    #[error("cannot find the way from the scene to a file that it names: {}", path.display())]
    NoWay {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SceneFileError {
    /// True where the text of a scene is wrong, and not the way to it.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Line { .. } | Self::Whole { .. })
    }
}

impl SceneFile {
    /// A scene with its key in it that starts at the first frame.
    #[must_use]
    pub const fn of(scene: Scene) -> Self {
        Self { scene, frame: None, frames: None, key_file: None }
    }

    /// True for names of scenes: those that end in `.toml`.
    #[must_use]
    pub fn is_name(path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
    }

    /// Reads a scene, and the key file that it names.
    ///
    /// # Errors
    /// [`SceneFileError`] with the line and the key of what is not understood.
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
        if let Source::File(file) = &scene.source {
            scene.source = Source::File(folder.join(file));
        }
        if let Some(path) = &key_file {
            let text = file::read(path, KeyMaterial::MOST_FILE_BYTES).map_err(|error| match error {
                TextFileError::Io(source) => SceneFileError::Key { path: path.clone(), source },
                error => unfit("the key that the scene names", &error, path),
            })?;
            scene.key = text.parse().map_err(|error: KeyError| whole(error.to_string()))?;
        }
        Ok(Self { scene, frame, frames, key_file })
    }

    /// The text of a file in `folder`. Holds the key, unless it is the demonstration key or comes from a
    /// file: think before you write it down.
    ///
    /// # Errors
    /// Where a path is no text, or leads nowhere.
    pub fn to_toml(&self, folder: &Path) -> Result<String, SceneFileError> {
        let mut written = SceneToml::from(self.scene.clone());
        written.frame = self.frame.map(|FrameIndex(number)| number);
        written.frames.clone_from(&self.frames);
        if let Source::File(path) = &self.scene.source {
            written.source = by_name(&way(path, folder)?)?;
        }
        if let Some(path) = &self.key_file {
            let way = way(path, folder)?;
            written.key_file = Some(way.to_str().ok_or(SceneFileError::NotText(way.clone()))?.into());
            written.key = None;
        }
        Ok(format!("{HEAD}{}", written.to_toml()))
    }

    /// True where [`to_toml`](Self::to_toml) writes down a key that not everybody knows.
    #[must_use]
    pub fn holds_secret_key(&self) -> bool {
        self.key_file.is_none() && self.scene.key != KeyMaterial::default()
    }
}

fn unfit(file: &'static str, why: &TextFileError, path: &Path) -> SceneFileError {
    SceneFileError::Unfit { file, why: why.to_string(), path: path.into() }
}

/// What is wrong with the text of a scene.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Where, in bytes.
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

/// What every version of a scene has.
#[derive(Deserialize)]
struct Head {
    version: Option<toml::Spanned<toml::Value>>,
}

impl SceneToml {
    /// Reads the text of a scene.
    fn read(text: &str) -> Result<Self, Wrong> {
        // The version first: in another version the keys may have other meanings.
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

/// How a source of this path is written, so that it is not taken for one of the bundled ones.
fn by_name(path: &Path) -> Result<Source, SceneFileError> {
    let text = path.to_str().ok_or(SceneFileError::NotText(path.into()))?;
    let is_plain = text.parse().is_ok_and(|source: Source| source == Source::File(path.into()));
    Ok(Source::File(if is_plain { path.into() } else { Path::new(".").join(path) }))
}

/// The way from `folder` to `path`: relative, unless they share nothing but the root.
fn way(path: &Path, folder: &Path) -> Result<PathBuf, SceneFileError> {
    let lost = |source| SceneFileError::NoWay { path: path.into(), source };
    let here = |path: &Path| match path {
        empty if empty == Path::new("") => fs::canonicalize("."),
        path => fs::canonicalize(path),
    };
    // The file itself may be a link, and stays one.
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
