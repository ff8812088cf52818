//! Fills gaps: blocks without a tone between two blocks with similar tones.

use rayon::prelude::*;

use super::{Grid, Tones, VECTORS};

/// How far two tones may lie apart and still be one shade.
const ALIKE: u8 = 64;

/// Places that one task looks at.
const PLACES_PER_TASK: usize = 1 << 14;

/// Gives a tone to blocks that have none, where those to the left and right of one are alike, or those above and
/// below it: the mean of them.
///
/// Where a line runs through the picture, the two sides of it are not, and it stays a gap.
pub(super) fn fill_gaps(tones: &mut [Option<Tones>], grid: &Grid) {
    let places = tones.len().min(grid.places());
    let met: &[Option<Tones>] = tones;
    let closed = |first: usize| -> Vec<(usize, Tones)> {
        let gaps = (first..places.min(first + PLACES_PER_TASK)).filter(|&place| met[place].is_none());
        gaps.filter_map(|place| Some((place, between(met, grid, place)?))).collect()
    };
    let closed: Vec<_> = (0..places).into_par_iter().step_by(PLACES_PER_TASK).map(closed).collect();
    for (place, found) in closed.into_iter().flatten() {
        tones[place] = Some(found);
    }
}

/// The mean of the pairs around a place that are alike.
fn between(tones: &[Option<Tones>], grid: &Grid, place: usize) -> Option<Tones> {
    let mut sum = [0u32; VECTORS];
    let mut count = 0;
    for (before, after) in grid.around(place) {
        let (Some(before), Some(after)) = (tones.get(before)?, tones.get(after)?) else { continue };
        if before.iter().zip(after).all(|(before, after)| before.abs_diff(*after) <= ALIKE) {
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

    /// Three rows of three.
    fn closed(levels: [Option<u8>; 9]) -> [Option<u8>; 9] {
        let grid = Grid::from_fn(9, |place| {
            [Some(place + 1).filter(|next| next % 3 > 0), Some(place + 3).filter(|&next| next < 9)]
        });
        let mut tones = levels.map(|level| level.map(|level| [level, 9, 9, 9]));
        fill_gaps(&mut tones, &grid);
        tones.map(|tones| tones.map(|tones| tones[0]))
    }

    #[test]
    fn a_gap_between_two_that_are_alike_is_closed_and_a_line_between_shades_is_not() {
        let no = None;
        let row = [no, no, no, Some(100), no, Some(120), no, no, no];
        assert_eq!(closed(row)[4], Some(110));
        assert_eq!(closed(row).iter().flatten().count(), 3, "the corners have one neighbour each");
        let line = [no, Some(10), no, Some(10), no, Some(200), no, Some(200), no];
        assert_eq!(closed(line), line);
        let both = [no, Some(100), no, Some(100), no, Some(120), no, Some(80), no];
        assert_eq!(closed(both)[4], Some(100));
        assert_eq!(closed([no; 9]), [no; 9]);
    }
}
