//! Runs: stretches of equal blocks among those that may be equal to others.

use super::{Block, STRETCH};

/// Equal blocks, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// What all of them are.
    pub value: Block,
    /// Digits of the hash of that.
    pub digits: u32,
    /// The number of the first one.
    pub start: u32,
    /// How many there are.
    pub blocks: u32,
}

/// Finds the runs among those of `blocks` whose `digits` are to be included; they are numbered from `first`.
/// `each` is handed every run once, in order.
///
/// Blocks are picked without a branch: which of them are cannot be foreseen.
pub(super) fn find(
    blocks: &[Block],
    digits: &[u32],
    first: u32,
    include: impl Fn(u32) -> bool,
    mut each: impl FnMut(Run),
) {
    let (mut is, mut picked) = ([false; STRETCH], [0u32; STRETCH]);
    let mut run = Run::default();
    let stretches = blocks.chunks(STRETCH).zip(digits.chunks(STRETCH));
    for ((stretch, digits), start) in stretches.zip((first..).step_by(STRETCH)) {
        for (is, &digits) in is.iter_mut().zip(digits) {
            *is = include(digits);
        }
        let mut count = 0;
        for (at, &is) in (0u32..).zip(&is[..stretch.len()]) {
            picked[count] = at;
            count += usize::from(is);
        }
        for &at in &picked[..count] {
            let (value, number) = (stretch[at as usize], start + at);
            if run.blocks > 0 && value == run.value && number == run.start + run.blocks {
                run.blocks += 1;
                continue;
            }
            if run.blocks > 0 {
                each(run);
            }
            run = Run { value, digits: digits[at as usize], start: number, blocks: 1 };
        }
    }
    if run.blocks > 0 {
        each(run);
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
            let digits = vec![0; blocks.len()];
            find(blocks, &digits, 7, |_| true, |run| found.push(run));
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
        let digits = [0, 0, 1, 0, 0, 0, 1, 1, 0];
        let blocks = digits.map(|digit| [digit; 16]);
        let mut found = Vec::new();
        find(
            &blocks,
            &digits.map(u32::from),
            0,
            |digits| digits == 0,
            |run| found.push((run.start, run.blocks)),
        );
        assert_eq!(found, [(0, 2), (3, 3), (8, 1)]);
    }
}
