//! Pre-filter for the census: finds copies of a nearby block, and blocks that may repeat, so that unique blocks (most
//! of a noisy frame) never reach the hash table.

use std::ops::Range;

use super::block::{Block, Bytes, CHUNK, hash_all};

/// Stored in place of the hash of a copy. All other hashes have the bit `NOT_A_COPY`, which selects neither bits nor
/// words.
const COPY: u32 = 0;
const NOT_A_COPY: u32 = 1 << 11;

/// After a chunk without copies, only one chunk in this number is searched for copies until one has some.
const COPY_SEARCH_INTERVAL: usize = 16;

/// Bits per block in the set of hashes seen once.
const BITS_PER_BLOCK: usize = 4;

/// Bits per candidate in the set of hashes seen twice, and in the second pass.
const BITS_PER_CANDIDATE: usize = 8;

/// If at most one block in this number is a candidate, most candidates are chance collisions (one in 17 if nothing
/// repeats), and a second pass saves time.
const MOST_BY_CHANCE: usize = 10;

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The number of the block.
    pub number: u32,
    /// The low half of its hash, with the bit `NOT_A_COPY`.
    pub hash: u32,
}

/// Two sets of hashes: each hash sets three bits of one word (a Bloom filter that reads one word). A value that occurs
/// twice is always a candidate; a value that occurs once is one by chance, about one in 17 if nothing repeats. If there
/// are few candidates, a second pass filters them in the same way, so that about one in two hundred is left.
///
/// The first set uses the high half of a hash and the second set the low half: two blocks that collide in one set need
/// not collide in the other.
#[derive(Default)]
pub(super) struct DuplicateFilter {
    bytes: Bytes,
    /// Each block is compared with the block this number of blocks before it, to find copies.
    copy_distance: usize,
    /// The numbers of blocks that are copies.
    copies: Vec<u32>,
    /// Chunks since the last chunk that was searched for copies and had none.
    chunks_unsearched: usize,
    seen_once: BitSet,
    /// The low half of the hash of each block, or [`COPY`]: cheaper to read a second time than the blocks.
    low_hashes: Vec<u32>,
    /// The low half of the hash of each block whose high half was in `seen_once` before.
    repeated_hashes: Vec<u32>,
    seen_twice: BitSet,
    /// All candidates, if `is_listed`.
    listed: Vec<Candidate>,
    /// True if there are few candidates.
    is_listed: bool,
}

impl DuplicateFilter {
    /// Clears the filter and prepares it for `blocks` blocks. Each block is compared with the block `copy_distance`
    /// before it, if both belong to the same piece.
    pub fn start(&mut self, blocks: usize, bytes: Bytes, copy_distance: usize) {
        (self.bytes, self.copy_distance) = (bytes, copy_distance);
        self.copies.clear();
        self.chunks_unsearched = COPY_SEARCH_INTERVAL;
        self.seen_once.clear(blocks * BITS_PER_BLOCK);
        self.repeated_hashes.clear();
        self.low_hashes.resize(blocks, 0);
    }

