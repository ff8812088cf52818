//! Pairs of values that are neighbours in the picture.

use rayon::prelude::*;

use super::Grid;
use super::tone_table::NO_NODE;

/// One frame in so many tells how often two nodes stand side by side, the others only of nodes that it does not have.
/// Were all to tell, R² would be the same, and a preparation a seventh longer.
const ONE_IN: usize = 3;

/// Pairs of values that differ and stand side by side in a frame, but for those that stood there in the frame before.
#[derive(Debug, Default, PartialEq)]
pub(super) struct NeighbourPairs {
    /// Two nodes, by their numbers.
    pub nodes: Vec<(u32, u32)>,
    /// Two values, one of which is no node at least.
    pub rare: Vec<(u32, u32)>,
}

/// The pairs of each of `frames`, in which `nodes` holds the node of each value. Those of one frame in [`ONE_IN`] are
/// all; those of the others leave out two nodes that both are in one of these.
pub(super) fn neighbour_pairs(frames: &[&[u32]], grid: &Grid, nodes: &[u32]) -> Vec<NeighbourPairs> {
    let tells = |at: usize| at.is_multiple_of(ONE_IN);
    let all =
        |at| if tells(at) { NeighbourPairs::of(at, frames, grid, nodes) } else { NeighbourPairs::default() };
    let mut pairs: Vec<NeighbourPairs> = (0..frames.len()).into_par_iter().map(all).collect();
    let mut is_told = vec![false; nodes.len()];
    for &(one, other) in pairs.iter().flat_map(|pairs| &pairs.nodes) {
        is_told[one as usize] = true;
        is_told[other as usize] = true;
    }
    let is_open = |&node: &u32| node == NO_NODE || !is_told[node as usize];
    let is_open: Vec<bool> = nodes.iter().map(is_open).collect();
    pairs.par_iter_mut().enumerate().filter(|&(at, _)| !tells(at)).for_each(|(at, pairs)| {
        *pairs = NeighbourPairs::of_open(at, frames, grid, nodes, &is_open);
    });
    pairs
}

impl NeighbourPairs {
    /// The pairs of a frame.
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

    /// The pairs of a frame one of whose values is open at least: they are few, and sought from there.
    fn of_open(at: usize, frames: &[&[u32]], grid: &Grid, nodes: &[u32], is_open: &[bool]) -> Self {
        let (earlier, values) = (at.checked_sub(1).map_or(&[][..], |at| frames[at]), frames[at]);
        let is_open = |value: u32| is_open.get(value as usize) == Some(&true);
        let mut pairs = Self::default();
        for (place, &own) in values.iter().enumerate().take(grid.places()).filter(|(_, own)| is_open(**own)) {
            let after = [grid.right(place), grid.below(place)].into_iter().flatten();
            // Where the one before is open, too, the pair is told from there.
            let before = [grid.left(place), grid.above(place)].into_iter().flatten();
            for neighbour in after.chain(before.filter(|&before| !is_open(values[before]))) {
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

/// True where a value and one beside it are a pair, and one that did not stand there in the frame before.
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
        let met = neighbour_pairs(&frames, &grid, &[1, 0, no]);
        assert_eq!(met[..2], [of(vec![(1, 0)], vec![]), of(vec![], vec![(2, 1)])]);
        assert_eq!(met[2..], [NeighbourPairs::default(), of(vec![(0, 1)], vec![])]);
    }

    #[test]
    fn frames_in_between_add_the_pairs_of_nodes_that_the_others_lack() {
        // 40 rows of 25; values from 0 to 59, of which 0 to 49 are nodes, and those below 20 are in the first frame.
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
        let met = neighbour_pairs(&frames, &grid, &nodes);
        let sorted = |pairs: &[(u32, u32)]| {
            let mut pairs: Vec<_> = pairs.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
            pairs.sort_unstable();
            pairs
        };
        for (at, met) in met.iter().enumerate() {
            let mut all = NeighbourPairs::of(at, &frames, &grid, &nodes);
            assert!(all.nodes.len() > 1000);
            if at > 0 {
                all.nodes.retain(|&(one, other)| one >= 20 || other >= 20);
                assert!(!all.nodes.is_empty() && !all.rare.is_empty());
            }
            assert_eq!(sorted(&met.nodes), sorted(&all.nodes), "frame {at}");
            assert_eq!(sorted(&met.rare), sorted(&all.rare), "frame {at}");
        }
    }
}
