//! A teacher's own lessons: files of the same format as the built-in ones, in a folder.
//!
//! All files of a folder are read. A file that cannot be used is reported with its line and name; the others are
//! used.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::lesson::Lesson;
use crate::media::Source;
use crate::scene::check_panels;
use crate::text::file::{self, TextFileError};

/// The largest size of a lesson file, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// The most lessons that are read from a folder.
const MOST_LESSONS: usize = 200;

/// The lessons of a folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LessonFolder {
    /// The folder; `None` before one was opened.
    pub folder: Option<PathBuf>,
    /// Its lessons, sorted by file name.
    pub lessons: Vec<Lesson>,
    /// What could not be read, in words.
    pub problems: Vec<String>,
}

/// Why a lesson cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// The file cannot be read.
    #[error("cannot read the lesson ({source}): {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: TextFileError,
    },
    /// Something in it is not understood.
    #[error("line {line} of the lesson: {what}: {}", path.display())]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
}

impl LessonFolder {
    /// The folder whose lessons load automatically, where it exists: `lessons`, beside the window's settings.
    #[must_use]
    pub fn usual_folder() -> Option<PathBuf> {
        eframe::storage_dir("afterimage").map(|folder| folder.join("lessons"))
    }

    /// Reads the files of a folder that end in `.toml`.
    #[must_use]
    pub fn read(folder: PathBuf) -> Self {
        let mut found = Self::default();
        match files(&folder) {
            Ok(files) if files.is_empty() => found.problems.push(format!(
                "there is no lesson in this folder, no file that ends in .toml; save a lesson above there as a template: \
                 {}",
                folder.display()
            )),
            Ok(files) => {
                for path in files.into_iter().take(MOST_LESSONS) {
                    match read(&path) {
                        Ok(lesson) => found.lessons.push(lesson),
                        Err(error) => found.problems.push(error.to_string()),
                    }
                }
            }
            Err(error) => found.problems.push(format!(
                "cannot read the folder; check that it exists and that you may read it ({error}): {}",
                folder.display()
            )),
        }
        found.folder = Some(folder);
        found
    }
}

/// The files of a folder that may be lessons, sorted by name.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")));
    paths.sort();
    Ok(paths)
}

/// Reads a lesson. A relative path in it counts from the lesson's own folder.
fn read(path: &Path) -> Result<Lesson, LessonError> {
    let unreadable = |source| LessonError::Unreadable { path: path.into(), source };
    let text = file::read(path, MOST_BYTES).map_err(unreadable)?;
    let mut lesson: Lesson = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|&byte| byte == b'\n').count() + 1;
        LessonError::Line { line, what: error.message().to_owned(), path: path.into() }
    })?;
    check_panels(&lesson.before).map_err(|error| LessonError::Line {
        line: 1 + text.lines().take_while(|line| !line.trim_start().starts_with("before")).count(),
        what: error.to_string(),
        path: path.into(),
    })?;
    let scene = &mut lesson.scene.scene;
    let folder = path.parent().unwrap_or(Path::new(""));
    let in_folder = |file: &Path| Ok::<_, Infallible>(folder.join(file));
    scene.source = scene.source.with_paths(in_folder).unwrap_or_else(|never| match never {});
    scene.source = std::mem::replace(&mut scene.source, Source::Demo).recognized(scene.stream);
    Ok(lesson)
}

#[cfg(test)]
mod tests {
    use super::super::lesson::file;
    use super::*;

    #[test]
    fn a_folder_is_read_in_order_of_names_and_errors_are_reported_with_their_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("a file is written");
        };
        let first = file(0).expect("a lesson").text;
        write("2.toml", first);
        write("1.TOML", &first.replace("source = \"demo\"", "source = \"film.mp4\""));
        write("3.toml", &first.replace("aes-128-ecb\"]", "rot13\"]"));
        write("notes.txt", "no lesson");
        let found = LessonFolder::read(folder.path().into());
        assert_eq!(found.lessons.len(), 2, "{:?}", found.problems);
        let film = crate::media::Source::File(folder.path().join("film.mp4"));
        assert_eq!(found.lessons[0].scene.scene.source, film);
        let line = 1 + first.lines().position(|line| line.starts_with("panels")).expect("panels");
        let problem = &found.problems[0];
        assert!(
            problem.contains(&format!("line {line} of the lesson")) && problem.contains("rot13"),
            "{problem}"
        );
        assert!(problem.ends_with("3.toml") && found.problems.len() == 1, "{problem}");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_and_a_lesson_with_too_many_panels_are_reported() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("1.toml");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let many = format!("before = [{}]\n", vec!["\"plain\""; 65].join(", "));
        let lesson = format!("{many}{}", file(0).expect("a lesson").text.replace("before =", "# before ="));
        std::fs::write(folder.path().join("2.toml"), lesson).expect("a file is written");
        let problems = LessonFolder::read(folder.path().into()).problems;
        assert!(
            problems[0].contains("not a regular file") && problems[0].ends_with("1.toml"),
            "{problems:?}"
        );
        assert!(problems[1].contains("line 1") && problems[1].contains("at most 64"), "{problems:?}");
    }

    #[test]
    fn an_empty_or_missing_folder_is_reported() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(LessonFolder::read(folder.path().into()).problems[0].contains("no lesson in this folder"));
        let nowhere = folder.path().join("nowhere");
        let problem = LessonFolder::read(nowhere).problems.remove(0);
        assert!(problem.contains("check that it exists") && problem.ends_with("nowhere"), "{problem}");
    }
}
