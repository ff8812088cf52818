//! Which values occur at two or more distinct places within some frames.
//!
//! Most blocks of a lively film are met once and never again. So they are parted by hash, and each part is gone
//! over twice, the first time with nothing but bits in hand: what is counted stays in the cache.

use rayon::prelude::*;

use super::NoTone;
use super::names::{Block, NO_NODE, blocks, hash};

/// Parts of the values, by the top bits of their hash.
const PARTS: usize = 128;

/// Bits for each entry of a part.
const BITS_AN_ENTRY: usize = 8;

/// Blocks that are parted at a time.
const CHUNK: usize = 1 << 15;

/// Set in a place where its value is at another place, too.
const AND_ELSEWHERE: u32 = 1 << 31;

/// Marks of blocks that are not listed: those that have the value of the block before, of the block above, or of the
/// block that stood at their place in the frame before.
const AS_BEFORE: u32 = NO_NODE - 1;
const AS_ABOVE: u32 = NO_NODE - 2;
const AS_EARLIER: u32 = NO_NODE - 3;

/// The values that occur at two or more distinct places within some frames.
pub(super) struct Named {
    /// Their hashes, in the order in which they first occur.
    pub values: Vec<u64>,
    /// How many blocks have each value.
    pub blocks: Vec<u32>,
    /// The number of the value of each block of each frame, or [`NO_NODE`].
    pub frames: Vec<Vec<u32>>,
}

impl Named {
    /// Of these frames, in most of which the block above another is `columns` before it; `done` is told the share of a
    /// whole preparation, and may break off.
    pub(super) fn of(
        frames: &[&[u8]],
        columns: usize,
        done: &mut dyn FnMut(f64) -> Result<(), NoTone>,
    ) -> Result<Self, NoTone> {
        let earlier = |frame: usize| frame.checked_sub(1).map_or(&[][..], |earlier| blocks(frames[earlier]));
        let parted = |(at, frame): (usize, &&[u8])| Parted::of(blocks(frame), earlier(at), columns);
        let mut parted: Vec<Parted> = frames.par_iter().enumerate().map(parted).collect();
        done(0.1)?;
        let counted: Vec<Counted> =
            (0..PARTS).into_par_iter().map(|part| Counted::of(&parted, part)).collect();
        // Of a large frame they take as much memory as the frame itself.
        for parted in &mut parted {
            (parted.hashes, parted.places) = (Vec::new(), Vec::new());
        }
        done(0.2)?;
        let mut base = 0;
        let bases = counted.iter().map(|part| {
            base += part.met.len() as u32;
            base - part.met.len() as u32
        });
        let bases: Vec<u32> = bases.collect();
        // First each block's value by its place among all that were counted, then numbered as they occur.
        let of_frame = |(frame, parted): (usize, &mut Parted)| {
            let mut nodes = std::mem::take(&mut parted.marks);
            for (counted, &base) in counted.iter().zip(&bases) {
                let range = counted.frames[frame] as usize..counted.frames[frame + 1] as usize;
                for &(place, id) in &counted.found[range] {
                    if counted.met[id as usize] & AND_ELSEWHERE != 0 {
                        nodes[place as usize] = base + id;
                    }
                }
            }
            nodes
        };
        let mut named = Self { values: Vec::new(), blocks: Vec::new(), frames: Vec::new() };
        named.frames = parted.par_iter_mut().enumerate().map(of_frame).collect();
        drop(counted);
        done(0.25)?;
        named.number(base as usize, columns, frames);
        Ok(named)
    }

