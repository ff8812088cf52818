//! What is known from elsewhere, as it bears on one panel and frame.

use std::sync::Arc;

use super::family::Seen;
use super::knowledge::{Knowledge, Known, Request};
use super::render::Note;
use super::tampered::{Ends, tampered};
use crate::crypto::Verdict;
use crate::frame::Frame;
#[cfg(doc)]
use crate::leak::Codebook;
use crate::leak::{Leakage, Recovery, Word};
use crate::leak::tone::{NoTone, Tones};
use crate::lens::{Lens, Tampering, View};
use crate::scene::Panel;

/// The share of blocks from which on a frame counts as recovered: below, one sees dots.
const RECOVERED: f64 = 0.01;

/// What came of the attack that a lens shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// Nothing was attacked: the frame is one of those whose pictures are known.
    Known,
    /// What follows from known frames was recovered.
    Recovered {
        /// The keystream of a known frame was used again for this one.
        by_keystream: bool,
        /// The known frames have more blocks than were learnt ([`Codebook::MOST_BLOCKS`]).
        is_full: bool,
    },
    /// The message was tampered with.
    Received(Verdict),
}

/// What a lens shows of frames elsewhere in the video, or why it does not.
#[derive(Default)]
pub struct Elsewhere {
    /// What is still to be prepared.
    pub pending: Option<Request>,
    /// Why there is nothing to show.
    pub note: Option<Note>,
    /// The tones of the frame's blocks.
    pub tones: Vec<Option<Tones>>,
    /// What follows from known frames.
    pub recovery: Option<Recovery>,
    /// What came of an attack.
    pub attack: Option<Attack>,
    /// The frame that its receiver has.
    received: Option<Vec<u8>>,
}

impl Elsewhere {
    /// Looks at a frame through the lens of a panel.
    pub fn of(panel: Panel, frame: &Arc<Frame>, seen: &Seen, knowledge: &Knowledge, ends: &[Ends]) -> Self {
        let mut elsewhere = Self::default();
        let Panel::Cipher { scheme, lens } = panel else { return elsewhere };
        let known = match Request::of(panel, frame.index).map(|request| (request, knowledge.get(request))) {
            Some((request, None)) => {
                elsewhere.pending = Some(request);
                return elsewhere;
            }
            Some((_, Some(Err(error)))) => {
                elsewhere.note = Some(Note::Unprepared(Arc::clone(error)));
                return elsewhere;
            }
            Some((_, Some(Ok(known)))) => Some(known),
            None => None,
        };
        match (lens, known) {
            (_, Some(Known::Tone(window))) => match window.tone(frame.index) {
                Some(tone) => tone.look(seen.ciphertext(), &mut elsewhere.tones),
                None => elsewhere.note = Some(NoTone::NothingRepeats.into()),
            },
            // What is known needs no attack.
            (Lens::Codebook(known), _) if known.contains(frame.index) => {
                elsewhere.recovery = Some(Recovery::of_known(&frame.bytes));
                elsewhere.attack = Some(Attack::Known);
            }
            (_, Some(Known::Codebook(codebook))) => {
                let recovery = codebook.recover(seen.ciphertext());
                let (by_keystream, is_full) = (recovery.is_by_keystream(), codebook.is_full());
                elsewhere.attack = Some(Attack::Recovered { by_keystream, is_full });
                elsewhere.recovery = Some(recovery);
            }
            (Lens::Received(tampering), known) => {
                let recorded: &[Arc<Frame>] = match known {
                    Some(Known::Frames(frames)) => frames,
                    _ => &[],
                };
                if let Some(ends) = ends.iter().find(|ends| ends.scheme() == scheme) {
                    elsewhere.receive(tampering, ends, frame, recorded);
                }
            }
            _ => {}
        }
        elsewhere
    }

    fn receive(&mut self, tampering: Tampering, ends: &Ends, frame: &Arc<Frame>, recorded: &[Arc<Frame>]) {
        match tampered(tampering, ends, frame, recorded) {
            Ok(received) => {
                self.attack = Some(Attack::Received(received.verdict));
                self.received = received.bytes;
                if let Verdict::Refused(refusal) = received.verdict {
                    self.note = Some(Note::Refused(refusal));
                }
            }
            Err(error) => self.note = Some(error.into()),
        }
    }

    /// The numbers of the ciphertext, and those of the attack beside them; where it came to something, its
    /// word instead.
    pub fn leakage(&self, leakage: Leakage) -> Leakage {
        let (mut recovered_share, mut word) = (leakage.recovered_share, leakage.word);
        match (self.attack, &self.recovery) {
            (Some(Attack::Recovered { .. }), Some(recovery)) => {
                recovered_share = Some(recovery.share());
                if recovery.share() >= RECOVERED {
                    word = Some(Word::Recovered);
                }
            }
            (Some(Attack::Received(verdict)), _) => match verdict {
                Verdict::Unchanged => {}
                Verdict::Forged => word = Some(Word::Forged),
                Verdict::Garbled => word = Some(Word::Garbled),
                Verdict::Refused(_) => word = Some(Word::Refused),
            },
            _ => {}
        }
        Leakage { recovered_share, word, ..leakage }
    }

    /// The view with what is known from elsewhere.
    pub fn view<'a>(&'a self, view: View<'a>) -> View<'a> {
        View {
            tones: &self.tones,
            recovery: self.recovery.as_ref(),
            received: self.received.as_deref(),
            ..view
        }
    }
}
