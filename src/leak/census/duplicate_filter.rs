//! Pre-filter for the census: finds copies of a nearby block, and blocks that may repeat, so that unique blocks (most of a
//! noisy frame) never reach the hash table.

use std::ops::Range;

use super::block::{Block, Bytes, CHUNK, hash_all};

/// Stored instead of a copy's hash digits. All other digits have the bit `NO_COPY`, which selects neither bits nor words.
const COPY: u32 = 0;
const NO_COPY: u32 = 1 << 11;

/// After a chunk without copies, only one chunk in so many is searched for copies until one has some.
const COPY_SEARCH_INTERVAL: usize = 16;

/// Bits per block in the set of values seen once.
const BITS_PER_BLOCK_SEEN: usize = 4;

/// Bits per candidate in the set of values seen twice, and in the second pass.
const BITS_PER_CANDIDATE: usize = 8;

/// If at most one block in so many is a candidate, most candidates are chance collisions (one in 17 if nothing repeats),
/// and a second pass is worth its time.
const MOST_BY_CHANCE: usize = 10;

/// A block whose value may occur twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Which block it is.
    pub number: u32,
    /// Half of its hash.
    pub digits: u32,
}

/// Two sets of bits by hash, three bits of a word for each (a Bloom filter that reads one word). What occurs twice
/// is always suspected, what occurs once only by chance: about one unique value in ten where nothing repeats. Those
/// are then looked through once more in the same way, so that about one in two hundred is left.
///
/// The second set is found by other digits of the hash than the first: who shares the bits of the one with a
/// candidate need not share those of the other.
#[derive(Default)]
pub(super) struct DuplicateFilter {
    bytes: Bytes,
    /// Each block is compared with the block so many before it, to find copies.
    distance: usize,
    /// Blocks that are copies.
    copies: Vec<u32>,
    /// Stretches since one was searched for copies, and found to hold none.
    chunks_unsearched: usize,
    seen: Bits,
    /// The low hash digits of all blocks, which are cheaper to read again than the blocks.
    lows: Vec<u32>,
    /// The low digits of blocks seen twice.
    met: Vec<u32>,
    again: Bits,
    /// All candidates, if they are few.
    few: Vec<Candidate>,
    are_few: bool,
}

impl DuplicateFilter {
    /// Forgets all, and makes ready for so many blocks of such bytes. Each is compared with the one that stands so many
    /// blocks before it, as far as both come in one piece.
    pub fn start(&mut self, blocks: usize, bytes: Bytes, distance: usize) {
        (self.bytes, self.distance) = (bytes, distance);
        self.copies.clear();
        self.chunks_unsearched = COPY_SEARCH_INTERVAL;
        self.seen.clear(blocks * BITS_PER_BLOCK_SEEN);
        self.met.clear();
        self.lows.resize(blocks, 0);
    }

    /// Notes some blocks, numbered from `first`, in any order.
    ///
    /// # Panics
    /// If there are more blocks than it was made ready for.
    pub fn note(&mut self, first: usize, blocks: &[Block]) {
        let (mut hashes, mut before) = ([0; CHUNK], [false; CHUNK]);
        let (mut others, mut picked) = ([0; CHUNK], [0; CHUNK]);
        for start in (0..blocks.len()).step_by(CHUNK) {
            let chunk = start..blocks.len().min(start + CHUNK);
            let lows = &mut self.lows[first..][chunk.clone()];
            // One thing at a time: a loop that looks up bits and does something with what it finds waits for both.
            let hashes = hash_all(self.bytes, &blocks[chunk.clone()], &mut hashes);
            self.chunks_unsearched += 1;
            let met = if self.chunks_unsearched < COPY_SEARCH_INTERVAL {
                for ((before, low), &hash) in before.iter_mut().zip(&mut *lows).zip(hashes) {
                    let high;
                    (high, *low) = halves(hash);
                    *before = self.seen.set(high);
                }
                pick(&before, lows.iter().copied(), &mut picked)
            } else {
                let others = part(self.distance, blocks, chunk, hashes, lows, &mut others, &mut picked);
                let copies = &picked[..hashes.len() - others.len()];
                // What has nothing so far before it in its piece says nothing about what comes.
                let is_unlike = copies.is_empty() && start >= self.distance;
                self.chunks_unsearched = if is_unlike { 0 } else { COPY_SEARCH_INTERVAL };
                let number = u32::try_from(first + start).expect("blocks have numbers below 2^31");
                self.copies.extend(copies.iter().map(|at| number + at));
                for (before, &hash) in before.iter_mut().zip(others) {
                    *before = self.seen.set(halves(hash).0);
                }
                pick(&before, others.iter().map(|&hash| halves(hash).1), &mut picked)
            };
            self.met.extend_from_slice(met);
        }
    }

