//! A sample of a frame's blocks, which is enough to find cuts and to select frames.

use std::cmp::Ordering;

use super::Grid;
use super::value_table::{Block, blocks, hash};

/// About how many blocks a sample has.
const BLOCKS: usize = 8192;

/// Leading bits of a hash by which blocks are distributed before they are sorted.
const LEADING_BITS: u32 = 11;

/// The blocks of some values in one frame. Which values belong to a sample depends only on the value and on the shape
/// of the frame, so that samples can be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Hash and place of each block, sorted.
    blocks: Vec<(u64, u32)>,
}

impl Sample {
    /// A sample of the ciphertext of a frame whose shape `grid` describes.
    #[must_use]
    pub fn of(ciphertext: &[u8], grid: &Grid) -> Self {
        let places = grid.places_in_picture();
        let all = blocks(ciphertext);
        let all = &all[..places.min(all.len())];
        // A power of two, so that some bits of a value decide.
        let one_in = 1 << (places / BLOCKS).max(1).ilog2();
        let is_chosen = |block: &Block| {
            let (halves, _) = block.as_chunks::<8>();
            halves.iter().fold(0, |bits, &half| bits ^ u64::from_le_bytes(half)) & (one_in - 1) == 0
        };
        let chosen = (0u32..).zip(all).filter(|(_, block)| is_chosen(block));
        let mut blocks: Vec<(u64, u32)> = Vec::with_capacity(BLOCKS);
        chosen.for_each(|(place, &block)| blocks.push((hash(block), place)));
        Self { blocks: sorted(&blocks) }
    }

    /// For each value, its hash and its blocks, as hash and place.
    pub(super) fn values(&self) -> impl Iterator<Item = (u64, &[(u64, u32)])> {
        self.blocks.chunk_by(|one, other| one.0 == other.0).map(|same| (same[0].0, same))
    }

    /// A cursor at the first block, to find values in ascending order.
    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor(&self.blocks)
    }

    /// How many blocks the sample has.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }
}

/// Sorts by hash and place: first a counting sort by the leading bits of the hash, then each short group.
fn sorted(blocks: &[(u64, u32)]) -> Vec<(u64, u32)> {
    let leading = |hash: u64| (hash >> (u64::BITS - LEADING_BITS)) as usize;
    let mut next = [0u32; (1 << LEADING_BITS) + 1];
    for &(hash, _) in blocks {
        next[leading(hash) + 1] += 1;
    }
    for at in 0..1 << LEADING_BITS {
        next[at + 1] += next[at];
    }
    let mut sorted = vec![(0, 0); blocks.len()];
    for &block in blocks {
        let at = &mut next[leading(block.0)];
        sorted[*at as usize] = block;
        *at += 1;
    }
    let same = |one: &(u64, u32), other: &(u64, u32)| leading(one.0) == leading(other.0);
    sorted.chunk_by_mut(same).for_each(<[_]>::sort_unstable);
    sorted
}

/// The blocks of a sample that are not yet passed.
pub(super) struct Cursor<'a>(&'a [(u64, u32)]);

impl Cursor<'_> {
    /// Moves forward to a value, whose hash is not below the hash of the last call. Returns whether the sample has the
    /// value, and whether it has the value at one of the same places.
    pub(super) fn find(&mut self, hash: u64, same: &[(u64, u32)]) -> (bool, bool) {
        let skipped = self.0.iter().take_while(|(other, _)| *other < hash).count();
        self.0 = &self.0[skipped..];
        let mut here = self.0.iter().take_while(|(other, _)| *other == hash).peekable();
        let has_value = here.peek().is_some();
        // Both are sorted by place.
        let mut same = same.iter().peekable();
        while let (Some((_, place)), Some((_, other))) = (here.peek(), same.peek()) {
            match place.cmp(other) {
                Ordering::Less => here.next(),
                Ordering::Greater => same.next(),
                Ordering::Equal => return (has_value, true),
            };
        }
        (has_value, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_values_in_ascending_order_and_reports_whether_they_stayed_in_place() {
        let sample = |blocks: &[(u64, u32)]| Sample { blocks: blocks.to_vec() };
        let earlier = sample(&[(2, 1), (2, 5), (3, 7), (6, 0), (6, 9)]);
        let mut cursor = earlier.cursor();
        let later = sample(&[(1, 1), (2, 3), (2, 5), (3, 6), (3, 8), (5, 7), (6, 0)]);
        let found: Vec<_> = later.values().map(|(hash, same)| cursor.find(hash, same)).collect();
        let (new, moved, stays) = ((false, false), (true, false), (true, true));
        assert_eq!(found, [new, stays, moved, new, stays]);
    }
}
