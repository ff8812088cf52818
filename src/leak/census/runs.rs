//! Runs: stretches of equal blocks, found without a branch that depends on a single block.

use super::{Block, hash};

/// Blocks compared at once with those before them: in flat art whole groups are passed over.
const GROUP: usize = 8;
const GROUP_BLOCKS: u32 = 8;

/// Blocks after which a run ends even where the next block is equal: what was searched for runs is then
/// still in the first-level cache when their values are hashed.
const STRETCH: usize = 1 << 10;

/// Equal blocks, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The number of the first one.
    pub start: u32,
    /// The high half of the hash of their value.
    pub hash: u32,
}

/// Notes all runs of `blocks` in `runs`, in order. `each` is handed the hash of their value and how many
/// blocks they have.
pub(super) fn find(blocks: &[Block], runs: &mut Vec<Run>, mut each: impl FnMut(u64, u32)) {
    runs.clear();
    let mut starts = [0; STRETCH];
    for (first, stretch) in (0..).step_by(STRETCH).zip(blocks.chunks(STRETCH)) {
        let found = starts_of_runs(stretch, &mut starts);
        let starts = &starts[..found];
        #[expect(clippy::cast_possible_truncation, reason = "a stretch is short")]
        let ends = starts.iter().skip(1).copied().chain([stretch.len() as u32]);
        runs.extend(starts.iter().zip(ends).map(|(&start, end)| {
            let hash = hash(stretch[start as usize]);
            each(hash, end - start);
            Run { start: first + start, hash: (hash >> 32) as u32 }
        }));
    }
}

/// Notes where runs start in a stretch; returns how many there are.
fn starts_of_runs(stretch: &[Block], starts: &mut [u32; STRETCH]) -> usize {
    let mut found = 1;
    let mut number = 1;
    for (now, before) in stretch[1..].chunks(GROUP).zip(stretch.chunks(GROUP)) {
        let same = match (now.as_array::<GROUP>(), before.as_array::<GROUP>()) {
            (Some(now), Some(before)) => now == before,
            _ => false,
        };
        if same {
            number += GROUP_BLOCKS;
            continue;
        }
        for (now, before) in now.iter().zip(before) {
            starts[found] = number;
            found += usize::from(now != before);
            number += 1;
        }
    }
    found
}
