//! Marks the properties of blocks from which their ink follows.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::tile::{Marks, TILE, Tile};
use crate::leak::ChangeAge;
use crate::leak::census::{ALONE, Census};
use crate::picture::layout::{Place, Places};

/// A value forms an area if at least one block in this number has it.
const AREA: u64 = 100;

/// The block equals all its neighbours.
const FLAT: Marks = 1;
/// The block is ink if it belongs to flat art.
pub(super) const LINE: Marks = 2;
/// Its value occurs at no other place.
pub(super) const SINGULAR: Marks = 1 << 4;
/// The marks that are counted in tiles.
const COUNTED: Marks = FLAT | SINGULAR;

/// Marks blocks.
pub(super) struct Marker<'a> {
    places: &'a Places,
    /// The class of each block.
    classes: &'a [u32],
    /// How often the value of each block occurs: in the frame, or, if the census covers several frames, at other places
    /// than its own.
    occurrences: Cow<'a, [u32]>,
    /// How many of these occurrences a singular block has: its own, or none.
    singular: u32,
    /// From this number of occurrences on, a value forms an area.
    area: u32,
}

impl<'a> Marker<'a> {
    pub(super) fn of(places: &'a Places, census: &'a Census, change_age: Option<&ChangeAge>) -> Self {
        let blocks = places.blocks();
        let occurrences = &census.all_occurrences()[..blocks];
        let (occurrences, singular, frames) = match change_age {
            None => (Cow::Borrowed(occurrences), 1, 1),
            Some(change_age) => {
                let all = occurrences.par_iter().with_min_len(1 << 15).enumerate();
                let elsewhere =
                    all.map(|(block, count)| count.saturating_sub(change_age.frames_alike(block)));
                (Cow::Owned(elsewhere.collect()), 0, change_age.known() + 1)
            }
        };
        let area = blocks as u64 * u64::from(frames) / AREA + u64::from(singular);
        let area = i32::try_from(area).unwrap_or(i32::MAX).cast_unsigned();
        Self { places, classes: census.block_classes(), occurrences, singular, area }
    }

    /// Marks the blocks of a range that starts with a row of tiles, and counts the marks of each tile.
    pub(super) fn mark(
        &self,
        range: &Range<usize>,
        tile_columns: usize,
        marks: &mut [Marks],
        counts: &mut [Tile],
    ) {
        let Some(row) = self.places.row_blocks() else {
            let top = self
                .places
                .walk(range.start..range.end.min(range.start + 1))
                .next()
                .map_or(0, |place| place.y);
            for (place, to) in self.places.walk(range.clone()).zip(marks) {
                let Place { block, x, y, .. } = place;
                let around = [place.left, place.right, place.above, place.below];
                *to = self.mark_one(block, around.map(|other| other.unwrap_or(block)));
                let tile = &mut counts[(y / TILE[1] - top / TILE[1]) * tile_columns + x / TILE[0]];
                tile.count(1, &[*to & COUNTED]);
            }
            return;
        };
        let (side, in_tile) = (self.places.blocks_to_side(), self.places.blocks_across(TILE[0]));
        let rows_per_tile = TILE[1] / self.places.row_pixels();
        let last_row = self.places.blocks() - row;
        let mut sums = vec![0; row];
        let mut starts = range.clone().step_by(row);
        for (marks, tiles) in marks.chunks_mut(row * rows_per_tile).zip(counts.chunks_mut(tile_columns)) {
            sums.fill(0);
            let mut rows = 0;
            for (marks, start) in marks.chunks_mut(row).zip(&mut starts) {
                // Past an edge of the picture, the block is compared with itself: no difference.
                let above = if start == 0 { 0 } else { row };
                let below = if start == last_row { 0 } else { row };
                self.mark_row(start..start + row, [above, below], side, marks);
                sums.iter_mut().zip(marks).for_each(|(sum, marks)| *sum += *marks & COUNTED);
                rows += 1;
            }
            tiles.iter_mut().zip(sums.chunks(in_tile)).for_each(|(tile, sums)| tile.count(rows, sums));
        }
    }

