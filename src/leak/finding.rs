//! One word for people: what an eavesdropper gets.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Leakage;
use super::chance::log10_of_bytes;
use crate::picture::layout::BLOCK_BYTES;

/// What is beyond chance: log10 of a probability. A year of video has 10^9 frames.
const BEYOND_CHANCE: f64 = -12.0;

/// The share of blocks of a flat frame that equal others of it, at least.
const FLAT_REPEATS: f64 = 0.99;

/// The entropy of the blocks of a flat frame, in bits, is less: that of four values that occur equally often. One colour
/// makes one value in `rgba32` and `gray8`, and three in `rgb24` and `yuv420p`.
const FLAT_ENTROPY: f64 = 2.0;

/// What an eavesdropper gets from a scheme on this footage, in a word.
///
/// Decided by numbers and by what the lenses `outline` and `motion` show, never by the name of the mode; the first that
/// applies counts, in the order in which they stand here. The last four are those of attacks, and are said by their
/// lenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// Nearly all blocks are equal, and there is nothing to draw.
    Flat,
    /// Blocks repeat, and the lens `outline` draws something with them.
    Outlines,
    /// Bytes equal those of the frame before far beyond chance, also in blocks that differ.
    KeystreamReuse,
    /// The frame is the frame before, to the last block.
    IdenticalFrames,
    /// The frame equals the frame before up to a point, and nowhere after it.
    Prefix,
    /// Some blocks equal those of the frame before at the same place, others do not, and the lens `motion` shows a
    /// shape.
    Movement,
    /// Blocks equal others of the frame, or those of the frame before at the same place, but neither lens shows a shape.
    Repeats,
    /// Nothing was found. This never means that there is nothing.
    Noise,
    /// Pixels were recovered from known plaintext.
    Recovered,
    /// The receiver sees the picture that the attacker chose, and gets no warning.
    Forged,
    /// The receiver accepts a frame that neither the sender nor the attacker chose.
    Garbled,
    /// The receiver rejects the frame: the tag or the padding does not match.
    Rejected,
}

impl Finding {
    /// True for words that say that something is given away.
    #[must_use]
    pub const fn is_leak(self) -> bool {
        !matches!(self, Self::Noise | Self::Rejected)
    }

    /// True for words that are true of a picture in which there is nothing to see.
    #[must_use]
    pub const fn suits_empty_picture(self) -> bool {
        matches!(self, Self::Flat | Self::Noise | Self::Rejected)
    }

    /// All words, in their order.
    pub const ALL: [Self; 12] = [
        Self::Flat,
        Self::Outlines,
        Self::KeystreamReuse,
        Self::IdenticalFrames,
        Self::Prefix,
        Self::Movement,
        Self::Repeats,
        Self::Noise,
        Self::Recovered,
        Self::Forged,
        Self::Garbled,
        Self::Rejected,
    ];

    /// The word for numbers of messages, which have no place in a picture; `None` where there is no block.
    #[must_use]
    pub fn of_messages(leakage: &Leakage) -> Option<Self> {
        let repeats = leakage.log10_p <= BEYOND_CHANCE;
        (leakage.blocks > 0).then_some(if repeats { Self::Repeats } else { Self::Noise })
    }

    /// The word that numbers come to, where the lens `outline` [draws](super::draws) something or not, and `motion` [shows
    /// movement](super::shows_movement) or not, which is asked only where it matters; `None` where there is no block.
    #[must_use]
    pub fn of(leakage: &Leakage, draws: bool, moves: impl Fn() -> bool) -> Option<Self> {
        let Leakage { blocks, log10_p, .. } = *leakage;
        let repeats = log10_p <= BEYOND_CHANCE;
        let before = leakage.same_as_previous.zip(leakage.same_prefix).zip(leakage.same_bytes_in_changed);
        let word = match before {
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
        Some(word)
    }

    /// The lens that shows what the word says, by its name; `None` for words of an attack, which their own lens shows, and
    /// where there is nothing to show.
    #[must_use]
    pub const fn lens(self) -> Option<&'static str> {
        match self {
            Self::Outlines => Some("outline"),
            Self::KeystreamReuse => Some("difference"),
            Self::Movement | Self::Prefix | Self::IdenticalFrames => Some("motion"),
            Self::Repeats => Some("repeats"),
            Self::Flat | Self::Noise | Self::Recovered | Self::Forged | Self::Garbled | Self::Rejected => {
                None
            }
        }
    }

    /// The word itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Outlines => "outlines",
            Self::KeystreamReuse => "keystream reuse",
            Self::IdenticalFrames => "identical frames",
            Self::Prefix => "prefix",
            Self::Movement => "movement",
            Self::Repeats => "repeats",
            Self::Noise => "noise",
            Self::Recovered => "recovered",
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

/// Whether bytes of blocks that differ equal those before beyond chance; the first such block does not count.
fn shares_keystream(same_bytes: u64, changed: u64) -> bool {
    let bytes = changed.saturating_sub(1) * BLOCK_BYTES as u64;
    log10_of_bytes(same_bytes, bytes) <= BEYOND_CHANCE
}
