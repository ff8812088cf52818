//! Counts of blocks over a whole stream, in bounded memory.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use serde::Serialize;

use super::census::{Block, blocks, hash};
use super::message_counts::MessageTally;

/// Bytes for each value that is counted, at most: a slot of 25 bytes, of a table that is at least seven sixteenths full.
/// Callers bound the number of values by it.
pub const BYTES_PER_VALUE: usize = 58;

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
    /// One in this number of different messages was counted, and `identical_messages` is an estimate; 1 if it is exact.
    pub one_message_in: u64,
    /// One in this number of values was counted, and `distinct` and `repeated` are estimates; 1 if they are exact.
    pub one_value_in: u64,
}

/// Bytes for each message that is counted, at most: a slot of 33 bytes, of a table that is at least seven sixteenths full.
pub const BYTES_PER_MESSAGE: usize = 76;

/// Counts the blocks of a stream, frame after frame.
///
/// Up to a number of different values are counted exactly. Of more, those are kept whose hash ends in enough zeros: a
/// sample of values, but every occurrence of these.
pub struct StreamCounts {
    most_values: usize,
    /// Zeros at the end of the hash of each value that is counted.
    zeros: u32,
    /// Values with how often each occurs.
    counts: HashTable<(Block, u64)>,
    messages: MessageTally,
    summary: StreamSummary,
}

impl StreamCounts {
    /// Counts at most this number of different values and messages exactly.
    #[must_use]
    pub fn new(most_values: usize, most_messages: usize) -> Self {
        Self {
            most_values,
            zeros: 0,
            counts: HashTable::new(),
            messages: MessageTally::new(most_messages),
            summary: StreamSummary::default(),
        }
    }

    /// Adds the whole encrypted blocks of a frame.
    pub fn add_blocks(&mut self, bytes: &[u8]) {
        let blocks = blocks(bytes);
        self.summary.blocks += blocks.len() as u64;
        for block in blocks {
            let hashed = hash(*block);
            if hashed.trailing_zeros() < self.zeros {
                continue;
            }
            match self.counts.entry(hashed, |(value, _)| value == block, |(value, _)| hash(*value)) {
                Entry::Occupied(mut value) => value.get_mut().1 += 1,
                Entry::Vacant(place) => {
                    place.insert((*block, 1));
                }
            }
            while self.counts.len() > self.most_values {
                self.zeros += 1;
                let zeros = self.zeros;
                self.counts.retain(|(value, _)| hash(*value).trailing_zeros() >= zeros);
            }
        }
    }

    /// Adds the messages of a frame, the number of their clear bytes, and the number of bytes of its packets.
    pub fn add_messages<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a [u8]> + Clone,
        bytes: u64,
        clear_bytes: u64,
    ) {
        self.summary.messages += messages.clone().count() as u64;
        self.summary.bytes += bytes;
        self.summary.clear_bytes += clear_bytes;
        messages.for_each(|message| self.messages.add(message));
    }

    /// What was added so far.
    #[must_use]
    pub fn summary(&self) -> StreamSummary {
        let one_value_in = 1u64 << self.zeros;
        let repeated: u64 = self.counts.iter().map(|&(_, count)| count).filter(|&count| count > 1).sum();
        let repeated = (repeated * one_value_in).min(self.summary.blocks);
        let distinct = (self.counts.len() as u64 * one_value_in).min(self.summary.blocks);
        let blocks = self.summary.blocks;
        StreamSummary {
            distinct,
            repeated,
            repeated_share: if blocks == 0 { 0.0 } else { repeated as f64 / blocks as f64 },
            largest_class: (self.zeros == 0)
                .then(|| self.counts.iter().map(|&(_, count)| count).max().unwrap_or(0)),
            one_value_in,
            identical_messages: self.messages.identical(),
            one_message_in: self.messages.one_in(),
            ..self.summary
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(most: usize) -> StreamSummary {
        let mut counts = StreamCounts::new(most, 9);
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
        let mut counts = StreamCounts::new(9, 9);
        for message in ["one", "two", "one"] {
            counts.add_messages([message.as_bytes()].into_iter(), 10, 1);
        }
        let summary = counts.summary();
        let found = (summary.messages, summary.bytes, summary.clear_bytes, summary.identical_messages);
        assert_eq!(found, (3, 30, 3, 1));
    }
}
