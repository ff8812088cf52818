//! What is written: of which pictures, and under which title.

use ffmpeg_next::Dictionary;

use super::container::Container;
use crate::picture::Shape;

/// What all pictures of a video have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    /// What the file is.
    pub container: Container,
    /// Size of the pictures that are given.
    pub given: Shape,
    /// Size of the video; even both ways.
    pub size: Shape,
    /// Frames a second, about: what an encoder plans with.
    pub frame_rate: f64,
    /// The output can go back and correct what it wrote.
    pub is_seekable: bool,
}

/// What a file says of itself, in the words that all containers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub title: String,
    /// How it was made.
    pub comment: String,
    /// All that it was made of.
    pub description: String,
}

impl About {
    pub(super) fn metadata(&self) -> Dictionary<'static> {
        let Self { title, comment, description } = self;
        let all = [("title", title), ("comment", comment), ("description", description)];
        let mut metadata = Dictionary::new();
        for (name, text) in all.into_iter().filter(|(_, text)| !text.is_empty()) {
            // FFmpeg's texts end at the first zero.
            metadata.set(name, &text.replace('\0', ""));
        }
        metadata
    }
}