    /// Adds a piece of blocks, numbered from `first`. Pieces may come in any order.
    ///
    /// # Panics
    /// If there are more blocks than [`start`](Self::start) was given.
    pub fn add(&mut self, first: usize, blocks: &[Block]) {
        let (mut hashes, mut is_repeated) = ([0; CHUNK], [false; CHUNK]);
        let (mut others, mut selected) = ([0; CHUNK], [0; CHUNK]);
        for start in (0..blocks.len()).step_by(CHUNK) {
            let chunk = start..blocks.len().min(start + CHUNK);
            let lows = &mut self.low_hashes[first..][chunk.clone()];
            // One loop for each step: a loop that looks up bits and uses the result waits for the memory twice.
            let hashes = hash_all(self.bytes, &blocks[chunk.clone()], &mut hashes);
            self.chunks_unsearched += 1;
            let repeated = if self.chunks_unsearched < COPY_SEARCH_INTERVAL {
                for ((is_repeated, low), &hash) in is_repeated.iter_mut().zip(&mut *lows).zip(hashes) {
                    let high;
                    (high, *low) = halves(hash);
                    *is_repeated = self.seen_once.insert(high);
                }
                select(&is_repeated, lows.iter().copied(), &mut selected)
            } else {
                let others =
                    split_copies(self.copy_distance, blocks, chunk, hashes, lows, &mut others, &mut selected);
                let copies = &selected[..hashes.len() - others.len()];
                // A chunk at the start of a piece has no blocks to compare with, and says nothing about later chunks.
                let has_none = copies.is_empty() && start >= self.copy_distance;
                self.chunks_unsearched = if has_none { 0 } else { COPY_SEARCH_INTERVAL };
                let number = u32::try_from(first + start).expect("blocks have numbers below 2^31");
                self.copies.extend(copies.iter().map(|at| number + at));
                for (is_repeated, &hash) in is_repeated.iter_mut().zip(others) {
                    *is_repeated = self.seen_once.insert(halves(hash).0);
                }
                select(&is_repeated, others.iter().map(|&hash| halves(hash).1), &mut selected)
            };
            self.repeated_hashes.extend_from_slice(repeated);
        }
    }

    /// Determines the candidates, after all blocks were added.
    pub fn finish(&mut self) {
        self.seen_twice.set_to(&self.repeated_hashes);
        self.is_listed =
            self.repeated_hashes.len() * MOST_BY_CHANCE < self.low_hashes.len() - self.copies.len();
        if self.is_listed {
            let mut listed = std::mem::take(&mut self.listed);
            listed.clear();
            self.find_candidates(0..self.low_hashes.len(), |candidate| listed.push(candidate));
            self.drop_collisions(&mut listed);
            self.listed = listed;
        }
    }

    /// The numbers of the blocks that equal the block `copy_distance` before them, piece by piece, in ascending order
    /// within a piece: the original of a copy that is a copy itself comes first.
    pub fn copies(&self) -> &[u32] {
        &self.copies
    }

    /// Calls `each` with the candidates among some blocks, in ascending order.
    ///
    /// # Panics
    /// If there are no such blocks.
    #[inline]
    pub fn candidates_in(&self, blocks: Range<usize>, each: impl FnMut(Candidate)) {
        if self.is_listed {
            let [start, end] = [blocks.start, blocks.end]
                .map(|at| self.listed.partition_point(|candidate| (candidate.number as usize) < at));
            self.listed[start..end].iter().copied().for_each(each);
        } else {
            self.find_candidates(blocks, each);
        }
    }

    /// Calls `each` with the blocks whose hash is in `seen_twice`.
    #[inline]
    fn find_candidates(&self, blocks: Range<usize>, mut each: impl FnMut(Candidate)) {
        let (mut is_candidate, mut selected) = ([false; CHUNK], [0; CHUNK]);
        let first = u32::try_from(blocks.start).expect("blocks have numbers below 2^31");
        for (lows, first) in self.low_hashes[blocks].chunks(CHUNK).zip((first..).step_by(CHUNK)) {
            for (is_candidate, &low) in is_candidate.iter_mut().zip(lows) {
                *is_candidate = self.seen_twice.contains(low);
            }
            if !self.copies.is_empty() {
                for (is_candidate, &low) in is_candidate.iter_mut().zip(lows) {
                    *is_candidate &= low != COPY;
                }
            }
            for &at in select(&is_candidate[..lows.len()], 0u32.., &mut selected) {
                each(Candidate { number: first + at, hash: lows[at as usize] });
            }
        }
    }

    /// Removes chance collisions from a short list of candidates, by filtering the candidates alone.
    fn drop_collisions(&mut self, candidates: &mut Vec<Candidate>) {
        let Self { seen_once, repeated_hashes, seen_twice, .. } = self;
        // Rehashed: candidates that collided by some bits of the first hash rarely collide by the bits of this one.
        let rehash =
            |candidate: &Candidate| (candidate.hash ^ candidate.hash >> 16).wrapping_mul(0x9e37_79b1);
        seen_once.clear(candidates.len() * BITS_PER_CANDIDATE);
        repeated_hashes.clear();
        let (mut is_repeated, mut selected) = ([false; CHUNK], [0; CHUNK]);
        for candidates in candidates.chunks(CHUNK) {
            for (is_repeated, candidate) in is_repeated.iter_mut().zip(candidates) {
                *is_repeated = seen_once.insert(rehash(candidate));
            }
            let repeated = select(&is_repeated, candidates.iter().map(rehash), &mut selected);
            repeated_hashes.extend_from_slice(repeated);
        }
        seen_twice.set_to(repeated_hashes);
        candidates.retain(|candidate| seen_twice.contains(rehash(candidate)));
    }
}

