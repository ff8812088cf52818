//! What the name of an output means: a regular file, which is replaced as a whole; or an open descriptor, pipe or
//! device, which is written to.
//!
//! ```text
//! film.png ──links──▶ regular file, or none yet        ──▶ written beside it, renamed when complete
//!                     pipe, device, socket              ──▶ opened and written to
//!                     /dev/stdout, /dev/fd/N, /proc/…   ──▶ the open descriptor, at its position
//! ```

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The most links that are followed, as in Linux.
const MOST_LINKS: usize = 40;

/// What the name of an output means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A descriptor of this process that is open already, by its number. Bytes go to its position.
    Descriptor(u32),
    /// An existing pipe, device or socket. It is written to, never replaced.
    Stream(PathBuf),
    /// A regular file, which may not exist yet, by its path after all links.
    File(PathBuf),
}

impl Destination {
    /// Follows the links of a name, even to a file that does not exist yet.
    ///
    /// # Errors
    /// If the name is that of a folder, or links form a cycle.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            if let Some(number) = descriptor_number(&path) {
                return Ok(Self::Descriptor(number));
            }
            let kind = match fs::symlink_metadata(&path) {
                Ok(metadata) => metadata.file_type(),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::File(path)),
                Err(error) => return Err(error),
            };
            match kind {
                kind if kind.is_dir() => return Err(ErrorKind::IsADirectory.into()),
                kind if kind.is_file() => return Ok(Self::File(path)),
                kind if !kind.is_symlink() => return Ok(Self::Stream(path)),
                // The target text of such a link is no path: the file may have no name any more.
                _ if is_in_proc(&path) => return Ok(Self::Stream(path)),
                _ => path = folder_of(&path).join(fs::read_link(&path)?),
            }
        }
        // The system's own message for a cycle of links.
        fs::metadata(&path).and(Err(io::Error::other("too many links")))
    }

    /// False if written bytes cannot be changed: in pipes and sockets, and in descriptors, which may have any position
    /// in a file. For a device this is known only once it is open.
    #[must_use]
    pub fn may_seek(&self) -> bool {
        match self {
            Self::Descriptor(_) => false,
            Self::Stream(path) => !is_pipe(path),
            Self::File(_) => true,
        }
    }

    /// Opens a descriptor, pipe or device; `None` for a regular file, which is written as a part file first.
    ///
    /// # Errors
    /// The system's error, such as that the descriptor is not open.
    pub fn open_stream(&self) -> io::Result<Option<File>> {
        match self {
            Self::Descriptor(number) => descriptor(*number).map(Some),
            Self::Stream(path) => stream(path).map(Some),
            Self::File(_) => Ok(None),
        }
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    fs::metadata(path).is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_socket()
    })
}

#[cfg(not(unix))]
const fn is_pipe(_: &Path) -> bool {
    false
}

/// The folder of a path.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The number of the descriptor that a path names directly, without links.
#[cfg(unix)]
fn descriptor_number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let folder = folder_of(path);
    // If `/proc` is not mounted, this is an ordinary path.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.into());
    if folder == Path::new("/dev") {
        return ["stdin", "stdout", "stderr"].iter().zip(0..).find_map(|(&it, n)| (it == name).then_some(n));
    }
    let own = ["/proc/self", "/proc/thread-self"].map(|own| fs::canonicalize(own).unwrap_or(own.into()));
    let is_own = folder == Path::new("/dev/fd")
        || folder == Path::new("/proc/self/fd")
        || (folder.ends_with("fd") && own.iter().any(|own| folder.starts_with(own)));
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|_| is_own && is_number)
}

#[cfg(not(unix))]
const fn descriptor_number(_: &Path) -> Option<u32> {
    None
}

/// True for links of the process file system, such as the open files of another process.
fn is_in_proc(path: &Path) -> bool {
    fs::canonicalize(folder_of(path)).is_ok_and(|folder| folder.starts_with("/proc"))
}

/// A copy of an open descriptor. Both share one position.
#[cfg(unix)]
fn descriptor(number: u32) -> io::Result<File> {
    crate::media::inherited_descriptor(number)
}

#[cfg(not(unix))]
fn descriptor(_: u32) -> io::Result<File> {
    Err(ErrorKind::Unsupported.into())
}

/// Opens a pipe, a device or a socket, or the open file of another process.
fn stream(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::OwnedFd;
        use std::os::unix::fs::FileTypeExt;
        use std::os::unix::net::UnixStream;

        let kind = fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if kind.is_socket() && !is_in_proc(path) {
            return Ok(OwnedFd::from(UnixStream::connect(path)?).into());
        }
        if kind.is_file() {
            return File::options().append(true).open(path);
        }
    }
    File::options().write(true).open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn all_names_of_an_open_descriptor_lead_to_it() {
        let folder = TempDir::new().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        symlink("/dev/stdout", at("one")).expect("a link");
        symlink("one", at("two")).expect("a link");
        symlink("/dev", at("devices")).expect("a link");
        for (path, number) in [
            (PathBuf::from("/dev/stdout"), 1),
            ("/dev/stderr".into(), 2),
            ("/dev/../dev/fd/7".into(), 7),
            ("/proc/self/fd/12".into(), 12),
            ("/proc/thread-self/fd/1".into(), 1),
            (format!("/proc/{}/fd/1", std::process::id()).into(), 1),
            (at("one"), 1),
            (at("two"), 1),
            (at("devices/fd/2"), 2),
        ] {
            assert_eq!(Destination::of(&path).expect("it has a place"), Destination::Descriptor(number));
        }
        for path in ["/dev/fdx/1", "fd/1", "/dev/stdouts"] {
            let place = Destination::of(Path::new(path)).expect("it has a place");
            assert_eq!(place, Destination::File(path.into()));
        }
    }

    #[test]
    fn links_are_followed_to_existing_and_missing_files() {
        let folder = TempDir::new().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).expect("room for a folder");
        symlink("sub/none.png", at("dangling.png")).expect("a link");
        symlink("dangling.png", at("twice.png")).expect("a link");
        symlink("round", at("round")).expect("a link");
        symlink("sub", at("folder")).expect("a link");
        let file = |name: &str| Destination::File(at(name));
        assert_eq!(Destination::of(&at("twice.png")).expect("a place"), file("sub/none.png"));
        fs::write(at("sub/none.png"), "").expect("room");
        assert_eq!(Destination::of(&at("twice.png")).expect("a place"), file("sub/none.png"));
        assert!(Destination::of(&at("round")).is_err());
        let error = Destination::of(&at("folder")).expect_err("a folder").kind();
        assert_eq!(error, ErrorKind::IsADirectory);
    }

    #[test]
    fn a_pipe_or_a_device_is_a_stream() {
        let folder = TempDir::new().expect("a temporary folder");
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("a socket");
        for path in [Path::new("/dev/null"), &socket] {
            let place = Destination::of(path).expect("a place");
            assert_eq!(place, Destination::Stream(path.into()));
            assert!(place.open_stream().expect("it opens").is_some());
        }
    }
}
