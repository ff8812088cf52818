//! Opens regular files that are not empty.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::media::error::MediaError;

/// Opens a file for reading.
///
/// # Errors
/// [`MediaError::Folder`], [`MediaError::Empty`], or [`MediaError::Unreadable`] if it is missing, not readable or no
/// regular file.
pub(in crate::media) fn open(path: &Path) -> Result<File, MediaError> {
    let unreadable = |source| MediaError::Unreadable { path: path.to_owned(), source };
    // Checked before opening: opening a pipe would wait for its other end.
    let kind = fs::metadata(path).map_err(unreadable)?;
    if kind.is_dir() {
        return Err(MediaError::Folder { path: path.to_owned() });
    }
    if !kind.is_file() {
        return Err(unreadable(io::Error::new(ErrorKind::InvalidInput, "this is not a regular file")));
    }
    let file = File::open(path).map_err(unreadable)?;
    if kind.len() == 0 {
        return Err(MediaError::Empty { path: path.to_owned() });
    }
    Ok(file)
}
