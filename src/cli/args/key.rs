//! Keys from the command line, from a file or from standard input.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use zeroize::Zeroizing;

use super::files::Files;
use crate::cli::failure::Failure;
use crate::crypto::{KeyMaterial, Scheme};
use crate::text::file;

/// The source of the key.
#[derive(Args, Debug)]
pub struct KeyArgs {
    /// Key material in hex digits (colons, spaces and 0x are ignored); a scheme uses as many of its leading bytes as
    /// it needs [default: the demonstration key, 64 bytes 000102…3f]
    #[arg(long, value_name = "HEX", conflicts_with = "key_file")]
    pub(super) key: Option<String>,
    /// Read the key material from a file of hex digits, so that the process list does not show it
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// Adds the key file to the files of a command.
    #[must_use]
    pub fn read_by(&self, files: Files) -> Files {
        files.reading("the key file", self.key_file.as_deref())
    }

    /// The key material, long enough for every scheme.
    ///
    /// # Errors
    /// If the key is too short, with the length needed. Messages never contain the key.
    pub fn material(&self, schemes: impl Iterator<Item = Scheme>) -> anyhow::Result<KeyMaterial> {
        let key = self.on_command_line()?.unwrap_or_default();
        long_enough(&key, schemes)?;
        Ok(key)
    }

    /// The key material that the command line names; `None` if it names none.
    pub fn on_command_line(&self) -> anyhow::Result<Option<KeyMaterial>> {
        let key = match (&self.key, &self.key_file) {
            (Some(text), _) => text.parse(),
            (None, Some(path)) => read_key(path)?.parse(),
            (None, None) => return Ok(None),
        };
        Ok(Some(key.map_err(Failure::from)?))
    }
}

/// Reads a key file, which may be a pipe: `--key-file <(…)`.
fn read_key(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    file::read_any(path, KeyMaterial::MOST_FILE_BYTES).with_context(|| {
        format!("cannot read the key; check that the file exists and holds hex digits: {}", path.display())
    })
}

/// Checks that a key is long enough for all schemes.
pub(super) fn long_enough(key: &KeyMaterial, schemes: impl Iterator<Item = Scheme>) -> Result<(), Failure> {
    for scheme in schemes {
        scheme.key_hex(key)?;
    }
    Ok(())
}
