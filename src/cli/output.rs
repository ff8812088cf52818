//! Output that appears whole or not at all: a temporary file beside the target, renamed when complete.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::values::Target;

/// A target that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
    name: String,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<io::Stdout>),
    /// Renamed to the path in the end.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// What is there already and is no file, such as a pipe or `/dev/null`: it must not be replaced.
    Device(BufWriter<File>),
}

impl Output {
    /// Starts writing to a target.
    ///
    /// # Errors
    /// Names the file and what to do where it cannot be written.
    pub fn create(target: &Target) -> anyhow::Result<Self> {
        let sink = match target {
            Target::Stdout => Ok(Sink::Stdout(BufWriter::new(io::stdout()))),
            Target::File(path) => Sink::at(path),
        };
        let sink = sink.with_context(|| {
            format!(
                "cannot write here; name a file in a folder that exists and that you may write to: {target}"
            )
        })?;
        Ok(Self { sink, name: target.to_string() })
    }

    /// Makes the output appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file not be renamed.
    pub fn finish(self) -> anyhow::Result<()> {
        let whole = match self.sink {
            Sink::Stdout(mut out) => out.flush(),
            Sink::Device(mut out) => out.flush(),
            Sink::File(out, path) => out
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.persist(path).map(|_| ()).map_err(|error| error.error)),
        };
        whole.with_context(|| format!("cannot write {}", self.name))
    }
}

impl Sink {
    fn at(path: &Path) -> io::Result<Self> {
        // Through a link to the file that it names.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        match fs::metadata(&path) {
            Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => {
                return File::options().write(true).open(&path).map(BufWriter::new).map(Self::Device);
            }
            _ => {}
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let mut temporary = tempfile::Builder::new();
        temporary.prefix(".afterimage-").suffix(".part");
        if let Some(permissions) = ordinary_permissions() {
            temporary.permissions(permissions);
        }
        Ok(Self::File(BufWriter::new(temporary.tempfile_in(folder)?), path))
    }
}

/// Those that any new file gets: a temporary file would be readable by its owner alone.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such thing")]
fn ordinary_permissions() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn ordinary_permissions() -> Option<Permissions> {
    None
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(out) => out.write(bytes),
            Sink::File(out, _) => out.write(bytes),
            Sink::Device(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(out) => out.flush(),
            Sink::File(out, _) => out.flush(),
            Sink::Device(out) => out.flush(),
        }
    }
}
