//! Outlines: the edges of the picture, found from block equality alone. Blocks on an edge are painted as *ink*.
//!
//! **The rule.** It uses two properties of each block: whether it equals its neighbours, and whether its value occurs
//! at another place. A value that occurs at one place only, in this frame and the remembered frames, is *singular*; a
//! still object that repeats from frame to frame at its own place remains singular. Then:
//!
//! - *Flat art* (at least 1/16 of the blocks around, 144 × 36 pixels, equal all their neighbours): a block is ink if it
//!   differs from the block to its left or right, or from both above and below, and is not the more frequent of the
//!   two: along an edge, the rarer block contains the edge. Two blocks above each other that differ are ink, too, if
//!   both have values that make up 1/100 of a frame (areas): there the edge runs between them.
//! - *Other parts of the picture*: a singular block is ink if at least 3/5 of the blocks around (48 × 12 pixels) are
//!   singular. All blocks of texture are singular, and smooth areas repeat; a singular block among repeating blocks is
//!   noise.
//! - If fewer than one in 64 blocks of the frame occur at another place, being singular is no evidence, and the sheet
//!   stays blank outside flat art. If no block repeats, as in random data, the whole sheet is blank.
//!
//! **How the rule was chosen.** By F1 (the harmonic mean of precision and recall) of ink against the Sobel edges of the
//! original, in `rgba32`, where a block is an edge if a gradient of its luma reaches 48 of 1020. The pictures were
//! three frames of the demonstration call (slides and a cartoon), the penguin, and frames of two rendered clips of the
//! Blender Foundation's *Big Buck Bunny*, the closest to camera pictures at hand: two frames of a meadow, and six of a
//! trailer with skies, fades and titles (at 6, 12, 16, 32, 38 and 46 s):
//!
//! | rule | call | penguin | meadow | trailer |
//! |---|---|---|---|---|
//! | every block is ink | 0.28 | 0.09 | 0.68 | 0.29 |
//! | differs from the left or the upper block | 0.63 | 0.69 | 0.69 | 0.33 |
//! | differs from both sides, or from above and below | 0.70 | 0.56 | 0.71 | 0.36 |
//! | is the rarer of a pair that differs (the rule for flat art, everywhere) | 0.71 | 0.69 | 0.72 | 0.38 |
//! | occurs once | 0.57 | 0.00 | 0.75 | 0.48 |
//! | occurs at most 16 times | 0.62 | 0.10 | 0.71 | 0.38 |
//! | occurs once, a repeat within 4 blocks and 16 rows | 0.57 | 0.00 | 0.52 | 0.38 |
//! | the rule above without areas | 0.70 | 0.69 | 0.76 | 0.46 |
//! | the rule above | 0.70 | 0.77 | 0.76 | 0.46 |
//! | the rule above, memory of 8 frames | 0.70 | 0.77 | 0.78 | 0.47 |
//!
//! No single test suits both kinds of picture: an edge of flat art consists of blocks that repeat (along a straight
//! line, or next to another flat area), while in a smooth sky blocks that repeat differ from their neighbours
//! everywhere, without an edge. In `gray8` the same rule reaches 0.79, 0.91, 0.85 and 0.53.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::ChangeAge;
use super::census::{ALONE, Census};
use crate::picture::layout::{Place, Places};

/// Width and height of a tile in pixels. Blocks are counted by tile, so the surroundings of a block are whole tiles.
const TILE: [usize; 2] = [16, 4];

/// The surroundings that decide whether a block belongs to flat art: so many tiles to each side.
const ART_REACH: usize = 4;
/// The least share of flat blocks there, in sixteenths.
const ART_16THS: u32 = 1;

/// The surroundings that decide whether a singular block belongs to texture: so many tiles to each side.
const TEXTURE_REACH: usize = 1;
/// The least share of singular blocks there, in fifths.
const TEXTURE_5THS: u32 = 3;

/// A value forms an area if one in so many blocks has it.
const AREA: u64 = 100;

/// At least one in so many blocks must occur at another place; otherwise being singular is no evidence.
const REPEATED: usize = 64;

/// Rows of tiles that one task works on.
const TILE_ROWS_PER_TASK: usize = 16;

/// Which blocks of a frame are ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    ink: Vec<bool>,
}

/// Properties of a block, as bits. The two that are counted are in different halves of the byte, so that the marks of
/// all rows of a tile can be summed in one byte.
type Marks = u8;
/// The block equals all its neighbours.
const FLAT: Marks = 1;
/// The block is ink if it belongs to flat art.
const LINE: Marks = 2;
/// Its value occurs at no other place.
const SINGULAR: Marks = 1 << 4;
/// The marks that are counted in tiles.
const COUNTED: Marks = FLAT | SINGULAR;

