//! The census: which blocks of a ciphertext are equal, and how often each value occurs.
//!
//! Most blocks of a well encrypted frame occur once, and a hash table that holds them all is far larger
//! than a processor's cache. So the census goes twice through the bytes: first it sets one bit a block in a
//! bitmap and notes the bits that were hit twice; then only blocks whose bit was hit twice, the repeats and
//! a few per cent of chance collisions, enter the table, which compares whole blocks. The result is exact.

use crate::layout::BLOCK_BYTES;

/// The class of a block whose value occurs nowhere else.
const ALONE: u32 = u32::MAX;

/// An unused slot of the table.
const EMPTY: u64 = u64::MAX;

/// Bits of the bitmap for each block: collisions send about one unique block in `BITS_A_BLOCK` on to the
/// table, and the bitmap of a 1080p frame (8 Mibit) stays in the second-level cache.
const BITS_A_BLOCK: usize = 16;

/// Which blocks of a ciphertext are equal.
///
/// Blocks are numbered along the ciphertext; a rest under 16 bytes is not counted. Two blocks have the same
/// class exactly when their 16 bytes are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Class of each block of the frame, or [`ALONE`].
    class: Vec<u32>,
    /// Blocks of each class within the memory. A class of 1 is a collision in the bitmap.
    sizes: Vec<u32>,
    /// Classes that occur in the frame itself.
    classes_in_frame: u64,
}

impl Census {
    /// Blocks of the frame.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.class.len()
    }

    /// How often the value of block `block` occurs within the memory, itself included; at least 1.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn occurrences(&self, block: usize) -> u32 {
        match self.class[block] {
            ALONE => 1,
            class => self.sizes[class as usize],
        }
    }

    /// True where two blocks of the frame have the same 16 bytes.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn equal(&self, one: usize, other: usize) -> bool {
        one == other || (self.class[one] != ALONE && self.class[one] == self.class[other])
    }

    /// Different values among the blocks of the frame.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        let alone = self.class.iter().filter(|&&class| class == ALONE).count();
        alone as u64 + self.classes_in_frame
    }

    /// Blocks of the frame whose value occurs more than once within the memory.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        (0..self.blocks()).filter(|&block| self.occurrences(block) > 1).count() as u64
    }

    /// Occurrences of the most frequent value within the memory; 0 for a frame without blocks.
    #[must_use]
    pub fn largest_class(&self) -> u64 {
        let alone = u64::from(!self.class.is_empty());
        self.sizes.iter().map(|&size| u64::from(size)).fold(alone, u64::max)
    }
}

/// Takes censuses, and keeps its tables from one to the next.
#[derive(Default)]
pub struct Counter {
    /// One bit a hash: seen, and seen again.
    seen: Vec<u64>,
    again: Vec<u64>,
    /// Open addressing: class in the low half, the hash's high half as a fingerprint in the high half.
    slots: Vec<u64>,
    /// The value of each class.
    values: Vec<u128>,
}

impl Counter {
    /// Takes the census of the last of `memory` among all of them: the frames an eavesdropper remembers,
    /// oldest first, all under the same key.
    ///
    /// A rest under 16 bytes at the end of each is ignored.
    pub fn count(&mut self, memory: &[&[u8]]) -> Census {
        let Some((frame, before)) = memory.split_last() else { return Census::default() };
        let mask = self.prepare(memory.iter().map(|bytes| bytes.len() / BLOCK_BYTES).sum());
        for bytes in memory {
            self.note(bytes, mask);
        }
        let mut census = Census::default();
        for bytes in before {
            for &block in blocks(bytes) {
                self.enter(block, mask, &mut census.sizes);
            }
        }
        let mut in_frame = vec![0u64; census.sizes.len().div_ceil(64)];
        census.class.reserve_exact(frame.len() / BLOCK_BYTES);
        for &block in blocks(frame) {
            let class = self.enter(block, mask, &mut census.sizes);
            if class != ALONE {
                let (word, bit) = (class as usize / 64, 1 << (class % 64));
                if word >= in_frame.len() {
                    in_frame.push(0);
                }
                census.classes_in_frame += u64::from(in_frame[word] & bit == 0);
                in_frame[word] |= bit;
            }
            census.class.push(class);
        }
        census
    }

    /// Empties the tables and makes the bitmap large enough. Returns the mask of its bits.
    fn prepare(&mut self, blocks: usize) -> u64 {
        let bits = (blocks * BITS_A_BLOCK).next_power_of_two().max(64);
        for bitmap in [&mut self.seen, &mut self.again] {
            bitmap.clear();
            bitmap.resize(bits / 64, 0);
        }
        self.slots.clear();
        self.slots.resize(1 << 12, EMPTY);
        self.values.clear();
        bits as u64 - 1
    }

