//! Which nodes are neighbours of each other, and of known blocks; and how far neighbours resemble each other.

use rayon::prelude::*;

use super::Colour;
use super::walk::{Surroundings, sums_of};
use crate::leak::shot::Grid;
use crate::leak::shot::repeated_values::RepeatedValues;
use crate::leak::shot::value_table::{Block, NO_NODE, blocks};

/// Pairs of neighbours are horizontal or vertical, and none, one or both of their blocks lie in a flat area.
pub(super) const CLASSES: usize = 6;

/// Two neighbours are similar if no channel differs by more.
const MOST_DIFFERENCE: u8 = 112;

/// The share of similar pairs is raised to this power: blocks that are known have mostly been seen before, while new ones
/// are more often edges, and less similar to their neighbours.
const LIKENESS_EXPONENT: i32 = 8;

/// The values of a part of a shot that are nodes: those that repeat and are not known at every place.
///
/// In most layouts a value is known everywhere or nowhere. In `yuv420p` the colour of a block needs the chroma of its
/// pixels too, so that a value of luma may be known at one place and not at another, where its colour is different.
pub(super) struct Nodes {
    /// The node of each value that repeats, or [`NO_NODE`].
    pub number: Vec<u32>,
    /// How many nodes there are.
    pub count: usize,
}

impl Nodes {
    pub(super) fn of(values: &RepeatedValues, known: &[Vec<Option<Colour>>]) -> Self {
        let mut number = vec![NO_NODE; values.values.len()];
        for (frame, known) in values.frames.iter().zip(known) {
            for (&value, _) in frame.iter().zip(known).filter(|(_, known)| known.is_none()) {
                if let Some(number) = number.get_mut(value as usize) {
                    *number = 0;
                }
            }
        }
        let nodes = number.iter_mut().filter(|number| **number != NO_NODE);
        let count = (0..).zip(nodes).map(|(node, number)| *number = node).count();
        Self { number, count }
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
            let cell = |place: usize| match known[at].get(place).copied().flatten() {
                Some(colour) => Cell::Known(colour),
                None => match nodes.number.get(values.frames[at][place] as usize) {
                    Some(&node) if node != NO_NODE => Cell::Node(node),
                    _ => Cell::Other,
                },
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
                let are_similar =
                    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= MOST_DIFFERENCE);
                let [similar, all] = &mut self.alike[class];
                *similar += u32::from(are_similar);
                *all += 1;
            }
            (Cell::Other, _) | (_, Cell::Other) => {}
        }
    }
}

/// The class of a pair of neighbours. A block lies in a flat area if the next block away from the other, in `rgb24` the
/// third, has the same value.
pub(super) fn class(own: &[Block], grid: &Grid, [first, second]: [usize; 2], is_vertical: bool) -> usize {
    let (before, after) = if is_vertical {
        (grid.above(first), grid.below(second))
    } else {
        (grid.same_phase_left(first), grid.same_phase_right(second))
    };
    let is_flat =
        |place: usize, next: Option<usize>| next.is_some_and(|next| own.get(next) == Some(&own[place]));
    usize::from(is_vertical) * 3 + usize::from(is_flat(first, before)) + usize::from(is_flat(second, after))
}

/// For each class, how far a block can be expected to resemble a known neighbour, from 0 to 1: the share of the pairs of
/// known blocks that have similar colours, to the power [`LIKENESS_EXPONENT`]. One similar and one other pair are added, so that few
/// pairs prove little.
pub(super) fn likeness(joins: &[Joins]) -> [f32; CLASSES] {
    std::array::from_fn(|class| {
        let sum = |which: usize| joins.iter().map(|joins| f64::from(joins.alike[class][which])).sum::<f64>();
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        let share = ((sum(0) + 1.0) / (sum(1) + 2.0)) as f32;
        share.powi(LIKENESS_EXPONENT)
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
