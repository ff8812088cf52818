//! Preparing a shot, from ciphertexts to tones.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::coarsen::Level;
use super::neighbour_pairs::{NeighbourPairs, neighbour_pairs};
use super::{Tone, Tones, VECTORS, Vectors, embedding, rare_values};
use crate::leak::shot::Grid;
use crate::leak::shot::graph::Graph;
use crate::leak::shot::repeated_values::RepeatedValues;
use crate::leak::shot::value_table::{NO_NODE, ValueTable};

/// Upper bound of the nodes of the coarsest level. Every pair of them gets a distance: memory grows with the square of
/// this number, time with the cube. With 800, R² is the same.
const COARSEST: usize = 400;

/// A graph with fewer nodes has no shading.
const LEAST_NODES: usize = 16;

/// Components are joined if two or more have at least this share of the blocks of the largest. Joining smaller ones
/// would paint a hundredth more, and lower R² by 0.02.
const LARGE_COMPONENT: f64 = 0.05;

/// A value is common, and becomes a node, if at least this number of blocks of the prepared frames have it. Values of two
/// blocks are more than half of all values, but only a tenth of the blocks; their coordinates are interpolated.
const COMMON: u32 = 3;

/// If there are more common values, more blocks are required. With half of this bound, parts of the picture that are
/// joined by rare values come apart, and a tenth of the frames loses 0.1 of R²; with four times the bound, R² is the
/// same.
const MOST_NODES: usize = 100_000;

/// If there are fewer common values, fewer blocks are required.
const ENOUGH_NODES: usize = 2000;

/// A value of this number of blocks is always common.
const MOST_BLOCKS: u32 = 64;

/// Resolution of the coordinates when they are ranked.
const RANK_BINS: usize = 1 << 16;

/// Weight of an edge between components; a pair of neighbours weighs 1.
const BRIDGE: f32 = 0.2;

/// Steps of smoothing on a level.
const STEPS: usize = 8;

/// Steps of smoothing on a level of more than [`MANY_NODES`] nodes: there a step costs most and moves nodes least.
const STEPS_OF_MANY: usize = 2;
const MANY_NODES: usize = 20_000;

/// Why there is no [`Tone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTone {
    /// Too few values that occur at two places or more are neighbours. This holds for every ciphertext that does not
    /// repeat.
    #[error("too few repeated blocks are neighbours: there is no shading to recover")]
    NothingRepeats,
    /// The caller cancelled the preparation.
    #[error("cancelled")]
    Cancelled,
}

impl Tone {
    /// Prepares a shot from the ciphertexts of some of its frames, all under one key and of the shape that `grid`
    /// describes. Calls `progress` with the share that is done; it may cancel the preparation.
    ///
    /// The result depends on the frames alone, not on the number of threads.
    ///
    /// # Errors
    /// [`NoTone::NothingRepeats`] if the ciphertext has no shading, [`NoTone::Cancelled`] if `progress` cancelled.
    ///
    /// # Panics
    /// If a frame has fewer whole blocks than `grid` has places.
    pub fn prepare(
        frames: &[&[u8]],
        grid: &Grid,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, NoTone> {
        let mut done = |share| match progress(share) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(NoTone::Cancelled),
        };
        done(0.0)?;
        let values = RepeatedValues::of(frames, grid.columns(), &mut done)?;
        done(0.3)?;
        let all: Vec<&[u32]> = values.frames.iter().map(Vec::as_slice).collect();
        let common = Common::of(&values.blocks);
        let pairs = neighbour_pairs(&all, grid, &common.number);
        done(0.4)?;
        // No edges between a frame and the next, although most blocks stay at their place: in a still shot such edges
        // only reflect the geometry of the picture.
        let edges = pairs.iter().flat_map(|frame| frame.nodes.iter().copied());
        let graph = Graph::of(common.nodes.len(), edges);
        done(0.45)?;
        let (graph, parts) = bridged(graph, &all, grid, &common);
        done(0.5)?;
        let kept = parts.largest();
        if kept.len() < LEAST_NODES {
            return Err(NoTone::NothingRepeats);
        }
        let blocks = kept.iter().map(|&node| f64::from(common.blocks[node as usize])).collect();
        let vectors = embed_graph(Level::new(graph.induced(&kept), blocks), &mut done)?;
        drop(graph);
        let mut vectors_of = vec![None; values.values.len()];
        for (&node, vectors) in kept.iter().zip(vectors) {
            vectors_of[common.nodes[node as usize] as usize] = Some(vectors);
        }
        let open = common.open_pairs(&pairs, &vectors_of);
        rare_values::interpolate(&mut vectors_of, &open);
        let tones = ranks(&vectors_of, &values.blocks);
        done(0.9)?;
        let placed = values.values.iter().zip(&vectors_of).filter(|(_, at)| at.is_some());
        let table = ValueTable::of(tones.len(), placed.map(|(&hash, _)| hash).zip(tones.iter().copied()));
        done(1.0)?;
        Ok(Self { table, grid: grid.clone() })
    }
}

