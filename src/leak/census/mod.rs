//! The census: which blocks of a ciphertext are equal, and how often each value occurs.
//!
//! Most blocks of a well encrypted frame occur once, and a hash table that holds them all is far larger than
//! a processor's cache. In pictures that repeat, on the other hand, many blocks equal the one above. So the census
//! first sets aside such *copies*: to compare two blocks costs far less than to look one up. It goes twice over all
//! others, the second time over four bytes of each, with nothing but bits in hand, and lets into a table only what
//! may occur twice, parted by hash, so that what it keeps of a part fits the cache:
//!
//! ```text
//! blocks ──equal to the one above?──▶ others ──seen before?──▶ suspects ──by hash──▶ parts ──equal in whole?──▶ classes
//!    │                                          bits by hash                               a hash table            ▲
//!    └──────▶ copies ──────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Some chance collisions enter the table too; it compares whole blocks. The result is exact. The first time,
//! blocks may come piece by piece, whenever they are in the cache anyway.
//!
//! Tried, and slower on film at 2160p: parting all blocks by hash before looking which of them may occur twice,
//! with their values looked up where they stand (by a third); the same with a hash of 64 bits in their stead and
//! a check at the end (by a fifth); twice as many bits (by a fifth: they no longer fit beside all else); reading the
//! words of the bits some blocks ahead (by a tenth); to compare with the block to the left, too (it finds few more
//! copies). Instructions of later processors (AVX2) change little: the memory is the bound.

mod sorter;
mod suspects;
mod table;

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use sorter::Sorter;
use suspects::{Suspect, Suspects};

use crate::picture::layout::BLOCK_BYTES;

pub(super) type Block = [u8; BLOCK_BYTES];

/// Blocks that are looked at together: they and their hashes stay in the first-level cache.
const STRETCH: usize = 1 << 10;

/// Blocks for each part: where all of them are suspected, they take 700 KiB with their table, and a tenth of that
/// where nothing repeats.
const BLOCKS_A_PART: usize = 1 << 14;

/// More parts than these would be too many places to write at.
const MOST_PARTS: usize = 256;

/// Blocks of which one task counts out the occurrences.
const BLOCKS_A_TASK: usize = 1 << 15;

/// Blocks that are counted together at most.
const MOST_BLOCKS: usize = 1 << 31;

/// The class of a block whose value occurs nowhere else: all of these have it, and its size is said to be 1, so that
/// nobody has to ask.
pub(super) const ALONE: u32 = 0;

/// Which blocks of a ciphertext are equal.
///
/// Blocks are numbered along the ciphertext; a rest under 16 bytes is not counted. Two blocks have the same
/// class exactly when their 16 bytes are equal.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Blocks of the frame.
    blocks: usize,
    /// Class of each of them, or [`ALONE`]; empty where all are.
    class: Vec<u32>,
    /// Blocks of each class within the memory, two or more; but 1 for [`ALONE`].
    sizes: Vec<u32>,
    /// The size of each block's class, once somebody has asked.
    occurrences: OnceLock<Vec<u32>>,
    /// As the methods of these names say.
    distinct: u64,
    repeated: u64,
    repeated_in_frame: u64,
    largest_class: u64,
    pairs: u64,
    entropy: f64,
}

