//! Part files: output is written next to its final path until it is complete. Part files of processes that were killed
//! are removed.
//!
//! A process holds an advisory lock on its part file while it writes. If the lock of a part file can be taken, no
//! living process uses the file, not even in another process namespace, and it is removed. On file systems without
//! locks nothing is removed.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

const PREFIX: &str = ".afterimage-";
const SUFFIX: &str = ".part";

/// Attempts to create a part file: another process may remove it before it is locked.
const MOST_TRIES: usize = 8;

/// Creates a part file in a folder, readable only by its owner unless `permissions` allow more, and removes abandoned
/// part files there.
///
/// # Errors
/// The system's error.
pub fn create(folder: &Path, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    remove_left(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    for _ in 0..MOST_TRIES {
        let part = builder.tempfile_in(folder)?;
        // A process that removes a part file holds its lock meanwhile.
        match part.as_file().lock() {
            Ok(()) if is_at(part.as_file(), part.path()) => return Ok(part),
            Ok(()) => {}
            // Without locks on this file system, other processes cannot remove the file either.
            Err(_) => return Ok(part),
        }
    }
    Err(io::Error::other("other processes remove this file while it is written; try again"))
}

/// Removes the part files in a folder that no living process uses, if they can be removed.
fn remove_left(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if is_part && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            remove_if_left(&entry.path());
        }
    }
}

fn remove_if_left(path: &Path) {
    let Ok(file) = open(path) else { return };
    match file.try_lock() {
        // The lock is held until the name is removed. Meanwhile, the name may have been given to another file, or the
        // file may have got its final name.
        Ok(()) if is_at(&file, path) => drop(fs::remove_file(path)),
        Ok(()) | Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
    }
}

/// Opens a file to lock it, following no link and without waiting for a writer if it is a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;

        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options.open(path)
}

/// True if a path names this open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let Ok(there) = fs::symlink_metadata(path) else { return false };
    let here = file.metadata();
    here.is_ok_and(|here| here.is_file() && (here.dev(), here.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_file())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn only_part_files_without_a_lock_are_removed() {
        let folder = TempDir::new().expect("a temporary folder");
        let left = folder.path().join(".afterimage-abcdef.part");
        let kept = [".afterimage-abcdef", "film.part", ".afterimage-folder.part"]
            .map(|name| folder.path().join(name));
        fs::write(&left, "half").expect("room");
        fs::write(&kept[0], "mine").expect("room");
        fs::write(&kept[1], "mine").expect("room");
        fs::create_dir(&kept[2]).expect("room");
        let one = create(folder.path(), None).expect("a part");
        assert!(!left.exists() && kept.iter().all(|path| path.exists()));
        let other = create(folder.path(), None).expect("a part");
        assert!(one.path().exists() && other.path().exists(), "both are being written");
        drop(one);
        let path = other.into_temp_path().keep().expect("it stays, without a lock");
        drop(create(folder.path(), None).expect("a part"));
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_with_the_name_of_a_part_file_removes_nothing() {
        let folder = TempDir::new().expect("a temporary folder");
        let (film, link) = (folder.path().join("film.mp4"), folder.path().join(".afterimage-abcdef.part"));
        fs::write(&film, "a film").expect("room");
        std::os::unix::fs::symlink(&film, &link).expect("a link");
        drop(create(folder.path(), None).expect("a part"));
        assert!(film.exists() && link.is_symlink());
    }
}
