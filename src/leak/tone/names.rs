//! Names: the values of blocks that become nodes of the graph, and the table that finds them again.

use rayon::prelude::*;

use crate::layout::BLOCK_BYTES;

type Block = [u8; BLOCK_BYTES];

/// A block whose value is no node.
pub(super) const NO_NODE: u32 = u32::MAX;

/// An unused slot of a table.
const EMPTY: u64 = u64::MAX;

/// Parts of the values, by the top bits of their hash: each is counted by itself, in a table that stays in the
/// cache.
const PARTS: usize = 256;

/// An exact table from the value of a block to a number.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// Open addressing: number in the low half, the hash's high half as a fingerprint in the high half.
    slots: Vec<u64>,
    values: Vec<u128>,
    /// A bit for each hash of a value, many more than there are values: tells most blocks that have none, and
    /// stays in the cache.
    bits: Vec<u64>,
}

/// Bits for each value, at least.
const BITS_A_VALUE: usize = 16;

impl Names {
    /// The table of these values, all different, each with its place among them for a number.
    pub(super) fn of(values: Vec<u128>) -> Self {
        let bits = (values.len() * BITS_A_VALUE).next_power_of_two().max(64);
        let slots = (values.len() * 2).next_power_of_two().max(64);
        let mut names = Self { slots: vec![EMPTY; slots], values, bits: vec![0; bits / 64] };
        let mask = names.slots.len() - 1;
        for (number, &value) in (0u64..).zip(&names.values) {
            let hash = hash(value.to_ne_bytes());
            let mut at = hash as usize & mask;
            while names.slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            names.slots[at] = hash >> 32 << 32 | number;
            let (word, bit) = names.bit(hash);
            names.bits[word] |= bit;
        }
        names
    }

    /// Where the bit of a hash stands: told by other digits of it than its slot and its fingerprint alone.
    #[inline]
    fn bit(&self, hash: u64) -> (usize, u64) {
        let at = (hash >> 20) as usize & (self.bits.len() * 64 - 1);
        (at / 64, 1 << (at % 64))
    }

    /// The values, in the order of their numbers.
    pub(super) fn values(&self) -> impl Iterator<Item = Block> {
        self.values.iter().map(|value| value.to_ne_bytes())
    }

    /// How much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        (self.slots.len() + self.bits.len()) * size_of::<u64>() + self.values.len() * size_of::<u128>()
    }

    /// The number of a value, or [`NO_NODE`].
    #[inline]
    pub(super) fn find(&self, block: Block) -> u32 {
        let (hash, value) = (hash(block), u128::from_ne_bytes(block));
        let (word, bit) = self.bit(hash);
        if self.bits[word] & bit == 0 {
            return NO_NODE;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return NO_NODE;
            }
            if slot >> 32 == hash >> 32 && self.values[slot as u32 as usize] == value {
                return slot as u32;
            }
            at = (at + 1) & mask;
        }
    }
}

/// The values that occur at two or more distinct places within some frames.
pub(super) struct Named {
    /// In the order in which they first occur.
    pub values: Vec<u128>,
    /// How many blocks have each value.
    pub blocks: Vec<u32>,
    /// The number of the value of each block of each frame, or [`NO_NODE`].
    pub frames: Vec<Vec<u32>>,
}

impl Named {
    pub(super) fn of(frames: &[&[u8]]) -> Self {
        let parted: Vec<Parted> = frames.par_iter().map(|frame| Parted::of(blocks(frame))).collect();
        let mut counted: Vec<Counted> =
            (0..PARTS).into_par_iter().map(|part| Counted::of(&parted, part)).collect();
        let mut order: Vec<(u64, u32, u32)> = Vec::new();
        for (part, counted) in (0u32..).zip(&counted) {
            let met = (0u32..).zip(&counted.met).filter(|(_, met)| met.first & TWO != 0);
            order.extend(met.map(|(value, met)| (met.first & !TWO, part, value)));
        }
        order.par_sort_unstable();
        let mut named = Self { values: Vec::new(), blocks: Vec::new(), frames: Vec::new() };
        named.values.reserve_exact(order.len());
        named.blocks.reserve_exact(order.len());
        for (number, &(_, part, value)) in (0u32..).zip(&order) {
            let met = &mut counted[part as usize].met[value as usize];
            named.values.push(met.value);
            named.blocks.push(met.blocks);
            met.number = number;
        }
        let numbers: Vec<Vec<u32>> =
            counted.iter().map(|part| part.met.iter().map(|met| met.number).collect()).collect();
        let of_frame = |(frame, parted): (usize, &Parted)| {
            let mut nodes = vec![NO_NODE; parted.blocks];
            for (part, counted) in counted.iter().enumerate() {
                let number = &numbers[part];
                let runs = &parted.runs[parted.range(part)];
                let from = counted.frames[frame] as usize;
                for (run, &value) in runs.iter().zip(&counted.ids[from..]) {
                    nodes[run.place as usize..][..run.blocks as usize].fill(number[value as usize]);
                }
            }
            nodes
        };
        named.frames = parted.par_iter().enumerate().map(of_frame).collect();
        named
    }
}

/// Blocks of one value, one after the other: half of a frame's, or more, follow one of their own value.
#[derive(Clone, Copy, Default)]
struct Run {
    place: u32,
    blocks: u32,
}

/// The runs of a frame, those of a part together, otherwise in their order.
struct Parted {
    /// Blocks of the frame.
    blocks: usize,
    /// Where each part begins, and where the last ends.
    starts: Vec<u32>,
    values: Vec<Block>,
    runs: Vec<Run>,
}

