//! The table: classes of equal blocks, by whole value.

use std::ops::Range;

use super::ALONE;
use super::runs::Run;

/// An unused slot.
const EMPTY: u64 = u64::MAX;

/// A hash table with open addressing, at most half full, for the runs of one part at a time. A value becomes a
/// class when it is met again: what was suspected wrongly takes a slot, and nothing else is done with it.
#[derive(Default)]
pub(super) struct Table {
    /// The hash as a fingerprint in the high half; in the low half, which run of the part has the value.
    slots: Vec<u64>,
    /// The class of each run of the part that is the first with its value, or [`ALONE`].
    class: Vec<u32>,
    /// Blocks of each class; at least two, but for [`ALONE`].
    sizes: Vec<u32>,
}

impl Table {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.sizes.clear();
        self.sizes.push(1);
    }

    /// Keeps the classes as they are, but finds none of them any more, and makes room for a part of so many
    /// runs: they are known to be unlike all before.
    pub fn start(&mut self, runs: usize) {
        self.slots.clear();
        self.slots.resize((runs * 2).next_power_of_two(), EMPTY);
        self.class.clear();
        self.class.resize(runs, ALONE);
    }

    /// Sorts some runs of a part into classes. `each` is told which blocks belong to which, once it is known
    /// that they belong to one; classes are numbered from 0.
    pub fn sort(&mut self, part: &[Run], some: Range<usize>, mut each: impl FnMut(Range<u32>, u32)) {
        for at in some {
            self.add(part, at, &mut each);
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a slot has two halves, and fewer runs than 2^32")]
    fn add(&mut self, part: &[Run], number: usize, mut each: impl FnMut(Range<u32>, u32)) {
        let Run { value, digits, start, blocks } = part[number];
        let run = start..start + blocks;
        let mut at = self.home(digits);
        while self.slots[at] != EMPTY {
            let (fingerprint, met) = ((self.slots[at] >> 32) as u32, self.slots[at] as u32 as usize);
            if fingerprint == digits && part[met].value == value {
                if self.class[met] == ALONE {
                    self.found(met, 1);
                    each(part[met].start..part[met].start + 1, self.class[met]);
                }
                let class = self.class[met];
                self.sizes[class as usize] += blocks;
                return each(run, class);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = u64::from(digits) << 32 | number as u64;
        if blocks > 1 {
            self.found(number, blocks);
            each(run, self.class[number]);
        }
    }

    /// Founds a class of so many blocks, the first of which are those of a run.
    fn found(&mut self, run: usize, blocks: u32) {
        self.class[run] = u32::try_from(self.sizes.len()).expect("there are fewer classes than blocks");
        self.sizes.push(blocks);
    }

    /// Blocks of each class.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Where a value belongs if there is room: those of a part have the high digits in common.
    #[inline]
    fn home(&self, digits: u32) -> usize {
        digits as usize & (self.slots.len() - 1)
    }
}
