//! Runs: stretches of equal blocks, found without a branch that depends on a block.

use super::{Block, hash};

/// Blocks after which the runs found are handed on: they are then still in the first-level cache.
const STRETCH: usize = 1 << 10;

/// Equal blocks, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// The number of the first one.
    pub start: u32,
    /// The high half of the hash of their value.
    pub hash: u32,
    /// How many there are.
    pub blocks: u32,
}

/// Finds all runs of `blocks`, which are numbered from `first`. `each` is handed every run once, in order.
pub(super) fn find(blocks: &[Block], first: u32, mut each: impl FnMut(Run)) {
    // What is behind the runs found is left from before.
    let mut noted = [Run::default(); STRETCH + 1];
    let mut found = 0;
    let mut number = first;
    let mut before = blocks.first().map_or(0, |&block| !u128::from_le_bytes(block));
    for stretch in blocks.chunks(STRETCH) {
        for &block in stretch {
            // Every block is noted as a run, over the one before it where that was none.
            noted[found] = Run { start: number, hash: (hash(block) >> 32) as u32, blocks: 0 };
            let value = u128::from_le_bytes(block);
            found += usize::from(value != before);
            before = value;
            number += 1;
        }
        for at in 1..found {
            let run = noted[at - 1];
            each(Run { blocks: noted[at].start - run.start, ..run });
        }
        // The last run may go on in the next stretch.
        noted[0] = noted[found - 1];
        found = 1;
    }
    if let (Some(_), last) = (blocks.first(), noted[0]) {
        each(Run { blocks: number - last.start, ..last });
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
        for blocks in [&blocks[..], &blocks[..2048], &blocks[..1], &[]] {
            let mut found = Vec::new();
            find(blocks, 7, |run| found.push(run));
            let starts: Vec<usize> =
                (0..blocks.len()).filter(|&at| at == 0 || blocks[at] != blocks[at - 1]).collect();
            assert_eq!(found.iter().map(|run| run.start as usize - 7).collect::<Vec<_>>(), starts);
            let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
            let lengths: Vec<usize> = starts.iter().zip(ends).map(|(start, end)| end - start).collect();
            assert_eq!(found.iter().map(|run| run.blocks as usize).collect::<Vec<_>>(), lengths);
            let is_of = |run: &Run| u64::from(run.hash) == hash(blocks[run.start as usize - 7]) >> 32;
            assert!(found.iter().all(is_of));
        }
    }
}
