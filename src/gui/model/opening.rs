//! What can be opened, and the source that a typed text names.

use std::path::{Path, PathBuf};

use super::command::Command;
use crate::media::{MediaError, Source};
use crate::picture::layout::Layout;
use crate::scene::Scene;

/// What is to be opened.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// A source, in the scene as it is set.
    Source(Source, Layout),
    /// A scene in a file.
    SceneFile(PathBuf),
    /// A scene that is at hand.
    Scene(Box<Scene>),
    /// The source of a scene, and what shows that scene.
    Then(Source, Layout, Box<Command>),
}

/// Reads a source as a person types or pastes it: with spaces around, in quotes, from the home folder.
pub(super) fn typed_source(text: &str, home: Option<&Path>) -> Result<Source, String> {
    let text = text.trim();
    let quoted = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Ok(Source::File(home.join(rest))),
        _ => text.parse().map_err(|error: MediaError| error.to_string()),
    }
}