    /// Numbers the values as they occur: the frames hold their places among `all` that were counted, for the
    /// blocks that were listed, and marks for the others.
    fn number(&mut self, all: usize, columns: usize, frames: &[&[u8]]) {
        let mut numbers = vec![NO_NODE; all];
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

/// Counts blocks of a value, which may be [`NO_NODE`].
#[inline]
fn add_blocks(blocks: &mut [u32], value: u32, count: u32) {
    if let Some(blocks) = blocks.get_mut(value as usize) {
        *blocks += count;
    }
}

/// The blocks of a frame, but for those that have the value of the one before or above and those that stay in their
/// place from the frame before. Chunk by chunk, those of a part together, otherwise in their order.
struct Parted {
    /// For each block [`NO_NODE`] where it is listed, and otherwise why it is not.
    marks: Vec<u32>,
    /// Where each part of each chunk begins, and where the last ends.
    starts: Vec<u32>,
    hashes: Vec<u64>,
    places: Vec<u32>,
}

impl Parted {
    /// Of a frame, and the one prepared before it.
    fn of(blocks: &[Block], earlier: &[Block], columns: usize) -> Self {
        let marks = vec![NO_NODE; blocks.len()];
        let mut parted = Self { marks, starts: vec![0], hashes: Vec::new(), places: Vec::new() };
        let mut found = vec![(0, 0); CHUNK + 1];
        // Which of those found has the value of each block of a chunk: 0 where none does.
        let mut entries = vec![0u32; CHUNK];
        for (chunk, blocks) in blocks.chunks(CHUNK).enumerate() {
            let first = chunk * CHUNK;
            let earlier = earlier.get(first..).unwrap_or_default();
            let marks = &mut parted.marks[first..];
            let mut sizes = [0u32; PARTS];
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
    fn take_in(&mut self, found: &[(u64, u32)], sizes: &[u32; PARTS]) {
        let mut next = [0u32; PARTS];
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
    fn entries(&self, part: usize) -> usize {
        self.starts.windows(2).skip(part).step_by(PARTS).map(|ends| (ends[1] - ends[0]) as usize).sum()
    }

    /// The entries of a part, chunk by chunk: hashes and places.
    fn part(&self, part: usize) -> impl Iterator<Item = (&[u64], &[u32])> {
        let chunks = self.starts.len() / PARTS;
        (0..chunks).map(move |chunk| {
            let at = chunk * PARTS + part;
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            (&self.hashes[range.clone()], &self.places[range])
        })
    }
}

fn part_of(hash: u64) -> usize {
    (hash >> 57) as usize
}

/// The values of a part.
struct Counted {
    /// Place and value of each entry of the part whose value may occur at two places, frame by frame, and where each
    /// frame begins and the last ends.
    found: Vec<(u32, u32)>,
    frames: Vec<u32>,
    /// The first place of each value, with [`AND_ELSEWHERE`] if it was met at another.
    met: Vec<u32>,
}

impl Counted {
    /// Values are told apart by their hashes: that of ciphertext is as random as the block.
    fn of(frames: &[Parted], part: usize) -> Self {
        let count: usize = frames.iter().map(|frame| frame.entries(part)).sum();
        // Most values are met once: a bit for each hash that was seen, and one for each that was seen again.
        let words = (count * BITS_AN_ENTRY).next_power_of_two().max(64) / 64;
        let bit = |hash: u64| ((hash >> 30) as usize & (words - 1), 1u64 << ((hash >> 24) % 64));
        let mut bits = vec![[0u64; 2]; words];
        for (hashes, places) in frames.iter().flat_map(|frame| frame.part(part)) {
            for (&hash, &place) in hashes.iter().zip(places) {
                let (word, mask) = bit(hash);
                let [seen, again] = &mut bits[word];
                *again |= if place & AND_ELSEWHERE == 0 { *seen & mask } else { mask };
                *seen |= mask;
            }
        }
        let suspects: usize = bits.iter().map(|[_, again]| again.count_ones() as usize).sum();
        let mut table = Table::new(suspects);
        let mut met: Vec<u32> = Vec::with_capacity(suspects);
        let mut found = Vec::with_capacity(count);
        let mut starts = Vec::with_capacity(frames.len() + 1);
        for frame in frames {
            starts.push(found.len() as u32);
            for (hashes, places) in frame.part(part) {
                for (&hash, &place) in hashes.iter().zip(places) {
                    let (word, mask) = bit(hash);
                    if bits[word][1] & mask == 0 {
                        continue;
                    }
                    let id = table.number(hash);
                    if id as usize == met.len() {
                        met.push(place);
                    }
                    let first = &mut met[id as usize];
                    let is_other = (*first ^ place) & !AND_ELSEWHERE != 0;
                    *first |= place & AND_ELSEWHERE | if is_other { AND_ELSEWHERE } else { 0 };
                    found.push((place & !AND_ELSEWHERE, id));
                }
            }
        }
        starts.push(found.len() as u32);
        Self { found, frames: starts, met }
    }
}

/// Numbers hashes from 0 as they are met: open addressing, at most half full.
struct Table {
    /// Hash and number.
    slots: Vec<(u64, u32)>,
    numbers: u32,
}

impl Table {
    /// With room for about so many.
    fn new(values: usize) -> Self {
        Self { slots: vec![(0, NO_NODE); (values * 2).next_power_of_two().max(64)], numbers: 0 }
    }

    #[inline]
    fn number(&mut self, hash: u64) -> u32 {
        let at = self.slot(hash);
        if self.slots[at].1 != NO_NODE {
            return self.slots[at].1;
        }
        self.slots[at] = (hash, self.numbers);
        self.numbers += 1;
        if self.numbers as usize * 2 > self.slots.len() {
            self.grow();
        }
        self.numbers - 1
    }

    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != NO_NODE && self.slots[at].0 != hash {
            at = (at + 1) & mask;
        }
        at
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![(0, NO_NODE); self.slots.len() * 2];
        for (hash, number) in std::mem::replace(&mut self.slots, larger) {
            if number != NO_NODE {
                let at = self.slot(hash);
                self.slots[at] = (hash, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::*;
    use crate::picture::layout::BLOCK_BYTES;

    fn block(value: u8) -> Block {
        [value; BLOCK_BYTES]
    }

    fn frame(values: &[u8]) -> Vec<u8> {
        values.iter().flat_map(|&value| block(value)).collect()
    }

    fn named(frames: &[&[u8]]) -> Named {
        Named::of(frames, 3, &mut |_| Ok(())).expect("nobody breaks off")
    }

    #[test]
    fn a_name_needs_two_distinct_places() {
        // 1 twice in a frame; 2 at one place of both frames; 3 at two places of different frames; 4 once.
        let (one, two) = (frame(&[1, 2, 3, 1, 4]), frame(&[5, 2, 6, 7, 3]));
        let met = named(&[&one, &two]);
        assert_eq!(met.blocks, [2, 2]);
        let no = NO_NODE;
        assert_eq!(met.frames, [[0, no, 1, 0, no], [no, no, no, no, 1]], "numbered as they first occur");
        assert_eq!(met.values, [hash(block(1)), hash(block(3))]);
    }

    #[test]
    fn what_stays_in_its_place_and_spreads_from_there_is_at_two() {
        let met = named(&[&frame(&[1, 2, 3]), &frame(&[1, 1, 3]), &frame(&[4, 1, 3])]);
        assert_eq!(met.blocks, [4]);
        assert_eq!(met.frames, [[0, NO_NODE, NO_NODE], [0, 0, NO_NODE], [NO_NODE, 0, NO_NODE]]);
    }

    #[test]
    fn of_many_values_none_is_lost() {
        let half: Vec<u8> = (0..100_000u128).flat_map(u128::to_le_bytes).collect();
        let met = named(&[&[&half[..], &half[..]].concat()]);
        assert_eq!(met.values.len(), 100_000);
        assert!((0u128..).zip(&met.values).all(|(value, &of)| of == hash(value.to_le_bytes())));
    }
    #[test]
    fn values_are_those_that_a_list_of_places_finds() {
        // Blocks that go on to the right, below and in the next frame, and some that are nowhere else.
        let (columns, places) = (40, CHUNK + 5000);
        let mut state = 1u64;
        let mut random = move |below: u64| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) % below
        };
        let mut frames: Vec<Vec<u64>> = Vec::new();
        for at in 0..4 {
            let mut frame: Vec<u64> = Vec::new();
            for place in 0..places {
                let value = match random(10) {
                    0..3 if place > 0 => frame[place - 1],
                    3..5 if place >= columns => frame[place - columns],
                    5..7 if at > 0 => frames[at - 1][place],
                    7 => random(500),
                    _ => random(1 << 40) + 500,
                };
                frame.push(value);
            }
            frames.push(frame);
        }
        let bytes =
            |frame: &Vec<u64>| frame.iter().flat_map(|&value| u128::from(value).to_le_bytes()).collect();
        let ciphertexts: Vec<Vec<u8>> = frames.iter().map(bytes).collect();
        let ciphertexts: Vec<&[u8]> = ciphertexts.iter().map(Vec::as_slice).collect();
        let met = Named::of(&ciphertexts, columns, &mut |_| Ok(())).expect("nobody breaks off");

        let mut where_met: HashMap<u64, (BTreeSet<usize>, u32)> = HashMap::new();
        for (place, &value) in frames.iter().flat_map(|frame| frame.iter().enumerate()) {
            let (at, blocks) = where_met.entry(value).or_default();
            at.insert(place);
            *blocks += 1;
        }
        let mut numbers: HashMap<u64, u32> = HashMap::new();
        for (frame, met) in frames.iter().zip(&met.frames) {
            for (value, &met) in frame.iter().zip(met) {
                let next = numbers.len() as u32;
                let is_named = where_met[value].0.len() > 1;
                let number = if is_named { *numbers.entry(*value).or_insert(next) } else { NO_NODE };
                assert_eq!(met, number);
            }
        }
        assert_eq!(met.values.len(), numbers.len());
        assert!(met.values.len() > 10_000);
        for (value, number) in numbers {
            assert_eq!(met.values[number as usize], hash(u128::from(value).to_le_bytes()));
            assert_eq!(met.blocks[number as usize], where_met[&value].1);
        }
    }
}
