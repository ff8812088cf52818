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

/// Set in a place where the block after it has the same value.
const AND_NEXT: u32 = 1 << 31;

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
    /// Of these frames; `done` is told the share of a whole preparation, and may break off.
    pub(super) fn of(
        frames: &[&[u8]],
        done: &mut dyn FnMut(f64) -> Result<(), NoTone>,
    ) -> Result<Self, NoTone> {
        let earlier = |frame: usize| frame.checked_sub(1).map_or(&[][..], |earlier| blocks(frames[earlier]));
        let parted = |(at, frame): (usize, &&[u8])| Parted::of(blocks(frame), earlier(at));
        let parted: Vec<Parted> = frames.par_iter().enumerate().map(parted).collect();
        done(0.1)?;
        let counted: Vec<Counted> =
            (0..PARTS).into_par_iter().map(|part| Counted::of(&parted, part)).collect();
        done(0.2)?;
        let mut base = 0;
        let bases = counted.iter().map(|part| {
            base += part.values;
            base - part.values
        });
        let bases: Vec<u32> = bases.collect();
        // First each block's value by its place among all that were counted, then numbered as they occur.
        let of_frame = |(frame, parted): (usize, &Parted)| {
            let mut nodes = vec![NO_NODE; parted.blocks];
            for (part, (counted, &base)) in counted.iter().zip(&bases).enumerate() {
                let ids = &counted.ids[counted.frames[frame] as usize..];
                let mut ids = ids.iter();
                parted.part(part).for_each(|(_, place)| {
                    let id = ids.next().copied().unwrap_or(NO_NODE);
                    if id != NO_NODE {
                        nodes[(place & !AND_NEXT) as usize] = base + id;
                    }
                });
            }
            nodes
        };
        let mut named = Self { values: Vec::new(), blocks: Vec::new(), frames: Vec::new() };
        named.frames = parted.par_iter().enumerate().map(of_frame).collect();
        done(0.25)?;
        named.number(base as usize, frames);
        Ok(named)
    }

    /// Numbers the values as they occur: the frames hold their places among `all` that were counted, for the
    /// blocks that were listed.
    fn number(&mut self, all: usize, frames: &[&[u8]]) {
        let mut numbers = vec![NO_NODE; all];
        for (at, frame) in frames.iter().enumerate() {
            let (done, rest) = self.frames.split_at_mut(at);
            let earlier = done.last().map_or(&[][..], Vec::as_slice);
            let stood = at.checked_sub(1).map_or(&[][..], |at| blocks(frames[at]));
            let mut before = (None, NO_NODE);
            for (place, (node, block)) in rest[0].iter_mut().zip(blocks(frame)).enumerate() {
                if before.0 != Some(block) {
                    before.0 = Some(block);
                    before.1 = NO_NODE;
                    if stood.get(place) == Some(block) {
                        before.1 = earlier[place];
                    } else if *node != NO_NODE {
                        let number = &mut numbers[*node as usize];
                        if *number == NO_NODE {
                            *number = self.values.len() as u32;
                            self.values.push(hash(*block));
                            self.blocks.push(0);
                        }
                        before.1 = *number;
                    }
                }
                *node = before.1;
                if let Some(blocks) = self.blocks.get_mut(before.1 as usize) {
                    *blocks += 1;
                }
            }
        }
    }
}

/// The blocks of a frame, but for those that follow one of their own value and those that stay in their place from
/// the frame before: these are at no other place for that. Chunk by chunk, those of a part together, otherwise in
/// their order.
struct Parted {
    /// Blocks of the frame.
    blocks: usize,
    /// Where each part of each chunk begins, and where the last ends.
    starts: Vec<u32>,
    hashes: Vec<u64>,
    places: Vec<u32>,
}