/// The items whose flag is set, at most as many as `room` has entries.
///
/// Without a branch: the flags are random, and a branch on them would be mispredicted.
#[inline]
fn select<'a, T>(flags: &[bool], items: impl Iterator<Item = T>, room: &'a mut [T; CHUNK]) -> &'a [T] {
    let mut count = 0;
    for (&flag, item) in flags.iter().zip(items) {
        room[count] = item;
        count += usize::from(flag);
    }
    &room[..count]
}

/// Splits a chunk into copies of the block `copy_distance` before them and other blocks. Writes [`COPY`] to `lows` for
/// copies and the low half of the hash for others, and the positions of the copies within the chunk to `copies`.
/// Returns the hashes of the others.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "a chunk is short")]
fn split_copies<'a>(
    copy_distance: usize,
    blocks: &[Block],
    chunk: Range<usize>,
    hashes: &[u64],
    lows: &mut [u32],
    others: &'a mut [u64; CHUNK],
    copies: &mut [u32; CHUNK],
) -> &'a [u64] {
    // The first blocks of a piece have no block so far before them.
    let first = chunk.start.max(copy_distance).min(chunk.end);
    let skipped = first - chunk.start;
    others[..skipped].copy_from_slice(&hashes[..skipped]);
    lows.iter_mut().zip(&hashes[..skipped]).for_each(|(low, &hash)| *low = halves(hash).1);
    let (own, before) = (&blocks[first..chunk.end], &blocks[first.saturating_sub(copy_distance)..]);
    let (mut count, mut others_count) = (0, skipped);
    let with_hashes = lows[skipped..].iter_mut().zip(&hashes[skipped..]);
    for (at, ((low, &hash), (own, before))) in with_hashes.zip(own.iter().zip(before)).enumerate() {
        let is_copy = own == before;
        // Without a branch, as in `select`.
        *low = if is_copy { COPY } else { halves(hash).1 };
        copies[count & (CHUNK - 1)] = (skipped + at) as u32;
        count += usize::from(is_copy);
        others[others_count & (CHUNK - 1)] = hash;
        others_count += usize::from(!is_copy);
    }
    &others[..others_count]
}

/// The high half of a hash, for `seen_once`, and the low half, for `seen_twice`, which is never [`COPY`].
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(hash: u64) -> (u32, u32) {
    ((hash >> 32) as u32, hash as u32 | NOT_A_COPY)
}

/// The three bits of a word that belong to a hash, in a table: shifting three bits into place takes longer. Entry n has
/// bit n mod 64 and two others, whose distances from it depend on n div 64.
const BITS: [u64; 1 << HASH_BITS] = {
    let mut bits = [0; 1 << HASH_BITS];
    let mut number = 0;
    while number < 1 << HASH_BITS {
        let (first, pattern) = (1u64.rotate_left(number % 64), number / 64);
        bits[number as usize] =
            first | first.rotate_left(7 + 2 * pattern) | first.rotate_left(24 + 5 * pattern);
        number += 1;
    }
    bits
};

/// How many bits of a hash select an entry of [`BITS`].
const HASH_BITS: u32 = 9;

