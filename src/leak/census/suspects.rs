//! Suspects: values that may occur twice, so that those that occur once never enter the table.

use super::{Block, STRETCH, hash_all};

/// Bits for each block of what was seen.
const SEEN_A_BLOCK: usize = 4;

/// Bits of what was seen again, for each block that was.
const AGAIN_A_BLOCK: usize = 8;

/// Two sets of bits by hash, two bits of a word for each (a Bloom filter that reads one word). What occurs twice
/// is always suspected, what occurs once only by chance: about one unique value in ten where nothing repeats.
///
/// The second set is found by other digits of the hash than the first: who shares the bits of the one with a
/// suspect need not share those of the other.
#[derive(Default)]
pub(super) struct Suspects {
    seen: Bits,
    /// The other digits of what was seen again.
    met: Vec<u32>,
    again: Bits,
}

impl Suspects {
    /// Forgets all, and makes ready for so many blocks.
    pub fn start(&mut self, blocks: usize) {
        self.seen.clear(blocks * SEEN_A_BLOCK);
        self.met.clear();
    }

    /// Notes some blocks, in any order.
    pub fn note(&mut self, blocks: &[Block]) {
        let (mut hashes, mut met) = ([0u64; STRETCH], [0u32; STRETCH]);
        for stretch in blocks.chunks(STRETCH) {
            let mut count = 0;
            for &hash in hash_all(stretch, &mut hashes) {
                // Without a branch: which block was met before cannot be foreseen.
                let (high, low) = halves(hash);
                met[count] = low;
                count += usize::from(self.seen.set(high));
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

    /// False where the value with this hash was noted once.
    #[inline]
    pub fn include(&self, hash: u64) -> bool {
        self.again.get(halves(hash).1)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(hash: u64) -> (u32, u32) {
    ((hash >> 32) as u32, hash as u32)
}

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
        ((hash >> 12) as usize & (self.words.len() - 1), 1 << (hash & 63) | 1 << (hash >> 6 & 63))
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
            suspects.start(frames.iter().map(|blocks| blocks.len()).sum());
            for blocks in frames {
                suspects.note(blocks);
            }
            suspects.finish();
        }
        let suspected = |block: &&Block| suspects.include(hash(**block));
        assert_eq!(blocks[..500].iter().filter(suspected).count(), 500);
        let wrongly = blocks[500..10_000].iter().filter(suspected).count();
        assert!(wrongly < 9_500 * 2 / 10, "{wrongly} of 9500");
    }
}
