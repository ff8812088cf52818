//! Lessons: a few sentences, a question to answer before one looks, and a scene that answers it.
//!
//! Each is a TOML file in `assets/lessons`, built into the program. What a lesson claims has its source in
//! the file.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::scene::{Panel, Scene};

/// A lesson as it stands in its file.
#[derive(Clone, Debug, Deserialize)]
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

/// The files, in the order in which they are told.
static FILES: [&str; 11] = [
    include_str!("../../assets/lessons/01-block.toml"),
    include_str!("../../assets/lessons/02-codebook.toml"),
    include_str!("../../assets/lessons/03-grain.toml"),
    include_str!("../../assets/lessons/04-layout.toml"),
    include_str!("../../assets/lessons/05-key-size.toml"),
    include_str!("../../assets/lessons/06-chaining-and-counters.toml"),
    include_str!("../../assets/lessons/07-nonce-twice.toml"),
    include_str!("../../assets/lessons/08-fixed-iv.toml"),
    include_str!("../../assets/lessons/09-time.toml"),
    include_str!("../../assets/lessons/10-shading.toml"),
    include_str!("../../assets/lessons/11-where-ecb-is-right.toml"),
];

/// All lessons.
///
/// # Panics
/// Never: the files are those of this version.
#[must_use]
pub fn lessons() -> &'static [Lesson] {
    static LESSONS: OnceLock<Vec<Lesson>> = OnceLock::new();
    LESSONS.get_or_init(|| {
        let read = |text: &&str| toml::from_str(text).expect("a lesson of this version");
        FILES.iter().map(read).collect()
    })
}

/// Where one is in the lessons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The side panel is open.
    pub open: bool,
    /// The lesson that is read, by its number from 0; the list of them where there is none.
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
        assert_eq!(files.count(), FILES.len());
    }
}
