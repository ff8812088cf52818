//! Outlines: where a drawing would have its lines, from block equality alone.
//!
//! **The rule.** Two questions are asked of every block: is it like the blocks beside it, and does its value
//! occur anywhere else? A value that was met at no other place, in this frame or the remembered ones, is
//! *singular*; where a thing stays as it is, it is still met at one place only. Then:
//!
//! - *Flat art* (at least 1/16 of the blocks around, 144 × 36 pixels, are like all their neighbours): a block
//!   is ink that differs from the block to its left or right, or from both above and below, and is not the
//!   more frequent of the two. Along an edge it is the rarer block that holds it.
//! - *Elsewhere*: a singular block is ink where most are, 3/5 of those around (48 × 12 pixels). Texture is
//!   all singular, and smooth areas repeat; a singular block among repeating ones is noise.
//! - Where hardly a block of the whole frame is met elsewhere (under one in 64), being singular says
//!   nothing, and the sheet stays blank. So it is for random data.
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
//! | occurs at most 16 times | 0.62 | 0.10 | 0.71 | 0.39 |
//! | occurs once, near a repeat (4 × 16 blocks) | 0.57 | 0.00 | 0.52 | 0.39 |
//! | the rule above | 0.70 | 0.69 | 0.76 | 0.46 |
//! | the rule above, memory of 8 frames | 0.70 | 0.69 | 0.78 | 0.47 |
//!
//! No single test serves both: an edge of flat art is made of blocks that repeat (along a straight line, or
//! beside another flat area), while in a smooth sky blocks that repeat differ from their neighbours
//! everywhere and mean nothing. In `gray8` the same rule reaches 0.79, 0.90, 0.85 and 0.53.

use std::ops::Range;

use rayon::prelude::*;

use super::{Census, Trail};
use crate::layout::{Place, Places};

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

/// One in so many blocks must be met elsewhere for singular ones to mean something.
const MET_ELSEWHERE: usize = 64;

/// Rows of tiles that one task works on.
const TILE_ROWS_A_TASK: usize = 16;

/// Which blocks of a frame are ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    ink: Vec<bool>,
}

/// What is known of a block by itself.
#[derive(Clone, Copy, Default)]
struct Marks {
    /// It is like all its neighbours.
    flat: bool,
    /// It would be ink in flat art.
    line: bool,
    /// Its value was met at no other place.
    singular: bool,
}

/// Blocks of a tile, and how many of them are what.
#[derive(Clone, Copy, Default)]
struct Tile {
    blocks: u32,
    flat: u32,
    singular: u32,
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
    /// The outline of a frame. `trail` is that of the frames which the census counts; where it counts this
    /// frame alone, `None`.
    #[must_use]
    pub fn of(places: &Places, census: &Census, trail: Option<&Trail>) -> Self {
        let blocks = places.blocks();
        let elsewhere = elsewhere(blocks, census, trail);
        let [width, height] = places.size();
        let tiles = [width.div_ceil(TILE[0]), height.div_ceil(TILE[1])];
        let rows_a_task = TILE_ROWS_A_TASK * TILE[1];
        let bands: Vec<Range<usize>> = (0..height)
            .step_by(rows_a_task)
            .map(|row| places.in_rows(row..(row + rows_a_task).min(height)))
            .collect();

        let mut marks = vec![Marks::default(); blocks];
        let mut counts = vec![Tile::default(); tiles[0] * tiles[1]];
        bands
            .par_iter()
            .zip(cut(&mut marks, &bands))
            .zip(counts.par_chunks_mut((tiles[0] * TILE_ROWS_A_TASK).max(1)))
            .enumerate()
            .for_each(|(band, ((range, marks), counts))| {
                for (place, to) in places.walk(range.clone()).zip(marks) {
                    *to = mark(&place, census, &elsewhere);
                    let tile = (place.y / TILE[1] - band * TILE_ROWS_A_TASK) * tiles[0] + place.x / TILE[0];
                    counts[tile] +=
                        Tile { blocks: 1, flat: u32::from(to.flat), singular: u32::from(to.singular) };
                }
            });

        let mut all = Tile::default();
        counts.iter().for_each(|&tile| all += tile);
        let met_elsewhere = (all.blocks - all.singular) as usize;
        let art: Vec<bool> =
            around(&counts, tiles, ART_REACH).map(|near| near.flat * 16 >= near.blocks * ART_16THS).collect();
        let texture: Vec<bool> = around(&counts, tiles, TEXTURE_REACH)
            .map(|near| {
                near.singular * 5 >= near.blocks * TEXTURE_5THS && met_elsewhere * MET_ELSEWHERE >= blocks
            })
            .collect();

        let mut ink = vec![false; blocks];
        bands.par_iter().zip(cut(&mut ink, &bands)).for_each(|(range, ink)| {
            for (place, to) in places.walk(range.clone()).zip(ink) {
                let tile = place.y / TILE[1] * tiles[0] + place.x / TILE[0];
                let marks = marks[place.block];
                *to = if art[tile] { marks.line } else { marks.singular && texture[tile] };
            }
        });
        Self { ink }
    }

