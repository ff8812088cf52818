//! Types of arguments: sources and targets of output.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::cli::failure::Failure;
use crate::export::Destination;
use crate::media::Source;
use crate::scene::{NoSourceName, named_source};

/// Where output goes: a file, or standard output, written `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Target {
    /// The name of a regular file, whose extension states its format. `None` for streams: standard output, open
    /// descriptors under any name, pipes and devices.
    #[must_use]
    pub fn file_name(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) => match Destination::of(path) {
                Ok(Destination::Descriptor(_) | Destination::Stream(_)) => None,
                Ok(Destination::File(_)) | Err(_) => Some(path),
            },
        }
    }

    /// False for standard output, pipes and other targets that cannot seek, as far as this is known before they are
    /// opened.
    #[must_use]
    pub fn may_seek(&self) -> bool {
        match self {
            Self::Stdout => false,
            Self::File(path) => Destination::of(path).is_ok_and(|destination| destination.may_seek()),
        }
    }

    /// Checks the name of a file with `fits`; `why` is the message if it does not fit.
    ///
    /// # Errors
    /// The message with the name of the file.
    pub fn ends_as(&self, fits: impl Fn(&Path) -> bool, why: &str) -> Result<(), Failure> {
        match self.file_name() {
            Some(path) if !fits(path) => Err(Failure::Usage(format!("{why}: {self}"))),
            _ => Ok(()),
        }
    }
}

impl From<OsString> for Target {
    fn from(name: OsString) -> Self {
        if name == "-" { Self::Stdout } else { Self::File(name.into()) }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("-"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// A parser of sources. The name of a file need not be valid text.
pub fn source_parser() -> impl TypedValueParser<Value = Source> {
    OsStringValueParser::new().try_map(|name| match name.to_str() {
        Some(name) => named_source(name),
        None => Ok::<_, NoSourceName>(Source::File(name.into())),
    })
}