impl Parted {
    /// Of a frame, and the one prepared before it.
    fn of(blocks: &[Block], earlier: &[Block]) -> Self {
        let mut parted =
            Self { blocks: blocks.len(), starts: vec![0], hashes: Vec::new(), places: Vec::new() };
        let mut before = None;
        let mut is_listed = false;
        let mut found = vec![(0, 0); CHUNK + 1];
        for (chunk, blocks) in blocks.chunks(CHUNK).enumerate() {
            let first = chunk * CHUNK;
            let earlier = earlier.get(first..).unwrap_or_default();
            let mut sizes = [0u32; PARTS];
            let mut count = 0;
            for (at, block) in blocks.iter().enumerate() {
                let runs_on = is_listed && before == Some(block);
                before = Some(block);
                if runs_on {
                    found[count].1 |= AND_NEXT;
                    continue;
                }
                is_listed = earlier.get(at) != Some(block);
                if is_listed {
                    let hash = hash(*block);
                    sizes[part_of(hash)] += 1;
                    count += 1;
                    found[count] = (hash, (first + at) as u32);
                }
            }
            parted.take_in(&found[1..=count], &sizes);
            // What runs on over the end of a chunk is listed again.
            is_listed = false;
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

    /// The entries of a part: hash and place.
    fn part(&self, part: usize) -> impl Iterator<Item = (u64, u32)> {
        let chunks = self.starts.len() / PARTS;
        (0..chunks).flat_map(move |chunk| {
            let at = chunk * PARTS + part;
            let range = self.starts[at] as usize..self.starts[at + 1] as usize;
            self.hashes[range.clone()].iter().copied().zip(self.places[range].iter().copied())
        })
    }
}

fn part_of(hash: u64) -> usize {
    (hash >> 57) as usize
}

/// The values of a part.
struct Counted {
    /// How many there are that may occur at two places.
    values: u32,
    /// The value of each entry of the part, frame by frame, and where each frame begins; [`NO_NODE`] for one that
    /// occurs at one place alone.
    ids: Vec<u32>,
    frames: Vec<u32>,
}

impl Counted {
    /// Values are told apart by their hashes: that of ciphertext is as random as the block.
    fn of(frames: &[Parted], part: usize) -> Self {
        let entries = || frames.iter().map(|frame| frame.part(part));
        let count: usize = frames.iter().map(|frame| frame.entries(part)).sum();
        // Most values are met once: a bit for each hash that was seen, and one for each that was seen again.
        let bits = (count * BITS_AN_ENTRY).next_power_of_two().max(64);
        let bit = |hash: u64| ((hash >> 24) as usize & (bits - 1)) / 64;
        let (mut seen, mut again) = (vec![0u64; bits / 64], vec![0u64; bits / 64]);
        entries().flatten().for_each(|(hash, place)| {
            let (word, mask) = (bit(hash), 1u64 << ((hash >> 24) % 64));
            let runs_on = if place & AND_NEXT == 0 { 0 } else { mask };
            again[word] |= (seen[word] & mask) | runs_on;
            seen[word] |= mask;
        });
        let suspects: usize = again.iter().map(|word| word.count_ones() as usize).sum();
        let mut table = Table::new(suspects);
        // The first place of each value, with [`AND_NEXT`] once it was met at another.
        let mut met: Vec<u32> = Vec::with_capacity(suspects);
        let mut ids = Vec::with_capacity(count);
        let mut starts = Vec::with_capacity(frames.len());
        for frame in entries() {
            starts.push(ids.len() as u32);
            frame.for_each(|(hash, place)| {
                if again[bit(hash)] & 1 << ((hash >> 24) % 64) == 0 {
                    ids.push(NO_NODE);
                    return;
                }
                let id = table.number(hash);
                if id as usize == met.len() {
                    met.push(place);
                }
                let first = &mut met[id as usize];
                let is_other = (*first ^ place) & !AND_NEXT != 0;
                *first |= place & AND_NEXT | if is_other { AND_NEXT } else { 0 };
                ids.push(id);
            });
        }
        for id in ids.iter_mut().filter(|id| **id != NO_NODE) {
            if met[*id as usize] & AND_NEXT == 0 {
                *id = NO_NODE;
            }
        }
        Self { values: met.len() as u32, ids, frames: starts }
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
    use super::*;
    use crate::layout::BLOCK_BYTES;

    fn block(value: u8) -> Block {
        [value; BLOCK_BYTES]
    }

    fn frame(values: &[u8]) -> Vec<u8> {
        values.iter().flat_map(|&value| block(value)).collect()
    }

    fn named(frames: &[&[u8]]) -> Named {
        Named::of(frames, &mut |_| Ok(())).expect("nobody breaks off")
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
}
