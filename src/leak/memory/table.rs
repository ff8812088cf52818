//! The hash table of the memory: where each value occurred last, and how often it occurs.

use std::hint::black_box;

/// Slots of the first table.
const SLOTS: usize = 1 << 12;

/// A value of a frame: its hash, the first block that has it, and how many blocks have it.
#[derive(Clone, Copy, Default)]
pub(super) struct Value {
    pub hash: u32,
    pub first: u32,
    pub count: u32,
}

/// A value of the memory: the frame and the block where it occurred last, and how often it occurs. A count of 0 marks
/// an unused slot.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    pub hash: u32,
    pub count: u32,
    pub frame: u32,
    pub block: u32,
}

/// A hash table with linear probing, at most five eighths full. The slot of a hash is proportional to the hash, so that
/// the number of slots need not be a power of two.
#[derive(Default)]
pub(super) struct Table {
    pub slots: Vec<Slot>,
    used: usize,
}

impl Table {
    /// Makes room for `more` values.
    pub fn reserve(&mut self, more: usize) {
        if (self.used + more) * 8 <= self.slots.len() * 5 {
            return;
        }
        let size = (self.slots.len() / 2 * 3).max(SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.count > 0) {
            let mut at = self.home(slot.hash);
            while self.slots[at].count > 0 {
                at = self.after(at);
            }
            self.slots[at] = slot;
        }
        self.reserve(more);
    }

    /// Reads the slots where the search for some values starts, so that the processor loads all of them at once.
    pub fn prefetch(&self, values: &[Value]) {
        let counts = values.iter().filter_map(|value| self.slots.get(self.home(value.hash)));
        black_box(counts.fold(0, |counts, slot| counts ^ slot.count));
    }

    /// Adds the count of `new` to its value, and replaces the place where the value occurred last. Returns the count
    /// before.
    pub fn add(&mut self, new: Slot, mut is_value: impl FnMut(&Slot) -> bool) -> u32 {
        let mut at = self.home(new.hash);
        loop {
            let slot = self.slots[at];
            if slot.count == 0 {
                self.slots[at] = new;
                self.used += 1;
                return 0;
            }
            if slot.hash == new.hash && is_value(&slot) {
                let count = slot.count.checked_add(new.count).expect("a memory has fewer than 2^32 blocks");
                self.slots[at] = Slot { count, ..new };
                return slot.count;
            }
            at = self.after(at);
        }
    }

    /// Subtracts from the count of a value, and removes the value if the count is then 0. Returns the count before.
    pub fn subtract(&mut self, hash: u32, count: u32, mut is_value: impl FnMut(&Slot) -> bool) -> u32 {
        let mut at = self.home(hash);
        while !(self.slots[at].hash == hash && self.slots[at].count > 0 && is_value(&self.slots[at])) {
            at = self.after(at);
        }
        let before = self.slots[at].count;
        self.slots[at].count = before - count;
        if before == count {
            self.close_gap(at);
        }
        before
    }

    /// Empties the slot `gap` and moves later values back, so that no unused slot lies between a value and its home.
    fn close_gap(&mut self, mut gap: usize) {
        self.used -= 1;
        let size = self.slots.len();
        let distance = |from: usize, to: usize| if to >= from { to - from } else { to + size - from };
        let mut at = self.after(gap);
        while self.slots[at].count > 0 {
            if distance(self.home(self.slots[at].hash), at) >= distance(gap, at) {
                self.slots[gap] = self.slots[at];
                gap = at;
            }
            at = self.after(at);
        }
        self.slots[gap] = Slot::default();
    }

    /// The slot where the search for a hash starts.
    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }
}
