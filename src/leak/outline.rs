//! Outlines: where a drawing would have its lines, from block equality alone.
//!
//! **The rule.** Two questions are asked of every block: is it like the blocks beside it, and does its value
//! occur anywhere else? A value that was met at no other place, in this frame or the remembered ones, is
//! *singular*; where a thing stays as it is, it is still met at one place only. Then:
//!
//! - *Flat art* (at least 1/16 of the blocks around, 144 × 36 pixels, are like all their neighbours): a block
//!   is ink that differs from the block to its left or right, or from both above and below, and is not the
//!   more frequent of the two: along an edge it is the rarer block that holds it. And so are two blocks
//!   above each other that differ and both belong to areas, values that make up 1/100 of a frame: there the
//!   edge runs between them.
//! - *Elsewhere*: a singular block is ink where most are, 3/5 of those around (48 × 12 pixels). Texture is
//!   all singular, and smooth areas repeat; a singular block among repeating ones is noise.
//! - Where hardly a block of the whole frame is met elsewhere (under one in 64), being singular says
//!   nothing, and outside flat art the sheet stays blank; where none repeats, everywhere. So it is for random data.
//!
//! **How it was chosen.** F1 (the harmonic mean of precision and recall) of ink against the Sobel edges of
//! the original, in `rgba32`, a block being an edge if a gradient of its luma reaches 48 of 1020. Three
//! frames of the demonstration call (slides and a cartoon), the penguin, and frames of the two rendered
//! films of the Blender Foundation's *Big Buck Bunny* clips, as the nearest to a camera at hand: two of a
//! meadow, six of a trailer with skies, fades and titles (at 6, 12, 16, 32, 38 and 46 s):
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
//! No single test serves both: an edge of flat art is made of blocks that repeat (along a straight line, or
//! beside another flat area), while in a smooth sky blocks that repeat differ from their neighbours
//! everywhere and mean nothing. In `gray8` the same rule reaches 0.79, 0.91, 0.85 and 0.53.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::ChangeAge;
use super::census::{ALONE, Census};
use crate::picture::layout::{Place, Places};

/// Size of a tile, over which blocks are counted: their surroundings are known to this precision.
const TILE: [usize; 2] = [16, 4];

/// Tiles to each side that say whether a block stands in flat art.
const ART_REACH: usize = 4;
/// The share of flat blocks, in sixteenths, from which on it does.
const ART_16THS: u32 = 1;

/// Tiles to each side that say whether a singular block stands in texture.
const TEXTURE_REACH: usize = 1;
/// The share of singular blocks, in fifths, from which on it does.
const TEXTURE_5THS: u32 = 3;

/// One in so many blocks must have a value for it to make an area.
const AREA: u64 = 100;

/// One in so many blocks must be met elsewhere for singular ones to mean something.
const MET_ELSEWHERE: usize = 64;

/// Rows of tiles that one task works on.
const TILE_ROWS_PER_TASK: usize = 16;

/// Which blocks of a frame are ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    ink: Vec<bool>,
}

/// What is known of a block by itself, as bits. What is counted in tiles stands in a half of the byte each, so that
/// the marks of all rows of a tile can be added up as they are.
type Marks = u8;
/// It is like all its neighbours.
const FLAT: Marks = 1;
/// It would be ink in flat art.
const LINE: Marks = 2;
/// Its value was met at no other place.
const SINGULAR: Marks = 1 << 4;
const COUNTED: Marks = FLAT | SINGULAR;

/// Blocks of a tile, and how many of them are what.
#[derive(Clone, Copy, Default)]
struct Tile {
    blocks: u32,
    flat: u32,
    singular: u32,
}

