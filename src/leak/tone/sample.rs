//! A sample of a frame's blocks: enough to find cuts, and to choose frames by.

use super::Grid;
use super::names::{Block, blocks, hash};

/// About how many blocks of a frame are looked at.
const BLOCKS: usize = 8192;

/// The blocks of some values in one frame: the same values in every frame of one shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Hash and place of each, those of a value together.
    blocks: Vec<(u64, u32)>,
}

impl Sample {
    /// Of the ciphertext of a frame whose shape `grid` describes.
    #[must_use]
    pub fn of(ciphertext: &[u8], grid: &Grid) -> Self {
        let places = grid.places_in_picture();
        let all = blocks(ciphertext);
        let all = &all[..places.min(all.len())];
        // A power of two, so that a value is told from bits of its own.
        let one_in = 1 << (places / BLOCKS).max(1).ilog2();
        let is_chosen = |block: &Block| {
            let (halves, _) = block.as_chunks::<8>();
            halves.iter().fold(0, |bits, &half| bits ^ u64::from_le_bytes(half)) & (one_in - 1) == 0
        };
        let chosen = (0u32..).zip(all).filter(|(_, block)| is_chosen(block));
        let mut blocks: Vec<(u64, u32)> = Vec::with_capacity(BLOCKS);
        chosen.for_each(|(place, &block)| blocks.push((hash(block), place)));
        blocks.sort_unstable();
        Self { blocks }
    }

    /// The blocks of each value: its hash, and the places where they stand, each with the hash again.
    pub(super) fn values(&self) -> impl Iterator<Item = (u64, &[(u64, u32)])> {
        self.blocks.chunk_by(|one, other| one.0 == other.0).map(|same| (same[0].0, same))
    }

    /// True if a value is among them at this place.
    pub(super) fn has(&self, hash: u64, place: u32) -> bool {
        self.blocks.binary_search(&(hash, place)).is_ok()
    }

    /// True if a value is among them at all.
    pub(super) fn has_value(&self, hash: u64) -> bool {
        self.blocks.binary_search_by_key(&hash, |&(other, _)| other).is_ok()
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }
}
