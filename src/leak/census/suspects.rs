//! Suspects: values that may occur twice, so that those that occur once never enter the table.

use super::runs::Run;

/// Bits for each run of what was seen.
const SEEN_A_RUN: usize = 8;

/// Bits for each run of what was seen again. They are found by other digits of the hash: who shares the one bit
/// with a suspect need not share the other.
const AGAIN_A_RUN: usize = 2;

/// Two sets of bits by hash. What occurs twice is always suspected, what occurs once only by chance: about one
/// unique value in fifteen where nothing repeats.
#[derive(Default)]
pub(super) struct Suspects {
    seen: Bits,
    again: Bits,
}

impl Suspects {
    /// Forgets all, and makes room for `runs` runs.
    pub fn clear(&mut self, runs: usize) {
        self.seen.clear(runs * SEEN_A_RUN);
        self.again.clear(runs * AGAIN_A_RUN);
    }

    /// Notes a run.
    #[inline]
    pub fn note(&mut self, run: Run) {
        let before = self.seen.set(run.hash, true);
        let again = u8::from(before) | u8::from(run.blocks > 1);
        self.again.set(other_digits(run.hash), again != 0);
    }

    /// False where the value with this hash was noted once, as a single block.
    #[inline]
    pub fn include(&self, hash: u32) -> bool {
        self.again.get(other_digits(hash))
    }
}

fn other_digits(hash: u32) -> u32 {
    hash.wrapping_mul(0x9e37_79b1).rotate_left(13)
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

    /// Word and bit of a hash.
    #[inline]
    fn place(&self, hash: u32) -> (usize, u32) {
        ((hash >> 6) as usize & (self.words.len() - 1), hash & 63)
    }

    /// Sets a bit where `is` says so; says whether it was set before.
    #[inline]
    fn set(&mut self, hash: u32, is: bool) -> bool {
        let (word, bit) = self.place(hash);
        let word = &mut self.words[word];
        let before = *word >> bit & 1 != 0;
        *word |= u64::from(is) << bit;
        before
    }

    #[inline]
    fn get(&self, hash: u32) -> bool {
        let (word, bit) = self.place(hash);
        self.words[word] >> bit & 1 != 0
    }
}