/// The values that occur often: the nodes of the graph.
struct Common {
    /// The node of each value, or [`NO_NODE`].
    number: Vec<u32>,
    /// The value of each node, and how many blocks have it.
    nodes: Vec<u32>,
    blocks: Vec<u32>,
}

impl Common {
    /// Selects values by how many blocks have them.
    fn of(blocks: &[u32]) -> Self {
        // How many values have each number of blocks; the last entry counts all larger numbers.
        let mut values = [0usize; MOST_BLOCKS as usize + 1];
        for &blocks in blocks {
            values[blocks.min(MOST_BLOCKS) as usize] += 1;
        }
        let mut least = MOST_BLOCKS;
        let mut nodes = values[least as usize];
        while least > COMMON && nodes + values[least as usize - 1] <= MOST_NODES {
            least -= 1;
            nodes += values[least as usize];
        }
        while least > 1 && nodes < ENOUGH_NODES {
            least -= 1;
            nodes += values[least as usize];
        }
        let nodes: Vec<u32> =
            (0u32..).zip(blocks).filter(|&(_, &blocks)| blocks >= least).map(|(value, _)| value).collect();
        let mut number = vec![NO_NODE; blocks.len()];
        for (node, &value) in (0u32..).zip(&nodes) {
            number[value as usize] = node;
        }
        let blocks = nodes.iter().map(|&value| blocks[value as usize]).collect();
        Self { number, nodes, blocks }
    }

    /// The pairs of values of which at least one has no coordinates: a value that is no node, or a node outside the
    /// largest component.
    fn open_pairs(&self, pairs: &[NeighbourPairs], vectors: &[Option<Vectors>]) -> Vec<Vec<(u32, u32)>> {
        let is_open = |value: u32| vectors[value as usize].is_none();
        let open: Vec<bool> = self.nodes.iter().map(|&value| is_open(value)).collect();
        let of_frame = |pairs: &NeighbourPairs| {
            let left_out = pairs.nodes.iter().filter(|pair| open[pair.0 as usize] || open[pair.1 as usize]);
            let values = |&(one, other): &(u32, u32)| (self.nodes[one as usize], self.nodes[other as usize]);
            pairs.rare.iter().copied().chain(left_out.map(values)).collect()
        };
        pairs.par_iter().map(of_frame).collect()
    }

    /// The node of a value; [`NO_NODE`] if the value is `NO_NODE` itself.
    #[inline]
    fn node(&self, value: u32) -> u32 {
        self.number.get(value as usize).copied().unwrap_or(NO_NODE)
    }
}

/// The graph with edges between its components, if several components are large: an edge for each pair of blocks from
/// two components that touch at a corner, or that follow each other at one place from a frame to the next. These edges
/// are light, since such blocks are less similar than neighbours. Small components are included, because two large ones
/// may only be joined through them. (In a fade no frame has values in common with another, and only edges between
/// frames join them.)
fn bridged(graph: Graph, frames: &[&[u32]], grid: &Grid, common: &Common) -> (Graph, Parts) {
    let parts = Parts::of(&graph, &common.blocks);
    let least = LARGE_COMPONENT * parts.blocks.iter().copied().max().unwrap_or(0) as f64;
    if parts.blocks.iter().filter(|&&blocks| blocks as f64 >= least).count() < 2 {
        return (graph, parts);
    }
    let component = &parts.component;
    let bridge = |one: u32, other: u32| {
        let (one, other) = (common.node(one), common.node(other));
        let is_bridge =
            one != NO_NODE && other != NO_NODE && component[one as usize] != component[other as usize];
        is_bridge.then_some((one, other))
    };
    let at_corners = |values: &&[u32]| -> Vec<(u32, u32)> {
        let corners = |place: usize| {
            let (right, below) = (grid.right(place), grid.below(place));
            let down = right.and_then(|right| grid.below(right)).map(|corner| (place, corner));
            [down, right.zip(below)].into_iter().flatten()
        };
        let mut found = Vec::new();
        (0..grid.places())
            .flat_map(corners)
            .for_each(|(one, other)| found.extend(bridge(values[one], values[other])));
        found
    };
    let in_time = |pair: &[&[u32]]| -> Vec<(u32, u32)> {
        let places = pair[0].iter().zip(pair[1]).take(grid.places());
        places.filter_map(|(&one, &other)| bridge(one, other)).collect()
    };
    let mut bridges: Vec<Vec<(u32, u32)>> = frames.par_iter().map(at_corners).collect();
    bridges.par_extend(frames.par_windows(2).map(in_time));
    let bridges = bridges.iter().flatten().copied();
    let graph = graph.with(&Graph::of(graph.len(), bridges), BRIDGE);
    let parts = Parts::of(&graph, &common.blocks);
    (graph, parts)
}

