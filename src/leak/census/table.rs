//! The table sorts blocks into classes; it compares whole blocks.

use super::block::Block;
use super::classes::ALONE;
use super::duplicate_filter::Candidate;

/// An unused slot.
const EMPTY: u64 = u64::MAX;

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub value: Block,
    pub candidate: Candidate,
}

/// A hash table with open addressing, at most half full, for the blocks of one part at a time. A value becomes a class
/// at its second block: a candidate whose value occurs once only takes a slot.
#[derive(Default)]
pub(super) struct Table {
    /// The hash as a fingerprint in the high half; in the low half, which block of the part has the value.
    slots: Vec<u64>,
    /// The class of each block of the part that is the first with its value; [`ALONE`] for all other blocks.
    class: Vec<u32>,
    /// Blocks of each class: at least two, and 1 for [`ALONE`].
    sizes: Vec<u32>,
}

impl Table {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.sizes.clear();
        self.sizes.push(1);
    }

    /// Sorts the blocks of a part into new classes: no block of another part equals them. Calls `each` with every block
    /// that belongs to a class, and with that class, numbered from 1.
    pub fn sort(&mut self, part: &[Found], mut each: impl FnMut(u32, u32)) {
        self.slots.clear();
        self.slots.resize((part.len() * 2).next_power_of_two(), EMPTY);
        self.class.clear();
        self.class.resize(part.len(), ALONE);
        for at in 0..part.len() {
            self.add(part, at, &mut each);
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a slot has two halves, and fewer blocks than 2^32")]
    fn add(&mut self, part: &[Found], at: usize, mut each: impl FnMut(u32, u32)) {
        let Found { value, candidate: Candidate { number, hash } } = part[at];
        let mut slot = self.home(hash);
        while self.slots[slot] != EMPTY {
            let (fingerprint, first) = ((self.slots[slot] >> 32) as u32, self.slots[slot] as u32 as usize);
            if fingerprint == hash && part[first].value == value {
                if self.class[first] == ALONE {
                    self.class[first] =
                        u32::try_from(self.sizes.len()).expect("there are fewer classes than blocks");
                    self.sizes.push(1);
                    each(part[first].candidate.number, self.class[first]);
                }
                let class = self.class[first];
                self.sizes[class as usize] += 1;
                return each(number, class);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = u64::from(hash) << 32 | at as u64;
    }

    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The slot where the search for a hash starts. The shift mixes the bits: within a part all hashes have the high
    /// bits in common, and one low bit (`NOT_A_COPY`) is always set.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        (hash ^ hash >> 12) as usize & (self.slots.len() - 1)
    }
}
