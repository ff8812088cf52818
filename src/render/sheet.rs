//! Sheets: the panels of one frame, rendered, with their numbers.

use std::sync::Arc;

use super::ciphertext_history::Wire;
use super::player::NoPicture;
use super::prepared::{PreparationError, PreparationRequest};
use super::received::CannotTamper;
use crate::crypto::{EncryptError, KeyMaterial, Rejection, Verdict};
#[cfg(doc)]
use crate::leak::Codebook;
use crate::leak::tone::NoTone;
use crate::leak::{Finding, Leakage};
use crate::lens::Blank;
use crate::payload::{Target, TargetStream};
use crate::picture::{Frame, Picture};
use crate::scene::Panel;
use crate::text::numbers;

/// The panels of one frame, rendered, with their numbers, in the order of the scene.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The frame shown.
    pub frame: Arc<Frame>,
    /// The panels of the scene.
    pub panels: Vec<RenderedPanel>,
    /// The key material of all schemes.
    pub key: KeyMaterial,
}

/// One panel of a sheet.
#[derive(Clone, Debug)]
pub struct RenderedPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it encrypts; for the original, what the scene does.
    pub of: TargetStream,
    /// Its picture; `None` if no pictures were wanted, and while it is [pending](Self::pending).
    pub picture: Option<Picture>,
    /// How much its ciphertext reveals; for `plain`, the same counts of the original.
    pub leakage: Leakage,
    /// What an eavesdropper sees on the wire; `None` if the scheme cannot encrypt this frame, or the panel has nothing to show.
    pub wire: Option<Wire>,
    /// Why the scheme cannot encrypt this frame. The picture is then blank, and the numbers are those of no blocks.
    pub refusal: Option<EncryptError>,
    /// The preparation that is missing. Until it is ready, the panel has no picture and no numbers of its lens.
    pub pending: Option<PreparationRequest>,
    /// Why the lens shows nothing, if it does.
    pub note: Option<Note>,
    /// Why the picture has one colour throughout, if it has; `None` if no pictures were wanted.
    pub blank: Option<Blank>,
    /// The leak that the picture shows, or why it shows none; `None` if this was not wanted, for the original, and if
    /// there is no picture of the frame.
    pub shows: Option<Result<Finding, Blank>>,
    /// The outcome of the attack, if the lens is one.
    pub attack: Option<Attack>,
}

impl RenderedPanel {
    /// Why the picture shows nothing, in words; `None` if it shows something, and while it is [pending](Self::pending).
    #[must_use]
    pub fn why_empty(&self) -> Option<String> {
        let refused = self.refusal.map(|refusal| refusal.to_string());
        let noted = || self.note.as_ref().map(ToString::to_string);
        refused.or_else(noted).or_else(|| self.blank.map(|blank| blank.to_string()))
    }

    /// True for messages of encoded video, whose blocks are not pixels.
    #[must_use]
    pub const fn is_of_messages(&self) -> bool {
        self.leakage.messages.messages.is_some()
    }

    /// True for a file that is encrypted as it is: a viewer shows it.
    #[must_use]
    pub fn is_of_file(&self) -> bool {
        self.wire.as_ref().is_some_and(|wire| wire.payload.put_back().is_some())
    }

    /// What the picture shows, or in two or three words why it shows nothing; `None` for the original, and if this was
    /// not [wanted](Parts::shows).
    #[must_use]
    pub fn shows_in_brief(&self) -> Option<Result<Finding, &'static str>> {
        match (self.refusal, &self.note, self.shows) {
            (Some(_), ..) => Some(Err("does not support this frame")),
            (None, _, Some(shows)) => Some(shows.map_err(Blank::brief)),
            (None, Some(note), None) => Some(Err(note.brief())),
            (None, None, None) => None,
        }
    }
}

/// The outcome of the attack that a lens shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// The attacker knows the frame, so no attack was needed.
    Known,
    /// Pixels were recovered from known frames.
    Recovered {
        /// True if this frame reuses the keystream of a known frame.
        by_keystream: bool,
        /// True if the known frames have more blocks than a codebook ([`Codebook::MOST_BLOCKS`]).
        is_full: bool,
    },
    /// The message was tampered with.
    Received(Verdict),
}

