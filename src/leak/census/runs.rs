//! Runs: stretches of equal blocks, found without a branch that depends on a block.

use super::{Block, hash};

/// Blocks after which the runs found are handed on: they are then still in the first-level cache.
const STRETCH: usize = 1 << 10;

/// Equal blocks, one after the other, up to where the next run starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// The number of the first one.
    pub start: u32,
    /// The high half of the hash of their value.
    pub hash: u32,
}

/// The runs of a frame, in order.
#[derive(Default)]
pub(super) struct Runs {
    /// What is behind the runs found is left from before.
    noted: Vec<Run>,
    found: usize,
}

impl Runs {
    /// Finds all runs of `blocks`, which are numbered from `first`. `each` is handed every run and the one
    /// after it, once.
    pub fn find(&mut self, blocks: &[Block], first: u32, mut each: impl FnMut(Run, Run)) {
        if self.noted.len() <= blocks.len() {
            self.noted.resize(blocks.len() + 1, Run::default());
        }
        let mut found = 0;
        let mut handed_on = 0;
        let mut number = first;
        let mut before = blocks.first().map_or(0, |&block| !u128::from_le_bytes(block));
        for stretch in blocks.chunks(STRETCH) {
            for &block in stretch {
                // Every block is noted as a run, over the one before it where that was none.
                self.noted[found] = Run { start: number, hash: (hash(block) >> 32) as u32 };
                let value = u128::from_le_bytes(block);
                found += usize::from(value != before);
                before = value;
                number += 1;
            }
            // The last run may go on in the next stretch.
            hand_on(&self.noted[handed_on..found], &mut each);
            handed_on = found - 1;
        }
        self.noted[found].start = number;
        self.found = found;
        hand_on(&self.noted[handed_on..=found], &mut each);
    }

    /// All runs, and an entry that says where the last one ends.
    pub fn all(&self) -> &[Run] {
        self.noted.get(..=self.found).unwrap_or_default()
    }
}

fn hand_on(runs: &[Run], each: &mut impl FnMut(Run, Run)) {
    for pair in runs.windows(2) {
        each(pair[0], pair[1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_start_where_a_block_is_unlike_the_one_before() {
        // Longer and shorter than a stretch, and ending with one.
        let lengths = [1, 1, 3, 2000, 1, 42, 1024, 1];
        let values =
            (0u128..).zip(lengths).flat_map(|(value, length)| std::iter::repeat_n(value % 3, length));
        let blocks: Vec<Block> = values.map(u128::to_le_bytes).collect();
        let mut runs = Runs::default();
        for blocks in [&blocks[..], &blocks[..2048], &blocks[..1], &[]] {
            let mut handed_on = Vec::new();
            runs.find(blocks, 7, |run, next| handed_on.push((run, next)));
            let starts: Vec<usize> =
                (0..blocks.len()).filter(|&at| at == 0 || blocks[at] != blocks[at - 1]).collect();
            let found: Vec<usize> = runs.all().iter().map(|run| run.start as usize - 7).collect();
            assert_eq!(found, [&starts[..], &[blocks.len()]].concat());
            let all: Vec<_> = runs.all().windows(2).map(|pair| (pair[0], pair[1])).collect();
            assert_eq!(handed_on, all);
            let is_of = |run: &Run| u64::from(run.hash) == hash(blocks[run.start as usize - 7]) >> 32;
            assert!(handed_on.iter().all(|(run, _)| is_of(run)));
        }
    }
}
