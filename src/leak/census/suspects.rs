//! Suspects: values that may occur twice, so that those that occur once never enter the table.

use super::runs::Run;

/// Marks for each block of what is counted. With four, about one unique value in five is suspected wrongly,
/// which costs less than a table of marks that is larger than the second-level cache.
const MARKS_A_BLOCK: usize = 4;

/// Marks in a word: two bits each.
const MARKS_A_WORD: usize = 32;

/// Marks by hash: none, met once, met again. What occurs twice is always suspected, what occurs once only
/// by chance.
#[derive(Default)]
pub(super) struct Suspects {
    words: Vec<u64>,
}

impl Suspects {
    /// Forgets all, and makes room for `blocks` blocks.
    pub fn clear(&mut self, blocks: usize) {
        self.words.clear();
        self.words.resize((blocks * MARKS_A_BLOCK).div_ceil(MARKS_A_WORD).next_power_of_two(), 0);
    }

    /// Notes a run, `next` being the one after it.
    #[inline]
    pub fn note(&mut self, run: Run, next: Run) {
        let (word, shift) = self.place(run.hash);
        let word = &mut self.words[word];
        let again = (*word >> shift & 1) | u64::from(next.start - run.start > 1);
        *word |= (1 | again << 1) << shift;
    }

    /// False where the value with this hash was noted once, as a single block.
    #[inline]
    pub fn include(&self, hash: u32) -> bool {
        let (word, shift) = self.place(hash);
        self.words[word] >> shift & 2 != 0
    }

    /// Word and place in it of the mark of a hash.
    #[inline]
    fn place(&self, hash: u32) -> (usize, u32) {
        ((hash >> 5) as usize & (self.words.len() - 1), (hash & 31) * 2)
    }
}