impl Parted {
    fn of(blocks: &[Block]) -> Self {
        let mut runs: Vec<(Run, u8)> = Vec::with_capacity(blocks.len());
        let mut starts = vec![0u32; PARTS + 1];
        let mut before = None;
        for (place, &block) in (0u32..).zip(blocks) {
            if let Some((run, _)) = runs.last_mut().filter(|_| before == Some(block)) {
                run.blocks += 1;
            } else {
                let part = (hash(block) >> 56) as u8;
                starts[usize::from(part) + 1] += 1;
                runs.push((Run { place, blocks: 1 }, part));
            }
            before = Some(block);
        }
        for part in 0..PARTS {
            starts[part + 1] += starts[part];
        }
        let mut next = starts.clone();
        let (values, sorted) = (vec![[0; BLOCK_BYTES]; runs.len()], vec![Run::default(); runs.len()]);
        let mut parted = Self { blocks: blocks.len(), starts, values, runs: sorted };
        for (run, part) in runs {
            let next = &mut next[usize::from(part)];
            parted.values[*next as usize] = blocks[run.place as usize];
            parted.runs[*next as usize] = run;
            *next += 1;
        }
        parted
    }

    fn range(&self, part: usize) -> std::ops::Range<usize> {
        self.starts[part] as usize..self.starts[part + 1] as usize
    }
}

/// Set in [`Met::first`] once a second place was met.
const TWO: u64 = 1 << 63;

/// A value, and where it was met.
struct Met {
    value: u128,
    /// Frame and place where it occurs first.
    first: u64,
    blocks: u32,
    /// Among all that are named.
    number: u32,
}

/// The values of a part.
struct Counted {
    met: Vec<Met>,
    /// The value of each run of the part, frame by frame, and where each frame begins.
    ids: Vec<u32>,
    frames: Vec<u32>,
}

impl Counted {
    fn of(frames: &[Parted], part: usize) -> Self {
        let entries: usize = frames.iter().map(|frame| frame.range(part).len()).sum();
        let slots = (entries * 2).next_power_of_two().max(64);
        let mut table = vec![EMPTY; slots];
        let mut counted = Self {
            met: Vec::new(),
            ids: Vec::with_capacity(entries),
            frames: Vec::with_capacity(frames.len()),
        };
        for (number, frame) in (0u64..).zip(frames) {
            counted.frames.push(counted.ids.len() as u32);
            let range = frame.range(part);
            for (&block, &Run { place, blocks }) in frame.values[range.clone()].iter().zip(&frame.runs[range])
            {
                let (hash, value) = (hash(block), u128::from_ne_bytes(block));
                let mut at = hash as usize & (slots - 1);
                let id = loop {
                    let slot = table[at];
                    if slot == EMPTY {
                        let id = counted.met.len() as u32;
                        table[at] = hash >> 32 << 32 | u64::from(id);
                        let two = if blocks > 1 { TWO } else { 0 };
                        let first = two | number << 32 | u64::from(place);
                        counted.met.push(Met { value, first, blocks, number: NO_NODE });
                        break id;
                    }
                    if slot >> 32 == hash >> 32 {
                        let met = &mut counted.met[slot as u32 as usize];
                        if met.value == value {
                            met.blocks += blocks;
                            if blocks > 1 || met.first as u32 != place {
                                met.first |= TWO;
                            }
                            break slot as u32;
                        }
                    }
                    at = (at + 1) & (slots - 1);
                };
                counted.ids.push(id);
            }
        }
        counted
    }
}

/// Spreads a block over 64 bits. Ciphertext is random as it is; the multiplication is for anything else.
#[inline]
pub(super) fn hash(block: Block) -> u64 {
    let value = u128::from_le_bytes(block);
    let mixed = ((value >> 64) as u64).rotate_left(32) ^ value as u64;
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}

/// One in how many values to look at for about so many `samples` of `all`: a power of two, so that it is told
/// from bits of the hash.
pub(super) fn one_in(all: usize, samples: usize) -> u64 {
    1 << (all / samples).max(1).ilog2()
}

/// The whole blocks of a ciphertext.
pub(super) fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(value: u8) -> Block {
        [value; BLOCK_BYTES]
    }

    fn frame(values: &[u8]) -> Vec<u8> {
        values.iter().flat_map(|&value| block(value)).collect()
    }

    #[test]
    fn a_name_needs_two_distinct_places() {
        // 1 twice in a frame; 2 at one place of both frames; 3 at two places of different frames; 4 once.
        let (one, two) = (frame(&[1, 2, 3, 1, 4]), frame(&[5, 2, 6, 7, 3]));
        let met = Named::of(&[&one, &two]);
        assert_eq!(met.blocks, [2, 2]);
        let no = NO_NODE;
        assert_eq!(met.frames, [[0, no, 1, 0, no], [no, no, no, no, 1]], "numbered as they first occur");
        let names = Names::of(met.values);
        assert_eq!((names.find(block(1)), names.find(block(3))), (0, 1));
        assert!([2, 4, 5, 6, 7, 8].iter().all(|&value| names.find(block(value)) == NO_NODE));
    }

    #[test]
    fn of_many_values_none_is_lost() {
        let half: Vec<u8> = (0..100_000u128).flat_map(u128::to_le_bytes).collect();
        let met = Named::of(&[&[&half[..], &half[..]].concat()]);
        assert_eq!(met.values.len(), 100_000);
        let names = Names::of(met.values);
        for i in (0..100_000u128).step_by(997) {
            assert_eq!(names.find(i.to_le_bytes()), i as u32);
        }
    }
}
