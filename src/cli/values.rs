//! The values of arguments: sources and where output goes.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::media::{MediaError, Source};

/// Where output goes: a file, or standard output, written `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
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

/// Reads a source from an argument. A file's name need not be text.
pub fn source_parser() -> impl TypedValueParser<Value = Source> {
    OsStringValueParser::new().try_map(|name| match name.to_str() {
        Some(name) => name.parse(),
        None => Ok::<_, MediaError>(Source::File(name.into())),
    })
}
