//! Suspects: values that may occur twice, so that those that occur once never enter the table.

/// Bits for each block of what was seen: about one unique value in twice as many is suspected wrongly, and
/// the bitmap of a 1080p frame (8 Mibit) stays in the second-level cache.
const BITS_A_BLOCK: usize = 16;

/// So many times smaller is the bitmap of what was seen again. It finds its bits by other digits of the
/// hash: who shares the one bit with a suspect need not share the other.
const SEEN_PER_AGAIN: usize = 8;

/// Two bitmaps by hash. What occurs twice is always suspected, what occurs once only by chance.
#[derive(Default)]
pub(super) struct Suspects {
    seen: Bitmap,
    again: Bitmap,
}

impl Suspects {
    /// Forgets all, and makes room for `blocks` blocks.
    pub fn clear(&mut self, blocks: usize) {
        let bits = (blocks * BITS_A_BLOCK).next_power_of_two();
        self.seen.clear(bits);
        self.again.clear(bits / SEEN_PER_AGAIN);
    }

    /// Notes a value that occurs `blocks` times in a row.
    #[inline]
    pub fn note(&mut self, hash: u64, blocks: u32) {
        let before = self.seen.set(hash);
        if before || blocks > 1 {
            self.again.set(hash >> 32);
        }
    }

    /// False where the value whose hash has this high half was noted once.
    #[inline]
    pub fn include(&self, hash: u32) -> bool {
        self.again.get(hash.into())
    }
}

/// A power of two of bits, by the low digits of a hash.
#[derive(Default)]
struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    fn clear(&mut self, bits: usize) {
        self.words.clear();
        self.words.resize(bits.div_ceil(64).next_power_of_two(), 0);
    }

    /// Word and bit of a hash.
    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize & (self.words.len() - 1), 1 << (hash & 63))
    }

    /// Sets a bit; says whether it was set before.
    #[inline]
    fn set(&mut self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        let word = &mut self.words[word];
        let before = *word & bit != 0;
        *word |= bit;
        before
    }

    #[inline]
    fn get(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.words[word] & bit != 0
    }
}
