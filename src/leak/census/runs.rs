//! Runs: stretches of equal blocks among those that may be equal to others.

use super::{Block, STRETCH, hash_all};

/// Equal blocks, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// What all of them are.
    pub value: Block,
    /// The number of the first one.
    pub start: u32,
    /// How many there are.
    pub blocks: u32,
}

/// Finds the runs among those of `blocks` whose hashes `include` picks out; they are numbered from `first`.
/// `each` is handed every run once, in order.
///
/// Blocks are picked without a branch: which of them are cannot be foreseen.
pub(super) fn find(blocks: &[Block], first: u32, include: impl Fn(u64) -> bool, mut each: impl FnMut(Run)) {
    let (mut hashes, mut picked) = ([0u64; STRETCH], [0u32; STRETCH]);
    let mut run = Run::default();
    for (stretch, start) in blocks.chunks(STRETCH).zip((first..).step_by(STRETCH)) {
        let mut count = 0;
        for (at, &hash) in (0u32..).zip(hash_all(stretch, &mut hashes)) {
            picked[count] = at;
            count += usize::from(include(hash));
        }
        for &at in &picked[..count] {
            let (value, number) = (stretch[at as usize], start + at);
            if value == run.value && number == run.start + run.blocks {
                run.blocks += 1;
                continue;
            }
            if run.blocks > 0 {
                each(run);
            }
            run = Run { value, start: number, blocks: 1 };
        }
    }
    if run.blocks > 0 {
        each(run);
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash;
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
            find(blocks, 7, |_| true, |run| found.push(run));
            let starts: Vec<usize> =
                (0..blocks.len()).filter(|&at| at == 0 || blocks[at] != blocks[at - 1]).collect();
            assert_eq!(found.iter().map(|run| run.start as usize - 7).collect::<Vec<_>>(), starts);
            let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
            let lengths: Vec<usize> = starts.iter().zip(ends).map(|(start, end)| end - start).collect();
            assert_eq!(found.iter().map(|run| run.blocks as usize).collect::<Vec<_>>(), lengths);
            assert!(found.iter().all(|run| run.value == blocks[run.start as usize - 7]));
        }
    }

    #[test]
    fn a_block_that_is_not_picked_parts_a_run_and_is_in_none() {
        let value = |byte| [byte; 16];
        let blocks = [0, 0, 1, 0, 0, 0, 1, 1, 0].map(value);
        let mut found = Vec::new();
        find(&blocks, 0, |it| it == hash(value(0)), |run| found.push((run.start, run.blocks)));
        assert_eq!(found, [(0, 2), (3, 3), (8, 1)]);
    }
}
