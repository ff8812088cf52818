//! Preparing a shot, from ciphertexts to tones.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::coarsen::Level;
use super::graph::Graph;
use super::neighbour_pairs::{NeighbourPairs, neighbour_pairs};
use super::repeated_values::RepeatedValues;
use super::tone_table::{NO_NODE, ToneTable};
use super::{Grid, Tone, Tones, VECTORS, Vectors, embedding, rare_values};

/// Nodes of the coarsest level, at most. Every pair of them gets a distance: memory and time grow with the
/// square and the cube. With 800 R² is the same.
const COARSEST: usize = 400;

/// Nodes that a graph must have to be worth drawing.
const LEAST_NODES: usize = 16;

/// Components are joined where two or more hold at least this share of the blocks of the largest. For the
/// sake of smaller ones it would paint a hundredth more, and lower R² by 0.02.
const WORTH_JOINING: f64 = 0.05;

/// Blocks of the prepared frames that have a common value, at least, and how many common values there are at most
/// and at least, as far as that is possible. Those that only two have take their place from their neighbours: more
/// than half of all values, and a tenth of the blocks. With half as many at most, parts of the picture that hung
/// together by rare values come apart, and a tenth of the frames loses 0.1 of R²; with four times as many it is the same.
const COMMON: u32 = 3;
const MOST_NODES: usize = 100_000;
const ENOUGH_NODES: usize = 2000;

/// Values that so many blocks have are all common.
const MOST_BLOCKS: u32 = 64;

/// Steps in which coordinates are told apart to be ranked.
const RANK_BINS: usize = 1 << 16;

/// Weight of a bridge between components, where an edge weighs 1.
const BRIDGE: f32 = 0.2;

/// Steps of smoothing on each level, and on those that have many nodes: there a step costs most and moves them least.
const STEPS: usize = 8;
const STEPS_OF_MANY: usize = 2;
const MANY_NODES: usize = 20_000;

/// Why there is no [`Tone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTone {
    /// Too few values occur at two places or more beside others that do: nothing to draw. So it is with every
    /// ciphertext that does not repeat.
    #[error("too few values of blocks repeat beside one another: there is no shading to find")]
    NothingRepeats,
    /// The caller broke off.
    #[error("broken off")]
    Cancelled,
}

impl Tone {
    /// Prepares a shot from the ciphertexts of some of its frames, all under one key and of the shape that
    /// `grid` describes. `progress` is told the share done, and may break off.
    ///
    /// The result depends on the frames alone, not on the number of threads.
    ///
    /// # Errors
    /// [`NoTone::NothingRepeats`] where the ciphertext gives nothing away, [`NoTone::Cancelled`] where
    /// `progress` broke off.
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
        // One frame and the next are not joined, though most blocks keep their place from one to the next: where
        // little moves, such edges only say what stands where.
        let sides = pairs.iter().flat_map(|frame| frame.nodes.iter().copied());
        let graph = Graph::of(common.nodes.len(), sides);
        done(0.45)?;
        let (graph, parts) = bridged(graph, &all, grid, &common);
        done(0.5)?;
        let kept = parts.largest();
        if kept.len() < LEAST_NODES {
            return Err(NoTone::NothingRepeats);
        }
        let blocks = kept.iter().map(|&node| f64::from(common.blocks[node as usize])).collect();
        let vectors = embedded(Level::new(graph.induced(&kept), blocks), &mut done)?;
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
        let table = ToneTable::of(tones.len(), placed.map(|(&hash, _)| hash).zip(tones.iter().copied()));
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
    /// Chosen by how many blocks have each value.
    fn of(blocks: &[u32]) -> Self {
        // How many values have so many blocks, or more than can be told apart.
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

    /// The pairs of values one of which has no vectors at least: those of a value that is no node, and those of nodes
    /// that were left out.
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

    /// The node of a value, which may be [`NO_NODE`] itself.
    #[inline]
    fn node(&self, value: u32) -> u32 {
        self.number.get(value as usize).copied().unwrap_or(NO_NODE)
    }
}

/// The graph with its components joined where they touch at a corner, or follow each other at a place from one
/// frame to the next, if several of them are large: light edges, since a corner is further than a side, and none
/// within a component, which needs them not. The small ones are stepping stones. (In a fade no frame has values
/// in common with another, and only time holds them together.)
fn bridged(graph: Graph, frames: &[&[u32]], grid: &Grid, common: &Common) -> (Graph, Parts) {
    let parts = Parts::of(&graph, &common.blocks);
    let least = WORTH_JOINING * parts.held.iter().copied().max().unwrap_or(0) as f64;
    if parts.held.iter().filter(|&&held| held as f64 >= least).count() < 2 {
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
    /// That of each node.
    component: Vec<u32>,
    /// The blocks that each holds.
    held: Vec<u64>,
}

impl Parts {
    fn of(graph: &Graph, blocks: &[u32]) -> Self {
        let (component, components) = graph.components();
        let mut held = vec![0; components];
        for (&component, &blocks) in component.iter().zip(blocks) {
            held[component as usize] += u64::from(blocks);
        }
        Self { component, held }
    }

    /// The nodes of the component that holds the most blocks, the first of several.
    fn largest(&self) -> Vec<u32> {
        let most = self.held.iter().copied().max();
        let Some(largest) = self.held.iter().position(|&held| Some(held) == most) else { return Vec::new() };
        let components = (0u32..).zip(&self.component);
        components.filter(|&(_, &component)| component as usize == largest).map(|(node, _)| node).collect()
    }
}

/// The coordinates of the nodes of a connected graph.
fn embedded(finest: Level, done: &mut dyn FnMut(f64) -> Result<(), NoTone>) -> Result<Vec<Vectors>, NoTone> {
    let mut level = finest;
    let mut finer: Vec<(Level, Vec<u32>)> = Vec::new();
    while level.len() > COARSEST {
        let (group, groups) = level.join();
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

/// Coordinates as ranks: the share of all blocks that lies below. The end with the longer tail is the upper,
/// so that the sign is not left to chance.
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
    let mut held = vec![[0.0; VECTORS]; RANK_BINS];
    let mut skew = [0.0; VECTORS];
    for (row, blocks) in placed() {
        for v in 0..VECTORS {
            held[bin(&row, v)][v] += blocks;
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
    let ranks: Vec<Tones> = held.iter().map(&mut rank).collect();
    let mut tones = Vec::with_capacity(count);
    tones.extend(placed().map(|(row, _)| -> Tones { std::array::from_fn(|v| ranks[bin(&row, v)][v]) }));
    tones
}