impl Tile {
    /// Counts the blocks of so many rows: the sum of what is counted of their marks, for each column.
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
    /// The outline of a frame. `change_age` is that of the frames which the census counts; where it counts this
    /// frame alone, `None`.
    #[must_use]
    pub fn of(places: &Places, census: &Census, change_age: Option<&ChangeAge>) -> Self {
        if census.repeated() == 0 {
            return Self::default();
        }
        let sight = Sight::of(places, census, change_age);
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
        tasks.for_each(|((range, marks), counts)| sight.mark(range, tiles[0], marks, counts));

        let mut all = Tile::default();
        for &tile in &counts {
            all += tile;
        }
        let telling = (all.blocks - all.singular) as usize * MET_ELSEWHERE >= places.blocks();
        if all.flat == 0 && !telling {
            // Neither art nor texture anywhere, as in random data.
            return Self::default();
        }
        let (art, texture) =
            rayon::join(|| around(&counts, tiles, ART_REACH), || around(&counts, tiles, TEXTURE_REACH));
        let art = art.iter().map(|near| near.flat * 16 >= near.blocks * ART_16THS);
        let texture = texture.iter().map(|near| telling && near.singular * 5 >= near.blocks * TEXTURE_5THS);
        let ink_is: Vec<Marks> = art
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
                let mut ink_is_here = vec![0; row];
                let all = ink.chunks_mut(row * rows).zip(marks.chunks(row * rows));
                for ((ink, marks), tiles) in
                    all.zip(ink_is[range.start / row / rows * tiles[0]..].chunks(tiles[0]))
                {
                    spread(tiles, in_tile, &mut ink_is_here);
                    for (ink, marks) in ink.chunks_mut(row).zip(marks.chunks(row)) {
                        for ((ink, marks), ink_is) in ink.iter_mut().zip(marks).zip(&ink_is_here) {
                            *ink = marks & ink_is != 0;
                        }
                    }
                }
            } else {
                for ((place, ink), marks) in places.walk(range.clone()).zip(ink).zip(marks) {
                    *ink = marks & ink_is[place.y / TILE[1] * tiles[0] + place.x / TILE[0]] != 0;
                }
            }
        });
        Self { ink }
    }

    /// Which of the blocks that stand in the picture are ink; empty for a blank sheet.
    #[must_use]
    pub fn ink(&self) -> &[bool] {
        &self.ink
    }

    /// True where a block is ink. Blocks that stand nowhere in the picture are not.
    #[must_use]
    pub fn is_ink(&self, block: usize) -> bool {
        self.ink.get(block).is_some_and(|&ink| ink)
    }
}

/// What the rule looks at.
struct Sight<'a> {
    places: &'a Places,
    /// The class of each block.
    names: &'a [u32],
    /// How often the value of each block was met: anywhere in the frame or, where several frames count, at
    /// places other than its own.
    met: Cow<'a, [u32]>,
    /// How often that is at its own place: once, or not at all.
    at_home: u32,
    /// From how many on a value makes an area.
    area: u32,
}

impl<'a> Sight<'a> {
    fn of(places: &'a Places, census: &'a Census, change_age: Option<&ChangeAge>) -> Self {
        let blocks = places.blocks();
        let occurrences = &census.all_occurrences()[..blocks];
        let (met, at_home, frames) = match change_age {
            None => (Cow::Borrowed(occurrences), 1, 1),
            Some(change_age) => {
                let all = occurrences.par_iter().with_min_len(1 << 15).enumerate();
                let elsewhere =
                    all.map(|(block, count)| count.saturating_sub(change_age.frames_alike(block)));
                (Cow::Owned(elsewhere.collect()), 0, change_age.known() + 1)
            }
        };
        let area = blocks as u64 * u64::from(frames) / AREA + u64::from(at_home);
        let area = i32::try_from(area).unwrap_or(i32::MAX).cast_unsigned();
        Self { places, names: census.block_classes(), met, at_home, area }
    }

