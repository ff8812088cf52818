//! The numbers: how much survives.

use serde::Serialize;

use super::Census;
use crate::layout::BLOCK_BYTES;

/// How much of a frame its ciphertext gives away. Counts are of whole blocks of 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Leakage {
    /// Blocks of the frame.
    pub blocks: u64,
    /// Different values among them.
    pub distinct: u64,
    /// Blocks whose value occurs more than once within the memory.
    pub repeated: u64,
    /// `repeated / blocks`, from 0 to 1; 0 for a frame without blocks.
    pub repeated_share: f64,
    /// Occurrences of the most frequent value.
    pub largest_class: u64,
    /// Blocks expected to equal another by chance alone, were the ciphertext random.
    pub expected_by_chance: f64,
    /// Blocks equal to the block at the same place in the frame before; `None` for the first frame.
    pub same_as_previous: Option<u64>,
}

impl Leakage {
    /// The numbers of a frame from its census, `remembered` blocks in all within the memory.
    #[must_use]
    pub fn of(census: &Census, remembered: u64, same_as_previous: Option<u64>) -> Self {
        let (blocks, repeated) = (census.blocks() as u64, census.repeated());
        Self {
            blocks,
            distinct: census.distinct(),
            repeated,
            repeated_share: if blocks == 0 { 0.0 } else { repeated as f64 / blocks as f64 },
            largest_class: census.largest_class(),
            expected_by_chance: expected_by_chance(remembered),
            same_as_previous,
        }
    }

    /// Every number by its name in tables, in their order; `None` where it does not apply.
    #[must_use]
    pub const fn numbers(&self) -> [(&'static str, Option<Number>); 7] {
        use Number::{Count, Real};
        let same = match self.same_as_previous {
            Some(same) => Some(Count(same)),
            None => None,
        };
        [
            ("blocks", Some(Count(self.blocks))),
            ("distinct", Some(Count(self.distinct))),
            ("repeated", Some(Count(self.repeated))),
            ("repeated_share", Some(Real(self.repeated_share))),
            ("largest_class", Some(Count(self.largest_class))),
            ("expected_by_chance", Some(Real(self.expected_by_chance))),
            ("same_as_previous", same),
        ]
    }
}

/// One of the numbers of a [`Leakage`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// Blocks, counted.
    Count(u64),
    /// A share or an expectation.
    Real(f64),
}

impl Number {
    /// The number as it is averaged.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Count(count) => count as f64,
            Self::Real(real) => real,
        }
    }
}

/// Blocks that equal another block by chance among `blocks` random ones: n(n−1)/2^128.
#[must_use]
pub fn expected_by_chance(blocks: u64) -> f64 {
    let n = blocks as f64;
    if blocks == 0 { 0.0 } else { n * (n - 1.0) / 2f64.powi(128) }
}

/// Whole blocks that are equal at the same place in both ciphertexts.
#[must_use]
pub fn unchanged_blocks(now: &[u8], before: &[u8]) -> u64 {
    let (now, _) = now.as_chunks::<BLOCK_BYTES>();
    let (before, _) = before.as_chunks::<BLOCK_BYTES>();
    now.iter().zip(before).filter(|(now, before)| now == before).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_gives_n_n_minus_1_over_2_to_the_128() {
        assert!(expected_by_chance(0).abs() < f64::MIN_POSITIVE);
        assert!(expected_by_chance(1).abs() < f64::MIN_POSITIVE);
        let full_hd = expected_by_chance(518_400);
        assert!((full_hd / 7.897_5e-28 - 1.0).abs() < 1e-3, "{full_hd:e}");
    }

    #[test]
    fn tables_name_every_number_as_serde_does() {
        let leakage =
            Leakage { blocks: 9, repeated_share: 0.5, same_as_previous: Some(3), ..Leakage::default() };
        let named = leakage.numbers().map(|(name, number)| (name.to_owned(), serde_json::json!(number)));
        let serialized = serde_json::to_value(leakage).expect("numbers serialize");
        assert_eq!(serialized, serde_json::Value::Object(named.into_iter().collect()));
    }

    #[test]
    fn unchanged_blocks_are_counted_by_place() {
        let before: Vec<u8> = (0..64).collect();
        let mut now = before.clone();
        now[20] ^= 1;
        assert_eq!(unchanged_blocks(&now, &before), 3);
        now.rotate_left(16);
        assert_eq!(unchanged_blocks(&now, &before), 0, "the same blocks at other places do not count");
    }
}
