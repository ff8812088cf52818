//! Lessons: a few sentences, a question to predict, and a scene that answers it.
//!
//! Each is a TOML file in `assets/lessons`, built into the program. What a lesson claims has its source in the file.
//! A teacher's own lessons are files of the same format in a folder ([`LessonFolder`](super::folder::LessonFolder)).

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de};

use crate::media::Source;
use crate::picture::layout::{Layout, Samples};
use crate::scene::{Panel, Scene, SceneFile, named_source};

/// A lesson as its file states it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The title.
    pub title: String,
    /// The introduction; an empty line starts a new paragraph.
    pub text: String,
    /// The question.
    pub question: String,
    /// The answer: what the scene shows.
    pub answer: String,
    /// The sources of its claims. An address in a source, `https://…`, is opened in the browser.
    pub sources: Vec<String>,
    /// The panels before the answer.
    #[serde(default = "original")]
    pub before: Vec<Panel>,
    /// The layout before the answer, where it differs.
    #[serde(default)]
    pub before_layout: Option<Samples>,
    /// The source before the answer, where it differs: another design of the same call.
    #[serde(default, deserialize_with = "source_by_name")]
    pub before_source: Option<Source>,
    /// The video plays; otherwise it is paused.
    #[serde(default = "plays")]
    pub playing: bool,
    /// The scene that answers, the frame at which the lesson starts, and the frames that are looped over.
    pub scene: SceneFile,
}

fn original() -> Vec<Panel> {
    vec![Panel::Plain]
}

const fn plays() -> bool {
    true
}

fn source_by_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Source>, D::Error> {
    named_source(&String::deserialize(from)?).map(Some).map_err(de::Error::custom)
}

impl Lesson {
    /// The scene in which the question is asked.
    #[must_use]
    pub fn asking(&self) -> Scene {
        let scene = self.scene.scene.clone();
        let layout = self.before_layout.map_or(scene.layout, Layout::of);
        let source = self.before_source.clone().unwrap_or(scene.source);
        Scene { panels: self.before.clone(), layout, source, ..scene }
    }

    /// The scene on screen: that of the answer, or that of the question.
    #[must_use]
    pub fn shows(&self, answered: bool) -> Scene {
        if answered { self.scene.scene.clone() } else { self.asking() }
    }
}

/// Splits a source into its words and its web address, where it has one.
#[must_use]
pub fn linked(source: &str) -> (String, Option<&str>) {
    let start = ["https://", "http://"].into_iter().filter_map(|scheme| source.find(scheme)).min();
    let Some(start) = start else { return (source.to_owned(), None) };
    let rest = &source[start..];
    let url = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let url = url.trim_end_matches(['.', ',', ';', ')', '>', '"']);
    let words = [&source[..start], &rest[url.len()..]]
        .map(|part| part.trim_matches([' ', ',', ';', ':', '(', ')', '<', '>', '.']));
    let words: Vec<&str> = words.into_iter().filter(|part| !part.is_empty()).collect();
    (if words.is_empty() { url.to_owned() } else { words.join(", ") }, Some(url))
}

/// A file of the folder, by its name.
macro_rules! file {
    ($name:literal) => {
        File { name: $name, text: include_str!(concat!("../../../../assets/lessons/", $name)) }
    };
}

/// The file of a built-in lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub text: &'static str,
}

/// The built-in lessons, in their order.
static FILES: [File; 25] = [
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
    file!("11-known-pictures.toml"),
    file!("12-one-frame.toml"),
    file!("13-tampering.toml"),
    file!("14-tags-and-nonces.toml"),
    file!("15-where-ecb-is-right.toml"),
    file!("16-file-and-pixels.toml"),
    file!("17-what-a-codec-leaves.toml"),
    file!("18-cbcs.toml"),
    file!("19-sizes-and-slices.toml"),
    file!("20-products.toml"),
    file!("21-one-key-for-all.toml"),
    file!("22-who-makes-the-key.toml"),
    file!("23-end-to-end.toml"),
    file!("24-gcm-in-may.toml"),
    file!("25-what-no-mode-hides.toml"),
];

/// All built-in lessons.
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

