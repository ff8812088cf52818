//! The values of one partition that may occur at two places, and where they occur.

use super::partitioned_frame::{AT_TWO_PLACES, PartitionedFrame};
use crate::leak::shot::value_table::NO_NODE;

/// Bits for each entry of a partition.
const BITS_PER_ENTRY: usize = 8;

/// The values of a partition.
pub(super) struct PartitionValues {
    /// Place and value of each entry whose value may occur at two places, frame by frame.
    pub entries: Vec<(u32, u32)>,
    /// The index of the first entry of each frame, and the end of the last frame.
    pub frames: Vec<u32>,
    /// The first place of each value, with [`AT_TWO_PLACES`] if it occurs at another, too.
    pub first_places: Vec<u32>,
}

impl PartitionValues {
    /// Values are compared by hash: ciphertext is random, so that collisions are as rare as those of 64-bit random
    /// numbers.
    pub fn of(frames: &[PartitionedFrame], partition: usize) -> Self {
        let count: usize = frames.iter().map(|frame| frame.entry_count(partition)).sum();
        // Most values occur once: one bit for each hash that was seen once, and one for each that was seen twice.
        let words = (count * BITS_PER_ENTRY).next_power_of_two().max(64) / 64;
        let bit = |hash: u64| ((hash >> 30) as usize & (words - 1), 1u64 << ((hash >> 24) % 64));
        let mut bits = vec![[0u64; 2]; words];
        for (hashes, places) in frames.iter().flat_map(|frame| frame.entries(partition)) {
            for (&hash, &place) in hashes.iter().zip(places) {
                let (word, mask) = bit(hash);
                let [seen_once, seen_twice] = &mut bits[word];
                *seen_twice |= if place & AT_TWO_PLACES == 0 { *seen_once & mask } else { mask };
                *seen_once |= mask;
            }
        }
        let candidates: usize = bits.iter().map(|[_, seen_twice]| seen_twice.count_ones() as usize).sum();
        let mut table = Table::new(candidates);
        let mut first_places: Vec<u32> = Vec::with_capacity(candidates);
        let mut entries = Vec::with_capacity(count);
        let mut starts = Vec::with_capacity(frames.len() + 1);
        for frame in frames {
            starts.push(entries.len() as u32);
            for (hashes, places) in frame.entries(partition) {
                for (&hash, &place) in hashes.iter().zip(places) {
                    let (word, mask) = bit(hash);
                    if bits[word][1] & mask == 0 {
                        continue;
                    }
                    let id = table.number(hash);
                    if id as usize == first_places.len() {
                        first_places.push(place);
                    }
                    let first = &mut first_places[id as usize];
                    let is_other = (*first ^ place) & !AT_TWO_PLACES != 0;
                    *first |= place & AT_TWO_PLACES | if is_other { AT_TWO_PLACES } else { 0 };
                    entries.push((place & !AT_TWO_PLACES, id));
                }
            }
        }
        starts.push(entries.len() as u32);
        Self { entries, frames: starts, first_places }
    }
}

/// Numbers hashes from 0 in the order of their first look-up: open addressing, at most half full.
struct Table {
    /// Hash and number; [`NO_NODE`] marks an unused slot.
    slots: Vec<(u64, u32)>,
    numbers: u32,
}

impl Table {
    /// A table with room for about `values` values.
    fn new(values: usize) -> Self {
        Self { slots: vec![(0, NO_NODE); (values * 2).next_power_of_two().max(64)], numbers: 0 }
    }

    #[inline]
    fn number(&mut self, hash: u64) -> u32 {
        let at = self.slot(hash);
        if self.slots[at].1 != NO_NODE {
            return self.slots[at].1;
        }
        self.slots[at] = (hash, self.numbers);
        self.numbers += 1;
        if self.numbers as usize * 2 > self.slots.len() {
            self.grow();
        }
        self.numbers - 1
    }

    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != NO_NODE && self.slots[at].0 != hash {
            at = (at + 1) & mask;
        }
        at
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![(0, NO_NODE); self.slots.len() * 2];
        for (hash, number) in std::mem::replace(&mut self.slots, larger) {
            if number != NO_NODE {
                let at = self.slot(hash);
                self.slots[at] = (hash, number);
            }
        }
    }
}
