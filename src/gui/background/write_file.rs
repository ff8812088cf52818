//! Writing scenes, drawings and lessons to files.

use std::path::{Path, PathBuf};

use super::save_figure;
use crate::export::Making;
use crate::gui::model::lessons;
use crate::gui::model::save::Step;
use crate::picture::drawing::Drawing;
use crate::scene::SceneFile;

/// What keeps a file from being written at `path`, if anything does: a file that may not be replaced, something that
/// is no file, or a folder that is missing.
#[must_use]
pub fn obstacle(path: &Path, replace: bool) -> Option<Step> {
    let folder = || path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match std::fs::metadata(path) {
        Ok(there) if there.is_dir() => Some(format!("this is a folder; add a name: {}", path.display())),
        // To open a pipe would wait for a reader, perhaps for good.
        Ok(there) if !there.is_file() => {
            Some(format!("this is no ordinary file; choose another name: {}", path.display()))
        }
        Ok(_) if !replace => return Some(Step::Exists),
        Ok(_) => None,
        Err(_) => folder()
            .filter(|folder| !folder.is_dir())
            .map(|folder| format!("that folder does not exist: {}", folder.display())),
    }
    .map(Step::Failed)
}

/// Writes a scene down.
#[must_use]
pub fn write_scene(scene: &SceneFile, path: PathBuf, replace: bool) -> Step {
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let written = scene.to_toml(folder).map_err(|error| error.to_string()).and_then(|text| {
        let is_secret = scene.holds_secret_key();
        save_figure::write_as(&path, text.as_bytes(), Making { is_secret, ..Making::default() })
            .map_err(|error| save_figure::unwritable(&path, &error))
    });
    match written {
        Ok(()) => Step::Done(path),
        Err(error) => Step::Failed(error),
    }
}

/// Writes a drawing down as PNG.
#[must_use]
pub fn write_drawing(drawing: &Drawing, path: PathBuf, replace: bool) -> Step {
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    let png = match drawing.to_png() {
        Ok(png) => png,
        Err(error) => return Step::Failed(format!("the drawing cannot be saved ({error})")),
    };
    match save_figure::write(&path, &png) {
        Ok(()) => Step::Done(path),
        Err(error) => Step::Failed(save_figure::unwritable(&path, &error)),
    }
}

/// Writes a lesson down, and makes the folder for it where there is none.
#[must_use]
pub fn write_lesson(lesson: lessons::File, path: PathBuf, replace: bool) -> Step {
    if let Err(error) = path.parent().map_or(Ok(()), std::fs::create_dir_all) {
        return Step::Failed(save_figure::unwritable(&path, &error));
    }
    if let Some(step) = obstacle(&path, replace) {
        return step;
    }
    match save_figure::write(&path, lesson.text.as_bytes()) {
        Ok(()) => Step::Done(path),
        Err(error) => Step::Failed(save_figure::unwritable(&path, &error)),
    }
}