/// A set of hashes as bits, whose number is a power of two.
#[derive(Default)]
struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    fn clear(&mut self, bits: usize) {
        self.words.clear();
        self.words.resize(bits.div_ceil(64).next_power_of_two(), 0);
    }

    /// The index of a hash's word, and its bits there.
    #[inline]
    fn position(&self, hash: u32) -> (usize, u64) {
        ((hash >> 12) as usize & (self.words.len() - 1), BITS[(hash & ((1 << HASH_BITS) - 1)) as usize])
    }

    /// Sets the bits of a hash. Returns true if all of them were set before.
    #[inline]
    fn insert(&mut self, hash: u32) -> bool {
        let (word, bits) = self.position(hash);
        let word = &mut self.words[word];
        let before = *word;
        *word = before | bits;
        before & bits == bits
    }

    /// Replaces the content of the set.
    fn set_to(&mut self, hashes: &[u32]) {
        self.clear(hashes.len() * BITS_PER_CANDIDATE);
        for &hash in hashes {
            self.insert(hash);
        }
    }

    #[inline]
    fn contains(&self, hash: u32) -> bool {
        let (word, bits) = self.position(hash);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::census::hash;

    /// Whether each block is a candidate: the values 0 to 9999, then the values below `repeated` a second time.
    fn is_candidate(repeated: usize) -> Vec<bool> {
        let blocks: Vec<Block> = (0..10_000u128).chain(0..repeated as u128).map(u128::to_le_bytes).collect();
        let mut filter = DuplicateFilter::default();
        // A smaller census first: `start` must clear everything.
        for frames in [&[&blocks[..500], &blocks[..500]][..], &[&blocks[..10_000], &blocks[10_000..]]] {
            filter.start(frames.iter().map(|blocks| blocks.len()).sum(), Bytes::Any, 100);
            let mut first = 0;
            for blocks in frames {
                filter.add(first, blocks);
                first += blocks.len();
            }
            filter.finish();
        }
        let mut is_candidate = vec![false; blocks.len()];
        for numbers in [0..10_000, 10_000..blocks.len()] {
            filter.candidates_in(numbers.clone(), |Candidate { number, hash: low }| {
                assert!(numbers.contains(&(number as usize)));
                assert_eq!(low, halves(hash(blocks[number as usize])).1);
                is_candidate[number as usize] = true;
            });
        }
        is_candidate
    }

    #[test]
    fn repeated_values_are_always_candidates_and_unique_values_seldom() {
        // With few repeats the second pass removes most collisions.
        for (repeated, most) in [(500, 2000), (100, 200), (0, 100)] {
            let is_candidate = is_candidate(repeated);
            assert!(is_candidate[..repeated].iter().chain(&is_candidate[10_000..]).all(|&is| is));
            let collisions = is_candidate[repeated..10_000].iter().filter(|&&is| is).count();
            assert!(collisions < most, "{collisions} of {}", 10_000 - repeated);
        }
    }

    #[test]
    fn copies_are_listed_and_are_not_candidates() {
        // Rows of five: the third row equals the second, the fourth has three blocks of it, and all other values occur
        // once.
        let rows = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [5, 6, 7, 8, 9], [10, 6, 7, 11, 12]];
        let blocks: Vec<Block> = rows.concat().into_iter().map(u128::to_le_bytes).collect();
        let mut filter = DuplicateFilter::default();
        filter.start(blocks.len(), Bytes::Any, 5);
        filter.add(0, &blocks);
        filter.finish();
        assert_eq!(filter.copies(), [10, 11, 12, 13, 14, 16, 17]);
        filter.candidates_in(0..blocks.len(), |candidate| {
            panic!("{candidate:?} occurs once, apart from its copies")
        });
    }

    #[test]
    fn few_chunks_are_searched_for_copies_until_one_has_some() {
        // Noise, then rows that equal the row above.
        let mut blocks: Vec<Block> = (0..100 * CHUNK as u128).map(u128::to_le_bytes).collect();
        blocks.extend((0..100 * CHUNK as u128).map(|i| ((1 << 64) | (i % 10)).to_le_bytes()));
        let mut filter = DuplicateFilter::default();
        filter.start(blocks.len(), Bytes::Any, 10);
        blocks.chunks(1 << 12).enumerate().for_each(|(piece, blocks)| filter.add(piece << 12, blocks));
        let copies = filter.copies().len();
        assert!((80 * CHUNK..100 * CHUNK).contains(&copies), "{copies}");
    }
}
