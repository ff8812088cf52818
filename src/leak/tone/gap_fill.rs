//! Fills gaps: blocks without a tone between two blocks with similar tones.

use rayon::prelude::*;

use super::{Tones, VECTORS};
use crate::leak::shot::Grid;

/// Two tones are similar if each coordinate differs by at most so much.
const SIMILAR: u8 = 64;

/// Places that one task works on.
const PLACES_PER_TASK: usize = 1 << 14;

/// Gives a tone to a block without one if its neighbours to the left and right, or above and below, have similar tones:
/// the mean of these neighbours.
///
/// Where a line divides two areas, the neighbours differ, and the block remains a gap.
pub(super) fn fill_gaps(tones: &mut [Option<Tones>], grid: &Grid) {
    let places = tones.len().min(grid.places());
    let before: &[Option<Tones>] = tones;
    let fill = |first: usize| -> Vec<(usize, Tones)> {
        let gaps = (first..places.min(first + PLACES_PER_TASK)).filter(|&place| before[place].is_none());
        gaps.filter_map(|place| Some((place, mean_around(before, grid, place)?))).collect()
    };
    let filled: Vec<_> = (0..places).into_par_iter().step_by(PLACES_PER_TASK).map(fill).collect();
    for (place, mean) in filled.into_iter().flatten() {
        tones[place] = Some(mean);
    }
}

/// The mean of the opposite neighbours of a place that have similar tones.
fn mean_around(tones: &[Option<Tones>], grid: &Grid, place: usize) -> Option<Tones> {
    let mut sum = [0u32; VECTORS];
    let mut count = 0;
    for (before, after) in grid.opposite_neighbours(place) {
        let (Some(before), Some(after)) = (tones.get(before)?, tones.get(after)?) else { continue };
        if before.iter().zip(after).all(|(before, after)| before.abs_diff(*after) <= SIMILAR) {
            for (sum, (before, after)) in sum.iter_mut().zip(before.iter().zip(after)) {
                *sum += u32::from(*before) + u32::from(*after);
            }
            count += 2;
        }
    }
    (count > 0).then(|| sum.map(|sum| (sum / count) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The levels of three rows of three places after gaps were filled.
    fn filled(levels: [Option<u8>; 9]) -> [Option<u8>; 9] {
        let grid = Grid::from_fn(9, |place| {
            [Some(place + 1).filter(|next| next % 3 > 0), Some(place + 3).filter(|&next| next < 9)]
        });
        let mut tones = levels.map(|level| level.map(|level| [level, 9, 9, 9]));
        fill_gaps(&mut tones, &grid);
        tones.map(|tones| tones.map(|tones| tones[0]))
    }

    #[test]
    fn a_gap_between_similar_tones_is_filled_and_a_line_between_shades_is_not() {
        let no = None;
        let row = [no, no, no, Some(100), no, Some(120), no, no, no];
        assert_eq!(filled(row)[4], Some(110));
        assert_eq!(filled(row).iter().flatten().count(), 3, "the corners have one neighbour each");
        let line = [no, Some(10), no, Some(10), no, Some(200), no, Some(200), no];
        assert_eq!(filled(line), line);
        let both = [no, Some(100), no, Some(100), no, Some(120), no, Some(80), no];
        assert_eq!(filled(both)[4], Some(100));
        assert_eq!(filled([no; 9]), [no; 9]);
    }
}
