//! The values of one partition that may occur at two places, and where they occur.

use super::parted::{AND_ELSEWHERE, Parted};
use crate::leak::tone::tone_table::NO_NODE;

/// Bits for each entry of a part.
const BITS_PER_ENTRY: usize = 8;

/// The values of a part.
pub(super) struct Counted {
    /// Place and value of each entry of the part whose value may occur at two places, frame by frame, and where each
    /// frame begins and the last ends.
    pub found: Vec<(u32, u32)>,
    pub frames: Vec<u32>,
    /// The first place of each value, with [`AND_ELSEWHERE`] if it was met at another.
    pub met: Vec<u32>,
}

impl Counted {
    /// Values are told apart by their hashes: that of ciphertext is as random as the block.
    pub fn of(frames: &[Parted], part: usize) -> Self {
        let count: usize = frames.iter().map(|frame| frame.entries(part)).sum();
        // Most values are met once: a bit for each hash that was seen, and one for each that was seen again.
        let words = (count * BITS_PER_ENTRY).next_power_of_two().max(64) / 64;
        let bit = |hash: u64| ((hash >> 30) as usize & (words - 1), 1u64 << ((hash >> 24) % 64));
        let mut bits = vec![[0u64; 2]; words];
        for (hashes, places) in frames.iter().flat_map(|frame| frame.part(part)) {
            for (&hash, &place) in hashes.iter().zip(places) {
                let (word, mask) = bit(hash);
                let [seen, again] = &mut bits[word];
                *again |= if place & AND_ELSEWHERE == 0 { *seen & mask } else { mask };
                *seen |= mask;
            }
        }
        let suspects: usize = bits.iter().map(|[_, again]| again.count_ones() as usize).sum();
        let mut table = Table::new(suspects);
        let mut met: Vec<u32> = Vec::with_capacity(suspects);
        let mut found = Vec::with_capacity(count);
        let mut starts = Vec::with_capacity(frames.len() + 1);
        for frame in frames {
            starts.push(found.len() as u32);
            for (hashes, places) in frame.part(part) {
                for (&hash, &place) in hashes.iter().zip(places) {
                    let (word, mask) = bit(hash);
                    if bits[word][1] & mask == 0 {
                        continue;
                    }
                    let id = table.number(hash);
                    if id as usize == met.len() {
                        met.push(place);
                    }
                    let first = &mut met[id as usize];
                    let is_other = (*first ^ place) & !AND_ELSEWHERE != 0;
                    *first |= place & AND_ELSEWHERE | if is_other { AND_ELSEWHERE } else { 0 };
                    found.push((place & !AND_ELSEWHERE, id));
                }
            }
        }
        starts.push(found.len() as u32);
        Self { found, frames: starts, met }
    }
}

/// Numbers hashes from 0 as they are met: open addressing, at most half full.
struct Table {
    /// Hash and number.
    slots: Vec<(u64, u32)>,
    numbers: u32,
}

impl Table {
    /// With room for about so many.
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
