//! Suspects: values that may occur twice, so that those that occur once never enter the table.

use std::ops::Range;

use super::{Block, Bytes, STRETCH, hash_all};

/// Bits for each block of what was seen.
const SEEN_A_BLOCK: usize = 4;

/// Bits of what was seen again, for each block that was, and of what is looked through once more.
const AGAIN_A_BLOCK: usize = 8;

/// Where no more than one block in so many was seen again, most of them were so by chance: one in 17 is where
/// nothing repeats.
const MOST_BY_CHANCE: usize = 10;

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Suspect {
    /// Which block it is.
    pub number: u32,
    /// Half of its hash.
    pub digits: u32,
}

/// Two sets of bits by hash, three bits of a word for each (a Bloom filter that reads one word). What occurs twice
/// is always suspected, what occurs once only by chance: about one unique value in ten where nothing repeats. Those
/// are then looked through once more in the same way, so that about one in two hundred is left.
///
/// The second set is found by other digits of the hash than the first: who shares the bits of the one with a
/// suspect need not share those of the other.
#[derive(Default)]
pub(super) struct Suspects {
    bytes: Bytes,
    seen: Bits,
    /// The other digits of all blocks: to read them again costs less than to read the blocks again.
    lows: Vec<u32>,
    /// Those of what was seen again.
    met: Vec<u32>,
    again: Bits,
    /// All suspects, where they are few.
    few: Vec<Suspect>,
    are_few: bool,
}

impl Suspects {
    /// Forgets all, and makes ready for so many blocks of such bytes.
    pub fn start(&mut self, blocks: usize, bytes: Bytes) {
        self.bytes = bytes;
        self.seen.clear(blocks * SEEN_A_BLOCK);
        self.met.clear();
        self.lows.resize(blocks, 0);
    }

    /// Notes some blocks, numbered from `first`, in any order.
    ///
    /// # Panics
    /// If there are more blocks than it was made ready for.
    pub fn note(&mut self, first: usize, blocks: &[Block]) {
        let (mut hashes, mut before, mut picked) = ([0; STRETCH], [false; STRETCH], [0; STRETCH]);
        for (stretch, lows) in blocks.chunks(STRETCH).zip(self.lows[first..].chunks_mut(STRETCH)) {
            // One thing at a time: a loop that looks up bits and does something with what it finds waits for both.
            let hashes = hash_all(self.bytes, stretch, &mut hashes);
            for ((before, low), &hash) in before.iter_mut().zip(&mut *lows).zip(hashes) {
                let high;
                (high, *low) = halves(hash);
                *before = self.seen.set(high);
            }
            self.met.extend_from_slice(pick(&before, lows.iter().copied(), &mut picked));
        }
    }

    /// Says which are suspects, once all blocks are noted.
    pub fn finish(&mut self) {
        self.again.hold(&self.met);
        self.are_few = self.met.len() * MOST_BY_CHANCE < self.lows.len();
        if self.are_few {
            let mut few = std::mem::take(&mut self.few);
            few.clear();
            self.look_through(0..self.lows.len(), |suspect| few.push(suspect));
            self.look_again(&mut few);
            self.few = few;
        }
    }

    /// Hands over the suspects among some blocks, in order.
    ///
    /// # Panics
    /// If there are no such blocks.
    #[inline]
    pub fn among(&self, blocks: Range<usize>, each: impl FnMut(Suspect)) {
        if self.are_few {
            let [start, end] = [blocks.start, blocks.end]
                .map(|at| self.few.partition_point(|suspect| (suspect.number as usize) < at));
            self.few[start..end].iter().copied().for_each(each);
        } else {
            self.look_through(blocks, each);
        }
    }

    /// Finds which of some blocks share the bits of what was seen again.
    #[inline]
    fn look_through(&self, blocks: Range<usize>, mut each: impl FnMut(Suspect)) {
        let (mut again, mut picked) = ([false; STRETCH], [0; STRETCH]);
        let first = u32::try_from(blocks.start).expect("blocks have numbers below 2^31");
        for (lows, first) in self.lows[blocks].chunks(STRETCH).zip((first..).step_by(STRETCH)) {
            for (again, &low) in again.iter_mut().zip(lows) {
                *again = self.again.has(low);
            }
            for &at in pick(&again[..lows.len()], 0u32.., &mut picked) {
                each(Suspect { number: first + at, digits: lows[at as usize] });
            }
        }
    }

