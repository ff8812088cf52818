//! The table: classes of equal blocks, by whole value.

use super::block::Block;
use super::classes::ALONE;
use super::duplicate_filter::Candidate;

/// An unused slot.
const EMPTY: u64 = u64::MAX;

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub value: Block,
    /// Which block it is, and digits of its hash.
    pub candidate: Candidate,
}

/// A hash table with open addressing, at most half full, for the blocks of one part at a time. A value becomes a
/// class when it is met again: what was suspected wrongly takes a slot, and nothing else is done with it.
#[derive(Default)]
pub(super) struct Table {
    /// The hash as a fingerprint in the high half; in the low half, which block of the part has the value.
    slots: Vec<u64>,
    /// The class of each block of the part that is the first with its value, or [`ALONE`].
    class: Vec<u32>,
    /// Blocks of each class; at least two, but for [`ALONE`].
    sizes: Vec<u32>,
}

impl Table {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.sizes.clear();
        self.sizes.push(1);
    }

    /// Sorts the blocks of a part into classes of its own: they are known to be unlike all before. `each` is told
    /// which block belongs to which, once it is known that it belongs to one; classes are numbered from 1.
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
        let Found { value, candidate: Candidate { number, digits } } = part[at];
        let mut slot = self.home(digits);
        while self.slots[slot] != EMPTY {
            let (fingerprint, met) = ((self.slots[slot] >> 32) as u32, self.slots[slot] as u32 as usize);
            if fingerprint == digits && part[met].value == value {
                if self.class[met] == ALONE {
                    self.class[met] =
                        u32::try_from(self.sizes.len()).expect("there are fewer classes than blocks");
                    self.sizes.push(1);
                    each(part[met].candidate.number, self.class[met]);
                }
                let class = self.class[met];
                self.sizes[class as usize] += 1;
                return each(number, class);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = u64::from(digits) << 32 | at as u64;
    }

    /// Blocks of each class.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Where a value belongs if there is room: those of a part have the high digits in common, and all have one more.
    #[inline]
    fn home(&self, digits: u32) -> usize {
        (digits ^ digits >> 12) as usize & (self.slots.len() - 1)
    }
}
