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

mod marks;
mod tile;

use std::ops::Range;

use rayon::prelude::*;

use super::ChangeAge;
use super::census::Census;
use crate::picture::layout::Places;

use marks::{LINE, Marker, SINGULAR};
use tile::{Marks, TILE, Tile, sum_around};

/// The surroundings that decide whether a block belongs to flat art: a number of tiles to each side.
const ART_REACH: usize = 4;
/// The least share of flat blocks there, in sixteenths.
const ART_16THS: u32 = 1;

/// The surroundings that decide whether a singular block belongs to texture: a number of tiles to each side.
const TEXTURE_REACH: usize = 1;
/// The least share of singular blocks there, in fifths.
const TEXTURE_5THS: u32 = 3;

/// At least one block in this number must occur at another place; otherwise being singular is no evidence.
const REPEATED: usize = 64;

/// Rows of tiles that one task works on.
const TILE_ROWS_PER_TASK: usize = 16;

/// Which blocks of a frame are ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    ink: Vec<bool>,
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
