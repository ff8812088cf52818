//! Why the picture of a lens is one even field.

use super::{Lens, View};
use crate::leak::Leakage;

/// Why the picture of a lens is one even field: that says nothing by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blank {
    /// The frame has no whole block.
    #[error("the frame is smaller than one block of 16 bytes")]
    TooSmall,
    /// The lens compares with the frame before, and this is frame 0.
    #[error("this is the first frame: there is none before it to compare it with")]
    FirstFrame,
    /// The lens compares with the frame before, which has more or fewer pixels.
    #[error("the frame before this one has another size: its blocks cannot be compared")]
    OtherSize,
    /// The lens shows what repeats.
    #[error("no block repeats")]
    NothingRepeats,
    /// The lens tells values of blocks apart, and there is one value.
    #[error("all blocks are equal: there is nothing to tell apart")]
    AllEqual,
    /// Blocks repeat, but the rule of the lens draws no line.
    #[error("the blocks that repeat give no outline away")]
    NoOutline,
    /// The frame is the one before.
    #[error("nothing changed since the frame before")]
    NothingChanged,
    /// Nothing stayed in its place.
    #[error("every block changed since the frame before: nothing stands out")]
    AllChanged,
    /// The shot has tones, but no value in this frame has one.
    #[error("no block of this frame has a tone")]
    NoTone,
    /// The known frames tell nothing of this one.
    #[error("nothing follows from the known frames")]
    NothingFollows,
    /// Whatever the lens tells apart is the same for all blocks that it draws: in `yuv420p` those of luma.
    #[error("this lens finds the same in all blocks: nothing stands out")]
    AllAlike,
}

impl Lens {
    /// Why the picture that the lens has painted of a frame is one even field; `None` where the field is the
    /// picture itself (ciphertext, and what is received or recovered, may be even), or where the lens was
    /// painted without what it needs: a frame that was rejected, or tones of a shot that has none.
    ///
    /// `leakage` holds the numbers of the same frame, and `is_first` is true of frame 0.
    #[must_use]
    pub fn blank(self, view: &View<'_>, leakage: &Leakage, is_first: bool) -> Option<Blank> {
        if matches!(self, Self::Received(_)) {
            return None;
        }
        if leakage.blocks == 0 {
            return Some(Blank::TooSmall);
        }
        let repeats = || match leakage {
            Leakage { repeated: 0, .. } => Blank::NothingRepeats,
            Leakage { distinct: 1, .. } => Blank::AllEqual,
            _ => Blank::AllAlike,
        };
        let no_frame_before = || if is_first { Blank::FirstFrame } else { Blank::OtherSize };
        match self {
            Self::Ciphertext | Self::Received(_) => None,
            Self::Repeats | Self::Colours(_) => Some(repeats()),
            Self::Outline if view.outline.ink().contains(&true) => Some(Blank::AllAlike),
            Self::Outline => Some(match repeats() {
                Blank::AllAlike => Blank::NoOutline,
                blank => blank,
            }),
            Self::Motion if view.trail.known() == 0 => Some(no_frame_before()),
            Self::Difference(_) if view.before.is_none() => Some(no_frame_before()),
            Self::Motion | Self::Difference(_) => Some(match leakage.same_as_previous {
                Some(same) if same == leakage.blocks => Blank::NothingChanged,
                Some(0) => Blank::AllChanged,
                _ => Blank::AllAlike,
            }),
            // Without any tones the shot has none, which is told otherwise.
            Self::Tone(_) if view.tones.is_empty() => None,
            Self::Tone(_) if view.tones.iter().any(Option::is_some) => Some(Blank::AllAlike),
            Self::Tone(_) => Some(Blank::NoTone),
            Self::Codebook(_) => {
                view.recovery.is_some_and(|found| found.share() <= 0.0).then_some(Blank::NothingFollows)
            }
        }
    }
}
