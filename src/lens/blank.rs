//! What the picture of a lens shows: a finding, or the reason why it shows none.

use super::{Lens, View};
use crate::leak::{Finding, Leakage};

/// Why the picture of a lens shows no leak.
///
/// For most reasons the picture has one colour, which by itself does not say why.
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
    /// The lens shows repeated blocks, and there is none.
    #[error("no block repeats")]
    NothingRepeats,
    /// The lens shows different values in different colours, and there is one value.
    #[error("all blocks are equal: there is nothing to distinguish")]
    AllEqual,
    /// Blocks repeat, but the lens draws no line, or speckle.
    #[error("the repeated blocks form no outline")]
    NoOutline,
    /// The frame equals the one before.
    #[error("nothing changed since the frame before")]
    NothingChanged,
    /// No block equals the frame before.
    #[error("every block changed since the frame before: nothing stands out")]
    AllChanged,
    /// The shot has tones, but no value in this frame has one.
    #[error("no block of this frame has a tone")]
    NoTone,
    /// Nothing of this frame follows from the known frames.
    #[error("nothing follows from the known frames")]
    NothingFollows,
    /// Hardly a pixel is exact; the others are estimates.
    #[error("hardly a pixel is exact: the colours are estimates")]
    EstimatesAlone,
    /// The lens paints all blocks in the same colour; in `yuv420p` it paints the blocks of luma.
    #[error("this lens finds the same in all blocks: nothing stands out")]
    AllAlike,
    /// The picture shows bytes, which form no shape.
    #[error("the bytes look like noise")]
    Noise,
    /// No slice has a place and a size that clear bytes state.
    #[error(
        "no clear byte states where slices lie: H.264, ProRes and JPEG with restart markers have such slices"
    )]
    NoSlices,
    /// The whole picture is one slice.
    #[error("the picture is one slice: its size says nothing about places")]
    OneSlice,
    /// The sizes of slices do not differ.
    #[error("all slices have nearly the same size: nothing stands out")]
    SlicesAlike,
    /// Every slice differs from the frame before.
    #[error("every slice changed since the frame before: nothing stands out")]
    AllSlicesChanged,
    /// There are few slices, or their sizes do not follow the picture.
    #[error("the slices are too few to draw the picture, or their sizes do not follow it")]
    NoFootprint,
    /// The original is not known, so that the sizes of slices cannot be compared with it.
    #[error("the original is not known: whether the slices draw it is for the eye to judge")]
    NotCompared,
    /// The attacker knows the picture: nothing was recovered.
    #[error("this frame is one of those that are known")]
    Known,
    /// The receiver has the frame that was sent.
    #[error("nothing was changed on the way")]
    AsSent,
    /// A decoder made the picture from damaged bytes.
    #[error("a picture that a decoder makes of damaged bytes does not measure what they reveal")]
    Concealed,
}

impl Blank {
    /// The reason in two or three words.
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
            Self::EstimatesAlone => "estimates alone",
            Self::AllAlike => "nothing stands out",
            Self::Noise => "looks like noise",
            Self::NoSlices => "no readable slices",
            Self::OneSlice => "one slice",
            Self::SlicesAlike => "slices alike",
            Self::AllSlicesChanged => "every slice changed",
            Self::NoFootprint => "no footprint",
            Self::NotCompared => "not compared",
            Self::Known => "is known",
            Self::AsSent => "nothing was changed",
            Self::Concealed => "is no measure",
        }
    }

    /// True if the picture is not of one colour: noise, or a whole frame.
    #[must_use]
    pub const fn has_picture(self) -> bool {
        matches!(
            self,
            Self::Noise
                | Self::EstimatesAlone
                | Self::AllSlicesChanged
                | Self::NoFootprint
                | Self::NotCompared
                | Self::Known
                | Self::AsSent
                | Self::Concealed
        )
    }
}

impl Lens {
    /// Why a picture of this lens has one colour. `None` if the colour is the content of the picture (ciphertext, a
    /// received or a recovered frame may have one colour), or if data for the lens is missing: the frame was rejected,
    /// or the shot has no tones.
    ///
    /// `leakage` holds the numbers of the same frame; `is_first` is true for frame 0.
    #[must_use]
    pub fn blank(self, view: &View<'_>, leakage: &Leakage, is_first: bool) -> Option<Blank> {
        let needs_blocks =
            !matches!(self, Self::Received(_) | Self::Sizes | Self::Footprint(_) | Self::Player);
        if leakage.blocks == 0 && needs_blocks {
            return Some(Blank::TooSmall);
        }
        (self.kind().blank)(self, view, leakage, is_first)
    }

    /// The leak that the picture of the lens shows. `blank` is the result of [`Self::blank`] if the picture has one
    /// colour, else `None`.
    ///
    /// # Errors
    /// The reason why the picture shows no leak.
    pub fn finds(self, view: &View<'_>, leakage: &Leakage, blank: Option<Blank>) -> Result<Finding, Blank> {
        if self.compares() && leakage.same_as_previous.is_some_and(|same| same > 0 && same == leakage.blocks)
        {
            // The picture has one colour, and that is the finding.
            return Ok(Finding::IdenticalFrames);
        }
        match blank {
            Some(blank) => Err(blank),
            None => (self.kind().finds)(self, view, leakage),
        }
    }

    /// True if the lens compares the frame with the one before.
    const fn compares(self) -> bool {
        matches!(self, Self::Motion | Self::Difference(_))
    }
}

/// Why a frame has no frame to compare with.
pub(super) const fn no_frame_before(is_first: bool) -> Blank {
    if is_first { Blank::FirstFrame } else { Blank::OtherSize }
}

/// Why a picture of the comparison with the frame before has one colour.
pub(super) fn no_change(leakage: &Leakage) -> Blank {
    match leakage.same_as_previous {
        Some(same) if same == leakage.blocks => Blank::NothingChanged,
        Some(0) => Blank::AllChanged,
        _ => Blank::AllAlike,
    }
}
