//! Random walks from each node to known values.

use rayon::prelude::*;

use super::{Colour, Estimate};
use crate::leak::shot::graph::Graph;

/// At each step a walk dies with odds of this number to one.
pub const DEATH_ODDS: f32 = 0.03;

/// Steps of the iteration. Over all nodes, each weighted with its number of pairs, the error falls by a factor of at
/// least 0.78 a step: after 32 steps it is below 2 · 0.78^32 = 0.0008 of what it was.
const STEPS: usize = 32;

/// If the colours at the ends of walks have this standard deviation, the confidence is halved.
const SPREAD: f32 = 64.0;

/// Nodes that one task works on.
const NODES_PER_TASK: usize = 2048;

/// Sums or expectations over ends of walks: red, green, blue, their number, and the sum of the squares of the three.
pub(super) type Sums = [f32; 5];

/// The surroundings of a node.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings {
    /// How many pairs of neighbours it has, with other nodes and with known blocks.
    pub pairs: f32,
    /// The sum over known neighbours, each with the weight of its class.
    pub known: Sums,
}

/// The end of a single walk.
pub(super) fn sums_of(colour: Colour) -> Sums {
    let [red, green, blue] = colour.map(f32::from);
    [red, green, blue, 1.0, red * red + green * green + blue * blue]
}

/// For each node, the expected [`Sums`] of the known block at which a walk ends, 0 if it dies. Calls `done` with the share
/// that is done; it may cancel.
///
/// With w the weights of the edges, k the sums over known neighbours and n the number of pairs, the expectations x satisfy
/// x = (Σ w x' + k) / (n (1 + [`DEATH_ODDS`])). They are found by the Chebyshev semi-iterative method (Golub and Varga 1961),
/// which needs no sums over all nodes, so that the result does not depend on the number of threads.
pub(super) fn ends<E>(
    graph: &Graph,
    around: &[Surroundings],
    done: &mut dyn FnMut(f64) -> Result<(), E>,
) -> Result<Vec<Sums>, E> {
    let step = |from: &[Sums], node: usize| -> Sums {
        let Surroundings { pairs, known: mut sum } = around[node];
        for (other, weight) in graph.row(node) {
            for (sum, from) in sum.iter_mut().zip(from[other]) {
                *sum += weight * from;
            }
        }
        // A node without neighbours keeps 0.
        let scale = 1.0 / (pairs * (1.0 + DEATH_ODDS)).max(f32::MIN_POSITIVE);
        sum.map(|sum| sum * scale)
    };
    // The eigenvalues of a step lie between ±1 / (1 + DEATH_ODDS), since no pair weighs more than 1.
    let radius_squared = 1.0 / ((1.0 + DEATH_ODDS) * (1.0 + DEATH_ODDS));
    let mut before = vec![Sums::default(); graph.len()];
    let mut now = before.clone();
    let mut factor = 1.0;
    for number in 0..STEPS {
        before.par_chunks_mut(NODES_PER_TASK).enumerate().for_each(|(task, before)| {
            for (node, before) in (task * NODES_PER_TASK..).zip(before) {
                let next = step(&now, node);
                *before = std::array::from_fn(|at| factor * (next[at] - before[at]) + before[at]);
            }
        });
        std::mem::swap(&mut before, &mut now);
        factor = 1.0 / (1.0 - radius_squared * if number == 0 { 0.5 } else { factor / 4.0 });
        done((number + 1) as f64 / STEPS as f64)?;
    }
    Ok(now)
}

/// The mean colour at the ends of walks, and the confidence: the share of walks that do not die, less if their ends have
/// different colours. `None` if hardly any walk reaches a known value.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
pub(super) fn estimate([red, green, blue, share, squares]: Sums) -> Option<Estimate> {
    let byte = |number: f32| (number + 0.5).clamp(0.0, 255.0) as u8;
    let mean = [red, green, blue].map(|sum| sum / share);
    let variance = (squares / share - mean.iter().map(|mean| mean * mean).sum::<f32>()).max(0.0) / 3.0;
    let confidence = byte(share / (1.0 + variance / (SPREAD * SPREAD)) * 255.0);
    (confidence > 0).then(|| [byte(mean[0]), byte(mean[1]), byte(mean[2]), confidence])
}
