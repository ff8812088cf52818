//! The dictionary: the block of plaintext for each known block of ciphertext.

use std::hint::black_box;

use super::Codebook;
use crate::leak::census::{Block, hash};

/// An unused slot.
const EMPTY: u32 = u32::MAX;

/// Slots of the first table.
const SLOTS: usize = 1 << 12;

/// Blocks that are looked up together.
const CHUNK: usize = 1 << 8;

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
        let slot = self.slot(ciphertext, self.home(ciphertext));
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
    ///
    /// Works in chunks, and reads the slots of a chunk and their entries before the first search, so that their cache
    /// misses overlap.
    pub fn look_up(&self, ciphertext: &[Block], plaintext: &mut [Block], known: &mut [bool]) {
        if self.slots.is_empty() {
            return;
        }
        let mut homes = [0; CHUNK];
        let mut last = None;
        for ((ciphertext, plaintext), known) in
            ciphertext.chunks(CHUNK).zip(plaintext.chunks_mut(CHUNK)).zip(known.chunks_mut(CHUNK))
        {
            for (home, &value) in homes.iter_mut().zip(ciphertext) {
                *home = self.home(value);
            }
            let homes = &homes[..ciphertext.len()];
            let entry = |&home: &usize| self.entries.get(self.slots[home] as usize);
            black_box(
                homes.iter().fold(0, |sum, home| sum ^ entry(home).map_or(0, |entry| entry.ciphertext[0])),
            );
            for (((&value, &home), plaintext), known) in
                ciphertext.iter().zip(homes).zip(plaintext).zip(known)
            {
                let found = match last {
                    Some((of, found)) if of == value => found,
                    _ => self
                        .entries
                        .get(self.slots[self.slot(value, home)] as usize)
                        .and_then(|entry| entry.plaintext),
                };
                last = Some((value, found));
                if let Some(found) = found {
                    (*plaintext, *known) = (found, true);
                }
            }
        }
    }

    /// The slot where the search for a block starts.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits of a hash are as random as any")]
    fn home(&self, ciphertext: Block) -> usize {
        hash(ciphertext) as usize & (self.slots.len() - 1)
    }

    /// The slot of a block, or the unused slot where it would go; the search starts at its `home`.
    fn slot(&self, ciphertext: Block, home: usize) -> usize {
        let last = self.slots.len() - 1;
        let mut at = home;
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
            let ciphertext = self.entries[number].ciphertext;
            let slot = self.slot(ciphertext, self.home(ciphertext));
            self.slots[slot] = u32::try_from(number).expect("the number of entries is bounded");
        }
    }
}
