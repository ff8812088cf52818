//! The tally of the memory: how many values have each count.

use std::collections::BTreeMap;

use crate::leak::census::pairs;

/// How many values have each count: this gives the largest count after counts fall, too.
#[derive(Default)]
pub(super) struct Tally {
    /// How many values have each count below [`LARGE`](Self::LARGE).
    small: Vec<u32>,
    /// How many values have each count from there on; only few values can occur so often.
    large: BTreeMap<u32, u32>,
    /// Upper bound of the counts in `small`.
    largest_small: usize,
    /// Pairs of equal blocks.
    pub pairs: u64,
}

impl Tally {
    const LARGE: u32 = 1 << 16;

    /// Changes the count of a value; 0 means a value that is not in the memory.
    pub fn change(&mut self, from: u32, to: u32) {
        self.pairs = self.pairs + pairs(to) - pairs(from);
        if from > 0 {
            if from < Self::LARGE {
                self.small[from as usize] -= 1;
            } else if let Some(values) = self.large.get_mut(&from) {
                *values -= 1;
                if *values == 0 {
                    self.large.remove(&from);
                }
            }
        }
        if to > 0 {
            if to < Self::LARGE {
                if self.small.is_empty() {
                    self.small.resize(Self::LARGE as usize, 0);
                }
                self.small[to as usize] += 1;
                self.largest_small = self.largest_small.max(to as usize);
            } else {
                *self.large.entry(to).or_default() += 1;
            }
        }
    }

    pub fn largest(&mut self) -> u64 {
        if let Some((&count, _)) = self.large.last_key_value() {
            return count.into();
        }
        while self.largest_small > 0 && self.small[self.largest_small] == 0 {
            self.largest_small -= 1;
        }
        self.largest_small as u64
    }
}
