//! Which values stand side by side.

use rayon::prelude::*;

use super::Grid;
use super::names::NO_NODE;

/// The pairs of values that have a number, differ, and stand side by side, for each of `frames`; those that
/// already stood there in the frame before are left out.
pub(super) fn beside(frames: &[&[u32]], grid: &Grid) -> Vec<Vec<(u32, u32)>> {
    let of_frame = |(at, values): (usize, &&[u32])| {
        let earlier = at.checked_sub(1).map_or(&[][..], |at| frames[at]);
        let mut pairs = Vec::new();
        for (place, &own) in values.iter().enumerate().take(grid.places()) {
            if own == NO_NODE {
                continue;
            }
            let stays = earlier.get(place) == Some(&own);
            for neighbour in [grid.right(place), grid.below(place)].into_iter().flatten() {
                let other = values[neighbour];
                if other != own && other != NO_NODE && !(stays && earlier[neighbour] == other) {
                    pairs.push((own, other));
                }
            }
        }
        pairs
    };
    frames.par_iter().enumerate().map(of_frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_told_once() {
        let grid = Grid::from_fn(3, |place| [Some(place + 1).filter(|&next| next < 3), None]);
        let no = NO_NODE;
        let frames: [&[u32]; 4] = [&[0, 1, 1], &[0, 1, 2], &[0, 1, no], &[1, 0, 0]];
        assert_eq!(beside(&frames, &grid), [vec![(0, 1)], vec![(1, 2)], vec![], vec![(1, 0)]]);
    }
}
