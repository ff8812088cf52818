//! Counts of blocks over a whole stream, in bounded memory.

use std::collections::HashMap;

use serde::Serialize;

use super::census::{blocks, hash};
use super::message_counts::MessageMemory;

/// Values that are counted at once, at 32 bytes each.
const MOST_VALUES: usize = 1 << 24;

/// What the messages of a stream come to, all frames together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StreamSummary {
    /// Messages.
    pub messages: u64,
    /// All bytes of the packets, clear ones included.
    pub bytes: u64,
    /// Bytes of these that are not encrypted.
    pub clear_bytes: u64,
    /// Whole encrypted blocks.
    pub blocks: u64,
    /// Different values among them.
    pub distinct: u64,
    /// Blocks whose value occurs more than once.
    pub repeated: u64,
    /// `repeated / blocks`; 0 without blocks.
    pub repeated_share: f64,
    /// Occurrences of the most frequent value; `None` if not all values were counted.
    pub largest_class: Option<u64>,
    /// Messages that equal an earlier one, byte for byte.
    pub identical_messages: u64,
    /// Of the values, one in so many was counted, and `distinct` and `repeated` are estimates; 1 if they are exact.
    pub one_value_in: u64,
}

/// Counts the blocks of a stream, frame after frame.
///
/// Up to 2^24 different values are counted exactly. Of more, those are kept whose hash ends in enough zeros: a sample of
/// values, each of which is counted throughout.
pub struct StreamCounts {
    most_values: usize,
    /// Zeros at the end of the hash of each value that is counted.
    zeros: u32,
    /// How often each value occurs, by the value.
    counts: HashMap<u128, u64>,
    seen: MessageMemory,
    summary: StreamSummary,
}

impl Default for StreamCounts {
    fn default() -> Self {
        Self::with_most(MOST_VALUES)
    }
}

impl StreamCounts {
    fn with_most(most_values: usize) -> Self {
        Self {
            most_values,
            zeros: 0,
            counts: HashMap::new(),
            seen: MessageMemory::default(),
            summary: StreamSummary::default(),
        }
    }

    /// Adds the whole encrypted blocks of a frame.
    pub fn add_blocks(&mut self, bytes: &[u8]) {
        let blocks = blocks(bytes);
        self.summary.blocks += blocks.len() as u64;
        for block in blocks {
            if hash(*block).trailing_zeros() < self.zeros {
                continue;
            }
            *self.counts.entry(u128::from_ne_bytes(*block)).or_default() += 1;
            while self.counts.len() > self.most_values {
                self.zeros += 1;
                let zeros = self.zeros;
                self.counts.retain(|value, _| hash(value.to_ne_bytes()).trailing_zeros() >= zeros);
            }
        }
    }

    /// Adds the messages of a frame, of which so many bytes are clear, and all bytes of its packets.
    pub fn add_messages<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a [u8]> + Clone,
        bytes: u64,
        clear_bytes: u64,
    ) {
        self.summary.messages += messages.clone().count() as u64;
        self.summary.bytes += bytes;
        self.summary.clear_bytes += clear_bytes;
        self.summary.identical_messages += self.seen.add(messages, usize::MAX);
    }

    /// What was added so far.
    #[must_use]
    pub fn summary(&self) -> StreamSummary {
        let one_value_in = 1u64 << self.zeros;
        let repeated: u64 = self.counts.values().filter(|&&count| count > 1).sum();
        let repeated = (repeated * one_value_in).min(self.summary.blocks);
        let distinct = (self.counts.len() as u64 * one_value_in).min(self.summary.blocks);
        let blocks = self.summary.blocks;
        StreamSummary {
            distinct,
            repeated,
            repeated_share: if blocks == 0 { 0.0 } else { repeated as f64 / blocks as f64 },
            largest_class: (self.zeros == 0).then(|| self.counts.values().copied().max().unwrap_or(0)),
            one_value_in,
            ..self.summary
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(most: usize) -> StreamSummary {
        let mut counts = StreamCounts::with_most(most);
        // 40,000 values; the first 10,000 of them three times, over four frames.
        let value = |n: u64| {
            u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xd134_2543_de82_ef95_u128)
        };
        let frame = |values: std::ops::Range<u64>| -> Vec<u8> {
            values.flat_map(|n| value(n + 1).to_le_bytes()).collect()
        };
        for values in [0..10_000, 0..40_000, 0..10_000, 0..0] {
            counts.add_blocks(&frame(values));
        }
        counts.summary()
    }

    #[test]
    fn few_values_are_counted_exactly() {
        let summary = counted(40_000);
        assert_eq!((summary.blocks, summary.distinct, summary.repeated), (60_000, 40_000, 30_000));
        assert_eq!((summary.largest_class, summary.one_value_in), (Some(3), 1));
        assert!((summary.repeated_share - 0.5).abs() < 1e-12);
    }

    #[test]
    fn of_many_values_a_sample_is_counted_and_said_to_be_one() {
        let summary = counted(4000);
        assert!(summary.one_value_in >= 16, "{summary:?}");
        assert_eq!((summary.blocks, summary.largest_class), (60_000, None));
        let near = |estimate: u64, exact: f64| (estimate as f64 / exact - 1.0).abs() < 0.1;
        assert!(near(summary.distinct, 40_000.0) && near(summary.repeated, 30_000.0), "{summary:?}");
    }

    #[test]
    fn messages_are_compared_over_the_whole_stream() {
        let mut counts = StreamCounts::default();
        for message in ["one", "two", "one"] {
            counts.add_messages([message.as_bytes()].into_iter(), 10, 1);
        }
        let summary = counts.summary();
        let found = (summary.messages, summary.bytes, summary.clear_bytes, summary.identical_messages);
        assert_eq!(found, (3, 30, 3, 1));
    }
}
