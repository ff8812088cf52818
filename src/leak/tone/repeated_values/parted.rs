//! The blocks of a frame, parted by the hash of their values.

use crate::leak::tone::tone_table::{Block, NO_NODE, hash};

/// Parts of the values, by the top bits of their hash.
pub(super) const PARTITIONS: usize = 128;

/// Blocks that are parted at a time.
pub(super) const CHUNK: usize = 1 << 15;

/// Set in a place where its value is at another place, too.
pub(super) const AND_ELSEWHERE: u32 = 1 << 31;

/// Marks of blocks that are not listed: those that have the value of the block before, of the block above, or of the
/// block that stood at their place in the frame before.
pub(super) const AS_BEFORE: u32 = NO_NODE - 1;
pub(super) const AS_ABOVE: u32 = NO_NODE - 2;
pub(super) const AS_EARLIER: u32 = NO_NODE - 3;

/// The blocks of a frame, but for those that have the value of the one before or above and those that stay in their
/// place from the frame before. Chunk by chunk, those of a part together, otherwise in their order.
pub(super) struct Parted {
    /// For each block [`NO_NODE`] where it is listed, and otherwise why it is not.
    pub marks: Vec<u32>,
    /// Where each part of each chunk begins, and where the last ends.
    starts: Vec<u32>,
    pub hashes: Vec<u64>,
    pub places: Vec<u32>,
}

impl Parted {
    /// Of a frame, and the one prepared before it.
    pub fn of(blocks: &[Block], earlier: &[Block], columns: usize) -> Self {
        let marks = vec![NO_NODE; blocks.len()];
        let mut parted = Self { marks, starts: vec![0], hashes: Vec::new(), places: Vec::new() };
        let mut found = vec![(0, 0); CHUNK + 1];
        // Which of those found has the value of each block of a chunk: 0 where none does.
        let mut entries = vec![0u32; CHUNK];
        for (chunk, blocks) in blocks.chunks(CHUNK).enumerate() {
            let first = chunk * CHUNK;
            let earlier = earlier.get(first..).unwrap_or_default();
            let marks = &mut parted.marks[first..];
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
                    sizes[part_of(hash)] += 1;
                    count += 1;
                    entry = count as u32;
                    found[count] = (hash, (first + at) as u32);
                }
                entries[at] = entry;
                if marks[at] != NO_NODE {
                    found[entry as usize].1 |= AND_ELSEWHERE;
                }
            }
            parted.take_in(&found[1..=count], &sizes);
        }
        parted
    }

    /// Adds what was found in a chunk, so many entries of each part.
    fn take_in(&mut self, found: &[(u64, u32)], sizes: &[u32; PARTITIONS]) {
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
            let next = &mut next[part_of(hash)];
            self.hashes[*next as usize] = hash;
            self.places[*next as usize] = place;
            *next += 1;
        }
    }

    /// How many entries a part has.
    pub fn entries(&self, part: usize) -> usize {
        self.starts.windows(2).skip(part).step_by(PARTITIONS).map(|ends| (ends[1] - ends[0]) as usize).sum()
    }

    /// The entries of a part, chunk by chunk: hashes and places.
    pub fn part(&self, part: usize) -> impl Iterator<Item = (&[u64], &[u32])> {
        let chunks = self.starts.len() / PARTITIONS;
        (0..chunks).map(move |chunk| {
            let at = chunk * PARTITIONS + part;
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            (&self.hashes[range.clone()], &self.places[range])
        })
    }
}

fn part_of(hash: u64) -> usize {
    (hash >> 57) as usize
}
