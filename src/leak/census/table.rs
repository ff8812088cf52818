//! The table: classes of equal blocks, by whole value.

use super::Block;

/// An unused slot.
const EMPTY: u64 = u64::MAX;

/// Slots at first.
const SLOTS: usize = 1 << 12;

/// A hash table with open addressing, at most half full.
#[derive(Default)]
pub(super) struct Table {
    /// The class in the low half, the hash as a fingerprint in the high half.
    slots: Vec<u64>,
    /// The value of each class.
    values: Vec<Block>,
    /// Blocks of each class.
    sizes: Vec<u32>,
}

impl Table {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.slots.resize(SLOTS, EMPTY);
        self.values.clear();
        self.sizes.clear();
    }

    /// Adds `blocks` blocks of one value, with its hash, to their class, a new one where needed. Returns
    /// the class; classes are numbered from 0.
    #[inline]
    pub fn add(&mut self, hash: u32, value: Block, blocks: u32) -> u32 {
        let mut at = self.home(hash);
        while self.slots[at] != EMPTY {
            #[expect(clippy::cast_possible_truncation, reason = "the two halves of a slot")]
            let (fingerprint, class) = ((self.slots[at] >> 32) as u32, self.slots[at] as u32);
            if fingerprint == hash && self.values[class as usize] == value {
                self.sizes[class as usize] += blocks;
                return class;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.found(at, hash, value, blocks)
    }

    /// Founds a class in an unused slot.
    fn found(&mut self, at: usize, hash: u32, value: Block, blocks: u32) -> u32 {
        let class = u32::try_from(self.values.len()).expect("a census has fewer than 2^32 blocks");
        self.slots[at] = u64::from(hash) << 32 | u64::from(class);
        self.values.push(value);
        self.sizes.push(blocks);
        if self.values.len() * 2 > self.slots.len() {
            self.grow();
        }
        class
    }

    /// Blocks of each class.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Where a hash belongs if there is room: not by the digits that brought it under suspicion.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        hash.rotate_left(16) as usize & (self.slots.len() - 1)
    }

    /// Makes the table four times as large.
    fn grow(&mut self) {
        let room = self.slots.len() * 4;
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
