//! What is known from elsewhere, as it bears on one panel and frame.

use std::sync::Arc;

use super::family::Seen;
use super::knowledge::{Knowledge, Known, Request};
use super::render::Note;
use super::tampered::{Ends, tampered};
use crate::crypto::Verdict;
use crate::frame::Frame;
use crate::leak::Recovery;
use crate::leak::tone::{NoTone, Tones};
use crate::lens::{Lens, Tampering, View};
use crate::scene::Panel;

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
    /// What becomes of a message that was tampered with.
    pub verdict: Option<Verdict>,
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
            }
            (_, Some(Known::Codebook(codebook))) => {
                elsewhere.recovery = Some(codebook.recover(seen.ciphertext()));
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
                self.verdict = Some(received.verdict);
                self.received = received.bytes;
                if let Verdict::Refused(refusal) = received.verdict {
                    self.note = Some(Note::Refused(refusal));
                }
            }
            Err(error) => self.note = Some(error.into()),
        }
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
