//! Pairs of values that are neighbours in a frame.

use rayon::prelude::*;

use crate::leak::shot::Grid;
use crate::leak::shot::value_table::NO_NODE;

/// All pairs of one frame in this number are taken; of other frames, only pairs with a value that these frames lack. All pairs
/// of all frames would give the same R², and take a seventh longer.
const FULL_FRAME_INTERVAL: usize = 3;

/// Pairs of different values that are neighbours in a frame, without pairs at the same place in the frame before.
#[derive(Debug, Default, PartialEq)]
pub(super) struct NeighbourPairs {
    /// Pairs of two nodes, by their numbers.
    pub nodes: Vec<(u32, u32)>,
    /// Pairs of two values, at least one of which is no node.
    pub rare: Vec<(u32, u32)>,
}

/// The pairs of each of `frames`; `nodes` holds the node of each value. One frame in [`FULL_FRAME_INTERVAL`] gives all
/// its pairs; the others leave out pairs of two nodes that both occur in the pairs of such a frame.
pub(super) fn neighbour_pairs(frames: &[&[u32]], grid: &Grid, nodes: &[u32]) -> Vec<NeighbourPairs> {
    let is_full = |at: usize| at.is_multiple_of(FULL_FRAME_INTERVAL);
    let all = |at| {
        if is_full(at) { NeighbourPairs::of(at, frames, grid, nodes) } else { NeighbourPairs::default() }
    };
    let mut pairs: Vec<NeighbourPairs> = (0..frames.len()).into_par_iter().map(all).collect();
    let mut has_pairs = vec![false; nodes.len()];
    for &(one, other) in pairs.iter().flat_map(|pairs| &pairs.nodes) {
        has_pairs[one as usize] = true;
        has_pairs[other as usize] = true;
    }
    let is_wanted = |&node: &u32| node == NO_NODE || !has_pairs[node as usize];
    let is_wanted: Vec<bool> = nodes.iter().map(is_wanted).collect();
    pairs.par_iter_mut().enumerate().filter(|&(at, _)| !is_full(at)).for_each(|(at, pairs)| {
        *pairs = NeighbourPairs::of_wanted(at, frames, grid, nodes, &is_wanted);
    });
    pairs
}

impl NeighbourPairs {
    /// All pairs of a frame.
    fn of(at: usize, frames: &[&[u32]], grid: &Grid, nodes: &[u32]) -> Self {
        let (earlier, values) = (at.checked_sub(1).map_or(&[][..], |at| frames[at]), frames[at]);
        let mut pairs = Self::default();
        for (place, &own) in values.iter().enumerate().take(grid.places()) {
            if own == NO_NODE {
                continue;
            }
            for neighbour in [grid.right(place), grid.below(place)].into_iter().flatten() {
                if is_new(earlier, values, place, neighbour) {
                    pairs.add(own, values[neighbour], nodes);
                }
            }
        }
        pairs
    }

    /// The pairs of a frame with at least one wanted value. Wanted values are few, so the search starts from them.
    fn of_wanted(at: usize, frames: &[&[u32]], grid: &Grid, nodes: &[u32], is_wanted: &[bool]) -> Self {
        let (earlier, values) = (at.checked_sub(1).map_or(&[][..], |at| frames[at]), frames[at]);
        let is_wanted = |value: u32| is_wanted.get(value as usize) == Some(&true);
        let mut pairs = Self::default();
        for (place, &own) in values.iter().enumerate().take(grid.places()).filter(|(_, own)| is_wanted(**own))
        {
            let after = [grid.right(place), grid.below(place)].into_iter().flatten();
            // If the neighbour before is wanted too, the pair was added from there.
            let before = [grid.left(place), grid.above(place)].into_iter().flatten();
            for neighbour in after.chain(before.filter(|&before| !is_wanted(values[before]))) {
                if is_new(earlier, values, place, neighbour) {
                    pairs.add(own, values[neighbour], nodes);
                }
            }
        }
        pairs
    }

    /// Adds a pair of values.
    #[inline]
    fn add(&mut self, one: u32, other: u32, nodes: &[u32]) {
        let both = (nodes[one as usize], nodes[other as usize]);
        if both.0 == NO_NODE || both.1 == NO_NODE {
            self.rare.push((one, other));
        } else {
            self.nodes.push(both);
        }
    }
}

/// True if two neighbouring values are different, and the pair was not at the same place in the frame before.
#[inline]
fn is_new(earlier: &[u32], values: &[u32], place: usize, neighbour: usize) -> bool {
    let (own, other) = (values[place], values[neighbour]);
    let stays = || earlier.get(place) == Some(&own) && earlier.get(neighbour) == Some(&other);
    other != own && other != NO_NODE && !stays()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_stay_in_place_are_counted_once() {
        let grid = Grid::from_fn(3, |place| [Some(place + 1).filter(|&next| next < 3), None]);
        let no = NO_NODE;
        let frames: [&[u32]; 4] = [&[0, 1, 1], &[0, 1, 2], &[0, 1, no], &[1, 0, 0]];
        let of = |nodes, rare| NeighbourPairs { nodes, rare };
        let found = neighbour_pairs(&frames, &grid, &[1, 0, no]);
        assert_eq!(found[..2], [of(vec![(1, 0)], vec![]), of(vec![], vec![(2, 1)])]);
        assert_eq!(found[2..], [NeighbourPairs::default(), of(vec![(0, 1)], vec![])]);
    }

    #[test]
    fn frames_in_between_add_pairs_of_nodes_that_full_frames_lack() {
        // 40 rows of 25; values from 0 to 59, of which 0 to 49 are nodes; the first frame has values below 20.
        let (columns, places) = (25, 1000);
        let grid = Grid::from_fn(places, |place| {
            let right = Some(place + 1).filter(|next| next % columns > 0);
            [right, Some(place + columns).filter(|&below| below < places)]
        });
        let value = |seed: u32, below: u32| {
            move |place: u32| (place + seed).wrapping_mul(0x9e37_79b1).rotate_left(9) % below
        };
        let frame = |seed, below| (0..places as u32).map(value(seed, below)).collect::<Vec<u32>>();
        let frames = [frame(0, 20), frame(5000, 60), frame(9000, 60)];
        let frames: Vec<&[u32]> = frames.iter().map(Vec::as_slice).collect();
        let nodes: Vec<u32> = (0..60).map(|value| if value < 50 { value } else { NO_NODE }).collect();
        let found = neighbour_pairs(&frames, &grid, &nodes);
        let sorted = |pairs: &[(u32, u32)]| {
            let mut pairs: Vec<_> = pairs.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
            pairs.sort_unstable();
            pairs
        };
        for (at, found) in found.iter().enumerate() {
            let mut all = NeighbourPairs::of(at, &frames, &grid, &nodes);
            assert!(all.nodes.len() > 1000);
            if at > 0 {
                all.nodes.retain(|&(one, other)| one >= 20 || other >= 20);
                assert!(!all.nodes.is_empty() && !all.rare.is_empty());
            }
            assert_eq!(sorted(&found.nodes), sorted(&all.nodes), "frame {at}");
            assert_eq!(sorted(&found.rare), sorted(&all.rare), "frame {at}");
        }
    }
}