/// Why a lens shows nothing, in words.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Note {
    /// The ciphertext has no tones.
    #[error(transparent)]
    NoTone(#[from] NoTone),
    /// A preparation that the lens needs has failed.
    #[error("other frames that this lens needs could not be prepared: {0}")]
    Unprepared(#[source] Arc<PreparationError>),
    /// The source is encrypted, and the panel shows what is in it.
    #[error(
        "the source is encrypted; give its key (--content-key, or --keys for a capture), or choose the scheme own"
    )]
    NeedsContentKey,
    /// The scheme `own` shows an encrypted stream, and this one is not.
    #[error("nothing in this stream is encrypted in its file; choose another scheme, which encrypts it")]
    NotEncrypted,
    /// The lens needs a ciphertext of pixels.
    #[error("the lens {0} needs pixels; choose the target pixels, or another lens")]
    NeedsPixels(&'static str),
    /// The lens needs messages.
    #[error("the lens {0} shows messages as an encoder wrote them; frames of pixels all have the same size")]
    NeedsMessages(&'static str),
    /// The lens shows the sizes of many messages, and a file is one.
    #[error(
        "a file as it is makes one message, and nothing is compared with its size; take packets for the lens sizes"
    )]
    OneMessage,
    /// The lens shows slices, and their boundaries are encrypted.
    #[error("the target {0} encrypts where slices begin; choose slices, cenc or cbcs for the lens footprint")]
    SlicesEncrypted(Target),
    /// A player shows nothing.
    #[error(transparent)]
    NotPlayed(#[from] NoPicture),
    /// No viewer opens the encrypted file.
    #[error(
        "no viewer opens this file: only BMP, PBM, PGM, PPM, PAM and WAV have a header before plain samples that can be put \
         back in front of the ciphertext; {}",
        repeats_in_words(*.repeated, *.blocks)
    )]
    NoViewer {
        /// Blocks whose value occurs more than once.
        repeated: u64,
        /// All blocks.
        blocks: u64,
    },
    /// The header is put back, but what is behind it is no picture.
    #[error("with its header put back, no viewer opens this file ({0})")]
    Unviewable(String),
    /// The receiver rejects the tampered message.
    #[error("rejected: {0}")]
    Rejected(Rejection),
    /// The tampering cannot be applied to the frame.
    #[error(transparent)]
    CannotTamper(#[from] CannotTamper),
}

impl Note {
    /// Why a panel of a source that is encrypted, and was not decrypted if it `is_locked`, shows nothing.
    #[must_use]
    pub fn of_lock(panel: Panel, is_locked: bool) -> Option<Self> {
        match (panel.is_own(), is_locked) {
            (false, true) => Some(Self::NeedsContentKey),
            (true, false) => Some(Self::NotEncrypted),
            (true, true) | (false, false) => None,
        }
    }

    /// The reason in two or three words.
    #[must_use]
    pub const fn brief(&self) -> &'static str {
        match self {
            Self::NoTone(_) => Blank::NoTone.brief(),
            Self::Unprepared(_) => "could not be prepared",
            Self::NeedsContentKey => "needs the content key",
            Self::NotEncrypted => "is not encrypted",
            Self::NeedsPixels(_) => "needs pixels",
            Self::NeedsMessages(_) => "needs messages",
            Self::OneMessage => "is one message",
            Self::SlicesEncrypted(_) => "needs clear slices",
            Self::NotPlayed(reason) => reason.brief(),
            Self::NoViewer { .. } | Self::Unviewable(_) => "no viewer opens it",
            Self::Rejected(_) => Finding::Rejected.name(),
            Self::CannotTamper(_) => "not applicable",
        }
    }
}

/// How many blocks of a file repeat, as a clause.
fn repeats_in_words(repeated: u64, blocks: u64) -> String {
    match repeated {
        0 => "no block of it repeats".into(),
        _ => format!(
            "{} of its {} blocks repeat, which the lens repeats shows",
            numbers::thousands(repeated),
            numbers::thousands(blocks)
        ),
    }
}

/// Which parts of a sheet are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The pictures of the panels.
    pub pictures: bool,
    /// The finding of each picture; takes further passes over its blocks.
    pub shows: bool,
    /// Which numbers.
    pub numbers: Numbers,
    /// Frames are decoded even if neither pictures nor numbers need them: frames of messages have no bytes otherwise.
    pub decodes: bool,
}

/// Which numbers a sheet has. Each variant includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbers {
    /// Counts alone.
    Counts,
    /// The numbers of captions: also the finding about each ciphertext, for which its outline is computed.
    Captions,
    /// The numbers of tables: also blocks equal to their neighbours, and the agreement of the outline with the edges of
    /// the original.
    Tables,
    /// Also the classical metrics, which take a second encryption and passes over all pixels.
    Classical,
}

impl Parts {
    /// Pictures, and the numbers of their captions.
    pub const PICTURES: Self =
        Self { pictures: true, shows: false, numbers: Numbers::Captions, decodes: true };
    /// Also the finding of each picture.
    pub const POSTER: Self = Self { shows: true, ..Self::PICTURES };
    /// Counts alone.
    pub const COUNTS: Self = Self { pictures: false, shows: false, numbers: Numbers::Counts, decodes: false };
    /// The numbers of tables, without pictures.
    pub const NUMBERS: Self = Self { numbers: Numbers::Tables, ..Self::COUNTS };
    /// The numbers of tables and the classical metrics, without pictures.
    pub const CLASSICAL: Self = Self { numbers: Numbers::Classical, ..Self::COUNTS };
}
