//! Which nodes are neighbours of each other, and of known blocks; and how far neighbours resemble each other.

use rayon::prelude::*;

use super::Colour;
use super::walk::{Sums, sums_of};
use crate::leak::shot::Grid;
use crate::leak::shot::repeated_values::RepeatedValues;
use crate::leak::shot::value_table::{Block, NO_NODE, blocks};

/// Pairs of neighbours are horizontal or vertical, and none, one or both of their blocks lie in a flat area.
pub(super) const CLASSES: usize = 6;

/// Two neighbours are similar if no channel differs by more.
const SIMILAR: u8 = 112;

/// The share of similar pairs is raised to this power: blocks that are known have mostly been seen before, while new ones
/// are more often edges, and less similar to their neighbours.
const PRUDENCE: i32 = 8;

/// The values of a part of a shot: which of them are nodes, and which are known.
pub(super) struct Nodes {
    /// The node of each value that repeats; [`NO_NODE`] for a known value.
    pub number: Vec<u32>,
    /// The colour of each value that is known somewhere: the mean over its known blocks.
    pub fixed: Vec<Option<Colour>>,
    /// How many nodes there are.
    pub count: usize,
}

impl Nodes {
    pub(super) fn of(values: &RepeatedValues, known: &[Vec<Option<Colour>>]) -> Self {
        let mut sums = vec![[0u32; 4]; values.values.len()];
        for (frame, known) in values.frames.iter().zip(known) {
            for (&value, colour) in frame.iter().zip(known) {
                if let (Some(sum), Some([red, green, blue])) = (sums.get_mut(value as usize), colour) {
                    let colour = [*red, *green, *blue, 1].map(u32::from);
                    *sum = std::array::from_fn(|at| sum[at] + colour[at]);
                }
            }
        }
        let mean = |[red, green, blue, count]: [u32; 4]| {
            (count > 0).then(|| [red, green, blue].map(|sum| ((sum + count / 2) / count) as u8))
        };
        let fixed: Vec<Option<Colour>> = sums.into_iter().map(mean).collect();
        let mut count = 0;
        let number = |fixed: &Option<Colour>| {
            count += u32::from(fixed.is_none());
            if fixed.is_none() { count - 1 } else { NO_NODE }
        };
        let number = fixed.iter().map(number).collect();
        Self { number, fixed, count: count as usize }
    }
}

/// The blocks of a frame whose values occur at two places, or are known.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Node(u32),
    Known(Colour),
    Other,
}

/// The pairs of different neighbours of one frame; a pair that was at the same place in the frame before is left out, so
/// that a still picture does not count more often.
#[derive(Default)]
pub(super) struct Joins {
    /// Pairs of two nodes, by their class.
    nodes: [Vec<(u32, u32)>; CLASSES],
    /// Nodes beside a known block, with its colour, by their class.
    known: [Vec<(u32, Colour)>; CLASSES],
    /// How many pairs of two known blocks have similar colours, and how many there are, by their class.
    alike: [[u32; 2]; CLASSES],
}

impl Joins {
    /// The pairs of each frame.
    pub(super) fn of_frames(
        frames: &[&[u8]],
        known: &[Vec<Option<Colour>>],
        grid: &Grid,
        values: &RepeatedValues,
        nodes: &Nodes,
    ) -> Vec<Self> {
        let of_frame = |at: usize| {
            let earlier = at.checked_sub(1).map_or(&[][..], |at| blocks(frames[at]));
            let cell = |place: usize| {
                let value = values.frames[at][place] as usize;
                match nodes.number.get(value) {
                    Some(&node) if node != NO_NODE => Cell::Node(node),
                    of_value => {
                        let fixed = of_value.and_then(|_| nodes.fixed[value]);
                        let colour = fixed.or_else(|| known[at].get(place).copied().flatten());
                        colour.map_or(Cell::Other, Cell::Known)
                    }
                }
            };
            Self::of((blocks(frames[at]), earlier), grid, cell)
        };
        (0..frames.len()).into_par_iter().map(of_frame).collect()
    }

