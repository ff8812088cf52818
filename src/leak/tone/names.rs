//! Names: the values of blocks that become nodes of the graph, and the table that finds them again.

use rayon::prelude::*;

use crate::layout::BLOCK_BYTES;

type Block = [u8; BLOCK_BYTES];

/// A block whose value is no node.
pub(super) const NO_NODE: u32 = u32::MAX;

/// An unused slot of a table.
const EMPTY: u64 = u64::MAX;

/// Parts of the values, by the top bits of their hash, that are counted side by side. Each part goes through
/// all bytes, which is cheap, and owns its table, which stays in the cache.
const PARTS: u64 = 16;

/// An exact table from the value of a block to a number.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// Open addressing: number in the low half, the hash's high half as a fingerprint in the high half.
    slots: Vec<u64>,
    values: Vec<u128>,
}

impl Names {
    fn with_room(values: usize) -> Self {
        Self { slots: vec![EMPTY; (values * 2).next_power_of_two().max(64)], values: Vec::new() }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values, in the order of their numbers.
    pub(super) fn values(&self) -> impl Iterator<Item = Block> {
        self.values.iter().map(|value| value.to_ne_bytes())
    }

    /// How much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.len() * size_of::<u64>() + self.values.len() * size_of::<u128>()
    }

    /// The number of a value, or [`NO_NODE`].
    #[inline]
    pub(super) fn find(&self, block: Block) -> u32 {
        self.probe(hash(block), u128::from_ne_bytes(block)).unwrap_or(NO_NODE)
    }

    /// The number of a value, or the slot where it belongs.
    #[inline]
    fn probe(&self, hash: u64, value: u128) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return Err(at);
            }
            if slot >> 32 == hash >> 32 && self.values[slot as u32 as usize] == value {
                return Ok(slot as u32);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a value that is not there yet. Returns its number.
    fn add(&mut self, at: usize, hash: u64, value: u128) -> u32 {
        let number = u32::try_from(self.values.len()).expect("fewer than 2^32 values");
        self.slots[at] = hash >> 32 << 32 | u64::from(number);
        self.values.push(value);
        if self.values.len() * 2 > self.slots.len() {
            let values = std::mem::take(&mut self.values);
            *self = Self::of(&values, values.len() * 2);
        }
        number
    }

    /// The table of different values, with room for `room` of them.
    fn of(values: &[u128], room: usize) -> Self {
        let mut names = Self::with_room(room.max(values.len()));
        for &value in values {
            let hash = hash(value.to_ne_bytes());
            if let Err(at) = names.probe(hash, value) {
                names.add(at, hash, value);
            }
        }
        names
    }

    /// The values that occur at two or more distinct places within `frames`, in the order in which they
    /// first occur.
    pub(super) fn at_two_places(frames: &[&[u8]]) -> Self {
        let parts: Vec<Vec<(u64, u128)>> =
            (0..PARTS).into_par_iter().map(|part| count_part(frames, part)).collect();
        let mut found = parts.concat();
        found.par_sort_unstable_by_key(|&(first, _)| first);
        let values: Vec<u128> = found.into_iter().map(|(_, value)| value).collect();
        Self::of(&values, 0)
    }

    /// The table of the values with these numbers, renumbered in that order.
    pub(super) fn select(&self, numbers: &[u32]) -> Self {
        let values: Vec<u128> = numbers.iter().map(|&number| self.values[number as usize]).collect();
        Self::of(&values, 0)
    }
}

/// Where each value of one part that occurs at two distinct places occurs first, as frame and place.
fn count_part(frames: &[&[u8]], part: u64) -> Vec<(u64, u128)> {
    /// Set once a second place was met.
    const TWO: u64 = 1 << 63;
    let mut names = Names::with_room(1 << 12);
    let mut firsts: Vec<u64> = Vec::new();
    for (frame, bytes) in (0u64..).zip(frames) {
        for (place, &block) in (0u64..).zip(blocks(bytes)) {
            let hash = hash(block);
            if hash >> 60 != part {
                continue;
            }
            let value = u128::from_ne_bytes(block);
            match names.probe(hash, value) {
                Ok(number) => {
                    let first = &mut firsts[number as usize];
                    if *first & 0xffff_ffff != place {
                        *first |= TWO;
                    }
                }
                Err(at) => {
                    names.add(at, hash, value);
                    firsts.push(frame << 32 | place);
                }
            }
        }
    }
    let two = firsts.into_iter().zip(names.values).filter(|(first, _)| first & TWO != 0);
    two.map(|(first, value)| (first & !TWO, value)).collect()
}

/// Spreads a block over 64 bits. Ciphertext is random as it is; the multiplication is for anything else.
#[inline]
pub(super) fn hash(block: Block) -> u64 {
    let value = u128::from_le_bytes(block);
    let mixed = ((value >> 64) as u64).rotate_left(32) ^ value as u64;
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}

/// The whole blocks of a ciphertext.
pub(super) fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(value: u8) -> Block {
        [value; BLOCK_BYTES]
    }

    fn frame(values: &[u8]) -> Vec<u8> {
        values.iter().flat_map(|&value| block(value)).collect()
    }

    #[test]
    fn a_name_needs_two_distinct_places() {
        // 1 twice in a frame; 2 at one place of both frames; 3 at two places of different frames; 4 once.
        let (one, two) = (frame(&[1, 2, 3, 1, 4]), frame(&[5, 2, 6, 7, 3]));
        let names = Names::at_two_places(&[&one, &two]);
        assert_eq!(names.len(), 2);
        assert_eq!((names.find(block(1)), names.find(block(3))), (0, 1), "numbered as they first occur");
        assert!([2, 4, 5, 6, 7, 8].iter().all(|&value| names.find(block(value)) == NO_NODE));
        assert_eq!(names.select(&[1]).find(block(3)), 0);
        assert_eq!(names.select(&[1]).find(block(1)), NO_NODE);
    }

    #[test]
    fn a_table_that_grows_loses_nothing() {
        let half: Vec<u8> = (0..100_000u128).flat_map(u128::to_le_bytes).collect();
        let names = Names::at_two_places(&[&[&half[..], &half[..]].concat()]);
        assert_eq!(names.len(), 100_000);
        for i in (0..100_000u128).step_by(997) {
            assert_eq!(names.find(i.to_le_bytes()), i as u32);
        }
    }
}
