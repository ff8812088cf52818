//! A stream of a capture by name: which file, which stream, what it is, and its key.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::media::streams::choice::StreamChoice;
use crate::wire::keys::Method;
use crate::wire::protection::Key;

/// A stream of a capture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CapturedStream {
    /// The capture.
    pub path: PathBuf,
    /// The stream, by its number among all streams of the capture, or among its videos or sounds; `None` for the first
    /// video.
    pub stream: Option<StreamChoice>,
    /// An SDP file that states its codec, and may hold its key.
    pub sdp: Option<PathBuf>,
    /// Its key; `None` if its packets are plain or their key is not known.
    pub keys: Option<CaptureKeys>,
    /// True for its packets as they were transmitted, even if they could be opened.
    pub is_as_transmitted: bool,
}

/// The keys of a capture's streams.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CaptureKeys {
    /// A [keys file](crate::wire::keys).
    File(PathBuf),
    /// The key of the chosen stream.
    Stream(StreamSecret),
}

/// The key of one stream. `Debug` never prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSecret {
    /// How the packets are protected.
    pub method: Method,
    /// The key; for SRTP the master key, then the salt.
    pub key: Key,
    /// The rollover counter at the first packet of the capture.
    pub first_roc: u32,
}

impl Hash for StreamSecret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.method, self.key.bytes(), self.first_roc).hash(state);
    }
}

impl CapturedStream {
    /// The first video of a capture, without an SDP and without keys.
    #[must_use]
    pub const fn of(path: PathBuf) -> Self {
        Self { path, stream: None, sdp: None, keys: None, is_as_transmitted: false }
    }

    /// The key that was given for the stream itself; `None` for one in a file.
    #[must_use]
    pub const fn secret(&self) -> Option<&StreamSecret> {
        match &self.keys {
            Some(CaptureKeys::Stream(secret)) => Some(secret),
            Some(CaptureKeys::File(_)) | None => None,
        }
    }
}

impl CapturedStream {
    /// The file that its keys come from.
    #[must_use]
    pub fn keys_file(&self) -> Option<&Path> {
        match &self.keys {
            Some(CaptureKeys::File(path)) => Some(path),
            Some(CaptureKeys::Stream(_)) | None => None,
        }
    }

    /// The same stream with other paths of its files.
    ///
    /// # Errors
    /// The first error of `path`.
    pub fn with_paths<E>(&self, mut path: impl FnMut(&Path) -> Result<PathBuf, E>) -> Result<Self, E> {
        let mut changed = Self { path: path(&self.path)?, ..self.clone() };
        changed.sdp = self.sdp.as_deref().map(&mut path).transpose()?;
        if let Some(CaptureKeys::File(file)) = &self.keys {
            changed.keys = Some(CaptureKeys::File(path(file)?));
        }
        Ok(changed)
    }
}

impl fmt::Display for CapturedStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}
