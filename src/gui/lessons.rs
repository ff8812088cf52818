//! Lessons: a few sentences, a question to answer before one looks, and a scene that answers it.
//!
//! Each is a TOML file in `assets/lessons`, built into the program. What a lesson claims has its source in
//! the file. A teacher's own lessons are files of the same form in a folder of hers ([`Shelf`](super::shelf::Shelf)).

use std::sync::OnceLock;

use serde::Deserialize;

use crate::scene::{Panel, Scene};

/// A lesson as it stands in its file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// What it is about.
    pub title: String,
    /// What there is to know first; an empty line starts a new paragraph.
    pub text: String,
    /// What to predict.
    pub question: String,
    /// What the scene shows.
    pub answer: String,
    /// Where this is written.
    pub sources: Vec<String>,
    /// The panels before the answer.
    #[serde(default = "original")]
    pub before: Vec<Panel>,
    /// The scene that answers.
    pub scene: Scene,
}

fn original() -> Vec<Panel> {
    vec![Panel::Plain]
}

impl Lesson {
    /// The scene in which the question is asked.
    #[must_use]
    pub fn asking(&self) -> Scene {
        Scene { panels: self.before.clone(), ..self.scene.clone() }
    }
}

/// A file of the folder, by its name.
macro_rules! file {
    ($name:literal) => {
        File { name: $name, text: include_str!(concat!("../../assets/lessons/", $name)) }
    };
}

/// A lesson as the program carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// All that stands in it.
    pub text: &'static str,
}

/// The files, in the order in which they are told.
static FILES: [File; 13] = [
    file!("01-block.toml"),
    file!("02-codebook.toml"),
    file!("03-grain.toml"),
    file!("04-layout.toml"),
    file!("05-key-size.toml"),
    file!("06-chaining-and-counters.toml"),
    file!("07-nonce-twice.toml"),
    file!("08-fixed-iv.toml"),
    file!("09-time.toml"),
    file!("10-shading.toml"),
    file!("11-tampering.toml"),
    file!("12-tags-and-nonces.toml"),
    file!("13-where-ecb-is-right.toml"),
];

/// All lessons that the program carries.
///
/// # Panics
/// Never: the files are those of this version.
#[must_use]
pub fn lessons() -> &'static [Lesson] {
    static LESSONS: OnceLock<Vec<Lesson>> = OnceLock::new();
    LESSONS.get_or_init(|| {
        let read = |file: &File| toml::from_str(file.text).expect("a lesson of this version");
        FILES.iter().map(read).collect()
    })
}

/// The file of a lesson that the program carries, by its number from 0.
#[must_use]
pub fn file(number: usize) -> Option<File> {
    FILES.get(number).copied()
}

/// Where one is in the lessons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The side panel is open.
    pub open: bool,
    /// The lesson that is read, by its number from 0, a teacher's own after those of the program; the list of
    /// them where there is none.
    pub lesson: Option<usize>,
    /// The answer is on screen.
    pub answered: bool,
}

/// A step in the lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Open or close the side panel.
    Toggle,
    /// Read this lesson.
    Open(usize),
    /// Show the answer.
    Answer,
    /// Back to the list.
    List,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_can_be_read_and_asks_before_it_answers() {
        let mut titles: Vec<&str> = Vec::new();
        for lesson in lessons() {
            assert!(!titles.contains(&lesson.title.as_str()), "{} twice", lesson.title);
            titles.push(&lesson.title);
            assert!(lesson.question.trim_end().ends_with('?'), "{}", lesson.title);
            assert!(!lesson.sources.is_empty(), "{} says where it is written", lesson.title);
            assert_ne!(lesson.asking(), lesson.scene, "{} shows something new", lesson.title);
            assert!(lesson.text.chars().count() < 700, "{} is short", lesson.title);
            for scheme in lesson.scene.panels.iter().filter_map(|panel| panel.scheme()) {
                assert!(scheme.key_hex(&lesson.scene.key).is_ok(), "{}", lesson.title);
            }
        }
    }

    #[test]
    fn every_file_in_the_folder_is_a_lesson_of_the_program() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lessons");
        let files = std::fs::read_dir(folder).expect("the folder of lessons");
        let names: Vec<String> =
            files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(names.len(), FILES.len());
        assert!(FILES.iter().all(|file| names.iter().any(|name| name == file.name)));
    }
}