    /// True where a block is ink. Blocks that stand nowhere in the picture are not.
    #[must_use]
    pub fn is_ink(&self, block: usize) -> bool {
        self.ink.get(block).is_some_and(|&ink| ink)
    }
}

/// How often the value of each block was met elsewhere than at its own place.
fn elsewhere(blocks: usize, census: &Census, trail: Option<&Trail>) -> Vec<u32> {
    (0..blocks)
        .map(|block| {
            census.occurrences(block).saturating_sub(trail.map_or(1, |trail| trail.frames_alike(block)))
        })
        .collect()
}

fn mark(place: &Place, census: &Census, elsewhere: &[u32]) -> Marks {
    let own = elsewhere[place.block];
    let differs = |other: Option<usize>| other.filter(|&other| !census.equal(place.block, other));
    // The rarer of the two, or as rare.
    let rarer = |other: Option<usize>| other.is_some_and(|other| own <= elsewhere[other]);
    let [left, right, above, below] = [place.left, place.right, place.above, place.below].map(differs);
    Marks {
        flat: [left, right, above, below].iter().all(Option::is_none),
        line: rarer(left) || rarer(right) || (rarer(above) && rarer(below)),
        singular: own == 0,
    }
}

/// Cuts a slice into the pieces of consecutive ranges.
fn cut<'a, T>(mut slice: &'a mut [T], ranges: &[Range<usize>]) -> Vec<&'a mut [T]> {
    ranges
        .iter()
        .map(|range| slice.split_off_mut(..range.len()).expect("the ranges are those of the slice"))
        .collect()
}

/// The sums over the tiles up to `reach` away, along the rows.
fn around(counts: &[Tile], [columns, rows]: [usize; 2], reach: usize) -> impl Iterator<Item = Tile> {
    let slide = |line: &[Tile]| {
        let mut sum = Tile::default();
        line.iter().take(reach).for_each(|&tile| sum += tile);
        let mut sums = Vec::with_capacity(line.len());
        for at in 0..line.len() {
            line.get(at + reach).into_iter().for_each(|&tile| sum += tile);
            sums.push(sum);
            at.checked_sub(reach).into_iter().for_each(|at| sum -= line[at]);
        }
        sums
    };
    let across: Vec<Tile> = counts.chunks(columns.max(1)).flat_map(slide).collect();
    let down: Vec<Vec<Tile>> = (0..columns)
        .map(|column| {
            let line: Vec<Tile> = (0..rows).map(|row| across[row * columns + column]).collect();
            slide(&line)
        })
        .collect();
    (0..rows)
        .flat_map(move |row| (0..columns).map(move |column| (row, column)))
        .map(move |(row, column)| down[column][row])
}
