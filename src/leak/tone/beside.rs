//! Which values stand side by side.

use rayon::prelude::*;

use super::Grid;
use super::names::NO_NODE;

/// Pairs of values that differ and stand side by side in a frame, but for those that stood there in the frame before.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Beside {
    /// Two nodes, by their numbers.
    pub nodes: Vec<(u32, u32)>,
    /// Two values, one of which is no node at least.
    pub rare: Vec<(u32, u32)>,
}

/// The pairs of each of `frames`, in which `nodes` holds the node of each value.
pub(super) fn beside(frames: &[&[u32]], grid: &Grid, nodes: &[u32]) -> Vec<Beside> {
    let of_frame = |(at, values): (usize, &&[u32])| {
        let earlier = at.checked_sub(1).map_or(&[][..], |at| frames[at]);
        let mut pairs = Beside::default();
        for (place, &own) in values.iter().enumerate().take(grid.places()) {
            if own == NO_NODE {
                continue;
            }
            let stays = earlier.get(place) == Some(&own);
            for neighbour in [grid.right(place), grid.below(place)].into_iter().flatten() {
                let other = values[neighbour];
                if other != own && other != NO_NODE && !(stays && earlier[neighbour] == other) {
                    let both = (nodes[own as usize], nodes[other as usize]);
                    if both.0 == NO_NODE || both.1 == NO_NODE {
                        pairs.rare.push((own, other));
                    } else {
                        pairs.nodes.push(both);
                    }
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
        let of = |nodes: Vec<(u32, u32)>, rare| Beside { nodes, rare };
        let met = beside(&frames, &grid, &[6, 5, no]);
        assert_eq!(met[..2], [of(vec![(6, 5)], vec![]), of(vec![], vec![(1, 2)])]);
        assert_eq!(met[2..], [Beside::default(), of(vec![(5, 6)], vec![])]);
    }
}
