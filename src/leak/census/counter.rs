//! The counter: takes the census of one frame after the other.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::block::{Block, Bytes, blocks};
use super::classes::{ALONE, Census, for_all, pairs};
use super::duplicate_filter::DuplicateFilter;
use super::partition::Partition;
use super::table::Found;
use crate::picture::layout::BLOCK_BYTES;

/// Blocks for each part: if all of them are candidates, they take 700 KiB with their table, and a tenth of that if
/// nothing repeats.
const BLOCKS_PER_PART: usize = 1 << 14;

/// More parts than these would be too many places to write at.
const MOST_PARTS: usize = 256;

/// A task for fewer blocks costs more than it saves.
const LEAST_BLOCKS_PER_TASK: usize = 1 << 12;

/// Blocks that are counted together at most.
const MOST_BLOCKS: usize = 1 << 31;

/// Takes censuses, and keeps its tables from one to the next.
pub struct Counter {
    distance: usize,
    filter: DuplicateFilter,
    /// For each range of blocks, its candidates by part.
    found: Vec<Vec<Vec<Found>>>,
    /// Each sorts as many parts as the others.
    partitions: Vec<Partition>,
}

impl Default for Counter {
    fn default() -> Self {
        Self { distance: 1, filter: DuplicateFilter::default(), found: Vec::new(), partitions: Vec::new() }
    }
}

impl Counter {
    /// Says how many blocks before a block that one stands that most often equals it, such as the one above: 1 or more.
    /// With another distance the counts are the same, but may take longer.
    ///
    /// # Panics
    /// If it is 0.
    pub fn set_copy_distance(&mut self, blocks: usize) {
        assert!(blocks > 0, "a block is no copy of itself");
        self.distance = blocks;
    }

    /// Takes the census of a frame. A rest under 16 bytes is ignored.
    ///
    /// # Panics
    /// If there are 2^31 blocks or more, which are 32 GiB.
    pub fn count(&mut self, bytes: &[u8]) -> Census {
        self.filter.start(bytes.len() / BLOCK_BYTES, Bytes::Any, self.distance);
        self.filter.note(0, blocks(bytes));
        self.finish(bytes)
    }

    /// Makes ready for a census of so many bytes of ciphertext, to be [noted](Self::note) piece by piece. Other bytes
    /// are counted right too, but it may take longer.
    pub fn start(&mut self, bytes: usize) {
        self.filter.start(bytes / BLOCK_BYTES, Bytes::Random, self.distance);
    }

    /// Takes note of a piece of what is to be counted: as soon as it is there, while it is in the cache. Pieces
    /// may come in any order, each block once; the first block of this one is number `first`. A rest under 16 bytes is
    /// ignored.
    ///
    /// # Panics
    /// If the piece goes past the bytes that were announced.
    pub fn note(&mut self, first: usize, piece: &[u8]) {
        self.filter.note(first, blocks(piece));
    }

