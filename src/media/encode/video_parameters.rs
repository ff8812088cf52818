//! The parameters and the metadata of a written video.

use ffmpeg_next::Dictionary;

use super::container::Container;
use crate::picture::Shape;

/// The parameters of a video, which are the same for all its pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoParameters {
    /// The container format.
    pub container: Container,
    /// Width and height of the pictures that are passed to the encoder.
    pub picture_size: Shape,
    /// Width and height of the video; both are even.
    pub size: Shape,
    /// Frames per second, approximately: for the encoder's rate control.
    pub frame_rate: f64,
    /// True if the muxer can seek in the output and correct what it wrote.
    pub is_seekable: bool,
}

/// Metadata of a file, in fields that all containers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The title.
    pub title: String,
    /// How the video was made.
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
            // FFmpeg's strings end at the first zero.
            metadata.set(name, &text.replace('\0', ""));
        }
        metadata
    }
}
