//! Sheets: the panels of one frame, rendered, with their numbers.

use std::sync::Arc;

use super::attack::Attack;
use super::ciphertext_history::Wire;
use super::prepared::{KnowledgeError, Request};
use super::received::CannotTamper;
use crate::crypto::{EncryptError, KeyMaterial, Rejection};
use crate::leak::tone::NoTone;
use crate::leak::{Leakage, Word};
use crate::lens::Blank;
use crate::picture::{Frame, Picture};
use crate::scene::Panel;

/// The panels of one frame, rendered, with their numbers, in the order of the scene.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The frame shown.
    pub frame: Arc<Frame>,
    /// The panels of the scene.
    pub panels: Vec<RenderedPanel>,
    /// What every scheme takes its key from.
    pub key: KeyMaterial,
}

/// One panel of a sheet.
#[derive(Clone, Debug)]
pub struct RenderedPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where pictures were not asked for, and where it is still [pending](Self::pending).
    pub picture: Option<Picture>,
    /// How much its ciphertext gives away; for `plain`, the same counts of the original.
    pub leakage: Leakage,
    /// What travelled; `None` where the scheme cannot take this frame.
    pub wire: Option<Wire>,
    /// Why there is nothing to see: the scheme cannot take this frame. The picture is then blank and the
    /// numbers are those of no blocks.
    pub refusal: Option<EncryptError>,
    /// What is still to be prepared before there is something to see: there is no picture until then, and the
    /// numbers of the lens are missing.
    pub pending: Option<Request>,
    /// Why the lens shows nothing, where it does not.
    pub note: Option<Note>,
    /// Why the picture is one even field, where it is; `None` where pictures were not asked for.
    pub blank: Option<Blank>,
    /// What the picture shows, in a word, or why it shows nothing; `None` where that was not asked for, for the original,
    /// and where there is no picture of the frame.
    pub shows: Option<Result<Word, Blank>>,
    /// What came of the attack of the lens, where it is one.
    pub attack: Option<Attack>,
}

impl RenderedPanel {
    /// Why there is nothing to see in the picture, in words; `None` where there is, and where that is still
    /// [pending](Self::pending).
    #[must_use]
    pub fn why_empty(&self) -> Option<String> {
        let refused = self.refusal.map(|refusal| refusal.to_string());
        let noted = || self.note.as_ref().map(ToString::to_string);
        refused.or_else(noted).or_else(|| self.blank.map(|blank| blank.to_string()))
    }

    /// What the picture shows, in a word, or in two or three why it shows nothing; `None` for the original, and where
    /// that was not [asked for](Parts::shows).
    #[must_use]
    pub fn shows_in_brief(&self) -> Option<Result<Word, &'static str>> {
        match (self.refusal, &self.note, self.shows) {
            (Some(_), ..) => Some(Err("cannot take this frame")),
            (None, _, Some(shows)) => Some(shows.map_err(Blank::brief)),
            (None, Some(note), None) => Some(Err(note.brief())),
            (None, None, None) => None,
        }
    }
}

/// Why a lens shows nothing, in words.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Note {
    /// There is no tone to show.
    #[error(transparent)]
    NoTone(#[from] NoTone),
    /// What the lens needs could not be prepared.
    #[error("what this needs from elsewhere in the video cannot be had: {0}")]
    Unprepared(#[source] Arc<KnowledgeError>),
    /// The receiver does not accept what was tampered with.
    #[error("rejected: {0}")]
    Rejected(Rejection),
    /// The frame cannot be tampered with as asked.
    #[error(transparent)]
    CannotTamper(#[from] CannotTamper),
}

impl Note {
    /// The same in two or three words, where there is room for no more.
    #[must_use]
    pub const fn brief(&self) -> &'static str {
        match self {
            Self::NoTone(_) => Blank::NoTone.brief(),
            Self::Unprepared(_) => "could not be prepared",
            Self::Rejected(_) => Word::Rejected.name(),
            Self::CannotTamper(_) => "cannot be changed so",
        }
    }
}

/// Which parts of a sheet are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The pictures of the panels.
    pub pictures: bool,
    /// What each picture shows: passes over its blocks.
    pub shows: bool,
    /// The numbers.
    pub numbers: Numbers,
}

/// Which numbers a sheet has: each of these has those of the ones before it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbers {
    /// What is counted.
    Counts,
    /// What captions say: also what each ciphertext gives away in a word, for which the outline has to be found.
    Captions,
    /// What tables say: also how many blocks equal their neighbours, and how the outline agrees with the edges of the
    /// original.
    Tables,
    /// The measures that papers use: a second encryption, and passes over all pixels.
    Papers,
}

impl Parts {
    /// Pictures, and the numbers that their captions say.
    pub const PICTURES: Self = Self { pictures: true, shows: false, numbers: Numbers::Captions };
    /// The same, and what each picture shows.
    pub const POSTER: Self = Self { shows: true, ..Self::PICTURES };
    /// What is counted, and no more.
    pub const COUNTS: Self = Self { pictures: false, shows: false, numbers: Numbers::Counts };
    /// Numbers alone, as tables say them.
    pub const NUMBERS: Self = Self { numbers: Numbers::Tables, ..Self::COUNTS };
    /// Numbers alone, with the measures that papers use.
    pub const PAPERS: Self = Self { numbers: Numbers::Papers, ..Self::COUNTS };
}
