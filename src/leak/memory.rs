//! The memory of an eavesdropper: the census over the last frames, kept up from one frame to the next.
//!
//! ```text
//! frame ──Counter: its different values──▶ added to the table ──▶ how often each occurs in the memory
//! oldest frame ──the values noted then───▶ taken away from it
//! ```
//!
//! To count all frames anew would say the same, and take as much longer as there are frames; here a frame costs
//! what it costs to add it and to take it away again, however many are remembered.
//!
//! **What it holds**: the ciphertexts (shared with whoever else holds them), 12 bytes for each different
//! value of each frame, and a table of 16 bytes a slot, up to five eighths full, with a slot for each value
//! of the memory. At worst, where nothing repeats, that is 2.4 to 3.2 bytes beside each byte remembered: 32
//! frames of 1280×720 in `rgba32` are 118 MB of ciphertext, and up to 370 MB beside it. Flat
//! art needs next to nothing. While the table grows, the one from before is there too: up to 1.6 bytes more. How many
//! frames a scene may remember follows from these numbers.

use std::collections::{BTreeMap, VecDeque};
use std::hint::black_box;
use std::ops::Deref;

use super::census::{Block, Census, Counter, blocks, hash, pairs};

/// Values whose slots are touched ahead of being looked up: their cache misses then overlap.
const AHEAD: usize = 32;

/// Values are worked on in the order of this many leading bits of their hashes, which is the order of the
/// table: each page of it is then visited once a frame. Without, a table of 150 MB costs a walk through the
/// page tables for every value.
const ORDERED_BITS: u32 = 10;

/// Slots of the table at first.
const SLOTS: usize = 1 << 12;

/// Remembers the ciphertexts of consecutive frames, `B` each, and takes the census of the newest among them.
pub struct Memory<B> {
    frames: VecDeque<Held<B>>,
    /// The number of the oldest frame held; frames are numbered as they come, around 2^32.
    oldest: u32,
    counter: Counter,
    table: Table,
    tally: Tally,
}

struct Held<B> {
    bytes: B,
    /// Its different values, in the order of the table.
    values: Vec<Value>,
}

/// A value of a frame: its hash, the first block that has it, and how many have it.
#[derive(Clone, Copy, Default)]
struct Value {
    hash: u32,
    first: u32,
    count: u32,
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

