//! Tones of the parts of shots.

use std::ops::ControlFlow;

use super::part::SelectedFrames;
use super::{Cancelled, ShotAttack, ShotWindow};
use crate::leak::tone::{NoTone, Tone};

/// The tones of the shots of a window.
pub type ToneWindow = ShotWindow<Tone>;

/// Recovers shading from the ciphertext alone.
pub struct ToneAttack;

impl ShotAttack for ToneAttack {
    type Found = Tone;

    fn attack(
        &self,
        part: &SelectedFrames,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Option<Tone>, Cancelled> {
        match Tone::prepare(&part.ciphertexts(), &part.grid, progress) {
            Ok(tone) => Ok(Some(tone)),
            Err(NoTone::NothingRepeats) => Ok(None),
            Err(NoTone::Cancelled) => Err(Cancelled),
        }
    }

    fn follow(&self, tone: &mut Tone, before: &Tone) {
        tone.align_to(before);
    }
}

impl ToneWindow {
    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes_of(Tone::bytes, Tone::grid)
    }
}
