//! Colours of the parts of shots, from known frames.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::part::SelectedFrames;
use super::{Cancelled, ShotAttack, ShotWindow};
use crate::leak::Codebook;
use crate::leak::tint::{NoTint, Tint};

/// The estimated colours of the shots of a window.
pub type TintWindow = ShotWindow<Tint>;

/// Estimates the colours of values from those that a codebook has.
pub struct TintAttack(pub Arc<Codebook>);

impl ShotAttack for TintAttack {
    type Found = Tint;

    fn attack(
        &self,
        part: &SelectedFrames,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Option<Tint>, Cancelled> {
        let frames = part.ciphertexts();
        let known = |ciphertext: &&[u8]| {
            let recovery = self.0.recover(ciphertext);
            part.pixels.block_colours(recovery.bytes(), |byte| recovery.has(byte))
        };
        let known: Vec<_> = frames.iter().map(known).collect();
        match Tint::prepare(&frames, &known, &part.grid, progress) {
            Ok(tint) => Ok(Some(tint)),
            Err(NoTint::NothingFollows) => Ok(None),
            Err(NoTint::Cancelled) => Err(Cancelled),
        }
    }

    fn follow(&self, tint: &mut Tint, before: &Tint) {
        tint.keep_colours_of(before);
    }
}

impl TintWindow {
    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes_of(Tint::bytes, Tint::grid)
    }
}