    /// Sets the bit of every block, and the bit beside it where it was set already.
    fn note(&mut self, bytes: &[u8], mask: u64) {
        for &block in blocks(bytes) {
            let bit = hash(block) & mask;
            let (word, bit) = ((bit / 64) as usize, 1 << (bit % 64));
            self.again[word] |= self.seen[word] & bit;
            self.seen[word] |= bit;
        }
    }

    /// Counts a block in its class, a new one where needed. Returns the class, or [`ALONE`].
    fn enter(&mut self, block: [u8; BLOCK_BYTES], mask: u64, sizes: &mut Vec<u32>) -> u32 {
        let hash = hash(block);
        let bit = hash & mask;
        if self.again[(bit / 64) as usize] & (1 << (bit % 64)) == 0 {
            return ALONE;
        }
        let value = u128::from_ne_bytes(block);
        let mut at = hash as usize & (self.slots.len() - 1);
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                break;
            }
            let class = slot as u32;
            if slot >> 32 == hash >> 32 && self.values[class as usize] == value {
                sizes[class as usize] += 1;
                return class;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let class = u32::try_from(sizes.len()).expect("a census has fewer than 2^32 blocks");
        self.slots[at] = hash >> 32 << 32 | u64::from(class);
        self.values.push(value);
        sizes.push(1);
        if self.values.len() * 2 > self.slots.len() {
            self.grow();
        }
        class
    }

    /// Doubles the table.
    fn grow(&mut self) {
        let room = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(room, EMPTY);
        for (class, value) in (0u64..).zip(&self.values) {
            let hash = hash(value.to_ne_bytes());
            let mut at = hash as usize & (room - 1);
            while self.slots[at] != EMPTY {
                at = (at + 1) & (room - 1);
            }
            self.slots[at] = hash >> 32 << 32 | class;
        }
    }
}

fn blocks(bytes: &[u8]) -> &[[u8; BLOCK_BYTES]] {
    bytes.as_chunks().0
}

/// Spreads a block over 64 bits. Ciphertext is random as it is, but plaintext, which is counted too, is not:
/// a multiplication folded onto itself (as in wyhash, Wang Yi 2019) mends that in one instruction.
#[inline]
fn hash(block: [u8; BLOCK_BYTES]) -> u64 {
    let value = u128::from_le_bytes(block);
    let (low, high) = (value as u64, (value >> 64) as u64);
    let product = u128::from(low ^ 0xa076_1d64_78bd_642f) * u128::from(high ^ 0xe703_7ed1_a0b4_28db);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// The same counts, the plain way.
    fn counted<'a>(memory: &[&'a [u8]]) -> HashMap<&'a [u8], u32> {
        let mut counts = HashMap::new();
        for bytes in memory {
            for block in bytes.chunks_exact(BLOCK_BYTES) {
                *counts.entry(block).or_default() += 1;
            }
        }
        counts
    }

    fn check(memory: &[&[u8]]) {
        let census = Counter::default().count(memory);
        let counts = counted(memory);
        let frame: Vec<_> = memory.last().map_or(&[][..], |bytes| bytes).chunks_exact(BLOCK_BYTES).collect();
        assert_eq!(census.blocks(), frame.len());
        assert_eq!(census.distinct(), frame.iter().collect::<std::collections::HashSet<_>>().len() as u64);
        assert_eq!(census.repeated(), frame.iter().filter(|block| counts[*block] > 1).count() as u64);
        let largest = if frame.is_empty() { 0 } else { counts.values().copied().max().unwrap_or(0) };
        assert_eq!(census.largest_class(), u64::from(largest));
        for (i, block) in frame.iter().enumerate() {
            assert_eq!(census.occurrences(i), counts[block]);
            assert_eq!(census.equal(i, frame.len() / 2), *block == frame[frame.len() / 2]);
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_hash_map(
            frames in prop::collection::vec(prop::collection::vec(0u8..6, 0..900), 1..4),
        ) {
            // Bytes below 6, repeated to whole blocks, so that many blocks are equal.
            let frames: Vec<Vec<u8>> =
                frames.iter().map(|frame| frame.iter().flat_map(|&byte| [byte; 8]).collect()).collect();
            let memory: Vec<_> = frames.iter().map(Vec::as_slice).collect();
            check(&memory);
        }
    }

    #[test]
    fn a_table_that_grows_loses_nothing() {
        // 40,000 values, each twice, far apart.
        let bytes: Vec<u8> = (0..80_000u128).flat_map(|i| (i % 40_000).to_le_bytes()).collect();
        check(&[&bytes]);
    }

    #[test]
    fn a_frame_without_a_whole_block_counts_nothing() {
        check(&[]);
        check(&[&[]]);
        check(&[&[1, 2, 3]]);
    }
}
