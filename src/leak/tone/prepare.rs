//! Preparing a shot, from ciphertexts to tones.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::coarsen::Level;
use super::graph::{Graph, pair};
use super::names::{NO_NODE, Names, blocks};
use super::{BLOCKS_A_TASK, Grid, Tone, Tones, VECTORS, Vectors, plot};

/// Nodes of the coarsest level, at most. Every pair of them gets a distance: memory and time grow with the
/// square and the cube. With 300 R² is lower by 0.01, with 1600 the same.
const COARSEST: usize = 800;

/// Nodes that a graph must have to be worth drawing.
const LEAST_NODES: usize = 16;

/// Components are joined where two or more hold at least this share of the blocks of the largest. For the
/// sake of smaller ones it would paint a hundredth more, and lower R² by 0.02.
const WORTH_JOINING: f64 = 0.05;

/// Weight of a bridge between components, where an edge weighs 1.
const BRIDGE: f32 = 0.2;

/// Steps of smoothing on each level.
const STEPS: usize = 8;

/// Why there is no [`Tone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTone {
    /// Too few values occur at two places or more beside others that do: nothing to draw. So it is with every
    /// ciphertext that does not repeat.
    #[error("no block repeats beside others that do: there is no shading to find")]
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
        let names = Names::at_two_places(frames);
        done(0.2)?;
        let nodes: Vec<Vec<u32>> = frames.iter().map(|frame| nodes_of(&names, frame)).collect();
        let mut blocks = vec![0u32; names.len()];
        for &node in nodes.iter().flatten().filter(|&&node| node != NO_NODE) {
            blocks[node as usize] += 1;
        }
        done(0.3)?;
        let graph = neighbours(&nodes, grid, names.len());
        done(0.4)?;
        let graph = bridged(graph, &nodes, grid, &blocks);
        let kept = largest_component(&graph, &blocks);
        if kept.len() < LEAST_NODES {
            return Err(NoTone::NothingRepeats);
        }
        done(0.5)?;
        let blocks: Vec<f64> = kept.iter().map(|&node| f64::from(blocks[node as usize])).collect();
        let vectors = embedded(Level::new(graph.induced(&kept), blocks.clone()), &mut done)?;
        let tones = ranks(&vectors, &blocks);
        done(1.0)?;
        Ok(Self { names: names.select(&kept), tones })
    }
}

/// The node of each block.
fn nodes_of(names: &Names, frame: &[u8]) -> Vec<u32> {
    blocks(frame).par_iter().with_min_len(BLOCKS_A_TASK).map(|&block| names.find(block)).collect()
}

/// The graph of the nodes that stand side by side. One frame and the next are not joined, though most blocks
/// keep their place from one to the next: where little moves, such edges only say what stands where.
fn neighbours(nodes: &[Vec<u32>], grid: &Grid, size: usize) -> Graph {
    let pairs = nodes.par_iter().flat_map_iter(|nodes| {
        (0..grid.places()).flat_map(move |place| {
            let sides = [grid.right(place), grid.below(place)].into_iter().flatten();
            sides.filter_map(move |beside| pair(nodes[place], nodes[beside]))
        })
    });
    Graph::of_pairs(size, pairs.collect())
}

/// The graph with its components joined where they touch at a corner, or follow each other at a place from one
/// frame to the next, if several of them are large: light edges, since a corner is further than a side, and none
/// within a component, which needs them not. The small ones are stepping stones. (In a fade no frame has values
/// in common with another, and only time holds them together.)
fn bridged(graph: Graph, nodes: &[Vec<u32>], grid: &Grid, blocks: &[u32]) -> Graph {
    let (component, held) = component_blocks(&graph, blocks);
    let least = WORTH_JOINING * held.iter().copied().max().unwrap_or(0) as f64;
    if held.iter().filter(|&&held| held as f64 >= least).count() < 2 {
        return graph;
    }
    let bridge = |one: u32, other: u32| {
        pair(one, other).filter(|_| component[one as usize] != component[other as usize])
    };
    let bridge = &bridge;
    let bridges: Vec<u64> = nodes
        .par_iter()
        .flat_map_iter(|nodes| {
            (0..grid.places()).flat_map(move |place| {
                let (right, below) = (grid.right(place), grid.below(place));
                let down = right.and_then(|right| grid.below(right)).map(|corner| (place, corner));
                [down, right.zip(below)]
                    .into_iter()
                    .flatten()
                    .filter_map(move |(one, other)| bridge(nodes[one], nodes[other]))
            })
        })
        .collect();
    let in_time = nodes.par_windows(2).flat_map_iter(|pair| {
        let [before, now] = [&pair[0], &pair[1]];
        before.iter().zip(now).take(grid.places()).filter_map(|(&one, &other)| bridge(one, other))
    });
    let bridges = bridges.into_par_iter().chain(in_time).collect();
    graph.with(&Graph::of_pairs(graph.len(), bridges), BRIDGE)
}

/// The component of each node, and the blocks that each component holds.
fn component_blocks(graph: &Graph, blocks: &[u32]) -> (Vec<u32>, Vec<u64>) {
    let (component, components) = graph.components();
    let mut held = vec![0; components];
    for (&component, &blocks) in component.iter().zip(blocks) {
        held[component as usize] += u64::from(blocks);
    }
    (component, held)
}

/// The nodes of the component that holds the most blocks, the first of several.
fn largest_component(graph: &Graph, blocks: &[u32]) -> Vec<u32> {
    let (component, held) = component_blocks(graph, blocks);
    let most = held.iter().copied().max();
    let Some(largest) = held.iter().position(|&held| Some(held) == most) else { return Vec::new() };
    (0u32..)
        .zip(component)
        .filter(|&(_, component)| component as usize == largest)
        .map(|(node, _)| node)
        .collect()
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
    let ways = plot::ways(&level);
    done(0.7)?;
    let mut vectors = plot::plot(&ways, &level.blocks);
    done(0.8)?;
    for (level, group) in finer.iter().rev() {
        vectors = group.iter().map(|&group| vectors[group as usize]).collect();
        level.smooth(&mut vectors, STEPS);
        done(0.9)?;
    }
    Ok(vectors)
}

/// Coordinates as ranks: the share of all blocks that lies below. The end with the longer tail is the upper,
/// so that the sign is not left to chance.
fn ranks(vectors: &[Vectors], blocks: &[f64]) -> Vec<Tones> {
    let total: f64 = blocks.iter().sum();
    let sorted: Vec<Vec<u8>> = (0..VECTORS)
        .into_par_iter()
        .map(|v| {
            let mean =
                vectors.iter().zip(blocks).map(|(row, blocks)| f64::from(row[v]) * blocks).sum::<f64>()
                    / total;
            let skew: f64 = vectors
                .iter()
                .zip(blocks)
                .map(|(row, blocks)| blocks * (f64::from(row[v]) - mean).powi(3))
                .sum();
            let sign = if skew < 0.0 { -1.0 } else { 1.0 };
            let mut order: Vec<u32> = (0..vectors.len() as u32).collect();
            order.sort_by(|&one, &other| {
                (sign * vectors[one as usize][v]).total_cmp(&(sign * vectors[other as usize][v]))
            });
            let mut below = 0.0;
            let mut ranks = vec![0; vectors.len()];
            for node in order {
                let own = blocks[node as usize];
                #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
                let rank = ((below + own / 2.0) / total * 256.0) as u8;
                ranks[node as usize] = rank;
                below += own;
            }
            ranks
        })
        .collect();
    (0..vectors.len()).map(|node| std::array::from_fn(|v| sorted[v][node])).collect()
}
