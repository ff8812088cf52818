//! What is known from elsewhere, as it bears on one panel and frame.

use std::sync::Arc;

use super::equality_group::Seen;
use super::prepared::{Knowledge, Known, Request};
use super::received::{Ends, tampered};
use super::sheet::Note;
use crate::crypto::Verdict;
#[cfg(doc)]
use crate::leak::Codebook;
use crate::leak::tone::{Agreement, NoTone, Tones};
use crate::leak::{Leakage, Recovery, Word};
use crate::lens::{Lens, Tampering, View};
use crate::picture::Frame;
use crate::scene::Panel;

/// The share of pixels from which on a frame counts as recovered: below, one sees dots.
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
    /// The tones of the frame's blocks, where the panel goes by them; none where there is no tone.
    tones: Option<Vec<Option<Tones>>>,
    /// What follows from known frames.
    recovery: Option<Recovery>,
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
        let asked = Request::of(panel, frame.index);
        let known = match asked.map(|request| (request, knowledge.get(request, frame.index))) {
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
            (_, Some(Known::Tone(window))) => {
                let tones = elsewhere.tones.insert(Vec::new());
                if let Some(tone) = window.tone(frame.index) {
                    tone.look(seen.ciphertext(), tones);
                } else {
                    elsewhere.note = Some(NoTone::NothingRepeats.into());
                }
            }
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
                if let Verdict::Rejected(rejection) = received.verdict {
                    self.note = Some(Note::Rejected(rejection));
                }
            }
            Err(error) => self.note = Some(error.into()),
        }
    }

    /// The numbers of the frame, with those of the lens beside them, and its word where an attack came to
    /// something.
    pub fn numbers(&self, frame: &Frame, leakage: &Leakage) -> Leakage {
        let mut leakage = *leakage;
        if let Some(tones) = &self.tones {
            let brightness = frame.layout.brightness(frame.shape, &frame.bytes);
            // Chroma planes stand nowhere.
            let painted = &tones[..brightness.len().min(tones.len())];
            let Agreement { painted, rho, r2 } = Agreement::of(painted, &brightness);
            leakage = Leakage { tone_rho: rho, tone_r2: r2, tone_painted: Some(painted), ..leakage };
        }
        match (self.attack, &self.recovery) {
            (Some(Attack::Recovered { .. }), Some(recovery)) => {
                let share = frame.layout.share_there(frame.shape, |byte| recovery.has(byte));
                leakage.recovered_share = Some(share);
                if share >= RECOVERED {
                    leakage.word = Some(Word::Recovered);
                }
            }
            (Some(Attack::Received(verdict)), _) => {
                leakage.word = match verdict {
                    // What is seen is the frame that was sent: no word of a leak belongs to it.
                    Verdict::Unchanged => None,
                    Verdict::Forged => Some(Word::Forged),
                    Verdict::Garbled => Some(Word::Garbled),
                    Verdict::Rejected(_) => Some(Word::Rejected),
                };
            }
            _ => {}
        }
        leakage
    }

    /// True where the lens has what it needs: what is painted, or that the message was rejected, is what it shows.
    pub const fn has_picture(&self) -> bool {
        let is_verdict = matches!(self.note, Some(Note::Rejected(_)));
        self.pending.is_none() && (self.note.is_none() || is_verdict)
    }

    /// The view with what is known from elsewhere.
    pub fn view<'a>(&'a self, view: View<'a>) -> View<'a> {
        View {
            tones: self.tones.as_deref().unwrap_or_default(),
            recovery: self.recovery.as_ref(),
            received: self.received.as_deref(),
            ..view
        }
    }
}
