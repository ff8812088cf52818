//! Runs: stretches of equal blocks among those that may be equal to others.

use super::Block;
use super::suspects::Suspect;

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

/// Finds runs among the suspects of a frame, and puts each into its part.
pub(super) struct Finder<'a, F> {
    parts: &'a mut [Vec<Run>],
    of_part: F,
    /// The part with the last run.
    part: usize,
    /// The block with which that would go on.
    next: Option<u32>,
}

impl<'a, F: Fn(u32) -> usize> Finder<'a, F> {
    /// Puts runs into parts, by their digits.
    pub fn new(parts: &'a mut [Vec<Run>], of_part: F) -> Self {
        Self { parts, of_part, part: 0, next: None }
    }

    /// Goes on with the next suspect. `blocks` are those of the frame, numbered from `first`.
    #[inline]
    pub fn add(&mut self, blocks: &[Block], first: u32, Suspect { number, digits }: Suspect) {
        let value = blocks[(number - first) as usize];
        let follows = self.next.replace(number + 1) == Some(number);
        if follows
            && let Some(run) = self.parts[self.part].last_mut()
            && run.value == value
        {
            run.blocks += 1;
            return;
        }
        self.part = (self.of_part)(digits);
        self.parts[self.part].push(Run { value, digits, start: number, blocks: 1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The runs among the blocks that are picked; blocks are numbered from 7.
    fn runs(blocks: &[Block], is_picked: impl Fn(usize) -> bool) -> Vec<Run> {
        let mut parts = [const { Vec::new() }; 2];
        let mut finder = Finder::new(&mut parts, |digits| digits as usize & 1);
        for (number, at) in (7..).zip(0..blocks.len()).filter(|&(_, at)| is_picked(at)) {
            finder.add(blocks, 7, Suspect { number, digits: blocks[at][0].into() });
        }
        assert!(parts.iter().zip(0..).all(|(part, odd)| part.iter().all(|run| run.digits & 1 == odd)));
        let mut found = parts.concat();
        found.sort_by_key(|run| run.start);
        found
    }

    #[test]
    fn runs_start_where_a_block_is_unlike_the_one_before() {
        let lengths = [1, 1, 3, 200, 1, 42, 100, 1];
        let values =
            (0u128..).zip(lengths).flat_map(|(value, length)| std::iter::repeat_n(value % 3, length));
        let blocks: Vec<Block> = values.map(u128::to_le_bytes).collect();
        for blocks in [&blocks[..], &blocks[..200], &blocks[..1], &[]] {
            let found = runs(blocks, |_| true);
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
        let found = runs(&[[0; 16]; 9], |at| ![2, 6, 7].contains(&at));
        assert_eq!(
            found.iter().map(|run| (run.start, run.blocks)).collect::<Vec<_>>(),
            [(7, 2), (10, 3), (15, 1)]
        );
    }
}
