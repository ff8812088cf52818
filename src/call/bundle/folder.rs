//! A folder that appears whole or not at all: a temporary one beside it, renamed when complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::error::CallError;
use super::{BundleOptions, readme};

/// A folder that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
pub(super) struct CallFolder {
    part: TempDir,
    path: PathBuf,
    no_clobber: bool,
}

impl CallFolder {
    /// Starts a folder that [`finish`](Self::finish) puts at `path`.
    pub(super) fn create(path: &Path, options: BundleOptions) -> Result<Self, CallError> {
        let failed = |error| CallError::Write { path: path.to_owned(), error };
        // A link stays, and the folder that it leads to is replaced.
        let target = match fs::canonicalize(path) {
            Ok(target) => target,
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(failed(error)),
        };
        check(&target, path, options.no_clobber)?;
        let beside = match target.parent() {
            Some(parent) if parent != Path::new("") => parent,
            Some(_) => Path::new("."),
            None => return Err(CallError::NoFolder(path.to_owned())),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".afterimage-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The system removes the permissions of the user's mask.
            let mode = if options.is_secret { 0o700 } else { 0o777 };
            builder.permissions(fs::Permissions::from_mode(mode));
        }
        let part = builder.tempdir_in(beside).map_err(failed)?;
        Ok(Self { part, path: target, no_clobber: options.no_clobber })
    }

    /// The error of a write into this folder.
    pub(super) fn failed(&self, error: io::Error) -> CallError {
        CallError::Write { path: self.path.clone(), error }
    }

    /// A new file.
    pub(super) fn file(&self, name: &str) -> Result<BufWriter<File>, CallError> {
        let file = File::create(self.part.path().join(name)).map_err(|error| self.failed(error))?;
        Ok(BufWriter::with_capacity(1 << 20, file))
    }

    /// Writes a text.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), CallError> {
        let mut file = self.file(name)?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(|error| self.failed(error))
    }

    /// Gives the folder its name.
    pub(super) fn finish(self) -> Result<(), CallError> {
        check(&self.path, &self.path, self.no_clobber)?;
        let Self { part, path, .. } = self;
        let failed = |error| CallError::Write { path: path.clone(), error };
        let old = if path.exists() { Some(set_aside(&path, part.path()).map_err(failed)?) } else { None };
        if let Err(error) = fs::rename(part.path(), &path) {
            if let Some(old) = old {
                fs::rename(old.path().join(OLD), &path).map_err(failed)?;
            }
            return Err(failed(error));
        }
        // It has another name now.
        let _ = part.keep();
        Ok(())
    }
}

/// The name of a replaced folder until it is removed.
const OLD: &str = "replaced";

/// Moves a folder into a temporary one, which is removed when it is dropped.
fn set_aside(path: &Path, part: &Path) -> io::Result<TempDir> {
    let beside = part.parent().unwrap_or(Path::new("."));
    let aside = tempfile::Builder::new().prefix(".afterimage-").suffix(".part").tempdir_in(beside)?;
    fs::rename(path, aside.path().join(OLD))?;
    Ok(aside)
}

/// Checks that nothing is lost if a folder is replaced. `given` is the path as it was given.
fn check(path: &Path, given: &Path, no_clobber: bool) -> Result<(), CallError> {
    let failed = |error| CallError::Write { path: given.to_owned(), error };
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Err(CallError::NoFolder(given.to_owned())),
        Ok(_) if no_clobber => return Err(CallError::FolderExists(given.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_file = entry.file_type().map_err(failed)?.is_file();
        names.push(entry.file_name().to_str().filter(|_| is_file).map(str::to_owned));
    }
    // Commands of the README write recordings beside descriptions.
    let is_recording = |name: &str| {
        let stem = [".mkv", ".wav"].iter().find_map(|ending| name.strip_suffix(ending));
        stem.is_some_and(|stem| names.contains(&Some(format!("{stem}.sdp"))))
    };
    let is_known =
        names.iter().all(|name| name.as_deref().is_some_and(|name| is_ours(name) || is_recording(name)));
    let has_title =
        || fs::read_to_string(path.join("README.md")).is_ok_and(|text| text.starts_with(readme::TITLE));
    if names.is_empty() || is_known && has_title() {
        Ok(())
    } else {
        Err(CallError::ForeignFolder(given.to_owned()))
    }
}

/// True for the name of a file that a call has, or that a command of its README writes.
fn is_ours(name: &str) -> bool {
    const FIXED: [&str; 7] = [
        "call.pcapng",
        "plain.pcapng",
        "keys.toml",
        "replay.py",
        "README.md",
        "payload.bin",
        "payload.plain",
    ];
    let endings = ["-video.sdp", "-audio.sdp", "-video-srtp.sdp", "-audio-srtp.sdp"];
    FIXED.contains(&name) || endings.iter().any(|ending| name.ends_with(ending))
}
