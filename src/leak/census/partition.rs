//! A partition sorts the candidates of some parts into classes, on one thread.

#[cfg(doc)]
use super::classes::ALONE;
use super::table::{Found, Table};

/// Sorts candidates into classes, and lists the blocks of the classes.
#[derive(Default)]
pub(super) struct Partition {
    table: Table,
    /// For each range of the frame, its blocks that belong to a class, with that class.
    sorted: Vec<Vec<(u32, u32)>>,
}

impl Partition {
    /// Sorts the candidates of some parts. A part holds one list of candidates for each of the `ranges` ranges of the
    /// frame, in order; a range has `range` blocks. All candidates of a part are moved to its first list.
    pub fn sort(&mut self, parts: &mut [Vec<&mut Vec<Found>>], ranges: usize, range: usize) {
        let Self { table, sorted } = self;
        table.clear();
        sorted.iter_mut().for_each(Vec::clear);
        sorted.resize_with(ranges, Vec::new);
        for part in parts {
            let Some((all, others)) = part.split_first_mut() else { continue };
            for found in others {
                all.append(found);
            }
            table.sort(all, |block, class| sorted[block as usize / range].push((block, class)));
        }
    }

    /// Blocks of each class; the first entry stands for [`ALONE`].
    pub fn sizes(&self) -> &[u32] {
        self.table.sizes()
    }

    /// Writes the classes of the blocks in a range of the frame that starts with block `first`. `classes_before`
    /// classes of other partitions come first.
    pub fn write_classes(&self, range: usize, classes_before: u32, first: usize, class: &mut [u32]) {
        for &(block, number) in &self.sorted[range] {
            class[block as usize - first] = classes_before + number;
        }
    }
}
