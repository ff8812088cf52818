//! The numbers: how much of a frame is visible in its ciphertext.

use serde::Serialize;

use super::chance::{expected_by_chance, log10_of_pairs};
use super::{Agreement, Census, Change, ClassicalMetrics, Finding, Footprint, MessageCounts, Neighbours};

/// How much of a frame its ciphertext reveals. Counts are of whole blocks of 16 bytes, shares go from 0 to 1; a number
/// that does not apply is `None`.
///
/// The struct is flat because tables are: each field is a column with the same name.
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
    /// Blocks whose value occurs more than once in this frame alone.
    pub repeated_in_frame: u64,
    /// Occurrences, within the memory, of the value that is most frequent there; it need not occur in this frame.
    pub largest_class: u64,
    /// How many blocks of the memory would equal another one by chance if the ciphertext was random: n(n−1)/2^128 for n
    /// blocks of this frame and the remembered frames before it.
    pub expected_by_chance: f64,
    /// log10 of the probability that random ciphertext has as many equal pairs among these n blocks, or more.
    pub log10_p: f64,
    /// Shannon entropy of the values of the frame's blocks, in bits.
    pub block_entropy: f64,
    /// Upper bound of `block_entropy`: log2 of `blocks`, reached if no two blocks are equal.
    pub max_block_entropy: f64,
    /// Share of blocks equal to their neighbour to the left, of all blocks that have one, over all planes
    /// ([`Neighbours`]). By chance 2^-128.
    pub left_equal: Option<f64>,
    /// Share of blocks equal to their neighbour above, of all blocks that have one, over all planes. By chance 2^-128.
    pub above_equal: Option<f64>,
    /// Blocks equal to the block at the same place in the frame before; `None` for the first frame.
    pub same_as_previous: Option<u64>,
    /// Blocks before the first block that differs from the frame before.
    pub same_prefix: Option<u64>,
    /// Bytes equal to the frame before in blocks that differ from it, without the first such block. By chance one in
    /// 256; `None` for the original, which has no keystream.
    pub same_bytes_in_changed: Option<u64>,
    /// Share of the outline's ink that lies on edges of the original.
    pub outline_precision: Option<f64>,
    /// Share of the edges of the original that the outline's ink covers.
    pub outline_recall: Option<f64>,
    /// The harmonic mean of `outline_precision` and `outline_recall`.
    pub outline_f1: Option<f64>,
    /// The mean F1 of random pictures with as much ink.
    pub outline_f1_by_chance: Option<f64>,
    /// The best absolute rank correlation of a coordinate of the tone lens with the mean luma of blocks.
    pub tone_rho: Option<f64>,
    /// Share of the variance of the true brightness ranks that all coordinates of the tone lens together explain.
    pub tone_r2: Option<f64>,
    /// Share of blocks that the tone lens paints.
    pub tone_painted: Option<f64>,
    /// Share of the pixels of which a known-plaintext attack recovers every byte.
    pub recovered_share: Option<f64>,
    /// Share of the blocks to which the tint lens gives an estimated colour.
    pub filled_share: Option<f64>,
    /// Peak signal-to-noise ratio of the mean colours of these blocks, in dB; `None` if all are exact.
    pub filled_psnr: Option<f64>,
    /// Share of the variance of the mean luma of these blocks that their estimated colours explain, negative if the mean
    /// would be a better estimate.
    pub filled_r2: Option<f64>,
    /// The messages, if the ciphertext is not one of pixels.
    #[serde(flatten)]
    pub messages: MessageCounts,
    /// What an eavesdropper gets, in a word; `None` for the original and for frames without blocks.
    pub word: Option<Finding>,
    /// The measures that papers use, if requested.
    #[serde(flatten)]
    pub classical: ClassicalMetrics,
}

impl Leakage {
    /// The numbers that follow from a census within a memory of `remembered` blocks.
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

    /// Sets the shares of blocks that equal their neighbours.
    #[must_use]
    pub fn with_neighbours(self, neighbours: Neighbours) -> Self {
        Self { left_equal: neighbours.left, above_equal: neighbours.above, ..self }
    }

    /// Sets the comparison with the frame before; `None` for the first frame.
    #[must_use]
    pub fn with_change(self, change: Option<Change>) -> Self {
        Self {
            same_as_previous: change.map(|change| change.same),
            same_prefix: change.map(|change| change.prefix),
            same_bytes_in_changed: change.map(|change| change.bytes_in_changed),
            ..self
        }
    }

    /// Sets the agreement of the outline with the edges of the original.
    #[must_use]
    pub fn with_agreement(self, agreement: Agreement) -> Self {
        Self {
            outline_precision: agreement.precision,
            outline_recall: agreement.recall,
            outline_f1: agreement.f1,
            outline_f1_by_chance: agreement.by_chance,
            ..self
        }
    }

    /// Sets the agreement of the sizes of slices with the original. A ciphertext that had a finding has the finding footprint if they draw
    /// the picture.
    #[must_use]
    pub fn with_footprint(self, footprint: Footprint) -> Self {
        let Footprint { pieces, rho } = footprint;
        let messages = MessageCounts { footprint_pieces: Some(pieces), footprint_rho: rho, ..self.messages };
        let word = self.word.map(|word| if footprint.is_seen() { Finding::Footprint } else { word });
        Self { messages, word, ..self }
    }

    /// Every number with its name, in the order of tables; `None` for a number that does not apply. The word is not one
    /// of the numbers.
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
            ("filled_share", self.filled_share.and_then(real)),
            ("filled_psnr", self.filled_psnr.and_then(real)),
            ("filled_r2", self.filled_r2.and_then(real)),
            ("messages", messages.messages.and_then(count)),
            ("bytes", messages.bytes.and_then(count)),
            ("clear_bytes", messages.clear_bytes.and_then(count)),
            ("identical_messages", messages.identical_messages.and_then(count)),
            ("footprint_pieces", messages.footprint_pieces.and_then(count)),
            ("footprint_rho", messages.footprint_rho.and_then(real)),
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

/// How many numbers a [`Leakage`] has.
const NUMBERS: usize = 39;

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
    /// The number as a float, for averages.
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
    fn numbers_have_the_names_of_the_json_fields() {
        let leakage =
            Leakage { blocks: 9, repeated_share: 0.5, same_as_previous: Some(3), ..Leakage::default() };
        let named = leakage.numbers().map(|(name, number)| (name.to_owned(), serde_json::json!(number)));
        let word = ("word".to_owned(), serde_json::Value::Null);
        let serialized = serde_json::to_value(leakage).expect("numbers serialize");
        assert_eq!(serialized, serde_json::Value::Object(named.into_iter().chain([word]).collect()));
    }
}