    /// Says which are suspects, once all blocks are noted.
    pub fn finish(&mut self) {
        self.again.hold(&self.met);
        self.are_few = self.met.len() * MOST_BY_CHANCE < self.lows.len() - self.copies.len();
        if self.are_few {
            let mut few = std::mem::take(&mut self.few);
            few.clear();
            self.look_through(0..self.lows.len(), |candidate| few.push(candidate));
            self.look_again(&mut few);
            self.few = few;
        }
    }

    /// The blocks that equal the one so far before them. Where that is a copy too, it comes first.
    pub fn copies(&self) -> (&[u32], usize) {
        (&self.copies, self.distance)
    }

    /// Hands over the suspects among some blocks, in order.
    ///
    /// # Panics
    /// If there are no such blocks.
    #[inline]
    pub fn among(&self, blocks: Range<usize>, each: impl FnMut(Candidate)) {
        if self.are_few {
            let [start, end] = [blocks.start, blocks.end]
                .map(|at| self.few.partition_point(|candidate| (candidate.number as usize) < at));
            self.few[start..end].iter().copied().for_each(each);
        } else {
            self.look_through(blocks, each);
        }
    }

    /// Finds which of some blocks share the bits of what was seen again.
    #[inline]
    fn look_through(&self, blocks: Range<usize>, mut each: impl FnMut(Candidate)) {
        let (mut again, mut picked) = ([false; CHUNK], [0; CHUNK]);
        let first = u32::try_from(blocks.start).expect("blocks have numbers below 2^31");
        for (lows, first) in self.lows[blocks].chunks(CHUNK).zip((first..).step_by(CHUNK)) {
            for (again, &low) in again.iter_mut().zip(lows) {
                *again = self.again.has(low);
            }
            if !self.copies.is_empty() {
                for (again, &low) in again.iter_mut().zip(lows) {
                    *again &= low != COPY;
                }
            }
            for &at in pick(&again[..lows.len()], 0u32.., &mut picked) {
                each(Candidate { number: first + at, digits: lows[at as usize] });
            }
        }
    }

    /// Drops chance collisions among few candidates, by filtering the candidates alone once more.
    fn look_again(&mut self, few: &mut Vec<Candidate>) {
        let Self { seen, met, again, .. } = self;
        // What shared bits by its digits does not by others that hang on all of them.
        let digits =
            |candidate: &Candidate| (candidate.digits ^ candidate.digits >> 16).wrapping_mul(0x9e37_79b1);
        seen.clear(few.len() * BITS_PER_CANDIDATE);
        met.clear();
        let (mut before, mut picked) = ([false; CHUNK], [0; CHUNK]);
        for few in few.chunks(CHUNK) {
            for (before, candidate) in before.iter_mut().zip(few) {
                *before = seen.set(digits(candidate));
            }
            met.extend_from_slice(pick(&before, few.iter().map(digits), &mut picked));
        }
        again.hold(met);
        few.retain(|candidate| again.has(digits(candidate)));
    }
}

/// Those of some things that are flagged, at most as many as there is room for.
///
/// Without a branch: which of them are cannot be foreseen.
#[inline]
fn pick<'a, T>(flags: &[bool], from: impl Iterator<Item = T>, room: &'a mut [T; CHUNK]) -> &'a [T] {
    let mut count = 0;
    for (&flag, thing) in flags.iter().zip(from) {
        room[count] = thing;
        count += usize::from(flag);
    }
    &room[..count]
}

/// Marks those of a chunk that equal the one so far before them, and parts them from the others: returns the hashes of
/// these, and writes down which those are.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "a chunk is short")]
fn part<'a>(
    distance: usize,
    blocks: &[Block],
    chunk: Range<usize>,
    hashes: &[u64],
    lows: &mut [u32],
    others: &'a mut [u64; CHUNK],
    copies: &mut [u32; CHUNK],
) -> &'a [u64] {
    // The first ones have none so far before them.
    let first = chunk.start.max(distance).min(chunk.end);
    let skipped = first - chunk.start;
    others[..skipped].copy_from_slice(&hashes[..skipped]);
    lows.iter_mut().zip(&hashes[..skipped]).for_each(|(low, &hash)| *low = halves(hash).1);
    let (own, before) = (&blocks[first..chunk.end], &blocks[first.saturating_sub(distance)..]);
    let (mut count, mut others_count) = (0, skipped);
    let with_hashes = lows[skipped..].iter_mut().zip(&hashes[skipped..]);
    for (at, ((low, &hash), (own, before))) in with_hashes.zip(own.iter().zip(before)).enumerate() {
        let is_copy = own == before;
        // Without a branch, as in `pick`.
        *low = if is_copy { COPY } else { halves(hash).1 };
        copies[count & (CHUNK - 1)] = (skipped + at) as u32;
        count += usize::from(is_copy);
        others[others_count & (CHUNK - 1)] = hash;
        others_count += usize::from(!is_copy);
    }
    &others[..others_count]
}

/// The digits that choose bits at first, and those that are kept, which are not those of a [`COPY`].
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(hash: u64) -> (u32, u32) {
    ((hash >> 32) as u32, hash as u32 | NO_COPY)
}