    /// Takes the [census](Self::count) once every block of `bytes` was noted, and none twice.
    ///
    /// # Panics
    /// As [`count`](Self::count).
    pub fn finish(&mut self, bytes: &[u8]) -> Census {
        let frame = blocks(bytes);
        assert!(frame.len() < MOST_BLOCKS, "a census has fewer than 2^31 blocks");
        if frame.is_empty() {
            return Census::default();
        }
        let tasks = (frame.len() / LEAST_BLOCKS_PER_TASK).clamp(1, rayon::current_num_threads());
        let range = frame.len().div_ceil(tasks);
        let Self { filter, found, partitions, .. } = self;
        filter.finish();
        found.resize_with(tasks, Vec::new);
        found.par_iter_mut().enumerate().for_each(|(task, found)| {
            let first = (task * range).min(frame.len());
            find(frame, first..frame.len().min(first + range), filter, found);
        });
        // Each part holds the candidates of all ranges in their order, so that no result depends on the number of tasks.
        let mut parts: Vec<Vec<&mut Vec<Found>>> = Vec::new();
        parts.resize_with(parts_of(frame.len()), Vec::new);
        for found in found {
            parts.iter_mut().zip(found).for_each(|(part, found)| part.push(found));
        }
        let parts_per_task = parts.len().div_ceil(tasks);
        partitions.resize_with(parts.len().div_ceil(parts_per_task), Partition::default);
        let sorting = partitions.par_iter_mut().zip(parts.par_chunks_mut(parts_per_task));
        sorting.for_each(|(partition, parts)| partition.sort(parts, tasks, range));
        let mut sizes = vec![1];
        let mut classes_before = Vec::new();
        for partition in &*partitions {
            classes_before.push(u32::try_from(sizes.len() - 1).expect("there are fewer classes than blocks"));
            sizes.extend_from_slice(&partition.sizes()[1..]);
        }
        // If nothing repeats, nothing as large as the frame is written.
        let mut class = Vec::new();
        if sizes.len() > 1 || !filter.copies().0.is_empty() {
            let ranges = for_all(&mut class, frame.len()).par_chunks_mut(range);
            ranges.enumerate().for_each(|(task, class)| {
                for (partition, &before) in partitions.iter().zip(&classes_before) {
                    partition.fill(task, before, task * range, class);
                }
            });
            follow(filter.copies(), &mut class, &mut sizes);
        }
        let repeated = sizes[1..].iter().copied().map(u64::from).sum();
        Census {
            distinct: frame.len() as u64 - repeated + (sizes.len() - 1) as u64,
            repeated,
            repeated_in_frame: repeated,
            pairs: sizes.iter().map(|&size| pairs(size)).sum(),
            entropy: entropy(&sizes[1..], frame.len()),
            largest_class: sizes.iter().copied().max().unwrap_or(1).into(),
            blocks: frame.len(),
            class,
            sizes,
            occurrences: OnceLock::new(),
        }
    }
}

/// Finds the candidates among some blocks of a frame, and partitions them by the digits of their hashes.
fn find(frame: &[Block], numbers: Range<usize>, filter: &DuplicateFilter, found: &mut Vec<Vec<Found>>) {
    found.iter_mut().for_each(Vec::clear);
    found.resize_with(parts_of(frame.len()), Vec::new);
    let last = found.len() - 1;
    filter.among(numbers, |candidate| {
        let part = (candidate.digits >> (u32::BITS - MOST_PARTS.ilog2())) as usize & last;
        found[part].push(Found { value: frame[candidate.number as usize], candidate });
    });
}

/// How many parts there are for so many blocks: a power of two.
fn parts_of(blocks: usize) -> usize {
    (blocks / BLOCKS_PER_PART).clamp(1, MOST_PARTS).next_power_of_two()
}

/// Puts copies into the classes of what they equal; where that was alone, they found one.
fn follow((copies, distance): (&[u32], usize), class: &mut [u32], sizes: &mut Vec<u32>) {
    for &copy in copies {
        let of = copy as usize - distance;
        if class[of] == ALONE {
            class[of] = u32::try_from(sizes.len()).expect("there are fewer classes than blocks");
            sizes.push(1);
        }
        class[copy as usize] = class[of];
        sizes[class[of] as usize] += 1;
    }
}

/// log2 n − Σ c log2 c / n, for n blocks of which `sizes` have a value each, and all others one of their own.
fn entropy(sizes: &[u32], blocks: usize) -> f64 {
    // Most values are rare: of these there need be one logarithm a count, not one a value.
    let mut rare = [0u32; 64];
    let mut frequent: Vec<u32> = Vec::new();
    for &size in sizes {
        match rare.get_mut(size as usize) {
            Some(values) => *values += 1,
            None => frequent.push(size),
        }
    }
    // Sort first: a floating-point sum depends on its order, and the order here depends on hash values.
    frequent.sort_unstable();
    let mut bits: f64 = frequent.iter().map(|&size| f64::from(size) * f64::from(size).log2()).sum();
    for (size, &values) in (0u32..).zip(&rare).skip(2) {
        bits += f64::from(values) * f64::from(size) * f64::from(size).log2();
    }
    let blocks = blocks as f64;
    (blocks.log2() - bits / blocks).max(0.0)
}

#[cfg(test)]
mod tests;