/// The components of a graph.
struct Parts {
    /// The component of each node.
    component: Vec<u32>,
    /// How many blocks each component has.
    blocks: Vec<u64>,
}

impl Parts {
    fn of(graph: &Graph, blocks_of_nodes: &[u32]) -> Self {
        let (component, components) = graph.components();
        let mut blocks = vec![0; components];
        for (&component, &count) in component.iter().zip(blocks_of_nodes) {
            blocks[component as usize] += u64::from(count);
        }
        Self { component, blocks }
    }

    /// The nodes of the component with the most blocks; of several, the first.
    fn largest(&self) -> Vec<u32> {
        let most = self.blocks.iter().copied().max();
        let Some(largest) = self.blocks.iter().position(|&blocks| Some(blocks) == most) else {
            return Vec::new();
        };
        let components = (0u32..).zip(&self.component);
        components.filter(|&(_, &component)| component as usize == largest).map(|(node, _)| node).collect()
    }
}

/// Embeds a connected graph: the coordinates of its nodes.
fn embed_graph(
    finest: Level,
    done: &mut dyn FnMut(f64) -> Result<(), NoTone>,
) -> Result<Vec<Vectors>, NoTone> {
    let mut level = finest;
    let mut finer: Vec<(Level, Vec<u32>)> = Vec::new();
    while level.len() > COARSEST {
        let (group, groups) = level.group_nodes();
        let coarser = level.coarser(&group, groups);
        finer.push((std::mem::replace(&mut level, coarser), group));
        done(0.6)?;
    }
    let path_lengths = embedding::path_lengths(&level);
    done(0.7)?;
    let mut vectors = embedding::embed(&path_lengths, &level.blocks);
    done(0.8)?;
    for (level, group) in finer.iter().rev() {
        vectors = group.iter().map(|&group| vectors[group as usize]).collect();
        let steps = if level.len() > MANY_NODES { STEPS_OF_MANY } else { STEPS };
        level.smooth(&mut vectors, steps);
        done(0.9)?;
    }
    Ok(vectors)
}

/// Coordinates as ranks: the share of all blocks with a smaller coordinate. Each coordinate is oriented so that its
/// longer tail is at the upper end: the sign of an eigenvector is arbitrary.
fn ranks(vectors: &[Option<Vectors>], blocks: &[u32]) -> Vec<Tones> {
    let placed = || vectors.iter().zip(blocks).filter_map(|(row, &blocks)| row.zip(Some(f64::from(blocks))));
    let total: f64 = placed().map(|(_, blocks)| blocks).sum();
    let mut sums = [0.0; VECTORS];
    let (mut low, mut high) = ([f32::MAX; VECTORS], [f32::MIN; VECTORS]);
    let mut count = 0;
    for (row, blocks) in placed() {
        count += 1;
        for v in 0..VECTORS {
            sums[v] += f64::from(row[v]) * blocks;
            (low[v], high[v]) = (low[v].min(row[v]), high[v].max(row[v]));
        }
    }
    let scale: Vectors =
        std::array::from_fn(|v| (RANK_BINS - 1) as f32 / (high[v] - low[v]).max(f32::MIN_POSITIVE));
    #[expect(clippy::cast_sign_loss, reason = "none is below the lowest")]
    let bin = |row: &Vectors, v: usize| (((row[v] - low[v]) * scale[v]) as usize).min(RANK_BINS - 1);
    let mut blocks_of_bins = vec![[0.0; VECTORS]; RANK_BINS];
    let mut skew = [0.0; VECTORS];
    for (row, blocks) in placed() {
        for v in 0..VECTORS {
            blocks_of_bins[bin(&row, v)][v] += blocks;
            let from_mean = f64::from(row[v]) - sums[v] / total;
            skew[v] += blocks * (from_mean * from_mean * from_mean);
        }
    }
    let mut below = [0.0; VECTORS];
    let mut rank = |own: &[f64; VECTORS]| -> Tones {
        std::array::from_fn(|v| {
            let middle = (below[v] + own[v] / 2.0) / total;
            below[v] += own[v];
            #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
            let rank = (if skew[v] < 0.0 { 1.0 - middle } else { middle } * 256.0) as u8;
            rank
        })
    };
    let ranks: Vec<Tones> = blocks_of_bins.iter().map(&mut rank).collect();
    let mut tones = Vec::with_capacity(count);
    tones.extend(placed().map(|(row, _)| -> Tones { std::array::from_fn(|v| ranks[bin(&row, v)][v]) }));
    tones
}
