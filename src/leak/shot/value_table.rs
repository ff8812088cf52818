//! A hash table from the values of blocks to four numbers, such as a tone or a colour.

use std::hint::black_box;

use crate::picture::layout::BLOCK_BYTES;

pub(in crate::leak) type Block = [u8; BLOCK_BYTES];

/// The numbers that are stored for a value.
pub(in crate::leak) type Stored = [u8; 4];

/// Stands for a value that is no node.
pub(in crate::leak) const NO_NODE: u32 = u32::MAX;

/// The hash of an unused slot.
const EMPTY: u64 = 0;

/// Numbers of values, by hash. Ciphertext is random, so that two values have the same hash with a probability of
/// 2^-64.
#[derive(Clone, Debug)]
pub(in crate::leak) struct ValueTable {
    /// Open addressing, at most half full. Hash and numbers of a value are in one slot, so that a look-up has one cache
    /// miss.
    slots: Vec<Slot>,
    len: usize,
    /// A bit is set for each hash, among many more bits than there are values. It excludes most blocks without numbers,
    /// and stays in the cache.
    bits: Vec<u64>,
}

/// A hash, its upper half first, and the numbers.
#[derive(Clone, Copy, Debug)]
struct Slot([u32; 2], Stored);

/// Blocks that are looked up together: they and their hashes stay in the first-level cache.
const CHUNK: usize = 1 << 9;

/// The least number of bits for each value.
const BITS_PER_VALUE: usize = 16;

impl ValueTable {
    /// The table of at most `len` different values.
    pub(in crate::leak) fn of(len: usize, values: impl Iterator<Item = (u64, Stored)>) -> Self {
        let bits = (len * BITS_PER_VALUE).next_power_of_two().max(64);
        let slots = (len * 2).next_power_of_two().max(64);
        let empty = Slot([0, 0], Stored::default());
        let mut table = Self { slots: vec![empty; slots], len: 0, bits: vec![0; bits / 64] };
        for (hash, stored) in values {
            let at = table.slot(hash);
            table.len += usize::from(table.slots[at].hash() == EMPTY);
            table.slots[at] = Slot([(hash >> 32) as u32, hash as u32], stored);
            let (word, bit) = table.bit(hash);
            table.bits[word] |= bit;
        }
        table
    }

    /// The slot of a hash, or the unused slot where it would go.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.home(hash);
        while self.slots[at].hash() != hash && self.slots[at].hash() != EMPTY {
            at = (at + 1) & mask;
        }
        at
    }

    /// The slot where the search for a hash starts.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    /// The word and the bit of a hash. They depend on other bits of the hash than its slot.
    #[inline]
    fn bit(&self, hash: u64) -> (usize, u64) {
        let at = (hash >> 20) as usize & (self.bits.len() * 64 - 1);
        (at / 64, 1 << (at % 64))
    }

    /// How many values the table has.
    pub(in crate::leak) const fn len(&self) -> usize {
        self.len
    }

    /// All values as hash and numbers, in arbitrary order.
    pub(in crate::leak) fn values(&self) -> impl Iterator<Item = (u64, Stored)> {
        let used = self.slots.iter().filter(|slot| slot.hash() != EMPTY);
        used.map(|slot| (slot.hash(), slot.1))
    }

    /// The numbers of all values, in the same order.
    pub(in crate::leak) fn stored_mut(&mut self) -> impl Iterator<Item = &mut Stored> {
        self.slots.iter_mut().filter(|slot| slot.hash() != EMPTY).map(|slot| &mut slot.1)
    }

    /// How much memory it takes, in bytes.
    pub(in crate::leak) fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>() + self.bits.len() * size_of::<u64>()
    }

    /// The numbers of the value with this hash; `None` if the table does not have it.
    #[inline]
    pub(in crate::leak) fn find(&self, hash: u64) -> Option<Stored> {
        if self.may_have(hash) { self.get(hash) } else { None }
    }

    /// Writes the numbers of some blocks to `stored`, which has as many entries; `None` for values without numbers.
    ///
    /// Works in chunks, and reads the slots of a chunk before the first search, so that their cache misses overlap.
    pub(in crate::leak) fn find_all(&self, blocks: &[Block], stored: &mut [Option<Stored>]) {
        let (mut hashes, mut may_have, mut selected) = ([0u64; CHUNK], [false; CHUNK], [0u16; CHUNK]);
        for (blocks, stored) in blocks.chunks(CHUNK).zip(stored.chunks_mut(CHUNK)) {
            for (to, &block) in hashes.iter_mut().zip(blocks) {
                *to = hash(block);
            }
            let hashes = &hashes[..blocks.len()];
            for (may_have, &hash) in may_have.iter_mut().zip(hashes) {
                *may_have = self.may_have(hash);
            }
            let mut count = 0;
            for (at, &may_have) in (0u16..).zip(&may_have[..blocks.len()]) {
                selected[count] = at;
                count += usize::from(may_have);
            }
            let selected = &selected[..count];
            let first = |&at: &u16| self.slots[self.home(hashes[usize::from(at)])].0[1];
            black_box(selected.iter().map(first).fold(0, |sum, some| sum ^ some));
            stored.fill(None);
            for &at in selected {
                stored[usize::from(at)] = self.get(hashes[usize::from(at)]);
            }
        }
    }

    /// False only if the table does not have the value with this hash.
    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.bits[word] & bit != 0
    }

    #[inline]
    fn get(&self, hash: u64) -> Option<Stored> {
        let slot = &self.slots[self.slot(hash)];
        (slot.hash() == hash).then_some(slot.1)
    }
}

impl Slot {
    #[inline]
    fn hash(&self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }
}

/// Hashes a block to 64 bits. The multiplications are for plaintext; ciphertext is random without them.
#[inline]
pub(in crate::leak) fn hash(block: Block) -> u64 {
    let value = u128::from_le_bytes(block);
    let mixed = ((value >> 64) as u64).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ value as u64;
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Never the hash of an unused slot.
    (mixed ^ (mixed >> 32)).max(EMPTY + 1)
}

/// The whole blocks of a ciphertext.
pub(in crate::leak) fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_and_others_are_not() {
        let hash = |number: u64| hash(u128::from(number).to_le_bytes());
        let stored = |number: u64| [number as u8, (number >> 8) as u8, 3, 4];
        let table = ValueTable::of(1000, (0..1000).map(|number| (hash(number), stored(number))));
        for number in 0..2000 {
            assert_eq!(table.find(hash(number)), (number < 1000).then(|| stored(number)));
        }
        assert_eq!((table.len(), table.values().count()), (1000, 1000));
        assert!(table.values().all(|(hash, stored)| table.find(hash) == Some(stored)));
        let blocks: Vec<Block> = (0..2000u128).map(|number| (number * 7 % 2000).to_le_bytes()).collect();
        let mut found = vec![Some([9; 4]); blocks.len()];
        table.find_all(&blocks, &mut found);
        for (number, found) in (0u64..).map(|at| at * 7 % 2000).zip(found) {
            assert_eq!(found, (number < 1000).then(|| stored(number)), "{number}");
        }
    }
}
