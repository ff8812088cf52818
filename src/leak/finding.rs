//! Findings: what an eavesdropper gets, in a word.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Leakage;
use super::chance::{log10_of_bytes, log10_of_pairs};
use crate::picture::layout::BLOCK_BYTES;

/// A result with a smaller probability is no coincidence: log10 of that probability. A year of video has 10^9 frames.
const BEYOND_CHANCE: f64 = -12.0;

/// In a flat frame at least this share of the blocks equals another block of the frame.
const FLAT_REPEATS: f64 = 0.99;

/// The blocks of a flat frame have less entropy, in bits, than four values that occur equally often. One colour makes
/// one value in `rgba32` and `gray8`, and three in `rgb24` and `yuv420p`.
const FLAT_ENTROPY: f64 = 2.0;

/// What an eavesdropper gets from a scheme on this footage, in a word.
///
/// Derived from the numbers and from the pictures of the lenses `outline` and `motion`, never from the name of the
/// mode. The first variant that applies is chosen, in the order of declaration. The last four are results of attacks;
/// the lenses of the attacks set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// Nearly all blocks are equal, and the lens `outline` draws nothing.
    Flat,
    /// Blocks repeat, and the lens `outline` draws a shape from them.
    Outlines,
    /// In blocks that differ from the frame before, far more bytes equal it than by chance.
    KeystreamReuse,
    /// Every block of the frame equals the frame before.
    IdenticalFrames,
    /// The frame equals the frame before up to a point, and nowhere after it.
    Prefix,
    /// Some blocks equal those of the frame before at the same place, others do not, and the lens `motion` shows a
    /// shape.
    Movement,
    /// The sizes of slices, which clear bytes delimit, draw the picture.
    Footprint,
    /// Blocks equal others of the frame, or those of the frame before at the same place, but neither lens shows a
    /// shape.
    Repeats,
    /// The sizes of messages differ, and follow what happens in the picture or the sound.
    Sizes,
    /// No leak was found. This is no proof that there is none.
    Noise,
    /// Pixels were recovered from known plaintext.
    Recovered,
    /// An observer of a call has the keys for the packets that it sees, and gets the frame.
    Picture,
    /// The receiver sees the picture that the attacker chose, and gets no warning.
    Forged,
    /// The receiver accepts a frame that neither the sender nor the attacker chose.
    Garbled,
    /// The receiver rejects the frame: the tag or the padding does not match.
    Rejected,
}

impl Finding {
    /// True for findings that reveal something to the eavesdropper or the attacker.
    #[must_use]
    pub const fn is_leak(self) -> bool {
        !matches!(self, Self::Noise | Self::Rejected)
    }

    /// True for findings that a caption can state under a picture that shows nothing.
    #[must_use]
    pub const fn suits_empty_picture(self) -> bool {
        matches!(self, Self::Flat | Self::Noise | Self::Rejected)
    }

    /// All findings, in their order.
    pub const ALL: [Self; 15] = [
        Self::Flat,
        Self::Outlines,
        Self::KeystreamReuse,
        Self::IdenticalFrames,
        Self::Prefix,
        Self::Movement,
        Self::Footprint,
        Self::Repeats,
        Self::Sizes,
        Self::Noise,
        Self::Recovered,
        Self::Picture,
        Self::Forged,
        Self::Garbled,
        Self::Rejected,
    ];

    /// The finding that follows from the numbers of messages, which have no place in a picture. `None` for no blocks.
    #[must_use]
    pub fn of_messages(leakage: &Leakage) -> Option<Self> {
        let repeats = leakage.log10_p <= BEYOND_CHANCE;
        (leakage.blocks > 0).then_some(if repeats { Self::Repeats } else { Self::Noise })
    }

    /// The finding about all messages of a range: slices that [draw](super::Footprint::is_seen) most of its frames, blocks that repeat, or
    /// sizes that [follow](super::SizeAgreement::follows) the changes of the picture. `None` for no blocks.
    #[must_use]
    pub fn of_stream(repeated: u64, blocks: u64, slices_draw: bool, sizes_follow: bool) -> Option<Self> {
        let repeats = repeated > 0 && log10_of_pairs(repeated / 2, blocks) <= BEYOND_CHANCE;
        (blocks > 0).then_some(match () {
            () if slices_draw => Self::Footprint,
            () if repeats => Self::Repeats,
            () if sizes_follow => Self::Sizes,
            () => Self::Noise,
        })
    }

    /// The finding that follows from the numbers, from whether the lens `outline` [draws](super::draws) a shape, and
    /// from whether `motion` [shows movement](super::shows_movement), which is computed only if needed. `None` for a
    /// frame without blocks.
    #[must_use]
    pub fn of(leakage: &Leakage, draws: bool, moves: impl Fn() -> bool) -> Option<Self> {
        let Leakage { blocks, log10_p, .. } = *leakage;
        let repeats = log10_p <= BEYOND_CHANCE;
        let before = leakage.same_as_previous.zip(leakage.same_prefix).zip(leakage.same_bytes_in_changed);
        let finding = match before {
            _ if blocks == 0 => return None,
            _ if repeats && !draws && is_flat(leakage) => Self::Flat,
            _ if repeats && draws => Self::Outlines,
            Some(((same, _), bytes)) if shares_keystream(bytes, blocks - same) => Self::KeystreamReuse,
            Some(((same, _), _)) if same == blocks => Self::IdenticalFrames,
            Some(((same, prefix), _)) if same > 0 && same == prefix => Self::Prefix,
            Some(((same, _), _)) if same > 0 && moves() => Self::Movement,
            Some(((same, _), _)) if same > 0 => Self::Repeats,
            _ if repeats => Self::Repeats,
            _ => Self::Noise,
        };
        Some(finding)
    }

    /// The name of the lens that shows this finding; `None` for results of an attack, which have their own lens, and
    /// for findings without a picture.
    #[must_use]
    pub const fn lens(self) -> Option<&'static str> {
        match self {
            Self::Outlines => Some("outline"),
            Self::KeystreamReuse => Some("difference"),
            Self::Movement | Self::Prefix | Self::IdenticalFrames => Some("motion"),
            Self::Footprint => Some("footprint"),
            Self::Repeats => Some("repeats"),
            Self::Sizes => Some("sizes"),
            Self::Flat
            | Self::Noise
            | Self::Recovered
            | Self::Picture
            | Self::Forged
            | Self::Garbled
            | Self::Rejected => None,
        }
    }

    /// The word for captions and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Outlines => "outlines",
            Self::KeystreamReuse => "keystream reuse",
            Self::IdenticalFrames => "identical frames",
            Self::Prefix => "prefix",
            Self::Movement => "movement",
            Self::Footprint => "footprint",
            Self::Repeats => "repeats",
            Self::Sizes => "sizes",
            Self::Noise => "noise",
            Self::Recovered => "recovered",
            Self::Picture => "picture",
            Self::Forged => "forged",
            Self::Garbled => "garbled",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Whether nearly all blocks of the frame are equal.
fn is_flat(leakage: &Leakage) -> bool {
    leakage.repeated_in_frame as f64 >= FLAT_REPEATS * leakage.blocks as f64
        && leakage.block_entropy < FLAT_ENTROPY
}

/// Whether more bytes of changed blocks equal the frame before than by chance. The first changed block does not count.
fn shares_keystream(same_bytes: u64, changed: u64) -> bool {
    let bytes = changed.saturating_sub(1) * BLOCK_BYTES as u64;
    log10_of_bytes(same_bytes, bytes) <= BEYOND_CHANCE
}
