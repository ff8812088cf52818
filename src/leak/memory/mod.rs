//! The memory of an eavesdropper: the census over the last frames, updated from frame to frame.
//!
//! ```text
//! frame ──Counter: its different values──▶ added to the table ──▶ how often each occurs in the memory
//! oldest frame ──its stored values───────▶ subtracted from it
//! ```
//!
//! Counting all frames again would give the same result, in time proportional to their number; here the time for a frame
//! does not depend on how many are remembered.
//!
//! **What it holds**: the ciphertexts (shared with other holders), 12 bytes for each different
//! value of each frame, and a table of 16 bytes a slot, up to five eighths full, with a slot for each value
//! of the memory. At worst, where nothing repeats, that is 2.4 to 3.2 bytes beside each byte remembered: 32
//! frames of 1280×720 in `rgba32` are 118 MB of ciphertext, and up to 370 MB beside it. Flat
//! art needs next to nothing. While the table grows, the one from before is there too: up to 1.6 bytes more. How many
//! frames a scene may remember follows from these numbers.

mod table;
mod tally;

use std::collections::VecDeque;
use std::ops::Deref;

use table::{Slot, Table, Value};
use tally::Tally;

use super::census::{Block, Census, Counter, blocks, hash};

/// Values whose slots are touched ahead of being looked up: their cache misses then overlap.
const PREFETCH_DISTANCE: usize = 32;

/// Values are worked on in the order of this many leading bits of their hashes, which is the order of the
/// table: each page of it is then visited once a frame. Without, a table of 150 MB costs a walk through the
/// page tables for every value.
const ORDERED_BITS: u32 = 10;

/// Remembers the ciphertexts of consecutive frames, `B` each, and takes the census of the newest among them.
pub struct Memory<B> {
    frames: VecDeque<RememberedFrame<B>>,
    /// The number of the oldest frame held; frames are numbered as they come, around 2^32.
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
    /// Bytes that it takes at most beside each block remembered: 12 for its entry in the list of the frame's values, and
    /// in the table, which has slots of 16 bytes, up to 2.4 of them a block, and while it grows the 1.6 from before too.
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
        self.frames.iter().map(|held| blocks(&held.bytes).len() as u64).sum()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { counter: std::mem::take(&mut self.counter), ..Self::default() };
    }

    /// Says how far apart those blocks of a frame stand that most often equal each other, as [`Counter::set_copy_distance`].
    ///
    /// # Panics
    /// As [`Counter::set_copy_distance`].
    pub fn set_copy_distance(&mut self, blocks: usize) {
        self.counter.set_copy_distance(blocks);
    }

    /// Adds the ciphertext of the next frame, after forgetting the oldest frames until `others` are left.
    /// Returns the census of the new one among all that is then held.
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
        // For all of them first: in their order they fill the table from one end to the other.
        table.reserve(newest.values.len());
        for some in newest.values.chunks(PREFETCH_DISTANCE) {
            table.touch(some);
            for &Value { hash, first, count } in some {
                let place = Slot { hash, count, frame: serial, block: first };
                let before =
                    table.add(place, |slot| block_at(slot.frame, slot.block) == block_at(serial, first));
                tally.change(before, before + count);
                occurrences.push((first, before + count));
            }
        }
        census.within_memory(&occurrences, tally.largest(), tally.pairs)
    }

    fn forget_oldest(&mut self) {
        let Some(held) = self.frames.pop_front() else { return };
        let Self { frames, oldest, table, tally, .. } = self;
        let gone = *oldest;
        *oldest = oldest.wrapping_add(1);
        let held_blocks = blocks(&held.bytes);
        for some in held.values.chunks(PREFETCH_DISTANCE) {
            table.touch(some);
            for &Value { hash, first, count } in some {
                // A slot names the newest frame that has its value: where that is the one that goes, no
                // other frame has the value.
                let before = table.take_away(hash, count, |slot| {
                    if slot.frame == gone {
                        slot.block == first
                    } else {
                        let frame = &frames[slot.frame.wrapping_sub(gone) as usize - 1];
                        blocks(&frame.bytes)[slot.block as usize] == held_blocks[first as usize]
                    }
                });
                tally.change(before, before - count);
            }
        }
    }
}

/// Hashes values, given as their first blocks and counts, and puts them in the order of the table.
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
