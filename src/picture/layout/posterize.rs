//! Posterize: fewer levels per channel, so that more pixels are equal.

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Samples;

/// Bytes that one task rounds.
const BYTES_PER_TASK: usize = 1 << 16;

/// The number of levels to which the samples of each channel or plane are rounded.
///
/// b bits give n = 2^b levels, spread over 0–255: level k is 255k / (n − 1), rounded to the nearest integer. A sample
/// v gets the nearest level k = v(n − 1) / 255, rounded to the nearest integer. There are no ties, since 255 and n − 1
/// are odd. Alpha does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u8")]
pub struct Posterize {
    /// From 1 to 8.
    bits: u8,
}

/// A number of bits that samples cannot be rounded to.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a number of bits from 1 to 8, where 8 leaves samples unchanged")]
pub struct BadPosterize(String);

impl Posterize {
    /// All 8 bits: samples do not change.
    pub const OFF: Self = Self { bits: 8 };

    /// Rounds to the levels of `bits` bits.
    ///
    /// # Errors
    /// [`BadPosterize`] unless `bits` is from 1 to 8.
    pub fn to_bits(bits: i64) -> Result<Self, BadPosterize> {
        let known = u8::try_from(bits).ok().filter(|bits| (1..=8).contains(bits));
        known.map(|bits| Self { bits }).ok_or_else(|| BadPosterize(bits.to_string()))
    }

    /// True if samples do not change.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.bits == 8
    }

    /// The bits of a level, from 1 to 8.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// A sample rounded to the nearest level.
    #[must_use]
    pub const fn round(self, sample: u8) -> u8 {
        let last = (1 << self.bits) - 1;
        let level = (sample as u32 * last + 127) / 255;
        #[expect(clippy::cast_possible_truncation, reason = "at most 255")]
        let rounded = ((level * 255 + last / 2) / last) as u8;
        rounded
    }

    /// Rounds the samples of a frame, whose bytes are `samples` in rows.
    pub(super) fn apply(self, samples: Samples, bytes: &mut [u8]) {
        if self.is_off() {
            return;
        }
        let mut rounded = [0; 256];
        for (sample, to) in (0..=255).zip(&mut rounded) {
            *to = self.round(sample);
        }
        bytes.par_chunks_mut(BYTES_PER_TASK).for_each(|bytes| match samples {
            Samples::Rgba32 => {
                for [r, g, b, _] in bytes.as_chunks_mut().0 {
                    [*r, *g, *b] = [*r, *g, *b].map(|sample| rounded[usize::from(sample)]);
                }
            }
            Samples::Rgb24 | Samples::Gray8 | Samples::Yuv420p => {
                for sample in bytes {
                    *sample = rounded[usize::from(*sample)];
                }
            }
        });
    }
}

impl Default for Posterize {
    fn default() -> Self {
        Self::OFF
    }
}

impl TryFrom<i64> for Posterize {
    type Error = BadPosterize;

    fn try_from(bits: i64) -> Result<Self, BadPosterize> {
        Self::to_bits(bits)
    }
}

impl From<Posterize> for u8 {
    fn from(posterize: Posterize) -> Self {
        posterize.bits
    }
}

impl FromStr for Posterize {
    type Err = BadPosterize;

    fn from_str(text: &str) -> Result<Self, BadPosterize> {
        let bits: Option<i64> = text.parse().ok();
        bits.and_then(|bits| Self::to_bits(bits).ok()).ok_or_else(|| BadPosterize(format!("{text:?}")))
    }
}

impl fmt::Display for Posterize {
    /// `3 bits`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bit{}", self.bits, if self.bits == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posterize(bits: u32) -> Posterize {
        Posterize::to_bits(bits.into()).expect("1 to 8")
    }

    #[test]
    fn samples_go_to_the_nearest_of_the_levels() {
        for bits in 1..=8 {
            let last = f64::from((1u32 << bits) - 1);
            let mut seen = std::collections::BTreeSet::new();
            for sample in 0..=255 {
                let level = (f64::from(sample) * last / 255.0).round();
                let expected = (level * 255.0 / last).round();
                assert!((f64::from(posterize(bits).round(sample)) - expected).abs() < 1e-9);
                seen.insert(posterize(bits).round(sample));
            }
            assert_eq!(seen.len(), 1 << bits, "every level is in use");
            assert_eq!([0, 255].map(|end| posterize(bits).round(end)), [0, 255]);
        }
        let of_two_bits: Vec<u8> = [0, 42, 43, 127, 128, 212, 213].map(|v| posterize(2).round(v)).into();
        assert_eq!(of_two_bits, [0, 0, 85, 85, 170, 170, 255]);
    }

    #[test]
    fn eight_bits_change_nothing_and_alpha_is_never_touched() {
        assert!((0..=255).all(|sample| Posterize::OFF.round(sample) == sample));
        let mut rgba = [10, 100, 200, 77, 255, 0, 128, 1];
        posterize(1).apply(Samples::Rgba32, &mut rgba);
        assert_eq!(rgba, [0, 0, 255, 77, 255, 0, 255, 1]);
        let mut planes = [10, 100, 200, 77];
        posterize(1).apply(Samples::Yuv420p, &mut planes);
        assert_eq!(planes, [0, 0, 255, 0]);
    }

    #[test]
    fn bits_are_from_1_to_8() {
        for text in ["0", "9", "-1", "", "3.5", "256", "three"] {
            let refused = text.parse::<Posterize>().expect_err(text).to_string();
            assert!(refused.contains("1 to 8") && refused.contains(text), "{refused}");
        }
        assert_eq!("3".parse::<Posterize>().expect("3 bits").bits(), 3);
    }
}
