//! A file that appears whole or not at all: a [part](mod@super::part) beside it, renamed when complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::destination::{Destination, folder_of};
use super::part;

/// A file that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct WholeFile(Sink);

#[derive(Debug)]
enum Sink {
    /// Renamed to the path in the end.
    File { out: BufWriter<NamedTempFile>, path: PathBuf, may_replace: bool },
    /// What is open already or is no regular file, such as a pipe or `/dev/null`: it must not be replaced.
    Stream { out: BufWriter<File>, is_seekable: bool },
}

/// How a file is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Making {
    /// A file that exists is an error, also where it is made while this one is written.
    pub no_clobber: bool,
    /// The file holds a secret: its owner alone may read it.
    pub is_secret: bool,
}

impl WholeFile {
    /// Starts writing what will stand at `path`. A file that it replaces keeps its mode, and its owner where the
    /// system lets it; a link stays, and the file that it names is made.
    ///
    /// # Errors
    /// Where there is a folder already, or no folder to write in.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::create_with(path, Making::default())
    }

    /// As [`create`](Self::create), made as `making` says.
    ///
    /// # Errors
    /// As [`create`](Self::create), and where a file exists that is not to be replaced.
    pub fn create_with(path: &Path, making: Making) -> io::Result<Self> {
        let destination = Destination::of(path)?;
        if let Some(out) = destination.open_stream()? {
            let is_seekable = matches!(destination, Destination::Stream(_)) && can_seek(&out);
            return Ok(Self(Sink::Stream { out: BufWriter::new(out), is_seekable }));
        }
        let (Destination::File(path) | Destination::Stream(path)) = destination else {
            return Err(ErrorKind::Unsupported.into());
        };
        let there = fs::metadata(&path).ok();
        if there.is_some() && making.no_clobber {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let is_usual = there.is_none() && !making.is_secret;
        let part = part::create(folder_of(&path), if is_usual { rights::usual() } else { None })?;
        if !is_usual {
            rights::give(part.as_file(), there.as_ref(), making.is_secret)?;
        }
        Ok(Self(Sink::File { out: BufWriter::new(part), path, may_replace: !making.no_clobber }))
    }

    /// True where what was written can be changed: not in a pipe, nor in a descriptor that was open already.
    #[must_use]
    pub const fn is_seekable(&self) -> bool {
        match self.0 {
            Sink::File { .. } => true,
            Sink::Stream { is_seekable, .. } => is_seekable,
        }
    }

    /// Makes the file appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file not be renamed.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Sink::Stream { mut out, .. } => out.flush(),
            Sink::File { out, path, may_replace } => {
                let part = out.into_inner().map_err(io::IntoInnerError::into_error)?;
                let made = if may_replace { part.persist(path) } else { part.persist_noclobber(path) };
                made.map(drop).map_err(|error| error.error)
            }
        }
    }
}

/// True for devices that go back, such as disks and `/dev/null`.
fn can_seek(mut file: &File) -> bool {
    !file.is_terminal() && file.stream_position().is_ok()
}

/// Who may read and write a file.
#[cfg(unix)]
mod rights {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    /// The rights of any new file: the system takes from them what the user does not give.
    #[expect(clippy::unnecessary_wraps, reason = "other systems have no such thing")]
    pub fn usual() -> Option<Permissions> {
        Some(Permissions::from_mode(0o666))
    }

    /// Gives a new file, which its owner alone can read so far, the rights of the one that it replaces. Never more
    /// than its owner's where it holds a secret.
    pub fn give(file: &File, there: Option<&Metadata>, is_secret: bool) -> io::Result<()> {
        let mode = there.map_or(0o600, |there| {
            let mode = there.mode() & 0o777;
            if keep_owner(file, there) { mode } else { of_others(mode) }
        });
        file.set_permissions(Permissions::from_mode(if is_secret { mode & 0o700 } else { mode }))
    }

    /// True where the file has the group of the other now.
    fn keep_owner(file: &File, there: &Metadata) -> bool {
        let is_same =
            file.metadata().is_ok_and(|here| (here.uid(), here.gid()) == (there.uid(), there.gid()));
        is_same
            || fchown(file, Some(there.uid()), Some(there.gid())).is_ok()
            || fchown(file, None, Some(there.gid())).is_ok()
    }

    /// The group of the file is another one: it gets no more than everybody has.
    const fn of_others(mode: u32) -> u32 {
        (mode & !0o070) | (mode & ((mode & 0o007) << 3))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn another_group_gets_no_more_than_everybody() {
            assert_eq!(of_others(0o640), 0o600);
            assert_eq!(of_others(0o664), 0o644);
            assert_eq!(of_others(0o606), 0o606);
        }
    }
}

#[cfg(not(unix))]
mod rights {
    use std::fs::{File, Metadata, Permissions};
    use std::io;

    /// Those that the folder gives.
    pub const fn usual() -> Option<Permissions> {
        None
    }

    /// A new file has the rights of its folder.
    pub fn give(_: &File, _: Option<&Metadata>, _: bool) -> io::Result<()> {
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Sink::File { out, .. } => out.write(bytes),
            Sink::Stream { out, .. } => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Sink::File { out, .. } => out.flush(),
            Sink::Stream { out, .. } => out.flush(),
        }
    }
}

impl Seek for WholeFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Sink::File { out, .. } => out.seek(to),
            Sink::Stream { out, is_seekable: true } => out.seek(to),
            Sink::Stream { is_seekable: false, .. } => Err(ErrorKind::NotSeekable.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_file_that_comes_while_another_is_written_is_not_replaced() {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("film.mp4");
        let making = Making { no_clobber: true, is_secret: false };
        let mut file = WholeFile::create_with(&path, making).expect("there is none yet");
        file.write_all(b"new").expect("room");
        fs::write(&path, "old").expect("room");
        assert_eq!(file.finish().expect_err("it is there").kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
        let again = WholeFile::create_with(&path, making).expect_err("it is there");
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no part is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_owner_where_the_system_allows_it() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("film.mp4");
        fs::write(&path, "old").expect("room");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("its owner may");
        // Only the superuser gives files away; anybody else's are their own before and after.
        let _ = chown(&path, Some(12_345), Some(23_456));
        let kept = |path: &Path| {
            let it = fs::metadata(path).expect("it is there");
            (it.uid(), it.gid(), it.mode() & 0o777, it.len())
        };
        let (uid, gid, mode, _) = kept(&path);
        let mut file = WholeFile::create(&path).expect("it is replaced");
        file.write_all(b"newer").expect("room");
        file.finish().expect("it is replaced");
        assert_eq!(kept(&path), (uid, gid, mode, 5));
    }
}
