//! The census over the last frames, updated from frame to frame, for an eavesdropper with a memory of several frames.
//!
//! ```text
//! frame ──Counter: its different values──▶ added to the table ──▶ how often each occurs in the memory
//! oldest frame ──its stored values───────▶ subtracted from the table
//! ```
//!
//! Counting all frames for each new frame would give the same result, in time proportional to their number; here the
//! time for a frame does not depend on how many are remembered.
//!
//! **Memory use**: the ciphertexts (shared with other owners), 12 bytes for each different value of each frame, and a
//! table with a slot of 16 bytes for each value of the memory, up to five eighths full. In the worst case, if nothing
//! repeats, that is 2.4 to 3.2 additional bytes for each remembered byte: 32 frames of 1280×720 in `rgba32` are 118 MB
//! of ciphertext, and up to 370 MB more. Flat art needs very little. While the table grows, the old table exists too:
//! up to 1.6 bytes more. The limit on the frames that a scene may remember follows from these numbers.

mod table;
mod tally;

use std::collections::VecDeque;
use std::ops::Deref;

use table::{Slot, Table, Value};
use tally::Tally;

use super::census::{Block, Census, Counter, blocks, hash};

/// The slots of this number of values are read before the values are looked up, so that their cache misses overlap.
const PREFETCH_VALUES: usize = 32;

/// Values are processed in the order of this many leading bits of their hashes, which is the order of the table: so
/// each page of the table is visited once per frame. In any other order, a table of 150 MB has a TLB miss for every
/// value.
const ORDERED_BITS: u32 = 10;

/// Remembers the ciphertexts of consecutive frames, each a `B`, and takes the census of the newest frame among them.
pub struct Memory<B> {
    frames: VecDeque<RememberedFrame<B>>,
    /// The number of the oldest remembered frame; frames are numbered in order, modulo 2^32.
    oldest: u32,
    counter: Counter,
    table: Table,
    tally: Tally,
}

struct RememberedFrame<B> {
    bytes: B,
    /// Its different values, in the order of the table.
    values: Vec<Value>,
}

impl<B> Memory<B> {
    /// Upper bound of the bytes that it takes for each remembered block, without the block itself: 12 for the entry in
    /// the list of the frame's values, and up to four slots of 16 bytes in the table: 2.4 slots, and 1.6 slots of the
    /// old table while the table grows.
    pub const MOST_BYTES_PER_BLOCK: u64 = 12 + 64;
}

impl<B> Default for Memory<B> {
    fn default() -> Self {
        Self {
            frames: VecDeque::new(),
            oldest: 0,
            counter: Counter::default(),
            table: Table::default(),
            tally: Tally::default(),
        }
    }
}

impl<B: Deref<Target = [u8]>> Memory<B> {
    /// Frames remembered.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Whole blocks remembered.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.frames.iter().map(|frame| blocks(&frame.bytes).len() as u64).sum()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { counter: std::mem::take(&mut self.counter), ..Self::default() };
    }

    /// Sets the copy distance of the counter, see [`Counter::set_copy_distance`].
    ///
    /// # Panics
    /// Like [`Counter::set_copy_distance`].
    pub fn set_copy_distance(&mut self, blocks: usize) {
        self.counter.set_copy_distance(blocks);
    }

    /// Forgets the oldest frames until `others` are left, then adds the ciphertext of the next frame. Returns the
    /// census of the new frame within the memory.
    ///
    /// # Panics
    /// If there are 2^32 blocks or more in the memory, which are 64 GiB.
    pub fn add(&mut self, bytes: B, others: usize) -> Census {
        while self.frames.len() > others {
            self.forget_oldest();
        }
        let census = self.counter.count(&bytes);
        if census.blocks() == 0 {
            self.frames.push_back(RememberedFrame { bytes, values: Vec::new() });
            return census;
        }
        let values = in_order(&census.values(), blocks(&bytes));
        let serial =
            self.oldest.wrapping_add(u32::try_from(self.frames.len()).expect("fewer than 2^32 frames"));
        self.frames.push_back(RememberedFrame { bytes, values });
        let Self { frames, oldest, table, tally, .. } = self;
        let newest = frames.back().expect("it was just added");
        let block_at = |frame: u32, block: u32| {
            blocks(&frames[frame.wrapping_sub(*oldest) as usize].bytes)[block as usize]
        };
        let mut occurrences = Vec::with_capacity(newest.values.len());
        // Before the first insertion: the values come in the order of the table, and growing would have to move them.
        table.reserve(newest.values.len());
        for some in newest.values.chunks(PREFETCH_VALUES) {
            table.prefetch(some);
            for &Value { hash, first, count } in some {
                let slot = Slot { hash, count, frame: serial, block: first };
                let before =
                    table.add(slot, |slot| block_at(slot.frame, slot.block) == block_at(serial, first));
                tally.change(before, before + count);
                occurrences.push((first, before + count));
            }
        }
        census.within_memory(&occurrences, tally.largest(), tally.pairs)
    }

    fn forget_oldest(&mut self) {
        let Some(removed) = self.frames.pop_front() else { return };
        let Self { frames, oldest, table, tally, .. } = self;
        let removed_serial = *oldest;
        *oldest = oldest.wrapping_add(1);
        let removed_blocks = blocks(&removed.bytes);
        for some in removed.values.chunks(PREFETCH_VALUES) {
            table.prefetch(some);
            for &Value { hash, first, count } in some {
                // A slot refers to the newest frame that has its value: if that is the removed frame, no other frame
                // has the value, and blocks can be compared by number.
                let before = table.subtract(hash, count, |slot| {
                    if slot.frame == removed_serial {
                        slot.block == first
                    } else {
                        let frame = &frames[slot.frame.wrapping_sub(removed_serial) as usize - 1];
                        blocks(&frame.bytes)[slot.block as usize] == removed_blocks[first as usize]
                    }
                });
                tally.change(before, before - count);
            }
        }
    }
}

/// Hashes values, given as first block and count, and sorts them in the order of the table.
fn in_order(values: &[(u32, u32)], blocks: &[Block]) -> Vec<Value> {
    let hashes: Vec<u32> =
        values.iter().map(|&(first, _)| (hash(blocks[first as usize]) >> 32) as u32).collect();
    let bucket = |hash: u32| (hash >> (32 - ORDERED_BITS)) as usize;
    let mut starts = [0usize; 1 << ORDERED_BITS];
    for &hash in &hashes {
        starts[bucket(hash)] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += std::mem::replace(start, sum);
    }
    let mut ordered = vec![Value::default(); values.len()];
    for (&(first, count), &hash) in values.iter().zip(&hashes) {
        let next = &mut starts[bucket(hash)];
        ordered[*next] = Value { hash, first, count };
        *next += 1;
    }
    ordered
}

#[cfg(test)]
mod tests;
