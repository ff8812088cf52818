//! Gaps: blocks without a colour between two blocks of similar colours.

use rayon::prelude::*;

use super::joins::{CLASSES, class};
use super::{DEATH_ODDS, Estimate};
use crate::leak::shot::Grid;
use crate::leak::shot::value_table::Block;

/// A gap is filled if no channel of the two colours beside it differs by more.
const MOST_DIFFERENCE: u8 = 16;

/// Places that one task works on.
const PLACES_PER_TASK: usize = 1 << 14;

/// The gaps that can be filled, each with its estimate: the mean of the neighbours to the left and right, or above and
/// below, if their colours are similar and they do not lie in one flat area. A walk from the gap starts with a step to one of them.
///
/// A flat area with another value within it is a ground with a line: the line has another colour.
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

/// True if the places before and after a gap lie in one flat area. In `rgb24` the third place after one in a flat area
/// has its value, in the other layouts each place.
fn is_on_flat_ground(
    (before, after): (usize, usize),
    blocks: &[Block],
    grid: &Grid,
    is_vertical: bool,
) -> bool {
    let is_equal = |one: Option<usize>, other: Option<usize>| {
        one.zip(other).is_some_and(|(one, other)| blocks.get(one) == blocks.get(other))
    };
    is_equal(Some(before), Some(after))
        || !is_vertical
            && grid.has_period()
            && (is_equal(Some(before), grid.right(after)) || is_equal(grid.left(before), Some(after)))
}

/// The mean of the opposite neighbours of a place that have similar colours and do not lie in one flat area.
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
            one[..3].iter().zip(&other[..3]).all(|(one, other)| one.abs_diff(*other) <= MOST_DIFFERENCE);
        let is_vertical = grid.above(place) == Some(before);
        if are_similar && !is_on_flat_ground((before, after), blocks, grid, is_vertical) {
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
    (count > 0.0).then(|| [byte(sum[0]), byte(sum[1]), byte(sum[2]), byte(sum[3] / (1.0 + DEATH_ODDS))])
}