    /// Marks a row of blocks. `above` and `below` are the distances to the neighbours there, in blocks; 0 if there is
    /// no neighbour.
    ///
    /// Not inlined, so that the compiler knows that `marks` does not overlap the inputs, and marks many blocks at once:
    /// inlined, it takes three times as long.
    #[inline(never)]
    fn mark_row(&self, row: Range<usize>, [above, below]: [usize; 2], side: usize, marks: &mut [Marks]) {
        let width = row.len();
        // All blocks but those near the ends of the row have neighbours to the left and right.
        let inner = if width > 2 * side { side..width - side } else { 0..0 };
        for column in (0..inner.start).chain(inner.end..width) {
            let block = row.start + column;
            let left = if column < side { block } else { block - side };
            let right = if column + side < width { block + side } else { block };
            marks[column] = self.mark_one(block, [left, right, block - above, block + below]);
        }
        if inner.is_empty() {
            return;
        }
        let (start, marks) = (row.start + inner.start, &mut marks[inner]);
        let starts = [start - side, start + side, start - above, start + below];
        let length = marks.len();
        let (own_classes, own) = (&self.classes[start..][..length], &self.occurrences[start..][..length]);
        let classes = starts.map(|start| &self.classes[start..][..length]);
        let occurrences = starts.map(|start| &self.occurrences[start..][..length]);
        let exists = [true, true, above > 0, below > 0];
        for (at, to) in marks.iter_mut().enumerate() {
            let around = std::array::from_fn(|direction| Neighbour {
                class: classes[direction][at],
                occurrences: occurrences[direction][at],
                exists: exists[direction],
            });
            *to = mark(own_classes[at], own[at], around, [self.singular, self.area]);
        }
    }

    /// Marks a block, given its neighbours: left, right, above, below. Past an edge of the picture, the neighbour is
    /// the block itself.
    fn mark_one(&self, block: usize, neighbours: [usize; 4]) -> Marks {
        let around = neighbours.map(|neighbour| Neighbour {
            class: self.classes[neighbour],
            occurrences: self.occurrences[neighbour],
            exists: neighbour != block,
        });
        mark(self.classes[block], self.occurrences[block], around, [self.singular, self.area])
    }
}

/// A neighbour of a block.
#[derive(Clone, Copy)]
struct Neighbour {
    class: u32,
    occurrences: u32,
    /// False past an edge of the picture.
    exists: bool,
}

/// The marks of a block with this class, whose value occurs `own` times, from its neighbours: left, right, above,
/// below. The limits are those of [`Marker`].
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "within a loop over a row, the compiler then marks many blocks at once"
)]
#[expect(clippy::needless_bitwise_bool, reason = "branches on random blocks are mispredicted")]
fn mark(class: u32, own: u32, around: [Neighbour; 4], [singular, area]: [u32; 2]) -> Marks {
    // There are fewer blocks than 2^31, and every processor compares signed numbers in one instruction.
    let [own, singular, area] = [own, singular, area].map(u32::cast_signed);
    let occurrences = around.map(|neighbour| neighbour.occurrences.cast_signed());
    // All blocks that occur once share a class, but differ from each other.
    let alone = class == ALONE;
    let differs = around.map(|neighbour| ((neighbour.class != class) | alone) & neighbour.exists);
    let at_most_as_frequent: [bool; 4] = std::array::from_fn(|to| differs[to] & (own <= occurrences[to]));
    let is_area: [bool; 4] = std::array::from_fn(|to| differs[to] & (occurrences[to] >= area));
    let flat = !(differs[0] | differs[1] | differs[2] | differs[3]);
    let [left, right, above, below] = at_most_as_frequent;
    let line = left | right | (above & below) | ((own >= area) & (is_area[2] | is_area[3]));
    (Marks::from(flat) * FLAT) | (Marks::from(line) * LINE) | (Marks::from(own <= singular) * SINGULAR)
}
