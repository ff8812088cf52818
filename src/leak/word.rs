//! One word for people: what an eavesdropper gets.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Leakage;
use super::chance::log10_of_bytes;
use crate::layout::BLOCK_BYTES;

/// What is beyond chance: log10 of a probability. A year of video has 10^9 frames.
const BEYOND_CHANCE: f64 = -12.0;

/// The share of blocks equal to one at another place of the frame from which on a person sees a drawing.
///
/// Found by looking: three frames of film in `rgba32`, with noise of ever more pixels over them, through the
/// lenses `repeats` and `outline`. At 6 to 9 % things are there with their shapes and what is within; at 3.5
/// and 4.3 % the large ones still are, with holes; at 2 % there are specks around a rest of sky; at 1.4 % and
/// below nothing but a haze in `repeats`, and a blank sheet in `outline`.
const DRAWS: f64 = 0.03;

/// What an eavesdropper gets from a scheme on this footage, in a word.
///
/// Decided by numbers alone, never by the name of the mode; the first that applies counts, in the order in
/// which they stand here. The last four are those of attacks, and are said by their lenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// Blocks repeat at different places of the frame, enough of them to draw something.
    Outlines,
    /// Bytes equal those of the frame before far beyond chance, also in blocks that differ.
    KeystreamReuse,
    /// The frame is the frame before, to the last block.
    IdenticalFrames,
    /// The frame equals the frame before up to a point, and nowhere after it.
    Prefix,
    /// Whole blocks equal those of the frame before at the same place, others do not.
    Movement,
    /// Some blocks repeat, too few to draw.
    Repeats,
    /// Nothing was found. This never means that there is nothing.
    Noise,
    /// Pixels were recovered from known plaintext.
    Recovered,
    /// The receiver sees the picture that the attacker chose, and notices nothing.
    Forged,
    /// The receiver sees that something is wrong, but has no way to tell what.
    Garbled,
    /// The receiver refuses the frame: it was tampered with.
    Refused,
}

impl Word {
    /// All words, in their order.
    pub const ALL: [Self; 11] = [
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
        Self::Refused,
    ];

    /// The word that numbers come to; `None` where there is no block.
    #[must_use]
    pub fn of(leakage: &Leakage) -> Option<Self> {
        let Leakage { blocks, log10_p, .. } = *leakage;
        let draws = leakage.repeated_in_frame as f64 >= DRAWS * blocks as f64;
        let before = leakage.same_as_previous.zip(leakage.same_prefix).zip(leakage.same_bytes_in_changed);
        let word = match before {
            _ if blocks == 0 => return None,
            _ if draws && log10_p <= BEYOND_CHANCE => Self::Outlines,
            Some(((same, _), bytes)) if shares_a_keystream(bytes, blocks - same) => Self::KeystreamReuse,
            Some(((same, _), _)) if same == blocks => Self::IdenticalFrames,
            Some(((same, prefix), _)) if same > 0 && same == prefix => Self::Prefix,
            Some(((same, _), _)) if same > 0 => Self::Movement,
            _ if log10_p <= BEYOND_CHANCE => Self::Repeats,
            _ => Self::Noise,
        };
        Some(word)
    }

    /// The word itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
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
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Whether bytes of blocks that differ equal those before beyond chance; the first such block does not count.
fn shares_a_keystream(same_bytes: u64, changed: u64) -> bool {
    let bytes = changed.saturating_sub(1) * BLOCK_BYTES as u64;
    log10_of_bytes(same_bytes, bytes) <= BEYOND_CHANCE
}
