//! The numbers: how much survives.

use serde::Serialize;

use super::chance::{expected_by_chance, log10_of_pairs};
use super::{Agreement, Census, Change, ClassicalMetrics, Finding, MessageCounts, Neighbours};

/// How much of a frame its ciphertext gives away. Counts are of whole blocks of 16 bytes, shares go from 0
/// to 1; a number that does not apply is `None`.
///
/// It is as flat as the tables that are made of it: a field is a column, under its own name.
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
    /// Blocks whose value occurs at another place of this very frame.
    pub repeated_in_frame: u64,
    /// Occurrences, within the memory, of the value that is most frequent there; it need not occur in this frame.
    pub largest_class: u64,
    /// Blocks of the memory expected to equal another of it by chance alone, were the ciphertext random: n(n−1)/2^128
    /// for n blocks, those of this frame and of the remembered ones before it.
    pub expected_by_chance: f64,
    /// log10 of the probability that chance gives as many equal pairs of blocks, or more, within the memory: the same n
    /// blocks.
    pub log10_p: f64,
    /// Shannon entropy of the values of the frame's blocks, in bits.
    pub block_entropy: f64,
    /// What it is at most: log2 of `blocks`, where no two are equal.
    pub max_block_entropy: f64,
    /// Share of blocks equal to their neighbour to the left, of those that have one, over all planes ([`Neighbours`]). By
    /// chance 2^-128.
    pub left_equal: Option<f64>,
    /// Share of blocks equal to their neighbour above, of those that have one, over all planes. By chance 2^-128.
    pub above_equal: Option<f64>,
    /// Blocks equal to the block at the same place in the frame before; `None` for the first frame.
    pub same_as_previous: Option<u64>,
    /// Blocks at the start of the frame, up to the first that differs, that equal those of the frame before.
    pub same_prefix: Option<u64>,
    /// Bytes equal to those of the frame before in blocks that differ from it, but for the first such block.
    /// By chance one in 256; `None` for the original, which has no keystream.
    pub same_bytes_in_changed: Option<u64>,
    /// Share of the outline's ink that lies on edges of the original.
    pub outline_precision: Option<f64>,
    /// Share of the edges of the original that the outline's ink covers.
    pub outline_recall: Option<f64>,
    /// The harmonic mean of both.
    pub outline_f1: Option<f64>,
    /// What a random picture with as much ink reaches on the mean.
    pub outline_f1_by_chance: Option<f64>,
    /// Of the coordinates of the tone lens, the best absolute rank correlation with mean luma a block.
    pub tone_rho: Option<f64>,
    /// How well all coordinates of the tone lens together explain the true ranks of brightness.
    pub tone_r2: Option<f64>,
    /// Share of blocks that the tone lens paints.
    pub tone_painted: Option<f64>,
    /// Share of the pixels of which a known-plaintext attack recovers every byte.
    pub recovered_share: Option<f64>,
    /// The messages, if these are not pixels.
    #[serde(flatten)]
    pub messages: MessageCounts,
    /// What an eavesdropper gets, in a word; `None` for the original and where there is no block.
    pub word: Option<Finding>,
    /// The measures that papers use, where they were asked for.
    #[serde(flatten)]
    pub classical: ClassicalMetrics,
}

impl Leakage {
    /// The numbers that a census gives, `remembered` blocks in all within the memory.
    #[must_use]
    pub fn of(census: &Census, remembered: u64) -> Self {
        let (blocks, repeated) = (census.blocks() as u64, census.repeated());
        Self {
            blocks,
            distinct: census.distinct(),
            repeated,
            repeated_share: if blocks == 0 { 0.0 } else { repeated as f64 / blocks as f64 },
            repeated_in_frame: census.repeated_in_frame(),
            largest_class: census.largest_class(),
            expected_by_chance: expected_by_chance(remembered),
            log10_p: log10_of_pairs(census.pairs(), remembered),
            block_entropy: census.entropy(),
            max_block_entropy: (blocks.max(1) as f64).log2(),
            ..Self::default()
        }
    }

