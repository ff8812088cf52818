//! The values that occur at two or more distinct places within some frames.
//!
//! In film with much movement most values occur once. So blocks are partitioned by hash, and each partition is read
//! twice: the first time only sets bits, so that the table of the second time only has candidates and fits the cache.

mod partition_values;
mod partitioned_frame;

use rayon::prelude::*;

use partition_values::PartitionValues;
use partitioned_frame::{AS_ABOVE, AS_BEFORE, AS_EARLIER, AT_TWO_PLACES, PARTITIONS, PartitionedFrame};

use super::value_table::{NO_NODE, blocks, hash};

/// The values that occur at two or more distinct places within some frames.
pub(in crate::leak) struct RepeatedValues {
    /// Their hashes, in the order in which they first occur.
    pub values: Vec<u64>,
    /// How many blocks have each value.
    pub blocks: Vec<u32>,
    /// The number of the value of each block of each frame, or [`NO_NODE`].
    pub frames: Vec<Vec<u32>>,
}

impl RepeatedValues {
    /// Finds the values of these frames. For most blocks, the block above is `columns` before it. Calls `done` with the
    /// share of the whole preparation that is done; it may cancel.
    pub(in crate::leak) fn of<E>(
        frames: &[&[u8]],
        columns: usize,
        done: &mut dyn FnMut(f64) -> Result<(), E>,
    ) -> Result<Self, E> {
        let earlier = |frame: usize| frame.checked_sub(1).map_or(&[][..], |earlier| blocks(frames[earlier]));
        let partition =
            |(at, frame): (usize, &&[u8])| PartitionedFrame::of(blocks(frame), earlier(at), columns);
        let mut partitioned: Vec<PartitionedFrame> = frames.par_iter().enumerate().map(partition).collect();
        done(0.1)?;
        let partitions: Vec<PartitionValues> = (0..PARTITIONS)
            .into_par_iter()
            .map(|partition| PartitionValues::of(&partitioned, partition))
            .collect();
        // For a large frame they take as much memory as the frame itself.
        for frame in &mut partitioned {
            (frame.hashes, frame.places) = (Vec::new(), Vec::new());
        }
        done(0.2)?;
        let mut base = 0;
        let bases = partitions.iter().map(|partition| {
            base += partition.first_places.len() as u32;
            base - partition.first_places.len() as u32
        });
        let bases: Vec<u32> = bases.collect();
        // First the identifier of each block's value across all partitions; `number_values` replaces it.
        let of_frame = |(frame, partitioned): (usize, &mut PartitionedFrame)| {
            let mut ids = std::mem::take(&mut partitioned.marks);
            for (partition, &base) in partitions.iter().zip(&bases) {
                let range = partition.frames[frame] as usize..partition.frames[frame + 1] as usize;
                for &(place, id) in &partition.entries[range] {
                    if partition.first_places[id as usize] & AT_TWO_PLACES != 0 {
                        ids[place as usize] = base + id;
                    }
                }
            }
            ids
        };
        let mut values = Self { values: Vec::new(), blocks: Vec::new(), frames: Vec::new() };
        values.frames = partitioned.par_iter_mut().enumerate().map(of_frame).collect();
        drop(partitions);
        done(0.25)?;
        values.number_values(base as usize, columns, frames);
        Ok(values)
    }

    /// Numbers the values in the order in which they first occur. Before, `frames` holds an identifier below `ids` for
    /// each listed block and a mark for every other block.
    fn number_values(&mut self, ids: usize, columns: usize, frames: &[&[u8]]) {
        let mut numbers = vec![NO_NODE; ids];
        for (at, frame) in frames.iter().enumerate() {
            let (done, rest) = self.frames.split_at_mut(at);
            let earlier = done.last().map_or(&[][..], Vec::as_slice);
            let nodes = &mut rest[0];
            let (mut before, mut run) = (NO_NODE, 0);
            for place in 0..nodes.len() {
                let mark = nodes[place];
                if mark == AS_BEFORE {
                    nodes[place] = before;
                    run += 1;
                    continue;
                }
                add_blocks(&mut self.blocks, before, run);
                run = 1;
                before = match mark {
                    AS_ABOVE => nodes[place - columns],
                    AS_EARLIER => earlier[place],
                    NO_NODE => NO_NODE,
                    listed => {
                        let number = &mut numbers[listed as usize];
                        if *number == NO_NODE {
                            *number = self.values.len() as u32;
                            self.values.push(hash(blocks(frame)[place]));
                            self.blocks.push(0);
                        }
                        *number
                    }
                };
                nodes[place] = before;
            }
            add_blocks(&mut self.blocks, before, run);
        }
    }
}

/// Adds to the number of blocks of a value, which may be [`NO_NODE`].
#[inline]
fn add_blocks(blocks: &mut [u32], value: u32, count: u32) {
    if let Some(blocks) = blocks.get_mut(value as usize) {
        *blocks += count;
    }
}

#[cfg(test)]
mod tests;
