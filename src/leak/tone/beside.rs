//! Which values stand side by side.

use super::Grid;
use super::names::NO_NODE;

/// Hands on the pairs of values that have a number, differ, and stand side by side in `frames`, frame by frame;
/// those that already stood there in the frame before are left out.
pub(super) fn beside(frames: &[&[u32]], grid: &Grid, mut each: impl FnMut(u32, u32)) {
    let mut earlier: &[u32] = &[];
    for values in frames {
        for (place, &own) in values.iter().enumerate().take(grid.places()) {
            if own == NO_NODE {
                continue;
            }
            let stays = earlier.get(place) == Some(&own);
            for neighbour in [grid.right(place), grid.below(place)].into_iter().flatten() {
                let other = values[neighbour];
                if other != own && other != NO_NODE && !(stays && earlier[neighbour] == other) {
                    each(own, other);
                }
            }
        }
        earlier = values;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_told_once() {
        let grid = Grid::from_fn(3, |place| [Some(place + 1).filter(|&next| next < 3), None]);
        let no = NO_NODE;
        let frames: [&[u32]; 4] = [&[0, 1, 1], &[0, 1, 2], &[0, 1, no], &[1, 0, 0]];
        let mut pairs = Vec::new();
        beside(&frames, &grid, |one, other| pairs.push((one, other)));
        assert_eq!(pairs, [(0, 1), (1, 2), (1, 0)]);
    }
}
