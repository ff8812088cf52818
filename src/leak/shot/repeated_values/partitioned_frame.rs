//! The blocks of a frame, partitioned by the hash of their values.

use crate::leak::shot::value_table::{Block, NO_NODE, hash};

/// How many partitions there are, by the top bits of the hash.
pub(super) const PARTITIONS: usize = 128;

/// Blocks that are partitioned at a time.
pub(super) const CHUNK: usize = 1 << 15;

/// Set in the place of a value that occurs at another place, too.
pub(super) const AT_TWO_PLACES: u32 = 1 << 31;

/// The mark of a block with the value of the block before.
pub(super) const AS_BEFORE: u32 = NO_NODE - 1;
/// The mark of a block with the value of the block above.
pub(super) const AS_ABOVE: u32 = NO_NODE - 2;
/// The mark of a block with the value of the block at the same place in the frame before.
pub(super) const AS_EARLIER: u32 = NO_NODE - 3;

/// The listed blocks of a frame: all but those with the value of the block before, of the block above, or of the block
/// at the same place in the frame before. They are sorted by chunk, then by partition, then by place.
pub(super) struct PartitionedFrame {
    /// [`NO_NODE`] for each listed block; one of the marks above for every other block.
    pub marks: Vec<u32>,
    /// The index at which each partition of each chunk starts, and the end of the last.
    starts: Vec<u32>,
    pub hashes: Vec<u64>,
    pub places: Vec<u32>,
}

impl PartitionedFrame {
    /// Partitions the blocks of a frame; `earlier` are the blocks of the frame before.
    pub fn of(blocks: &[Block], earlier: &[Block], columns: usize) -> Self {
        let marks = vec![NO_NODE; blocks.len()];
        let mut partitioned = Self { marks, starts: vec![0], hashes: Vec::new(), places: Vec::new() };
        let mut found = vec![(0, 0); CHUNK + 1];
        // For each block of a chunk, the index in `found` of its value; 0 if it has none.
        let mut entries = vec![0u32; CHUNK];
        for (chunk, blocks) in blocks.chunks(CHUNK).enumerate() {
            let first = chunk * CHUNK;
            let earlier = earlier.get(first..).unwrap_or_default();
            let marks = &mut partitioned.marks[first..];
            let mut sizes = [0u32; PARTITIONS];
            let mut count = 0;
            let mut entry = 0;
            let mut before = None;
            for (at, block) in blocks.iter().enumerate() {
                let above = at.wrapping_sub(columns);
                let runs_on = entry != 0 && before == Some(block);
                before = Some(block);
                if runs_on {
                    marks[at] = AS_BEFORE;
                } else if earlier.get(at) == Some(block) {
                    marks[at] = AS_EARLIER;
                    entry = 0;
                } else if blocks.get(above) == Some(block) && entries[above] != 0 {
                    marks[at] = AS_ABOVE;
                    entry = entries[above];
                } else {
                    let hash = hash(*block);
                    sizes[partition_of(hash)] += 1;
                    count += 1;
                    entry = count as u32;
                    found[count] = (hash, (first + at) as u32);
                }
                entries[at] = entry;
                if marks[at] != NO_NODE {
                    found[entry as usize].1 |= AT_TWO_PLACES;
                }
            }
            partitioned.add_chunk(&found[1..=count], &sizes);
        }
        partitioned
    }

    /// Adds the listed blocks of a chunk; `sizes` holds their number for each partition.
    fn add_chunk(&mut self, found: &[(u64, u32)], sizes: &[u32; PARTITIONS]) {
        let mut next = [0u32; PARTITIONS];
        let mut end = self.hashes.len() as u32;
        for (next, size) in next.iter_mut().zip(sizes) {
            *next = end;
            end += size;
            self.starts.push(end);
        }
        self.hashes.resize(end as usize, 0);
        self.places.resize(end as usize, 0);
        for &(hash, place) in found {
            let next = &mut next[partition_of(hash)];
            self.hashes[*next as usize] = hash;
            self.places[*next as usize] = place;
            *next += 1;
        }
    }

    /// How many entries a partition has.
    pub fn entry_count(&self, partition: usize) -> usize {
        let ends = self.starts.windows(2).skip(partition).step_by(PARTITIONS);
        ends.map(|ends| (ends[1] - ends[0]) as usize).sum()
    }

    /// The entries of a partition, chunk by chunk, as hashes and places.
    pub fn entries(&self, partition: usize) -> impl Iterator<Item = (&[u64], &[u32])> {
        let chunks = self.starts.len() / PARTITIONS;
        (0..chunks).map(move |chunk| {
            let at = chunk * PARTITIONS + partition;
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            (&self.hashes[range.clone()], &self.places[range])
        })
    }
}

fn partition_of(hash: u64) -> usize {
    (hash >> 57) as usize
}