/// How many blocks a tile has, and how many of them are flat and singular.
#[derive(Clone, Copy, Default)]
struct Tile {
    blocks: u32,
    flat: u32,
    singular: u32,
}

impl Tile {
    /// Adds the blocks of `rows` rows, given the sum of the counted marks for each column.
    fn count(&mut self, rows: u32, columns: &[Marks]) {
        for &sum in columns {
            self.blocks += rows;
            self.flat += u32::from(sum & 0xf);
            self.singular += u32::from(sum >> 4);
        }
    }
}

impl std::ops::AddAssign for Tile {
    fn add_assign(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.flat += other.flat;
        self.singular += other.singular;
    }
}

impl std::ops::SubAssign for Tile {
    fn sub_assign(&mut self, other: Self) {
        self.blocks -= other.blocks;
        self.flat -= other.flat;
        self.singular -= other.singular;
    }
}

impl Outline {
    /// The outline of a frame. `change_age` covers the frames of the census; `None` if the census covers this frame
    /// alone.
    #[must_use]
    pub fn of(places: &Places, census: &Census, change_age: Option<&ChangeAge>) -> Self {
        if census.repeated() == 0 {
            return Self::default();
        }
        let marker = Marker::of(places, census, change_age);
        let [width, height] = places.size();
        let tiles = [width.div_ceil(TILE[0]), height.div_ceil(TILE[1])];
        let rows_per_task = TILE_ROWS_PER_TASK * TILE[1];
        let bands: Vec<Range<usize>> = (0..height)
            .step_by(rows_per_task)
            .map(|row| places.in_rows(row..(row + rows_per_task).min(height)))
            .collect();

        let mut marks = vec![0; places.blocks()];
        let mut counts = vec![Tile::default(); tiles[0] * tiles[1]];
        let tiles_per_task = (tiles[0] * TILE_ROWS_PER_TASK).max(1);
        let tasks = bands.par_iter().zip(cut(&mut marks, &bands)).zip(counts.par_chunks_mut(tiles_per_task));
        tasks.for_each(|((range, marks), counts)| marker.mark(range, tiles[0], marks, counts));

        let mut all = Tile::default();
        for &tile in &counts {
            all += tile;
        }
        let has_repeats = (all.blocks - all.singular) as usize * REPEATED >= places.blocks();
        if all.flat == 0 && !has_repeats {
            // Neither flat art nor texture, as in random data.
            return Self::default();
        }
        let (art, texture) = rayon::join(
            || sum_around(&counts, tiles, ART_REACH),
            || sum_around(&counts, tiles, TEXTURE_REACH),
        );
        let art = art.iter().map(|near| near.flat * 16 >= near.blocks * ART_16THS);
        let texture =
            texture.iter().map(|near| has_repeats && near.singular * 5 >= near.blocks * TEXTURE_5THS);
        // For each tile, the mark that makes a block ink.
        let ink_marks: Vec<Marks> = art
            .zip(texture)
            .map(|(art, texture)| match (art, texture) {
                (true, _) => LINE,
                (false, true) => SINGULAR,
                (false, false) => 0,
            })
            .collect();

        let mut ink = vec![false; places.blocks()];
        bands.par_iter().zip(cut(&mut ink, &bands)).for_each(|(range, ink)| {
            let marks = &marks[range.clone()];
            if let Some(row) = places.row_blocks() {
                let (rows, in_tile) = (TILE[1] / places.row_pixels(), places.blocks_across(TILE[0]));
                let mut ink_marks_in_row = vec![0; row];
                let all = ink.chunks_mut(row * rows).zip(marks.chunks(row * rows));
                for ((ink, marks), tiles) in
                    all.zip(ink_marks[range.start / row / rows * tiles[0]..].chunks(tiles[0]))
                {
                    repeat_each(tiles, in_tile, &mut ink_marks_in_row);
                    for (ink, marks) in ink.chunks_mut(row).zip(marks.chunks(row)) {
                        for ((ink, marks), ink_mark) in ink.iter_mut().zip(marks).zip(&ink_marks_in_row) {
                            *ink = marks & ink_mark != 0;
                        }
                    }
                }
            } else {
                for ((place, ink), marks) in places.walk(range.clone()).zip(ink).zip(marks) {
                    *ink = marks & ink_marks[place.y / TILE[1] * tiles[0] + place.x / TILE[0]] != 0;
                }
            }
        });
        Self { ink }
    }

