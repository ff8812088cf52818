//! Suspects: values that may occur twice, so that those that occur once never enter the table.

use super::{Block, Bytes, STRETCH, hash_all};

/// Bits for each block of what was seen.
const SEEN_A_BLOCK: usize = 4;

/// Bits of what was seen again, for each block that was.
const AGAIN_A_BLOCK: usize = 8;

/// Two sets of bits by hash, three bits of a word for each (a Bloom filter that reads one word). What occurs twice
/// is always suspected, what occurs once only by chance: about one unique value in ten where nothing repeats.
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
        let (mut hashes, mut before, mut met) = ([0u64; STRETCH], [false; STRETCH], [0u32; STRETCH]);
        for (stretch, lows) in blocks.chunks(STRETCH).zip(self.lows[first..].chunks_mut(STRETCH)) {
            // One thing at a time: a loop that looks up bits and does something with what it finds waits for both.
            let hashes = hash_all(self.bytes, stretch, &mut hashes);
            for ((before, low), &hash) in before.iter_mut().zip(&mut *lows).zip(hashes) {
                let high;
                (high, *low) = halves(hash);
                *before = self.seen.set(high);
            }
            // Without a branch: which block was met before cannot be foreseen.
            let mut count = 0;
            for (&before, &low) in before.iter().zip(&*lows) {
                met[count] = low;
                count += usize::from(before);
            }
            self.met.extend_from_slice(&met[..count]);
        }
    }

    /// Says which are suspects, once all blocks are noted.
    pub fn finish(&mut self) {
        self.again.clear(self.met.len() * AGAIN_A_BLOCK);
        for &low in &self.met {
            self.again.set(low);
        }
    }

    /// The digits by which some blocks are [included](Self::include), from the block `first` on.
    pub fn digits(&self, first: usize) -> &[u32] {
        &self.lows[first..]
    }

    /// False where a value with these digits was noted once.
    #[inline]
    pub fn include(&self, low: u32) -> bool {
        self.again.get(low)
    }
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

    #[inline]
    fn get(&self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash;
    use super::*;

    #[test]
    fn what_occurs_twice_is_always_suspected_and_what_occurs_once_seldom() {
        // Blocks 0 to 9999, those below 500 once more in a later frame.
        let blocks: Vec<Block> = (0..10_000u128).chain(0..500).map(u128::to_le_bytes).collect();
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
        let suspected = |block: &&Block| suspects.include(halves(hash(**block)).1);
        assert_eq!(blocks[..500].iter().filter(suspected).count(), 500);
        let wrongly = blocks[500..10_000].iter().filter(suspected).count();
        assert!(wrongly < 9_500 * 2 / 10, "{wrongly} of 9500");
    }
}
