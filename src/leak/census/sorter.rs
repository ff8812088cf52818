//! Sorting runs into classes, for a half of the parts at a time.

use std::ops::Range;

#[cfg(doc)]
use super::ALONE;
use super::runs::Run;
use super::table::Table;

/// Sorts runs into classes, and says which blocks of the frame belong to them.
#[derive(Default)]
pub(super) struct Sorter {
    table: Table,
    /// The blocks in each half of the frame that belong to a class, and to which.
    sorted: [Vec<(Range<u32>, u32)>; 2],
    /// The sizes of the classes within the frame.
    pub in_frame: Vec<u32>,
    /// Blocks that are alone in the frame, but not in the memory.
    pub met_before: u64,
}

impl Sorter {
    /// Sorts the runs of some parts: those that begin in the upper half of a frame of so many blocks, and all others,
    /// which are taken from where they are.
    pub fn sort(&mut self, upper: &mut [Vec<Run>], lower: &mut [Vec<Run>], blocks_of_frame: usize) {
        let Self { table, sorted, in_frame, met_before } = self;
        table.clear();
        sorted.iter_mut().for_each(Vec::clear);
        in_frame.clear();
        *met_before = 0;
        let middle = blocks_of_frame / 2;
        for (part, more) in upper.iter_mut().zip(lower) {
            part.append(more);
            let founded = table.sizes().len();
            table.start(part.len());
            // Those of the frame come first.
            let own = part.partition_point(|run| (run.start as usize) < blocks_of_frame);
            let half = |blocks: &Range<u32>| usize::from(blocks.start as usize >= middle);
            table.sort(part, 0..own, |blocks, number| sorted[half(&blocks)].push((blocks, number)));
            in_frame.extend_from_slice(&table.sizes()[founded..]);
            table.sort(part, own..part.len(), |blocks, number| {
                if (blocks.start as usize) < blocks_of_frame {
                    *met_before += 1;
                    sorted[half(&blocks)].push((blocks, number));
                }
            });
        }
    }

    pub fn has_sorted(&self) -> bool {
        self.sorted.iter().any(|sorted| !sorted.is_empty())
    }

    /// Blocks of each class; the first is no class of its own ([`ALONE`]).
    pub fn sizes(&self) -> &[u32] {
        self.table.sizes()
    }

    /// How many classes it has founded.
    pub fn classes(&self) -> u32 {
        u32::try_from(self.table.sizes().len() - 1).expect("there are fewer classes than blocks")
    }

    /// Writes the classes of the blocks in a half of the frame, numbered on from so many others. The half begins with
    /// block `first`.
    pub fn fill(&self, half: usize, from: u32, first: usize, class: &mut [u32]) {
        for (blocks, number) in &self.sorted[half] {
            class[blocks.start as usize - first..blocks.end as usize - first].fill(from + number);
        }
    }
}