    /// Whether each block that has a place in the picture is ink; empty for a blank sheet.
    #[must_use]
    pub fn ink(&self) -> &[bool] {
        &self.ink
    }

    /// True if a block is ink. Blocks without a place in the picture are not.
    #[must_use]
    pub fn is_ink(&self, block: usize) -> bool {
        self.ink.get(block).is_some_and(|&ink| ink)
    }
}

/// Marks blocks.
struct Marker<'a> {
    places: &'a Places,
    /// The class of each block.
    classes: &'a [u32],
    /// How often the value of each block occurs: in the frame, or, if the census covers several frames, at other places
    /// than its own.
    occurrences: Cow<'a, [u32]>,
    /// How many of these occurrences a singular block has: its own, or none.
    singular: u32,
    /// From so many occurrences on, a value forms an area.
    area: u32,
}

impl<'a> Marker<'a> {
    fn of(places: &'a Places, census: &'a Census, change_age: Option<&ChangeAge>) -> Self {
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
    fn mark(&self, range: &Range<usize>, tile_columns: usize, marks: &mut [Marks], counts: &mut [Tile]) {
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
        let (aside, in_tile) = (self.places.blocks_to_side(), self.places.blocks_across(TILE[0]));
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
                self.mark_row(start..start + row, [above, below], aside, marks);
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
    fn mark_row(&self, row: Range<usize>, [above, below]: [usize; 2], aside: usize, marks: &mut [Marks]) {
        let width = row.len();
        // All blocks but those near the ends of the row have neighbours to the left and right.
        let inner = if width > 2 * aside { aside..width - aside } else { 0..0 };
        for column in (0..inner.start).chain(inner.end..width) {
            let block = row.start + column;
            let left = if column < aside { block } else { block - aside };
            let right = if column + aside < width { block + aside } else { block };
            marks[column] = self.mark_one(block, [left, right, block - above, block + below]);
        }
        if inner.is_empty() {
            return;
        }
        let (start, marks) = (row.start + inner.start, &mut marks[inner]);
        let starts = [start - aside, start + aside, start - above, start + below];
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

/// Writes each value `times` times.
fn repeat_each(values: &[Marks], times: usize, to: &mut [Marks]) {
    fn by<const TIMES: usize>(values: &[Marks], to: &mut [Marks]) {
        let (whole, last) = to.as_chunks_mut::<TIMES>();
        whole.iter_mut().zip(values).for_each(|(to, &value)| *to = [value; TIMES]);
        values.get(whole.len()).into_iter().for_each(|&value| last.fill(value));
    }
    match times {
        4 => by::<4>(values, to),
        8 => by::<8>(values, to),
        _ => to.chunks_mut(times).zip(values).for_each(|(to, &value)| to.fill(value)),
    }
}

/// Cuts a slice into the pieces of consecutive ranges.
fn cut<'a, T>(mut slice: &'a mut [T], ranges: &[Range<usize>]) -> Vec<&'a mut [T]> {
    let piece = |range: &Range<usize>| slice.split_off_mut(..range.len());
    ranges.iter().map_while(piece).collect()
}

/// For each tile, row by row, the sum over the tiles at most `reach` away.
fn sum_around(counts: &[Tile], [columns, rows]: [usize; 2], reach: usize) -> Vec<Tile> {
    let row = |at: usize| counts.get(at * columns..(at + 1) * columns).unwrap_or_default();
    let add =
        |sums: &mut [Tile], row: &[Tile]| sums.iter_mut().zip(row).for_each(|(sum, &tile)| *sum += tile);
    let mut sums = Vec::with_capacity(counts.len());
    // For each column, the sum over the rows within reach.
    let mut column_sums = vec![Tile::default(); columns];
    (0..reach).for_each(|at| add(&mut column_sums, row(at)));
    for at in 0..rows {
        add(&mut column_sums, row(at + reach));
        let mut sum = Tile::default();
        column_sums.iter().take(reach).for_each(|&tile| sum += tile);
        for column in 0..columns {
            column_sums.get(column + reach).into_iter().for_each(|&tile| sum += tile);
            sums.push(sum);
            column.checked_sub(reach).into_iter().for_each(|column| sum -= column_sums[column]);
        }
        if let Some(past) = at.checked_sub(reach) {
            column_sums.iter_mut().zip(row(past)).for_each(|(sum, &tile)| *sum -= tile);
        }
    }
    sums
}
