//! What is being typed or drawn, and is not in force yet.

use std::path::PathBuf;
use std::sync::Arc;

use super::drawing::Sketch;
use super::goto::PlaceDraft;
use super::key::KeyText;
use super::save::SaveDraft;
use crate::picture::drawing::Drawing;

/// Text being typed, which may not be valid yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    /// The source.
    pub source: String,
    /// The key, in hex.
    pub key: KeyText,
    /// Why the key as typed cannot be used, in words.
    pub key_problem: Option<String>,
    /// The memory, while its slider is on its way.
    pub memory: u32,
    /// A frame or a time to go to, while it is typed.
    pub place: Option<PlaceDraft>,
    /// The form that asks where to save, while it is open.
    pub save: Option<SaveDraft>,
    /// How many such forms there were.
    pub forms: u64,
    /// The folder that was saved in last.
    pub folder: Option<PathBuf>,
    /// The folder of a teacher's own lessons.
    pub lessons: String,
    /// The mark that is being drawn.
    pub sketch: Option<Sketch>,
    /// Marks as they are written.
    pub written: String,
    /// The drawing that was saved last, and the file that holds it.
    pub saved_drawing: Option<(Arc<Drawing>, PathBuf)>,
}

impl Drafts {
    /// True while a field that was just opened has not got the cursor yet.
    #[must_use]
    pub fn is_cursor_coming(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.is_fresh)
            || self.save.as_ref().is_some_and(|save| save.is_fresh)
    }
}