impl Census {
    /// Blocks of the frame.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.blocks
    }

    /// How often the value of block `block` occurs within the memory, itself included; at least 1.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn occurrences(&self, block: usize) -> u32 {
        self.class(block).map_or(1, |class| self.sizes[class])
    }

    /// The [`occurrences`](Self::occurrences) of all blocks, counted out when somebody asks first.
    #[must_use]
    pub fn all_occurrences(&self) -> &[u32] {
        self.occurrences.get_or_init(|| {
            if self.class.is_empty() {
                return vec![1; self.blocks];
            }
            let classes = self.class.par_iter().with_min_len(BLOCKS_A_TASK);
            classes.map(|&class| self.sizes[class as usize]).collect()
        })
    }

    /// True where two blocks of the frame have the same 16 bytes.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn equal(&self, one: usize, other: usize) -> bool {
        one == other || self.class(one).is_some_and(|class| self.class(other) == Some(class))
    }

    /// Different values among the blocks of the frame.
    #[must_use]
    pub const fn distinct(&self) -> u64 {
        self.distinct
    }

    /// Blocks of the frame whose value occurs more than once within the memory.
    #[must_use]
    pub const fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Blocks of the frame whose value occurs at another place of the frame itself, whatever is remembered.
    #[must_use]
    pub const fn repeated_in_frame(&self) -> u64 {
        self.repeated_in_frame
    }

    /// Pairs of equal blocks within the memory: c(c−1)/2 for a value that occurs c times.
    #[must_use]
    pub const fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Shannon entropy of the values of the frame's blocks, in bits, from 0 to log2 of their number.
    #[must_use]
    pub const fn entropy(&self) -> f64 {
        self.entropy
    }

    /// Occurrences of the most frequent value within the memory; 0 for a frame without blocks.
    #[must_use]
    pub const fn largest_class(&self) -> u64 {
        self.largest_class
    }

    /// The class of a block, a number below [`classes`](Self::classes); `None` for a block that is unlike
    /// all others.
    pub(super) fn class(&self, block: usize) -> Option<usize> {
        assert!(block < self.blocks, "there is no block {block}");
        self.class.get(block).filter(|&&class| class != ALONE).map(|&class| class as usize)
    }

    /// How many classes there are, that of those that are [`ALONE`] included.
    pub(super) fn classes(&self) -> usize {
        self.sizes.len()
    }

    /// The class of every block: equal for equal blocks, but for those that are unlike all others, which
    /// have [`ALONE`]; empty where all are.
    pub(super) fn names(&self) -> &[u32] {
        &self.class
    }

    /// The first block of each value of a frame counted by itself, and how many blocks have it.
    pub(super) fn values(&self) -> Vec<(u32, u32)> {
        let mut met = vec![false; self.sizes.len()];
        let mut values = Vec::with_capacity(usize::try_from(self.distinct).unwrap_or(0));
        for (number, block) in (0u32..).zip(0..self.blocks) {
            match self.class(block) {
                None => values.push((number, 1)),
                Some(class) if !std::mem::replace(&mut met[class], true) => {
                    values.push((number, self.sizes[class]));
                }
                Some(_) => {}
            }
        }
        values
    }

    /// The census within a memory, from that of the frame by itself: the first block of each of its
    /// [`values`](Self::values) and how often it occurs within the memory, the occurrences of the most
    /// frequent value, and the pairs of equal blocks.
    pub(super) fn remembered(self, occurrences: &[(u32, u32)], largest_class: u64, pairs: u64) -> Self {
        let Self { mut class, mut sizes, occurrences: _, .. } = self;
        let mut repeated = 0;
        for &(first, count) in occurrences.iter().filter(|&&(_, count)| count > 1) {
            let class = &mut for_all(&mut class, self.blocks)[first as usize];
            if *class == ALONE {
                repeated += 1;
                *class = u32::try_from(sizes.len()).expect("a census has fewer than 2^32 blocks");
                sizes.push(count);
            } else {
                let size = &mut sizes[*class as usize];
                repeated += u64::from(std::mem::replace(size, count));
            }
        }
        Self { class, sizes, occurrences: OnceLock::new(), repeated, largest_class, pairs, ..self }
    }
}

/// Takes censuses, and keeps its tables from one to the next.
pub struct Counter {
    distance: usize,
    suspects: Suspects,
    /// The suspects in each half of the frame, part by part.
    found: [Vec<Vec<Found>>; 2],
    /// For each half of the parts.
    sorters: [Sorter; 2],
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            distance: 1,
            suspects: Suspects::default(),
            found: Default::default(),
            sorters: Default::default(),
        }
    }
}

impl Counter {
    /// Says how many blocks before a block that one stands that most often equals it, such as the one above: 1 or more.
    /// With another distance the counts are the same, but may take longer.
    ///
    /// # Panics
    /// If it is 0.
    pub fn look_back(&mut self, blocks: usize) {
        assert!(blocks > 0, "a block is no copy of itself");
        self.distance = blocks;
    }

    /// Takes the census of a frame. A rest under 16 bytes is ignored.
    ///
    /// # Panics
    /// If there are 2^31 blocks or more, which are 32 GiB.
    pub fn count(&mut self, bytes: &[u8]) -> Census {
        self.suspects.start(bytes.len() / BLOCK_BYTES, Bytes::Any, self.distance);
        self.suspects.note(0, blocks(bytes));
        self.finish(bytes)
    }

    /// Makes ready for a census of so many bytes of ciphertext, to be [noted](Self::note) piece by piece. Other bytes
    /// are counted right too, but it may take longer.
    pub fn start(&mut self, bytes: usize) {
        self.suspects.start(bytes / BLOCK_BYTES, Bytes::Random, self.distance);
    }

