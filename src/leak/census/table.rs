//! The table: classes of equal blocks, by whole value.

use std::hint::black_box;
use std::ops::Range;

use super::Block;
use super::runs::Run;

/// An unused slot.
const EMPTY: u64 = u64::MAX;

/// Slots at first.
const SLOTS: usize = 1 << 9;

/// Set in a slot that holds a class and not a block that is alone so far.
pub(super) const CLASS: u32 = 1 << 31;

/// A hash table with open addressing, at most half full. A value becomes a class when it is met again:
/// what was suspected wrongly takes a slot, and nothing else is done with it.
#[derive(Default)]
pub(super) struct Table {
    /// The hash as a fingerprint in the high half; the class, or the number of the block, in the low half.
    slots: Vec<u64>,
    used: usize,
    /// The value of each class.
    values: Vec<Block>,
    /// Blocks of each class; at least two.
    sizes: Vec<u32>,
}

impl Table {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.forget();
        self.values.clear();
        self.sizes.clear();
    }

    /// Keeps the classes as they are, but finds none of them any more: what comes is known to be unlike them.
    pub fn forget(&mut self) {
        // As large as it had to be the last time.
        let room = (self.used * 2).next_power_of_two().max(SLOTS);
        self.slots.clear();
        self.slots.resize(room, EMPTY);
        self.used = 0;
    }

    /// Reads what the search for some runs begins with: their slots, then the values that they are compared
    /// with. None of it waits for the other, so all that is not in the cache is on its way at once.
    pub fn touch(&self, runs: &[Run], value: impl Fn(u32) -> Block) {
        let slots = runs.iter().map(|run| self.slots[self.home(run.hash)]);
        black_box(slots.fold(0, |all, slot| all ^ slot));
        let firsts = runs.iter().map(|run| {
            let slot = self.slots[self.home(run.hash)];
            if slot == EMPTY || (slot >> 32) as u32 != run.hash {
                return 0;
            }
            #[expect(clippy::cast_possible_truncation, reason = "the lower half of a slot")]
            let name = slot as u32;
            let met = if name & CLASS != 0 { self.values[(name & !CLASS) as usize] } else { value(name) };
            met[0] ^ value(run.start)[0]
        });
        black_box(firsts.fold(0, |all, first| all ^ first));
    }

    /// Adds a run of equal blocks. `value` is asked for the value of a block, and `each` is
    /// told which blocks are of which class, once it is known that they are of one; classes are numbered
    /// from 0.
    #[inline]
    pub fn add(
        &mut self,
        Run { start, hash, blocks }: Run,
        value: impl Fn(u32) -> Block,
        mut each: impl FnMut(Range<u32>, u32),
    ) {
        let run = start..start + blocks;
        let mut at = self.home(hash);
        while self.slots[at] != EMPTY {
            #[expect(clippy::cast_possible_truncation, reason = "the two halves of a slot")]
            let (fingerprint, name) = ((self.slots[at] >> 32) as u32, self.slots[at] as u32);
            if fingerprint == hash {
                let class = name & !CLASS;
                let is_class = name & CLASS != 0;
                let met = if is_class { self.values[class as usize] } else { value(name) };
                if met == value(start) {
                    if is_class {
                        self.sizes[class as usize] += blocks;
                        return each(run, class);
                    }
                    let class = self.found(at, hash, met, 1 + blocks);
                    each(name..name + 1, class);
                    return each(run, class);
                }
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.used += 1;
        if blocks > 1 {
            let class = self.found(at, hash, value(start), blocks);
            each(run, class);
        } else {
            self.slots[at] = slot(hash, start);
        }
    }

    /// Founds a class of `blocks` blocks in a slot.
    fn found(&mut self, at: usize, hash: u32, value: Block, blocks: u32) -> u32 {
        let class = u32::try_from(self.values.len()).expect("there are fewer classes than blocks");
        self.slots[at] = slot(hash, class | CLASS);
        self.values.push(value);
        self.sizes.push(blocks);
        class
    }

    /// Blocks of each class.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Where a hash belongs if there is room: by other digits than those that brought it under suspicion.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        (hash.wrapping_mul(0x9e37_79b1).rotate_left(16)) as usize & (self.slots.len() - 1)
    }

    /// Makes sure that there is room for `more` values.
    pub fn reserve(&mut self, more: usize) {
        let needed = (self.used + more) * 2;
        if needed <= self.slots.len() {
            return;
        }
        let room = (self.slots.len() * 4).max(needed.next_power_of_two());
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; room]);
        for slot in old.into_iter().filter(|&slot| slot != EMPTY) {
            let mut at = self.home((slot >> 32) as u32);
            while self.slots[at] != EMPTY {
                at = (at + 1) & (room - 1);
            }
            self.slots[at] = slot;
        }
    }
}

fn slot(hash: u32, name: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(name)
}