    /// Says how far apart those blocks of a frame stand that most often equal each other, as [`Counter::look_back`].
    ///
    /// # Panics
    /// As [`Counter::look_back`].
    pub fn look_back(&mut self, blocks: usize) {
        self.counter.look_back(blocks);
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
            self.frames.push_back(Held { bytes, values: Vec::new() });
            return census;
        }
        let values = in_order(&census.values(), blocks(&bytes));
        let serial =
            self.oldest.wrapping_add(u32::try_from(self.frames.len()).expect("fewer than 2^32 frames"));
        self.frames.push_back(Held { bytes, values });
        let Self { frames, oldest, table, tally, .. } = self;
        let newest = frames.back().expect("it was just added");
        let block_at = |frame: u32, block: u32| {
            blocks(&frames[frame.wrapping_sub(*oldest) as usize].bytes)[block as usize]
        };
        let mut occurrences = Vec::with_capacity(newest.values.len());
        // For all of them first: in their order they fill the table from one end to the other.
        table.reserve(newest.values.len());
        for some in newest.values.chunks(AHEAD) {
            table.touch(some);
            for &Value { hash, first, count } in some {
                let place = Slot { hash, count, frame: serial, block: first };
                let before =
                    table.add(place, |slot| block_at(slot.frame, slot.block) == block_at(serial, first));
                tally.change(before, before + count);
                occurrences.push((first, before + count));
            }
        }
        census.remembered(&occurrences, tally.largest(), tally.pairs)
    }

    fn forget_oldest(&mut self) {
        let Some(held) = self.frames.pop_front() else { return };
        let Self { frames, oldest, table, tally, .. } = self;
        let gone = *oldest;
        *oldest = oldest.wrapping_add(1);
        let held_blocks = blocks(&held.bytes);
        for some in held.values.chunks(AHEAD) {
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

/// A value of the memory: where it occurs last, and how often it occurs. A count of 0 is an unused slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    count: u32,
    frame: u32,
    block: u32,
}

/// A hash table with linear probing, at most five eighths full. Values stand in the order of their
/// hashes, so that it need not be a power of two.
#[derive(Default)]
struct Table {
    slots: Vec<Slot>,
    used: usize,
}

impl Table {
    /// Makes sure that there is room for `more` values.
    fn reserve(&mut self, more: usize) {
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
    fn touch(&self, values: &[Value]) {
        let counts = values.iter().filter_map(|value| self.slots.get(self.home(value.hash)));
        black_box(counts.fold(0, |counts, slot| counts ^ slot.count));
    }

    /// Adds the count of `new` to its value, which then is where `new` is. Returns the count before.
    fn add(&mut self, new: Slot, mut is_value: impl FnMut(&Slot) -> bool) -> u32 {
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
    fn take_away(&mut self, hash: u32, count: u32, mut is_value: impl FnMut(&Slot) -> bool) -> u32 {
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

/// How many values occur how often: what the largest count is, when counts fall too.
#[derive(Default)]
struct Tally {
    /// Values of each count below [`MANY`](Self::MANY).
    few: Vec<u32>,
    /// Values of each count from there on; few values can occur so often.
    many: BTreeMap<u32, u32>,
    /// No count below `MANY` is larger.
    top: usize,
    /// Pairs of equal blocks.
    pairs: u64,
}

impl Tally {
    const MANY: u32 = 1 << 16;

    fn change(&mut self, from: u32, to: u32) {
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

    fn largest(&mut self) -> u64 {
        if let Some((&count, _)) = self.many.last_key_value() {
            return count.into();
        }
        while self.top > 0 && self.few[self.top] == 0 {
            self.top -= 1;
        }
        self.top as u64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn where_nothing_repeats_it_takes_no_more_than_it_says() {
        const BLOCKS: u64 = 4000;
        let mut memory = Memory::default();
        for frame in 0..40u64 {
            let blocks = (0..BLOCKS).flat_map(|block| u128::from(frame * BLOCKS + block).to_le_bytes());
            memory.add(blocks.collect::<Vec<u8>>(), 30);
            let values: usize = memory.frames.iter().map(|held| held.values.capacity()).sum();
            let slots = memory.table.slots.capacity();
            // The table had two thirds of its slots before it grew.
            let bytes = values * size_of::<Value>() + (slots + slots / 3 * 2) * size_of::<Slot>();
            let most = Memory::<Vec<u8>>::MOST_BYTES_PER_BLOCK * memory.blocks();
            assert!(bytes as u64 <= most, "{bytes} bytes at frame {frame}, where {most} are said");
        }
    }

    /// How often each block occurs.
    fn counted(frames: &[Vec<u8>]) -> HashMap<&[u8], u32> {
        let mut counts = HashMap::new();
        frames
            .iter()
            .flat_map(|bytes| bytes.chunks_exact(16))
            .for_each(|block| *counts.entry(block).or_default() += 1);
        counts
    }

    /// Adds frames one after the other and compares each census with one taken in the plain way of all that is
    /// remembered.
    fn check(frames: &[Vec<u8>], remembered: usize) {
        let mut memory = Memory::default();
        for newest in 0..frames.len() {
            let census = memory.add(frames[newest].as_slice(), remembered - 1);
            let held = &frames[(newest + 1).saturating_sub(remembered)..=newest];
            let (counts, in_frame) = (counted(held), counted(&held[held.len() - 1..]));
            let blocks: Vec<&[u8]> = frames[newest].chunks_exact(16).collect();
            let several = |counts: &HashMap<&[u8], u32>| {
                blocks.iter().filter(|block| counts[*block] > 1).count() as u64
            };
            assert_eq!(memory.frames(), held.len());
            assert_eq!(memory.blocks(), held.iter().map(|bytes| bytes.len() as u64 / 16).sum::<u64>());
            assert_eq!(census.blocks(), blocks.len());
            assert_eq!(census.distinct(), in_frame.len() as u64);
            assert_eq!(census.repeated(), several(&counts));
            assert_eq!(census.repeated_in_frame(), several(&in_frame));
            if blocks.is_empty() {
                assert_eq!((census.pairs(), census.largest_class()), (0, 0));
                continue;
            }
            assert_eq!(census.pairs(), counts.values().map(|&count| pairs(count)).sum::<u64>());
            assert_eq!(census.largest_class(), u64::from(*counts.values().max().expect("there are blocks")));
            let alone = Counter::default().count(&frames[newest]);
            assert_eq!(census.entropy().to_bits(), alone.entropy().to_bits());
            for (at, block) in blocks.iter().enumerate() {
                assert_eq!(census.occurrences(at), counts[block]);
                for other in [0, at / 2, blocks.len() - 1] {
                    assert_eq!(census.equal(at, other), *block == blocks[other]);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn keeps_up_what_a_census_of_the_whole_memory_says(
            frames in prop::collection::vec(prop::collection::vec(0u8..30, 0..600), 1..12),
            remembered in 1usize..6,
        ) {
            let frames: Vec<Vec<u8>> =
                frames.iter().map(|frame| frame.iter().flat_map(|&byte| [byte; 8]).collect()).collect();
            check(&frames, remembered);
        }
    }

    #[test]
    fn a_table_that_grows_and_empties_loses_nothing() {
        // 9,000 values a frame, of which a third were in the frame before.
        let frame = |number: u128| (0..9000).flat_map(|i| (i + number * 6000).to_le_bytes()).collect();
        check(&(0..7).map(frame).collect::<Vec<_>>(), 3);
    }

    #[test]
    fn values_of_equal_hash_are_told_apart() {
        // The hash is 32 bits wide: among 200,000 values some are equal with near certainty.
        let frame = |number: u128| (0..100_000).flat_map(|i| (i + number * 100_000).to_le_bytes()).collect();
        check(&[frame(0), frame(1), frame(0)], 2);
    }

    #[test]
    fn the_largest_count_is_known_when_it_falls_too() {
        // 70,000 equal blocks, more than the tally counts singly, then none.
        let flat = vec![7u8; 70_000 * 16];
        let other: Vec<u8> = (0..100u128).flat_map(|i| (i / 2).to_le_bytes()).collect();
        check(&[flat.clone(), flat, other.clone(), other, vec![]], 2);
    }

    #[test]
    fn a_memory_that_was_cleared_starts_anew() {
        let mut memory = Memory::default();
        memory.add(&[1u8; 64][..], 3);
        memory.clear();
        assert_eq!((memory.frames(), memory.blocks()), (0, 0));
        assert_eq!(memory.add(&[1u8; 64][..], 3).largest_class(), 4);
    }
}