    /// Marks the blocks of a range, which starts with a row of tiles, and counts what is in the tiles.
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
        let (aside, in_tile) = (self.places.aside(), self.places.blocks_across(TILE[0]));
        let rows_per_tile = TILE[1] / self.places.row_pixels();
        let last_row = self.places.blocks() - row;
        let mut sums = vec![0; row];
        let mut starts = range.clone().step_by(row);
        for (marks, tiles) in marks.chunks_mut(row * rows_per_tile).zip(counts.chunks_mut(tile_columns)) {
            sums.fill(0);
            let mut rows = 0;
            for (marks, start) in marks.chunks_mut(row).zip(&mut starts) {
                // A block past an edge of the picture is as good as the block itself: no difference.
                let above = if start == 0 { 0 } else { row };
                let below = if start == last_row { 0 } else { row };
                self.mark_row(start..start + row, [above, below], aside, marks);
                sums.iter_mut().zip(marks).for_each(|(sum, marks)| *sum += *marks & COUNTED);
                rows += 1;
            }
            tiles.iter_mut().zip(sums.chunks(in_tile)).for_each(|(tile, sums)| tile.count(rows, sums));
        }
    }

    /// Looks at a row of blocks. `above` and `below` say how many blocks away the neighbours there are, 0
    /// where there are none.
    ///
    /// By itself, so that the compiler knows that what is written is not what is read, and looks at many at once: made
    /// part of another function, it took three times as long.
    #[inline(never)]
    fn mark_row(&self, row: Range<usize>, [above, below]: [usize; 2], aside: usize, marks: &mut [Marks]) {
        let width = row.len();
        // Where all neighbours but those above and below exist, whole stretches are looked at at once.
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
        let names = starts.map(|start| &self.names[start..][..length]);
        let met = starts.map(|start| &self.met[start..][..length]);
        let (own_names, own_met) = (&self.names[start..][..length], &self.met[start..][..length]);
        let exists = [true, true, above > 0, below > 0];
        for (at, to) in marks.iter_mut().enumerate() {
            let around = std::array::from_fn(|side| Beside {
                name: names[side][at],
                met: met[side][at],
                exists: exists[side],
            });
            *to = mark(own_names[at], own_met[at], around, [self.at_home, self.area]);
        }
    }

    /// Looks at a block and its neighbours: left, right, above, below. A block past an edge of the picture
    /// is the block itself.
    fn mark_one(&self, block: usize, others: [usize; 4]) -> Marks {
        let around = others.map(|other| Beside {
            name: self.names[other],
            met: self.met[other],
            exists: other != block,
        });
        mark(self.names[block], self.met[block], around, [self.at_home, self.area])
    }
}

/// A neighbour of a block.
#[derive(Clone, Copy)]
struct Beside {
    name: u32,
    met: u32,
    /// False past an edge of the picture.
    exists: bool,
}

/// What there is to say of a block with this name, whose value was met `own` times, of which `at_home` are at
/// its own place, and of its neighbours: left, right, above, below.
#[inline(always)]
#[expect(clippy::inline_always, reason = "within a loop over a row, many blocks are looked at at once")]
#[expect(clippy::needless_bitwise_bool, reason = "branches on blocks that are random are mispredicted")]
fn mark(name: u32, own: u32, around: [Beside; 4], [at_home, area]: [u32; 2]) -> Marks {
    // There are fewer blocks than 2^31; numbers with signs are compared in one instruction everywhere.
    let [own, at_home, area] = [own, at_home, area].map(u32::cast_signed);
    let met = around.map(|beside| beside.met.cast_signed());
    // A block unlike all others is like itself.
    let alone = name == ALONE;
    let differs = around.map(|beside| ((beside.name != name) | alone) & beside.exists);
    // The rarer of the two, or as rare.
    let rarer: [bool; 4] = std::array::from_fn(|to| differs[to] & (own <= met[to]));
    let areas: [bool; 4] = std::array::from_fn(|to| differs[to] & (met[to] >= area));
    let flat = !(differs[0] | differs[1] | differs[2] | differs[3]);
    let line = rarer[0] | rarer[1] | (rarer[2] & rarer[3]) | ((own >= area) & (areas[2] | areas[3]));
    (Marks::from(flat) * FLAT) | (Marks::from(line) * LINE) | (Marks::from(own <= at_home) * SINGULAR)
}

/// Writes each value so many times.
fn spread(values: &[Marks], times: usize, to: &mut [Marks]) {
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

/// The sums over the tiles up to `reach` away, along the rows.
fn around(counts: &[Tile], [columns, rows]: [usize; 2], reach: usize) -> Vec<Tile> {
    let row = |at: usize| counts.get(at * columns..(at + 1) * columns).unwrap_or_default();
    let add =
        |sums: &mut [Tile], row: &[Tile]| sums.iter_mut().zip(row).for_each(|(sum, &tile)| *sum += tile);
    let mut sums = Vec::with_capacity(counts.len());
    // Those of each column, over the rows within reach.
    let mut tall = vec![Tile::default(); columns];
    (0..reach).for_each(|at| add(&mut tall, row(at)));
    for at in 0..rows {
        add(&mut tall, row(at + reach));
        let mut sum = Tile::default();
        tall.iter().take(reach).for_each(|&tile| sum += tile);
        for column in 0..columns {
            tall.get(column + reach).into_iter().for_each(|&tile| sum += tile);
            sums.push(sum);
            column.checked_sub(reach).into_iter().for_each(|column| sum -= tall[column]);
        }
        if let Some(gone) = at.checked_sub(reach) {
            tall.iter_mut().zip(row(gone)).for_each(|(sum, &tile)| *sum -= tile);
        }
    }
    sums
}
