//! A file that appears whole or not at all: a temporary one beside it, renamed when complete.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct WholeFile(Sink);

#[derive(Debug)]
enum Sink {
    /// Renamed to the path in the end.
    File(BufWriter<NamedTempFile>, PathBuf),
    /// What is there already and is no file, such as a pipe or `/dev/null`: it must not be replaced.
    Device(BufWriter<File>),
}

impl WholeFile {
    /// Starts writing what will stand at `path`.
    ///
    /// # Errors
    /// Where there is a folder already, or no folder to write in.
    pub fn create(path: &Path) -> io::Result<Self> {
        // Through a link to the file that it names.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
        match fs::metadata(&path) {
            Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => {
                let device = File::options().write(true).open(&path)?;
                return Ok(Self(Sink::Device(BufWriter::new(device))));
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
        Ok(Self(Sink::File(BufWriter::new(temporary.tempfile_in(folder)?), path)))
    }

    /// Makes the file appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file not be renamed.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Sink::Device(mut out) => out.flush(),
            Sink::File(out, path) => out
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.persist(path).map(|_| ()).map_err(|error| error.error)),
        }
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

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Sink::File(out, _) => out.write(bytes),
            Sink::Device(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Sink::File(out, _) => out.flush(),
            Sink::Device(out) => out.flush(),
        }
    }
}

impl Seek for WholeFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Sink::File(out, _) => out.seek(to),
            Sink::Device(out) => out.seek(to),
        }
    }
}