/// The file of a built-in lesson, by its number from 0.
#[must_use]
pub fn file(number: usize) -> Option<File> {
    FILES.get(number).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_parses_and_its_question_shows_another_scene_than_its_answer() {
        let mut titles: Vec<&str> = Vec::new();
        for lesson in lessons() {
            assert!(!titles.contains(&lesson.title.as_str()), "{} twice", lesson.title);
            titles.push(&lesson.title);
            assert!(lesson.question.trim_end().ends_with('?'), "{}", lesson.title);
            assert!(!lesson.sources.is_empty(), "{} says where it is written", lesson.title);
            assert_ne!(lesson.asking(), lesson.scene.scene, "{} shows something new", lesson.title);
            assert!(lesson.text.chars().count() < 700, "{} is short", lesson.title);
            let Scene { panels, key, .. } = &lesson.scene.scene;
            for scheme in panels.iter().chain(&lesson.before).filter_map(|panel| panel.scheme()) {
                assert!(scheme.key_hex(key).is_ok(), "{}", lesson.title);
            }
            for source in &lesson.sources {
                let (words, url) = linked(source);
                assert!(!words.contains("http") && !words.is_empty(), "{}: {words}", lesson.title);
                assert!(url.is_none_or(|url| url.starts_with("https://")), "{}: {source}", lesson.title);
            }
            let linked = lesson.sources.iter().any(|source| linked(source).1.is_some());
            assert!(linked, "{} leads to a source", lesson.title);
        }
    }

    #[test]
    fn a_lesson_of_an_earlier_version_still_reads_and_new_fields_are_optional() {
        let old = r#"
            title = "Blocks"
            text = "Sixteen bytes."
            question = "How many?"
            answer = "Sixteen."
            sources = ["FIPS 197"]
            [scene]
            source = "demo"
            panels = ["aes-128-ecb"]
        "#;
        let lesson: Lesson = toml::from_str(old).expect("a lesson");
        assert!(lesson.playing && lesson.scene.frame.is_none() && lesson.before == [Panel::Plain]);
        assert_eq!(lesson.asking().layout, lesson.scene.scene.layout);
        let new = old.replace(
            "[scene]",
            "playing = false\nbefore_layout = \"gray8\"\n[scene]\nframe = 7\nframes = \"5-9\"",
        );
        let lesson: Lesson = toml::from_str(&new).expect("a lesson");
        assert!(!lesson.playing);
        assert_eq!(lesson.scene.frame, Some(crate::units::FrameIndex(7)));
        assert_eq!(lesson.scene.frames.as_ref().map(ToString::to_string).as_deref(), Some("5-9"));
        assert_eq!((lesson.asking().layout, lesson.scene.scene.layout), (Layout::GRAY8, Layout::RGBA32));
        let wrong =
            toml::from_str::<Lesson>(&old.replace("[scene]", "plays = 1\n[scene]")).expect_err("no such key");
        assert!(wrong.message().contains("plays"), "{wrong}");
    }

    #[test]
    fn an_address_is_split_from_the_words_around_it() {
        for (source, words, url) in [
            ("FIPS 197 (2001)", "FIPS 197 (2001)", None),
            (
                "RFC 8452 (2019), 1: equal messages, https://www.rfc-editor.org/rfc/rfc8452",
                "RFC 8452 (2019), 1: equal messages",
                Some("https://www.rfc-editor.org/rfc/rfc8452"),
            ),
            (
                "A paper (https://example.org/a_(b)/c.pdf), page 3",
                "A paper, page 3",
                Some("https://example.org/a_(b)/c.pdf"),
            ),
            ("https://example.org.", "https://example.org", Some("https://example.org")),
            ("file:///etc/passwd", "file:///etc/passwd", None),
        ] {
            assert_eq!(linked(source), (words.to_owned(), url), "{source}");
        }
    }

    #[test]
    fn every_file_in_the_folder_is_a_built_in_lesson() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lessons");
        let files = std::fs::read_dir(folder).expect("the folder of lessons");
        let names: Vec<String> =
            files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(names.len(), FILES.len());
        assert!(FILES.iter().all(|file| names.iter().any(|name| name == file.name)));
    }
}