    /// Forgets those of a few suspects that are found to be by chance when nobody else is looked at.
    fn look_again(&mut self, few: &mut Vec<Suspect>) {
        let Self { seen, met, again, .. } = self;
        // What shared bits by its digits does not by digits times an odd number.
        let digits = |suspect: &Suspect| suspect.digits.wrapping_mul(0x9e37_79b1);
        seen.clear(few.len() * AGAIN_A_BLOCK);
        met.clear();
        let (mut before, mut picked) = ([false; STRETCH], [0; STRETCH]);
        for few in few.chunks(STRETCH) {
            for (before, suspect) in before.iter_mut().zip(few) {
                *before = seen.set(digits(suspect));
            }
            met.extend_from_slice(pick(&before, few.iter().map(digits), &mut picked));
        }
        again.hold(met);
        few.retain(|suspect| again.has(digits(suspect)));
    }
}

/// Those of some things that are flagged, at most as many as there is room for.
///
/// Without a branch: which of them are cannot be foreseen.
#[inline]
fn pick<'a, T>(flags: &[bool], from: impl Iterator<Item = T>, room: &'a mut [T; STRETCH]) -> &'a [T] {
    let mut count = 0;
    for (&flag, thing) in flags.iter().zip(from) {
        room[count] = thing;
        count += usize::from(flag);
    }
    &room[..count]
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(hash: u64) -> (u32, u32) {
    ((hash >> 32) as u32, hash as u32)
}

/// Which bits of a word belong to a hash, to be looked up: to shift three of them into their places takes longer.
/// Those of number n are bit n mod 64 and two others, at distances that hang on the rest of n.
const BITS: [u64; 1 << BITS_DIGITS] = {
    let mut bits = [0; 1 << BITS_DIGITS];
    let mut number = 0;
    while number < 1 << BITS_DIGITS {
        let (first, way) = (1u64.rotate_left(number % 64), number / 64);
        bits[number as usize] = first | first.rotate_left(7 + 2 * way) | first.rotate_left(24 + 5 * way);
        number += 1;
    }
    bits
};

/// Digits of a hash that choose its bits.
const BITS_DIGITS: u32 = 9;

/// A power of two of bits.
#[derive(Default)]
struct Bits {
    words: Vec<u64>,
}

impl Bits {
    fn clear(&mut self, bits: usize) {
        self.words.clear();
        self.words.resize(bits.div_ceil(64).next_power_of_two(), 0);
    }

    /// The word of a hash, and its bits there.
    #[inline]
    fn place(&self, hash: u32) -> (usize, u64) {
        ((hash >> 12) as usize & (self.words.len() - 1), BITS[(hash & ((1 << BITS_DIGITS) - 1)) as usize])
    }

    /// Sets the bits; says whether all were set before.
    #[inline]
    fn set(&mut self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        let word = &mut self.words[word];
        let before = *word;
        *word = before | bits;
        before & bits == bits
    }

    /// Forgets all but some hashes.
    fn hold(&mut self, hashes: &[u32]) {
        self.clear(hashes.len() * AGAIN_A_BLOCK);
        for &hash in hashes {
            self.set(hash);
        }
    }

    #[inline]
    fn has(&self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash;
    use super::*;

    /// Blocks 0 to 9999, those below `again` once more in a later frame: who is suspected.
    fn suspected(again: usize) -> Vec<bool> {
        let blocks: Vec<Block> = (0..10_000u128).chain(0..again as u128).map(u128::to_le_bytes).collect();
        let mut suspects = Suspects::default();
        // Nothing is left from before.
        for frames in [&[&blocks[..500], &blocks[..500]][..], &[&blocks[..10_000], &blocks[10_000..]]] {
            suspects.start(frames.iter().map(|blocks| blocks.len()).sum(), Bytes::Any);
            let mut first = 0;
            for blocks in frames {
                suspects.note(first, blocks);
                first += blocks.len();
            }
            suspects.finish();
        }
        let mut suspected = vec![false; blocks.len()];
        for numbers in [0..10_000, 10_000..blocks.len()] {
            suspects.among(numbers.clone(), |Suspect { number, digits }| {
                assert!(numbers.contains(&(number as usize)));
                assert_eq!(digits, halves(hash(blocks[number as usize])).1);
                suspected[number as usize] = true;
            });
        }
        suspected
    }

    #[test]
    fn what_occurs_twice_is_always_suspected_and_what_occurs_once_seldom() {
        // Where few are suspected, they are looked through once more.
        for (again, most) in [(500, 2000), (100, 200), (0, 100)] {
            let suspected = suspected(again);
            assert!(suspected[..again].iter().chain(&suspected[10_000..]).all(|&is| is));
            let wrongly = suspected[again..10_000].iter().filter(|&&is| is).count();
            assert!(wrongly < most, "{wrongly} of {}", 10_000 - again);
        }
    }
}
