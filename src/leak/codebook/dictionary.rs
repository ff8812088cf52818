//! The dictionary: the block of plaintext for each known block of ciphertext.

use super::Codebook;
use crate::leak::census::{Block, hash};

/// An unused slot.
const EMPTY: u32 = u32::MAX;

/// Slots of the first table.
const SLOTS: usize = 1 << 12;

/// A hash table with open addressing, at most half full.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// The index of an entry, or [`EMPTY`].
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// Upper bound of the entries.
    pub most_entries: usize,
    full: bool,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { slots: Vec::new(), entries: Vec::new(), most_entries: Codebook::MOST_BLOCKS, full: false }
    }
}

#[derive(Debug)]
struct Entry {
    ciphertext: Block,
    /// `None` if two different plaintexts were learnt: then the bytes are not the ciphertext of one block, and their
    /// equality means nothing.
    plaintext: Option<Block>,
}

impl Dictionary {
    /// Adds the pairs of blocks at the same places.
    pub fn add(&mut self, ciphertext: &[Block], plaintext: &[Block]) {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, EMPTY);
        }
        let mut last = None;
        for pair in ciphertext.iter().copied().zip(plaintext.iter().copied()) {
            // In flat areas the same pair follows itself.
            if last != Some(pair) {
                self.add_pair(pair);
                last = Some(pair);
            }
        }
    }

    fn add_pair(&mut self, (ciphertext, plaintext): (Block, Block)) {
        let slot = self.slot(ciphertext);
        if let Some(entry) = self.entries.get_mut(self.slots[slot] as usize) {
            if entry.plaintext != Some(plaintext) {
                entry.plaintext = None;
            }
            return;
        }
        if self.entries.len() == self.most_entries {
            self.full = true;
            return;
        }
        self.slots[slot] = u32::try_from(self.entries.len()).expect("the number of entries is bounded");
        self.entries.push(Entry { ciphertext, plaintext: Some(plaintext) });
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
    }

    /// How much memory it takes, in bytes.
    pub const fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>() + self.entries.capacity() * size_of::<Entry>()
    }

    /// True if a block was left out because the dictionary is full.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// Writes the plaintext of each block that has an entry, and sets its flag in `known`.
    pub fn look_up(&self, ciphertext: &[Block], plaintext: &mut [Block], known: &mut [bool]) {
        if self.slots.is_empty() {
            return;
        }
        let mut last = None;
        for ((&value, plaintext), known) in ciphertext.iter().zip(plaintext).zip(known) {
            let found = match last {
                Some((of, found)) if of == value => found,
                _ => self.plaintext_of(value),
            };
            last = Some((value, found));
            if let Some(found) = found {
                (*plaintext, *known) = (found, true);
            }
        }
    }

    fn plaintext_of(&self, ciphertext: Block) -> Option<Block> {
        self.entries.get(self.slots[self.slot(ciphertext)] as usize)?.plaintext
    }

    /// The slot of a block, or the unused slot where it would go.
    fn slot(&self, ciphertext: Block) -> usize {
        let last = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the low bits of a hash are as random as any")]
        let mut at = hash(ciphertext) as usize & last;
        while let Some(entry) = self.entries.get(self.slots[at] as usize)
            && entry.ciphertext != ciphertext
        {
            at = (at + 1) & last;
        }
        at
    }

    /// Doubles the table.
    fn grow(&mut self) {
        self.slots = vec![EMPTY; self.slots.len() * 2];
        for number in 0..self.entries.len() {
            let slot = self.slot(self.entries[number].ciphertext);
            self.slots[slot] = u32::try_from(number).expect("the number of entries is bounded");
        }
    }
}
