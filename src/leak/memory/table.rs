//! The hash table of the memory: where each value occurs last, and how often it occurs.

use std::hint::black_box;

/// Slots of the table at first.
const SLOTS: usize = 1 << 12;

/// A value of a frame: its hash, the first block that has it, and how many have it.
#[derive(Clone, Copy, Default)]
pub(super) struct Value {
    pub hash: u32,
    pub first: u32,
    pub count: u32,
}

/// A value of the memory: where it occurs last, and how often it occurs. A count of 0 is an unused slot.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot {
    pub hash: u32,
    pub count: u32,
    pub frame: u32,
    pub block: u32,
}

/// A hash table with linear probing, at most five eighths full. Values stand in the order of their
/// hashes, so that it need not be a power of two.
#[derive(Default)]
pub(super) struct Table {
    pub slots: Vec<Slot>,
    used: usize,
}

impl Table {
    /// Makes sure that there is room for `more` values.
    pub fn reserve(&mut self, more: usize) {
        if (self.used + more) * 8 <= self.slots.len() * 5 {
            return;
        }
        let room = (self.slots.len() / 2 * 3).max(SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); room]);
        for slot in old.into_iter().filter(|slot| slot.count > 0) {
            let mut at = self.home(slot.hash);
            while self.slots[at].count > 0 {
                at = self.after(at);
            }
            self.slots[at] = slot;
        }
        self.reserve(more);
    }

    /// Reads the slots where the search for some values begins, so that all are on their way at once.
    pub fn touch(&self, values: &[Value]) {
        let counts = values.iter().filter_map(|value| self.slots.get(self.home(value.hash)));
        black_box(counts.fold(0, |counts, slot| counts ^ slot.count));
    }

    /// Adds the count of `new` to its value, which then is where `new` is. Returns the count before.
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

    /// Takes a count away from a value, and the value away where nothing is left. Returns the count before.
    pub fn take_away(&mut self, hash: u32, count: u32, mut is_value: impl FnMut(&Slot) -> bool) -> u32 {
        let mut at = self.home(hash);
        while !(self.slots[at].hash == hash && self.slots[at].count > 0 && is_value(&self.slots[at])) {
            at = self.after(at);
        }
        let before = self.slots[at].count;
        self.slots[at].count = before - count;
        if before == count {
            self.close(at);
        }
        before
    }

    /// Moves values back so that none behind the unused slot `hole` is cut off from its home.
    fn close(&mut self, mut hole: usize) {
        self.used -= 1;
        let room = self.slots.len();
        let way = |from: usize, to: usize| if to >= from { to - from } else { to + room - from };
        let mut at = self.after(hole);
        while self.slots[at].count > 0 {
            if way(self.home(self.slots[at].hash), at) >= way(hole, at) {
                self.slots[hole] = self.slots[at];
                hole = at;
            }
            at = self.after(at);
        }
        self.slots[hole] = Slot::default();
    }

    fn home(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }
}
