//! The counter: takes the census of one frame after another.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::block::{Block, Bytes, blocks};
use super::classes::{ALONE, Census, for_all, pairs};
use super::duplicate_filter::DuplicateFilter;
use super::partition::Partition;
use super::table::Found;
use crate::picture::layout::BLOCK_BYTES;

/// Blocks for each part of the hash values: if all of them are candidates, they take 700 KiB with their table, and a
/// tenth of that if nothing repeats.
const BLOCKS_PER_PART: usize = 1 << 14;

/// With more parts, the places to which candidates are written would no longer fit the cache.
const MOST_PARTS: usize = 256;

/// A task for fewer blocks costs more time than it saves.
const LEAST_BLOCKS_PER_TASK: usize = 1 << 12;

/// Upper bound of the blocks of one census.
const MOST_BLOCKS: usize = 1 << 31;

/// Takes censuses, and reuses its tables for the next.
pub struct Counter {
    /// A block is compared with the block this number of blocks before it.
    copy_distance: usize,
    filter: DuplicateFilter,
    /// For each range of blocks, its candidates by part.
    found: Vec<Vec<Vec<Found>>>,
    /// All but the last sort equally many parts.
    partitions: Vec<Partition>,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            copy_distance: 1,
            filter: DuplicateFilter::default(),
            found: Vec::new(),
            partitions: Vec::new(),
        }
    }
}

impl Counter {
    /// Sets how many blocks lie between a block and the block that most often equals it, usually the one above: 1 or
    /// more. The counts do not depend on the distance, but a bad one costs time.
    ///
    /// # Panics
    /// If `blocks` is 0.
    pub fn set_copy_distance(&mut self, blocks: usize) {
        assert!(blocks > 0, "a block is no copy of itself");
        self.copy_distance = blocks;
    }

    /// Takes the census of a frame. A rest under 16 bytes is ignored.
    ///
    /// # Panics
    /// If there are 2^31 blocks or more, which are 32 GiB.
    pub fn count(&mut self, bytes: &[u8]) -> Census {
        self.filter.start(bytes.len() / BLOCK_BYTES, Bytes::Any, self.copy_distance);
        self.filter.add(0, blocks(bytes));
        self.finish(bytes)
    }

    /// Starts a census of `bytes` bytes of ciphertext that are [added](Self::add_piece) piece by piece. Other bytes
    /// than ciphertext are counted right too, but may take longer.
    pub fn start(&mut self, bytes: usize) {
        self.filter.start(bytes / BLOCK_BYTES, Bytes::Random, self.copy_distance);
    }

    /// Adds a piece to the census. Call it while the piece is in the cache. Pieces may come in any order, each block
    /// once; `first` is the number of the first block of the piece. A rest under 16 bytes is ignored.
    ///
    /// # Panics
    /// If the piece ends past the bytes given to [`start`](Self::start).
    pub fn add_piece(&mut self, first: usize, piece: &[u8]) {
        self.filter.add(first, blocks(piece));
    }

    /// Takes the [census](Self::count) after every block of `bytes` was added once.
    ///
    /// # Panics
    /// Like [`count`](Self::count).
    pub fn finish(&mut self, bytes: &[u8]) -> Census {
        let frame = blocks(bytes);
        assert!(frame.len() < MOST_BLOCKS, "a census has fewer than 2^31 blocks");
        if frame.is_empty() {
            return Census::default();
        }
        let tasks = (frame.len() / LEAST_BLOCKS_PER_TASK).clamp(1, rayon::current_num_threads());
        let range = frame.len().div_ceil(tasks);
        let Self { filter, found, partitions, copy_distance, .. } = self;
        filter.finish();
        found.resize_with(tasks, Vec::new);
        found.par_iter_mut().enumerate().for_each(|(task, found)| {
            let first = (task * range).min(frame.len());
            find(frame, first..frame.len().min(first + range), filter, found);
        });
        // Each part holds the candidates of all ranges in order, so that no result depends on the number of tasks.
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
        // If nothing repeats, there is no entry for each block to write.
        let mut class = Vec::new();
        if sizes.len() > 1 || !filter.copies().is_empty() {
            let ranges = for_all(&mut class, frame.len()).par_chunks_mut(range);
            ranges.enumerate().for_each(|(task, class)| {
                for (partition, &before) in partitions.iter().zip(&classes_before) {
                    partition.write_classes(task, before, task * range, class);
                }
            });
            add_copies(filter.copies(), *copy_distance, &mut class, &mut sizes);
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

/// Finds the candidates among the blocks with these numbers, and distributes them over the parts by their hashes.
fn find(frame: &[Block], numbers: Range<usize>, filter: &DuplicateFilter, found: &mut Vec<Vec<Found>>) {
    found.iter_mut().for_each(Vec::clear);
    found.resize_with(parts_of(frame.len()), Vec::new);
    let last = found.len() - 1;
    filter.candidates_in(numbers, |candidate| {
        let part = (candidate.hash >> (u32::BITS - MOST_PARTS.ilog2())) as usize & last;
        found[part].push(Found { value: frame[candidate.number as usize], candidate });
    });
}

/// The number of parts for a frame of `blocks` blocks: a power of two.
fn parts_of(blocks: usize) -> usize {
    (blocks / BLOCKS_PER_PART).clamp(1, MOST_PARTS).next_power_of_two()
}

/// Adds copies to the classes of their originals; an original that was alone gets a new class.
fn add_copies(copies: &[u32], copy_distance: usize, class: &mut [u32], sizes: &mut Vec<u32>) {
    for &copy in copies {
        let original = copy as usize - copy_distance;
        if class[original] == ALONE {
            class[original] = u32::try_from(sizes.len()).expect("there are fewer classes than blocks");
            sizes.push(1);
        }
        class[copy as usize] = class[original];
        sizes[class[original] as usize] += 1;
    }
}

/// log2 n − Σ c log2 c / n for n blocks. `sizes` holds the count c of each value that occurs more than once; every
/// other value occurs once and adds 0.
fn entropy(sizes: &[u32], blocks: usize) -> f64 {
    // Most values are rare: one logarithm for each count up to 63 instead of one for each value.
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
