//! Writing scenes, drawings and lessons to files.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::write_file;
use crate::export::{AtomicFile, WriteOptions};
use crate::gui::model::lessons;
use crate::gui::model::save;
use crate::picture::drawing::Drawing;
use crate::scene::SceneFile;

/// The reason why no file can be written at `path`, if there is one: a file that may not be replaced, something other
/// than a regular file, or a missing folder.
#[must_use]
pub fn obstacle(path: &Path, replace: bool) -> Option<save::Command> {
    let folder = || path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => Some(format!("this is a folder; add a name: {}", path.display())),
        // Opening a pipe would block until a reader opens it.
        Ok(there) if !there.is_file() => {
            Some(format!("this is not a regular file; choose another name: {}", path.display()))
        }
        Ok(_) if !replace => return Some(save::Command::Exists),
        Ok(_) => None,
        Err(_) => folder()
            .filter(|folder| !folder.is_dir())
            .map(|folder| format!("that folder does not exist: {}", folder.display())),
    }
    .map(save::Command::Failed)
}

/// Writes a scene as TOML.
#[must_use]
pub fn write_scene(scene: &SceneFile, path: PathBuf, replace: bool) -> save::Command {
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let written = scene.to_toml(folder).map_err(|error| error.to_string()).and_then(|text| {
        let is_secret = scene.holds_secret_key();
        write_file::write_as(&path, text.as_bytes(), WriteOptions { is_secret, ..WriteOptions::default() })
            .map_err(|error| write_file::unwritable(&path, &error))
    });
    match written {
        Ok(()) => save::Command::Done(path),
        Err(error) => save::Command::Failed(error),
    }
}

/// Writes a drawing as PNG.
#[must_use]
pub fn write_drawing(drawing: &Drawing, path: PathBuf, replace: bool) -> save::Command {
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    let png = match drawing.to_png() {
        Ok(png) => png,
        Err(error) => return save::Command::Failed(format!("the drawing cannot be saved ({error})")),
    };
    match write_file::write(&path, &png) {
        Ok(()) => save::Command::Done(path),
        Err(error) => save::Command::Failed(write_file::unwritable(&path, &error)),
    }
}

/// Writes a lesson, and creates its folder where there is none.
#[must_use]
pub fn write_lesson(lesson: lessons::File, path: PathBuf, replace: bool) -> save::Command {
    if let Err(error) = path.parent().map_or(Ok(()), std::fs::create_dir_all) {
        return save::Command::Failed(write_file::unwritable(&path, &error));
    }
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    match write_file::write(&path, lesson.text.as_bytes()) {
        Ok(()) => save::Command::Done(path),
        Err(error) => save::Command::Failed(write_file::unwritable(&path, &error)),
    }
}

/// Writes a file completely or not at all.
///
/// # Errors
/// The system's error.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_as(path, bytes, WriteOptions::default())
}

/// As [`write()`], with the file permissions that `write_options` states.
///
/// # Errors
/// The system's error.
pub fn write_as(path: &Path, bytes: &[u8], write_options: WriteOptions) -> io::Result<()> {
    let mut file = AtomicFile::create_with(path, write_options)?;
    file.write_all(bytes)?;
    file.finish()
}

/// Why a file cannot be written, and what to do.
#[must_use]
pub fn unwritable(path: &Path, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => "you may not write in this folder; choose another one".into(),
        io::ErrorKind::ReadOnlyFilesystem => {
            "nothing can be written in this folder; choose another one".into()
        }
        io::ErrorKind::StorageFull => "the disk is full; free some space, or choose another folder".into(),
        _ => format!("it cannot be written ({error}); choose another folder"),
    };
    format!("{why}: {}", path.display())
}

/// An error and its causes, in words.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"))
}
