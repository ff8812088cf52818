//! A file that appears whole or not at all: a [part](mod@super::part) beside it, renamed when complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::destination::{Destination, folder_of};
use super::part;

/// A file that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct AtomicFile(Sink);

#[derive(Debug)]
enum Sink {
    /// A part file, which is renamed to the path at the end.
    File { out: BufWriter<NamedTempFile>, path: PathBuf, may_replace: bool },
    /// An open descriptor, or an existing pipe or device such as `/dev/null`, which must not be replaced.
    Stream { out: BufWriter<File>, is_seekable: bool },
}

/// Options for the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct WriteOptions {
    /// An existing file is an error, even if another process creates it while this one is written.
    pub no_clobber: bool,
    /// The file holds a secret: only its owner may read it.
    pub is_secret: bool,
}

impl AtomicFile {
    /// Starts a file that [`finish`](Self::finish) puts at `path`. It takes over the mode of the file that it replaces,
    /// and its owner if the system allows that. A link stays, and the file that it names is replaced.
    ///
    /// # Errors
    /// If `path` is a folder, or its folder does not exist or cannot be written to.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::create_with(path, WriteOptions::default())
    }

    /// As [`create`](Self::create), with options.
    ///
    /// # Errors
    /// As [`create`](Self::create), and if a file exists that must not be replaced.
    pub fn create_with(path: &Path, write_options: WriteOptions) -> io::Result<Self> {
        let destination = Destination::of(path)?;
        if let Some(out) = destination.open_stream()? {
            let is_seekable = matches!(destination, Destination::Stream(_)) && can_seek(&out);
            return Ok(Self(Sink::Stream { out: BufWriter::new(out), is_seekable }));
        }
        let (Destination::File(path) | Destination::Stream(path)) = destination else {
            return Err(ErrorKind::Unsupported.into());
        };
        let replaced = fs::metadata(&path).ok();
        if replaced.is_some() && write_options.no_clobber {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let is_usual = replaced.is_none() && !write_options.is_secret;
        let part = part::create(folder_of(&path), if is_usual { permissions::for_new_file() } else { None })?;
        if !is_usual {
            permissions::apply(part.as_file(), replaced.as_ref(), write_options.is_secret)?;
        }
        Ok(Self(Sink::File { out: BufWriter::new(part), path, may_replace: !write_options.no_clobber }))
    }

    /// True if written bytes can be changed; false in a pipe, and in a descriptor that was open already.
    #[must_use]
    pub const fn is_seekable(&self) -> bool {
        match self.0 {
            Sink::File { .. } => true,
            Sink::Stream { is_seekable, .. } => is_seekable,
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// If the last bytes cannot be written, or the file cannot be renamed.
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

/// True for devices that can seek, such as disks and `/dev/null`.
fn can_seek(mut file: &File) -> bool {
    !file.is_terminal() && file.stream_position().is_ok()
}

/// File permissions on Unix.
#[cfg(unix)]
mod permissions {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    /// The permissions of a new file, from which the system removes those of the user's umask.
    #[expect(clippy::unnecessary_wraps, reason = "other systems have no permissions to return")]
    pub fn for_new_file() -> Option<Permissions> {
        Some(Permissions::from_mode(0o666))
    }

    /// Gives a new file, which only its owner can read so far, the permissions of the file that it replaces; only
    /// those of the owner if it holds a secret.
    pub fn apply(file: &File, replaced: Option<&Metadata>, is_secret: bool) -> io::Result<()> {
        let mode = replaced.map_or(0o600, |replaced| {
            let mode = replaced.mode() & 0o777;
            if keep_owner(file, replaced) { mode } else { without_group_extras(mode) }
        });
        file.set_permissions(Permissions::from_mode(if is_secret { mode & 0o700 } else { mode }))
    }

    /// Tries to give a file the owner and group of another one. Returns true if it has that group now.
    fn keep_owner(file: &File, replaced: &Metadata) -> bool {
        let is_same =
            file.metadata().is_ok_and(|here| (here.uid(), here.gid()) == (replaced.uid(), replaced.gid()));
        is_same
            || fchown(file, Some(replaced.uid()), Some(replaced.gid())).is_ok()
            || fchown(file, None, Some(replaced.gid())).is_ok()
    }

    /// The mode, with the group's permissions reduced to those that all users have, for a file whose group changed.
    const fn without_group_extras(mode: u32) -> u32 {
        (mode & !0o070) | (mode & ((mode & 0o007) << 3))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn another_group_gets_no_more_permissions_than_all_users() {
            assert_eq!(without_group_extras(0o640), 0o600);
            assert_eq!(without_group_extras(0o664), 0o644);
            assert_eq!(without_group_extras(0o606), 0o606);
        }
    }
}

#[cfg(not(unix))]
mod permissions {
    use std::fs::{File, Metadata, Permissions};
    use std::io;

    /// `None`: a new file gets the permissions of its folder.
    pub const fn for_new_file() -> Option<Permissions> {
        None
    }

    /// Does nothing: a new file has the permissions of its folder.
    pub fn apply(_: &File, _: Option<&Metadata>, _: bool) -> io::Result<()> {
        Ok(())
    }
}

impl Write for AtomicFile {
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

impl Seek for AtomicFile {
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
    fn a_file_that_another_process_creates_meanwhile_is_not_replaced() {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("film.mp4");
        let write_options = WriteOptions { no_clobber: true, is_secret: false };
        let mut file = AtomicFile::create_with(&path, write_options).expect("there is none yet");
        file.write_all(b"new").expect("room");
        fs::write(&path, "old").expect("room");
        assert_eq!(file.finish().expect_err("it is there").kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
        let again = AtomicFile::create_with(&path, write_options).expect_err("it is there");
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no part is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_owner_if_the_system_allows_it() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("film.mp4");
        fs::write(&path, "old").expect("room");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("its owner may");
        // Only the superuser can give files away; files of other users keep their owner in any case.
        let _ = chown(&path, Some(12_345), Some(23_456));
        let kept = |path: &Path| {
            let it = fs::metadata(path).expect("it is there");
            (it.uid(), it.gid(), it.mode() & 0o777, it.len())
        };
        let (uid, gid, mode, _) = kept(&path);
        let mut file = AtomicFile::create(&path).expect("it is replaced");
        file.write_all(b"newer").expect("room");
        file.finish().expect("it is replaced");
        assert_eq!(kept(&path), (uid, gid, mode, 5));
    }
}