    /// With how its blocks equal their neighbours.
    #[must_use]
    pub fn beside(self, neighbours: Neighbours) -> Self {
        Self { left_equal: neighbours.left, above_equal: neighbours.above, ..self }
    }

    /// With what is as it was in the frame before; `None` where there is none.
    #[must_use]
    pub fn since(self, change: Option<Change>) -> Self {
        Self {
            same_as_previous: change.map(|change| change.same),
            same_prefix: change.map(|change| change.prefix),
            same_bytes_in_changed: change.map(|change| change.bytes_in_changed),
            ..self
        }
    }

    /// With how its outline agrees with the edges of the original.
    #[must_use]
    pub fn against(self, agreement: Agreement) -> Self {
        Self {
            outline_precision: agreement.precision,
            outline_recall: agreement.recall,
            outline_f1: agreement.f1,
            outline_f1_by_chance: agreement.by_chance,
            ..self
        }
    }

    /// Every number by its name in tables, in their order; `None` where it does not apply. The word is no
    /// number.
    #[must_use]
    pub fn numbers(&self) -> [(&'static str, Option<Number>); NUMBERS] {
        let count = |count: u64| Some(Number::Count(count));
        let real = |real: f64| Some(Number::Real(real));
        let (classical, messages) = (&self.classical, &self.messages);
        [
            ("blocks", count(self.blocks)),
            ("distinct", count(self.distinct)),
            ("repeated", count(self.repeated)),
            ("repeated_share", real(self.repeated_share)),
            ("repeated_in_frame", count(self.repeated_in_frame)),
            ("largest_class", count(self.largest_class)),
            ("expected_by_chance", real(self.expected_by_chance)),
            ("log10_p", real(self.log10_p)),
            ("block_entropy", real(self.block_entropy)),
            ("max_block_entropy", real(self.max_block_entropy)),
            ("left_equal", self.left_equal.and_then(real)),
            ("above_equal", self.above_equal.and_then(real)),
            ("same_as_previous", self.same_as_previous.and_then(count)),
            ("same_prefix", self.same_prefix.and_then(count)),
            ("same_bytes_in_changed", self.same_bytes_in_changed.and_then(count)),
            ("outline_precision", self.outline_precision.and_then(real)),
            ("outline_recall", self.outline_recall.and_then(real)),
            ("outline_f1", self.outline_f1.and_then(real)),
            ("outline_f1_by_chance", self.outline_f1_by_chance.and_then(real)),
            ("tone_rho", self.tone_rho.and_then(real)),
            ("tone_r2", self.tone_r2.and_then(real)),
            ("tone_painted", self.tone_painted.and_then(real)),
            ("recovered_share", self.recovered_share.and_then(real)),
            ("messages", messages.messages.and_then(count)),
            ("bytes", messages.bytes.and_then(count)),
            ("clear_bytes", messages.clear_bytes.and_then(count)),
            ("identical_messages", messages.identical_messages.and_then(count)),
            ("byte_entropy", classical.byte_entropy.and_then(real)),
            ("chi_square", classical.chi_square.and_then(real)),
            ("neighbour_correlation", classical.neighbour_correlation.and_then(real)),
            ("npcr", classical.npcr.and_then(real)),
            ("uaci", classical.uaci.and_then(real)),
            ("psnr", classical.psnr.and_then(real)),
            ("ssim", classical.ssim.and_then(real)),
        ]
    }
}

/// How many numbers there are.
const NUMBERS: usize = 34;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_every_number_as_serde_does() {
        let leakage =
            Leakage { blocks: 9, repeated_share: 0.5, same_as_previous: Some(3), ..Leakage::default() };
        let named = leakage.numbers().map(|(name, number)| (name.to_owned(), serde_json::json!(number)));
        let word = ("word".to_owned(), serde_json::Value::Null);
        let serialized = serde_json::to_value(leakage).expect("numbers serialize");
        assert_eq!(serialized, serde_json::Value::Object(named.into_iter().chain([word]).collect()));
    }
}