    /// Takes note of a piece of what is to be counted: as soon as it is there, while it is in the cache. Pieces
    /// may come in any order, each block once; the first block of this one is number `first`. A rest under 16 bytes is
    /// ignored.
    ///
    /// # Panics
    /// If the piece goes past the bytes that were announced.
    pub fn note(&mut self, first: usize, piece: &[u8]) {
        self.suspects.note(first, blocks(piece));
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
        let Self { suspects, found: [upper, lower], sorters: [one, other], .. } = self;
        let middle = frame.len() / 2;
        suspects.finish();
        // Where there is a core for it, two halves are gone over side by side: of the blocks, of the parts, of the frame.
        rayon::join(
            || find(frame, 0..middle, suspects, upper),
            || find(frame, middle..frame.len(), suspects, lower),
        );
        let [(upper, more_upper), (lower, more_lower)] =
            [upper, lower].map(|found| found.split_at_mut(parts(frame.len()) / 2));
        rayon::join(|| one.sort(upper, lower, middle), || other.sort(more_upper, more_lower, middle));
        let mut sizes = one.sizes().to_vec();
        sizes.extend_from_slice(&other.sizes()[1..]);
        // Nothing of the frame's size is written where nothing repeats.
        let mut class = Vec::new();
        if sizes.len() > 1 || !suspects.copies().0.is_empty() {
            let others_from = one.classes();
            let fill = |half: usize, class: &mut [u32]| {
                for (sorter, from) in [(&*one, 0), (&*other, others_from)] {
                    sorter.fill(half, from, half * middle, class);
                }
            };
            let (upper, lower) = for_all(&mut class, frame.len()).split_at_mut(middle);
            rayon::join(|| fill(0, upper), || fill(1, lower));
            follow(suspects.copies(), &mut class, &mut sizes);
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

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    value: Block,
    /// Which block it is, and digits of its hash.
    suspect: Suspect,
}

/// Finds the suspects among some blocks of a frame, and parts them by the digits of their hashes.
fn find(frame: &[Block], numbers: Range<usize>, suspects: &Suspects, found: &mut Vec<Vec<Found>>) {
    found.iter_mut().for_each(Vec::clear);
    found.resize_with(parts(frame.len()), Vec::new);
    let last = found.len() - 1;
    suspects.among(numbers, |suspect| {
        let part = (suspect.digits >> (u32::BITS - MOST_PARTS.ilog2())) as usize & last;
        found[part].push(Found { value: frame[suspect.number as usize], suspect });
    });
}

/// How many parts there are for so many blocks: a power of two.
fn parts(blocks: usize) -> usize {
    (blocks / BLOCKS_A_PART).clamp(1, MOST_PARTS).next_power_of_two()
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

/// The class of each of so many blocks, once there is one to tell.
fn for_all(class: &mut Vec<u32>, blocks: usize) -> &mut [u32] {
    if class.is_empty() {
        class.resize(blocks, ALONE);
    }
    class
}

/// Pairs among blocks of one value.
pub(super) fn pairs(blocks: u32) -> u64 {
    u64::from(blocks) * u64::from(blocks.saturating_sub(1)) / 2
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
    // Rounding hangs on the order of a sum, which must not hang on what the values are.
    frequent.sort_unstable();
    let mut bits: f64 = frequent.iter().map(|&size| f64::from(size) * f64::from(size).log2()).sum();
    for (size, &values) in (0u32..).zip(&rare).skip(2) {
        bits += f64::from(values) * f64::from(size) * f64::from(size).log2();
    }
    let blocks = blocks as f64;
    (blocks.log2() - bits / blocks).max(0.0)
}

pub(super) fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks().0
}

/// What is known of the bytes that are counted. Whatever they are, they are counted right; what is wrong here costs
/// time alone.
#[derive(Clone, Copy, Default)]
enum Bytes {
    /// Ciphertext: half of a block is as good a hash as any.
    Random,
    #[default]
    Any,
}

/// Spreads a block over 64 bits, in one instruction: a multiplication folded onto itself (as in wyhash, Wang Yi
/// 2019).
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
pub(super) fn hash(block: Block) -> u64 {
    let value = u128::from_le_bytes(block);
    let (low, high) = (value as u64, (value >> 64) as u64);
    let product = u128::from(low ^ 0xa076_1d64_78bd_642f) * u128::from(high ^ 0xe703_7ed1_a0b4_28db);
    product as u64 ^ (product >> 64) as u64
}

/// The hashes of a stretch of blocks, at most as many as there is room for.
///
/// Hashing them before anything is done with the hashes makes a census of a large frame faster by a quarter: a
/// loop that does nothing else is ahead of the memory, one that also looks up bits waits for it.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "half of a block is enough")]
fn hash_all<'a>(bytes: Bytes, stretch: &[Block], room: &'a mut [u64; STRETCH]) -> &'a [u64] {
    let hashes = room.iter_mut().zip(stretch);
    match bytes {
        Bytes::Any => hashes.for_each(|(to, &block)| *to = hash(block)),
        Bytes::Random => hashes.for_each(|(to, &block)| *to = u128::from_le_bytes(block) as u64),
    }
    &room[..stretch.len().min(STRETCH)]
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Counts in the plain way, and compares.
    fn check(counter: &mut Counter, bytes: &[u8]) {
        let census = counter.count(bytes);
        let frame: Vec<_> = bytes.chunks_exact(BLOCK_BYTES).collect();
        let mut counts: HashMap<&[u8], u32> = HashMap::new();
        for &block in &frame {
            *counts.entry(block).or_default() += 1;
        }
        assert_eq!(census.blocks(), frame.len());
        assert_eq!(census.distinct(), counts.len() as u64);
        let again = frame.iter().filter(|block| counts[*block] > 1).count() as u64;
        assert_eq!((census.repeated(), census.repeated_in_frame()), (again, again));
        let pairs: u64 = counts.values().map(|&c| u64::from(c) * (u64::from(c) - 1) / 2).sum();
        assert_eq!(census.pairs(), pairs);
        let share = |&count: &u32| f64::from(count) / frame.len() as f64;
        let entropy: f64 = counts.values().map(share).map(|share| -share * share.log2()).sum();
        assert!((census.entropy() - entropy).abs() < 1e-9, "{} for {entropy}", census.entropy());
        assert_eq!(census.largest_class(), u64::from(counts.values().copied().max().unwrap_or(0)));
        for (i, block) in frame.iter().enumerate() {
            assert_eq!((census.occurrences(i), census.all_occurrences()[i]), (counts[block], counts[block]));
            for other in [i.saturating_sub(1), i / 2, frame.len() / 2] {
                assert_eq!(census.equal(i, other), *block == frame[other]);
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_hash_map(
            frames in prop::collection::vec(prop::collection::vec((0u8..9, 1usize..6), 0..900), 1..4),
            distance in 1usize..40,
        ) {
            let mut counter = Counter::default();
            counter.look_back(distance);
            // Few values, repeated to whole blocks and often side by side, so that many blocks are equal.
            for runs in &frames {
                let values = runs.iter().flat_map(|&(value, blocks)| std::iter::repeat_n(value, blocks));
                let bytes: Vec<u8> = values.flat_map(|value| [value; 16]).collect();
                check(&mut counter, &bytes);
            }
        }
    }

    #[test]
    fn a_table_that_grows_loses_nothing() {
        // 40,000 values, each twice, far apart.
        let bytes: Vec<u8> = (0..80_000u128).flat_map(|i| (i % 40_000).to_le_bytes()).collect();
        check(&mut Counter::default(), &bytes);
    }

    #[test]
    fn zeros_at_the_start_are_counted_with_those_that_come_later() {
        let zero = [0; BLOCK_BYTES];
        let one = [1; BLOCK_BYTES];
        check(&mut Counter::default(), &[zero, one, zero].concat());
        check(&mut Counter::default(), &[zero, zero, one, zero].concat());
    }

    #[test]
    fn pieces_may_be_noted_in_any_order() {
        // Columns that go on for many rows, between others that do not.
        let value = |i: u128| if i % 7 < 2 { i * i % 5003 } else { ((i % 7) << 32) | (i / 1400) };
        let bytes: Vec<u8> = (0..9000).flat_map(|i| value(i).to_le_bytes()).chain([1, 2]).collect();
        let mut counter = Counter::default();
        counter.look_back(7);
        check(&mut counter, &bytes);
        let at_once = counter.count(&bytes);
        counter.start(bytes.len());
        let pieces: Vec<_> = (0..).step_by(100).zip(bytes.chunks(1600)).collect();
        pieces.iter().rev().for_each(|(first, piece)| counter.note(*first, piece));
        let in_pieces = counter.finish(&bytes);
        let equal =
            |census: &Census| (0..9000).map(|block| census.equal(block, 8999 - block)).collect::<Vec<_>>();
        assert_eq!(equal(&in_pieces), equal(&at_once));
        assert_eq!(in_pieces.all_occurrences(), at_once.all_occurrences());
        assert!(at_once.repeated() > 0 && in_pieces.repeated() == at_once.repeated());
    }

    #[test]
    fn a_frame_without_a_whole_block_counts_nothing() {
        check(&mut Counter::default(), &[]);
        check(&mut Counter::default(), &[1, 2, 3]);
    }
}