    /// The pairs of a frame.
    fn of((own, earlier): (&[Block], &[Block]), grid: &Grid, cell: impl Fn(usize) -> Cell) -> Self {
        let mut joins = Self::default();
        for place in 0..grid.places_in_picture().min(own.len()) {
            let one = cell(place);
            if one == Cell::Other {
                continue;
            }
            for (is_below, neighbour) in [grid.right(place), grid.below(place)].into_iter().enumerate() {
                let Some(neighbour) = neighbour.filter(|&neighbour| neighbour < own.len()) else { continue };
                let stays = earlier.get(place) == Some(&own[place])
                    && earlier.get(neighbour) == Some(&own[neighbour]);
                if own[place] == own[neighbour] || stays {
                    continue;
                }
                let other = cell(neighbour);
                if other == Cell::Other {
                    continue;
                }
                joins.add((one, other), class(own, grid, [place, neighbour], is_below == 1));
            }
        }
        joins
    }

    fn add(&mut self, pair: (Cell, Cell), class: usize) {
        match pair {
            (Cell::Node(one), Cell::Node(other)) => self.nodes[class].push((one, other)),
            (Cell::Node(node), Cell::Known(colour)) | (Cell::Known(colour), Cell::Node(node)) => {
                self.known[class].push((node, colour));
            }
            (Cell::Known(one), Cell::Known(other)) => {
                let are_similar = one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= SIMILAR);
                let [similar, all] = &mut self.alike[class];
                *similar += u32::from(are_similar);
                *all += 1;
            }
            (Cell::Other, _) | (_, Cell::Other) => {}
        }
    }
}

/// The class of a pair of neighbours. A block lies in a flat area if the next block away from the other has the same
/// value.
pub(super) fn class(own: &[Block], grid: &Grid, [first, second]: [usize; 2], is_vertical: bool) -> usize {
    let (before, after) = if is_vertical {
        (grid.above(first), grid.below(second))
    } else {
        (grid.left(first), grid.right(second))
    };
    let is_flat =
        |place: usize, next: Option<usize>| next.is_some_and(|next| own.get(next) == Some(&own[place]));
    usize::from(is_vertical) * 3 + usize::from(is_flat(first, before)) + usize::from(is_flat(second, after))
}

/// For each class, how far a block can be expected to resemble a known neighbour, from 0 to 1: the share of the pairs of
/// known blocks that have similar colours, to the power [`PRUDENCE`]. One similar and one other pair are added, so that few
/// pairs prove little.
pub(super) fn likeness(joins: &[Joins]) -> [f32; CLASSES] {
    std::array::from_fn(|class| {
        let sum = |which: usize| joins.iter().map(|joins| f64::from(joins.alike[class][which])).sum::<f64>();
        let share = ((sum(0) + 1.0) / (sum(1) + 2.0)) as f32;
        share.powi(PRUDENCE)
    })
}

/// The pairs of two nodes, with their class.
pub(super) fn pairs(joins: &[Joins]) -> impl Iterator<Item = (u32, u32, usize)> + Clone {
    joins.iter().flat_map(|joins| {
        joins
            .nodes
            .iter()
            .enumerate()
            .flat_map(|(class, pairs)| pairs.iter().map(move |&(one, other)| (one, other, class)))
    })
}

/// The surroundings of a node.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings {
    /// How many pairs of neighbours it has, with other nodes and with known blocks.
    pub pairs: f32,
    /// The sum over known neighbours, each with the weight of its class: see [`Sums`].
    pub known: Sums,
}

/// The surroundings of each node.
pub(super) fn surroundings(nodes: usize, joins: &[Joins], weights: [f32; CLASSES]) -> Vec<Surroundings> {
    let mut all = vec![Surroundings::default(); nodes];
    for (one, other, _) in pairs(joins) {
        all[one as usize].pairs += 1.0;
        all[other as usize].pairs += 1.0;
    }
    for joins in joins {
        for (known, weight) in joins.known.iter().zip(weights) {
            for &(node, colour) in known {
                let node = &mut all[node as usize];
                node.pairs += 1.0;
                let end = sums_of(colour);
                node.known = std::array::from_fn(|at| node.known[at] + weight * end[at]);
            }
        }
    }
    all
}
