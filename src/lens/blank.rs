//! What the picture of a lens shows: in a word, or why it shows nothing.

use super::{Lens, View};
use crate::leak::{Finding, Leakage};

/// Why the picture of a lens shows nothing.
///
/// Most of these leave one even field, which says nothing by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
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
    /// Blocks repeat, but the rule of the lens draws no line, or speckle.
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
    /// Bytes are shown, and no shape is seen in them.
    #[error("the bytes look like noise")]
    Noise,
    /// The picture is known to the attacker: nothing had to be recovered.
    #[error("this frame is one of those that are known")]
    Known,
    /// The receiver has the frame that was sent.
    #[error("nothing was changed on the way")]
    AsSent,
}

impl Blank {
    /// The same in two or three words, where there is room for no more.
    #[must_use]
    pub const fn brief(self) -> &'static str {
        match self {
            Self::TooSmall => "smaller than a block",
            Self::FirstFrame => "no frame before",
            Self::OtherSize => "another size before",
            Self::NothingRepeats => "no block repeats",
            Self::AllEqual => "all blocks are equal",
            Self::NoOutline => "no outline",
            Self::NothingChanged => "nothing changed",
            Self::AllChanged => "every block changed",
            Self::NoTone => "no tone",
            Self::NothingFollows => "nothing follows",
            Self::AllAlike => "nothing stands out",
            Self::Noise => "looks like noise",
            Self::Known => "is known",
            Self::AsSent => "nothing was changed",
        }
    }

    /// True where the picture is worth seeing all the same: it is noise, or a frame as it is.
    #[must_use]
    pub const fn has_picture(self) -> bool {
        matches!(self, Self::Noise | Self::Known | Self::AsSent)
    }
}

impl Lens {
    /// Why the picture that the lens has painted of a frame is one even field; `None` where the field is the
    /// picture itself (ciphertext, and what is received or recovered, may be even), or where the lens was
    /// painted without what it needs: a frame that was rejected, or tones of a shot that has none.
    ///
    /// `leakage` holds the numbers of the same frame, and `is_first` is true of frame 0.
    #[must_use]
    pub fn blank(self, view: &View<'_>, leakage: &Leakage, is_first: bool) -> Option<Blank> {
        if leakage.blocks == 0 && !matches!(self, Self::Received(_)) {
            return Some(Blank::TooSmall);
        }
        (self.kind().blank)(view, leakage, is_first)
    }

    /// What the picture of the lens shows of what the scheme gives away, in a word, or why it shows nothing. `blank` is
    /// what [`Self::blank`] says of the same picture where that is one even field.
    ///
    /// # Errors
    /// The reason, where it shows nothing.
    pub fn finds(self, view: &View<'_>, leakage: &Leakage, blank: Option<Blank>) -> Result<Finding, Blank> {
        if self.compares() && leakage.same_as_previous.is_some_and(|same| same > 0 && same == leakage.blocks)
        {
            // An even field that says all.
            return Ok(Finding::IdenticalFrames);
        }
        match blank {
            Some(blank) => Err(blank),
            None => (self.kind().finds)(view, leakage),
        }
    }

    /// True where the lens compares the frame with the one before.
    const fn compares(self) -> bool {
        matches!(self, Self::Motion | Self::Difference(_))
    }
}

/// Why there is nothing to compare a frame with.
pub(super) const fn no_frame_before(is_first: bool) -> Blank {
    if is_first { Blank::FirstFrame } else { Blank::OtherSize }
}

/// Why a comparison with the frame before is one even field.
pub(super) fn no_change(leakage: &Leakage) -> Blank {
    match leakage.same_as_previous {
        Some(same) if same == leakage.blocks => Blank::NothingChanged,
        Some(0) => Blank::AllChanged,
        _ => Blank::AllAlike,
    }
}
