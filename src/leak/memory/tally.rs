//! The tally of the memory: how many values occur how often.

use std::collections::BTreeMap;

use crate::leak::census::pairs;

/// How many values occur how often: what the largest count is, when counts fall too.
#[derive(Default)]
pub(super) struct Tally {
    /// Values of each count below [`MANY`](Self::MANY).
    few: Vec<u32>,
    /// Values of each count from there on; few values can occur so often.
    many: BTreeMap<u32, u32>,
    /// No count below `MANY` is larger.
    top: usize,
    /// Pairs of equal blocks.
    pub pairs: u64,
}

impl Tally {
    const MANY: u32 = 1 << 16;

    pub fn change(&mut self, from: u32, to: u32) {
        self.pairs = self.pairs + pairs(to) - pairs(from);
        if from > 0 {
            if from < Self::MANY {
                self.few[from as usize] -= 1;
            } else if let Some(values) = self.many.get_mut(&from) {
                *values -= 1;
                if *values == 0 {
                    self.many.remove(&from);
                }
            }
        }
        if to > 0 {
            if to < Self::MANY {
                if self.few.is_empty() {
                    self.few.resize(Self::MANY as usize, 0);
                }
                self.few[to as usize] += 1;
                self.top = self.top.max(to as usize);
            } else {
                *self.many.entry(to).or_default() += 1;
            }
        }
    }

    pub fn largest(&mut self) -> u64 {
        if let Some((&count, _)) = self.many.last_key_value() {
            return count.into();
        }
        while self.top > 0 && self.few[self.top] == 0 {
            self.top -= 1;
        }
        self.top as u64
    }
}
