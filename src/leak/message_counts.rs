//! Counts of messages: how many there are, and how many equal an earlier one.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

#[cfg(doc)]
use super::Footprint;

/// How many messages a frame has, and their size. All are `None` for a frame of pixels, which is one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct MessageCounts {
    /// Messages of the frame.
    pub messages: Option<u64>,
    /// All bytes of the frame's packets, including clear bytes.
    pub bytes: Option<u64>,
    /// Bytes of the packets that are not encrypted.
    pub clear_bytes: Option<u64>,
    /// Messages that equal an earlier one within the memory, byte for byte.
    pub identical_messages: Option<u64>,
    /// Slices whose places and sizes follow from clear bytes.
    pub footprint_pieces: Option<u64>,
    /// Spearman's rank correlation of their bytes per pixel with the detail of the original in their places, from -1 to 1 ([`Footprint`]).
    pub footprint_rho: Option<f64>,
}

/// The length of a message and 128 bits of hash: two different messages of equal length have the same digest with a
/// probability of 2^-128.
type Digest = (usize, u64, u64);

/// Different messages.
#[derive(Clone, Debug, Default)]
struct MessageSet(HashSet<Digest>);

/// How often messages occur, in bounded memory. Up to a number of different messages all are counted; of more, those whose
/// digest ends in enough zeros: a sample, in which each message is counted throughout.
#[derive(Clone, Debug)]
pub struct MessageTally {
    most: usize,
    /// Zeros at the end of the digest of each message that is counted.
    zeros: u32,
    counts: HashMap<Digest, u64>,
}

impl MessageTally {
    /// Counts at most this number of different messages.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, zeros: 0, counts: HashMap::new() }
    }

    /// Counts a message.
    pub fn add(&mut self, message: &[u8]) {
        let digest = digest(message);
        if digest.1.trailing_zeros() < self.zeros {
            return;
        }
        *self.counts.entry(digest).or_default() += 1;
        while self.counts.len() > self.most {
            self.zeros += 1;
            let zeros = self.zeros;
            self.counts.retain(|digest, _| digest.1.trailing_zeros() >= zeros);
        }
    }

    /// How many messages equal an earlier one; an estimate if not all were counted.
    #[must_use]
    pub fn identical(&self) -> u64 {
        let again: u64 = self.counts.values().map(|count| count - 1).sum();
        again << self.zeros
    }

    /// One in this number of different messages was counted; 1 if all were.
    #[must_use]
    pub const fn one_in(&self) -> u64 {
        1 << self.zeros
    }
}

/// The latest of many messages, in bounded memory.
#[derive(Clone, Debug)]
pub struct LatestMessages {
    most: usize,
    newer: MessageSet,
    older: MessageSet,
}

impl LatestMessages {
    /// Remembers at least the last `most` different messages, and at most twice as many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, newer: MessageSet::default(), older: MessageSet::default() }
    }

    /// Adds a message. False if it is remembered.
    pub fn insert(&mut self, message: &[u8]) -> bool {
        let digest = digest(message);
        let is_older = self.older.0.contains(&digest);
        let is_new = self.newer.0.insert(digest) && !is_older;
        if self.newer.0.len() >= self.most {
            self.older = std::mem::take(&mut self.newer);
        }
        is_new
    }
}

/// The messages of the last frames.
#[derive(Clone, Debug, Default)]
pub struct MessageMemory {
    frames: VecDeque<HashSet<Digest>>,
}

impl MessageMemory {
    /// Forgets the oldest frames until `others` are left, then adds the messages of the next frame. Returns how many of its
    /// messages equal an earlier message of a remembered frame or of this frame.
    pub fn add<'a>(&mut self, messages: impl Iterator<Item = &'a [u8]>, others: usize) -> u64 {
        while self.frames.len() > others {
            self.frames.pop_front();
        }
        let mut own = HashSet::new();
        let mut identical = 0;
        for message in messages {
            let digest = digest(message);
            let is_known = self.frames.iter().any(|frame| frame.contains(&digest));
            identical += u64::from(!own.insert(digest) || is_known);
        }
        self.frames.push_back(own);
        identical
    }
}

fn digest(message: &[u8]) -> Digest {
    let half = |first: u8| {
        let mut hasher = DefaultHasher::new();
        first.hash(&mut hasher);
        hasher.write(message);
        hasher.finish()
    };
    (message.len(), half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_exactly_and_of_many_a_sample() {
        // 6,000 messages, the first 2,000 of them three times.
        let counted = |most: usize| {
            let mut tally = MessageTally::new(most);
            for messages in [0..6000u32, 0..2000, 0..2000] {
                messages.for_each(|message| tally.add(&message.to_le_bytes()));
            }
            tally
        };
        let all = counted(6000);
        assert_eq!((all.identical(), all.one_in()), (4000, 1));
        let some = counted(1000);
        assert!(some.one_in() >= 8 && some.identical().abs_diff(4000) < 800, "{}", some.identical());
    }

    #[test]
    fn the_latest_messages_are_remembered() {
        let mut latest = LatestMessages::new(3);
        let mut is_new = |message: &str| latest.insert(message.as_bytes());
        assert!(is_new("a") && !is_new("a") && is_new("b") && is_new("c"));
        // All three are the older ones now.
        assert!(!is_new("a") && is_new("d") && is_new("e"));
        assert!(!is_new("a") && is_new("b"), "a was met again, b was not");
    }

    #[test]
    fn messages_are_compared_with_earlier_messages_within_the_memory() {
        let mut memory = MessageMemory::default();
        let mut add =
            |messages: &[&str], others| memory.add(messages.iter().map(|message| message.as_bytes()), others);
        assert_eq!(add(&["one", "two", "one"], 0), 1, "of this frame");
        assert_eq!(add(&["two", "three"], 1), 1, "of the frame before");
        assert_eq!(add(&["one", "three"], 1), 1, "the first frame is forgotten");
        assert_eq!(add(&["one", "", ""], 0), 1);
    }
}
