//! Gaps: blocks without a colour between two blocks of similar colours.

use rayon::prelude::*;

use super::joins::{CLASSES, class};
use super::{DEATH, Estimate};
use crate::leak::shot::Grid;
use crate::leak::shot::value_table::Block;

/// Two colours are similar if each channel differs by at most so much.
const SIMILAR: u8 = 16;

/// Places that one task works on.
const PLACES_PER_TASK: usize = 1 << 14;

/// The gaps that can be filled, each with its estimate: the mean of the neighbours to the left and right, or above and
/// below, if their colours are similar and their values differ. A walk from the gap starts with a step to one of them.
///
/// Two equal values with a third between them are a flat area with a line: the line has another colour.
pub(super) fn between(
    estimates: &[Option<Estimate>],
    blocks: &[Block],
    grid: &Grid,
    likeness: [f32; CLASSES],
) -> Vec<(usize, Estimate)> {
    let places = estimates.len().min(grid.places());
    let of_task = |first: usize| -> Vec<(usize, Estimate)> {
        let gaps = (first..places.min(first + PLACES_PER_TASK)).filter(|&place| estimates[place].is_none());
        gaps.filter_map(|place| Some((place, mean_around(place, (estimates, blocks), grid, likeness)?)))
            .collect()
    };
    let tasks = (0..places).into_par_iter().step_by(PLACES_PER_TASK);
    tasks.map(of_task).collect::<Vec<_>>().concat()
}

/// The mean of the opposite neighbours of a place that have similar colours and different values.
fn mean_around(
    place: usize,
    (estimates, blocks): (&[Option<Estimate>], &[Block]),
    grid: &Grid,
    likeness: [f32; CLASSES],
) -> Option<Estimate> {
    let (mut sum, mut count) = ([0.0f32; 4], 0.0);
    for (before, after) in grid.opposite_neighbours(place) {
        let (Some(one), Some(other)) = (*estimates.get(before)?, *estimates.get(after)?) else { continue };
        let are_similar =
            one[..3].iter().zip(&other[..3]).all(|(one, other)| one.abs_diff(*other) <= SIMILAR);
        if are_similar && blocks[before] != blocks[after] {
            let is_vertical = grid.above(place) == Some(before);
            let pairs = [([before, place], one), ([place, after], other)];
            for (pair, [red, green, blue, confidence]) in pairs {
                let likeness = likeness[class(blocks, grid, pair, is_vertical)];
                let end = [red, green, blue].map(f32::from);
                sum = [
                    sum[0] + end[0],
                    sum[1] + end[1],
                    sum[2] + end[2],
                    sum[3] + likeness * f32::from(confidence),
                ];
                count += 1.0;
            }
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "means of bytes")]
    let byte = |sum: f32| (sum / count + 0.5) as u8;
    (count > 0.0).then(|| [byte(sum[0]), byte(sum[1]), byte(sum[2]), byte(sum[3] / (1.0 + DEATH))])
}
