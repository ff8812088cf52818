//! Sorting suspects into classes, for a half of the parts at a time.

#[cfg(doc)]
use super::classes::ALONE;
use super::table::{Found, Table};

/// Sorts suspects into classes, and says which blocks of the frame belong to them.
#[derive(Default)]
pub(super) struct Partition {
    table: Table,
    /// The blocks in each half of the frame that belong to a class, and to which.
    sorted: [Vec<(u32, u32)>; 2],
}

impl Partition {
    /// Sorts the candidates of some parts: those in the upper half of a frame, which ends before block `middle`, and
    /// those in the lower half, which are taken from where they are.
    pub fn sort(&mut self, upper: &mut [Vec<Found>], lower: &mut [Vec<Found>], middle: usize) {
        let Self { table, sorted } = self;
        table.clear();
        sorted.iter_mut().for_each(Vec::clear);
        for (part, more) in upper.iter_mut().zip(lower) {
            part.append(more);
            table.sort(part, |block, class| {
                sorted[usize::from(block as usize >= middle)].push((block, class));
            });
        }
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
        for &(block, number) in &self.sorted[half] {
            class[block as usize - first] = from + number;
        }
    }
}