/// Which bits of a word belong to a hash, to be looked up: to shift three of them into their places takes longer.
/// Those of number n are bit n mod 64 and two others, at distances that hang on the rest of n.
const BITS: [u64; 1 << BITS_DIGITS] = {
    let mut bits = [0; 1 << BITS_DIGITS];
    let mut number = 0;
    while number < 1 << BITS_DIGITS {
        let (first, way) = (1u64.rotate_left(number % 64), number / 64);
        bits[number as usize] = first | first.rotate_left(7 + 2 * way) | first.rotate_left(24 + 5 * way);
        number += 1;
    }
    bits
};

/// Digits of a hash that choose its bits.
const BITS_DIGITS: u32 = 9;

/// A power of two of bits.
#[derive(Default)]
struct Bits {
    words: Vec<u64>,
}

impl Bits {
    fn clear(&mut self, bits: usize) {
        self.words.clear();
        self.words.resize(bits.div_ceil(64).next_power_of_two(), 0);
    }

    /// The word of a hash, and its bits there.
    #[inline]
    fn place(&self, hash: u32) -> (usize, u64) {
        ((hash >> 12) as usize & (self.words.len() - 1), BITS[(hash & ((1 << BITS_DIGITS) - 1)) as usize])
    }

    /// Sets the bits; says whether all were set before.
    #[inline]
    fn set(&mut self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        let word = &mut self.words[word];
        let before = *word;
        *word = before | bits;
        before & bits == bits
    }

    /// Forgets all but some hashes.
    fn hold(&mut self, hashes: &[u32]) {
        self.clear(hashes.len() * BITS_PER_CANDIDATE);
        for &hash in hashes {
            self.set(hash);
        }
    }

    #[inline]
    fn has(&self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        self.words[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::census::hash;

    /// Blocks 0 to 9999, those below `again` once more in a later frame: who is suspected.
    fn suspected(again: usize) -> Vec<bool> {
        let blocks: Vec<Block> = (0..10_000u128).chain(0..again as u128).map(u128::to_le_bytes).collect();
        let mut filter = DuplicateFilter::default();
        // Nothing is left from before.
        for frames in [&[&blocks[..500], &blocks[..500]][..], &[&blocks[..10_000], &blocks[10_000..]]] {
            filter.start(frames.iter().map(|blocks| blocks.len()).sum(), Bytes::Any, 100);
            let mut first = 0;
            for blocks in frames {
                filter.note(first, blocks);
                first += blocks.len();
            }
            filter.finish();
        }
        let mut suspected = vec![false; blocks.len()];
        for numbers in [0..10_000, 10_000..blocks.len()] {
            filter.among(numbers.clone(), |Candidate { number, digits }| {
                assert!(numbers.contains(&(number as usize)));
                assert_eq!(digits, halves(hash(blocks[number as usize])).1);
                suspected[number as usize] = true;
            });
        }
        suspected
    }

    #[test]
    fn repeated_values_are_always_candidates_and_unique_ones_seldom() {
        // Where few are suspected, they are looked through once more.
        for (again, most) in [(500, 2000), (100, 200), (0, 100)] {
            let suspected = suspected(again);
            assert!(suspected[..again].iter().chain(&suspected[10_000..]).all(|&is| is));
            let wrongly = suspected[again..10_000].iter().filter(|&&is| is).count();
            assert!(wrongly < most, "{wrongly} of {}", 10_000 - again);
        }
    }

    #[test]
    fn copies_are_listed_and_are_no_candidates() {
        // Rows of five: the third row is the second, the fourth goes on with a part of it, and all else is there once.
        let rows = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [5, 6, 7, 8, 9], [10, 6, 7, 11, 12]];
        let blocks: Vec<Block> = rows.concat().into_iter().map(u128::to_le_bytes).collect();
        let mut filter = DuplicateFilter::default();
        filter.start(blocks.len(), Bytes::Any, 5);
        filter.note(0, &blocks);
        filter.finish();
        assert_eq!(filter.copies(), (&[10, 11, 12, 13, 14, 16, 17][..], 5));
        filter.among(0..blocks.len(), |candidate| panic!("{candidate:?} is there once beside its copies"));
    }

    #[test]
    fn few_chunks_are_searched_for_copies_until_one_has_some() {
        // Noise, and then columns that go on.
        let mut blocks: Vec<Block> = (0..100 * CHUNK as u128).map(u128::to_le_bytes).collect();
        blocks.extend((0..100 * CHUNK as u128).map(|i| ((1 << 64) | (i % 10)).to_le_bytes()));
        let mut filter = DuplicateFilter::default();
        filter.start(blocks.len(), Bytes::Any, 10);
        blocks.chunks(1 << 12).enumerate().for_each(|(piece, blocks)| filter.note(piece << 12, blocks));
        let copies = filter.copies().0.len();
        assert!((80 * CHUNK..100 * CHUNK).contains(&copies), "{copies}");
    }
}
