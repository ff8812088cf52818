//! Which values occur at two or more distinct places within some frames.
//!
//! Most blocks of a lively film are met once and never again. So they are parted by hash, and each part is gone
//! over twice, the first time with nothing but bits in hand: what is counted stays in the cache.

mod counted;
mod parted;

use rayon::prelude::*;

use counted::Counted;
use parted::{AND_ELSEWHERE, AS_ABOVE, AS_BEFORE, AS_EARLIER, PARTITIONS, Parted};

use super::NoTone;
use super::tone_table::{NO_NODE, blocks, hash};

/// The values that occur at two or more distinct places within some frames.
pub(super) struct RepeatedValues {
    /// Their hashes, in the order in which they first occur.
    pub values: Vec<u64>,
    /// How many blocks have each value.
    pub blocks: Vec<u32>,
    /// The number of the value of each block of each frame, or [`NO_NODE`].
    pub frames: Vec<Vec<u32>>,
}

impl RepeatedValues {
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
            (0..PARTITIONS).into_par_iter().map(|part| Counted::of(&parted, part)).collect();
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

#[cfg(test)]
mod tests;
