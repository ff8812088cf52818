//! Distances between the nodes of a small graph, and coordinates that preserve them.

use rayon::prelude::*;

use super::coarsen::Level;
use super::{VECTORS, Vectors};

/// How many vectors the iteration has: more than needed, so that it converges faster.
const WIDTH: usize = 2 * VECTORS;

/// The entries of all vectors for one node, and a small dense matrix.
type Row = [f64; WIDTH];
type Square = [Row; WIDTH];

/// Upper bound of the iterations.
const ITERATIONS: usize = 120;

/// The iteration ends once no needed eigenvalue changes by more than this share of the largest.
const TOLERANCE: f64 = 1e-7;

/// The squared distance between two nodes is the length of their shortest path to this power. Path lengths along a
/// chain of shades grow like the steps of a random walk, whose squared distance from the start is proportional to their
/// number (power 1); a smaller power gives near nodes more weight, and this one measured best.
const SQUARED_DISTANCE_POWER: f32 = 0.7;

/// Lengths of the shortest paths between all nodes of a connected graph, one row for each node.
///
/// An edge of weight w between nodes of the masses m₁ and m₂ has the length (√(m₁m₂) / w)^¾: the smaller its share of
/// the masses, the longer it is. (Floyd and Warshall 1962: the inner loop takes the minimum of sums over a row, which
/// the compiler vectorizes.)
pub(super) fn path_lengths(level: &Level) -> Vec<f32> {
    let nodes = level.len();
    let mut path_lengths = vec![f32::INFINITY; nodes * nodes];
    for (node, row) in path_lengths.chunks_mut(nodes.max(1)).enumerate() {
        for (other, weight) in level.graph.row(node) {
            let root = ((level.mass[node] * level.mass[other]).sqrt() / weight).sqrt();
            row[other] = root * root.sqrt();
        }
        row[node] = 0.0;
    }
    let mut via = vec![0.0; nodes];
    for between in 0..nodes {
        via.copy_from_slice(&path_lengths[between * nodes..][..nodes]);
        path_lengths.par_chunks_mut(nodes).with_min_len(64).for_each(|row| {
            let first = row[between];
            for (length, via) in row.iter_mut().zip(&via) {
                *length = length.min(first + via);
            }
        });
    }
    path_lengths
}

/// Coordinates whose distances approximate `path_lengths`, sorted by decreasing spread: classical scaling (Torgerson
/// 1952; of path lengths: Tenenbaum, de Silva and Langford 2000). Each node has the weight `blocks`.
pub(super) fn embed(path_lengths: &[f32], blocks: &[f64]) -> Vec<Vectors> {
    let nodes = blocks.len();
    let total: f64 = blocks.iter().sum();
    let share: Vec<f64> = blocks.iter().map(|blocks| blocks / total).collect();
    let root: Vec<f64> = share.iter().map(|share| share.sqrt()).collect();
    // B = -½ S (1 - 1sᵀ) D² (1 - s1ᵀ) S with s the shares, S the diagonal of their roots.
    let mut inner: Vec<f64> =
        path_lengths.par_iter().map(|length| f64::from(length.powf(SQUARED_DISTANCE_POWER))).collect();
    let mean: Vec<f64> = inner
        .par_chunks(nodes.max(1))
        .map(|row| row.iter().zip(&share).map(|(square, share)| square * share).sum())
        .collect();
    let all: f64 = mean.iter().zip(&share).map(|(mean, share)| mean * share).sum();
    inner.par_chunks_mut(nodes.max(1)).enumerate().for_each(|(i, row)| {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = -0.5 * (*entry - mean[i] - mean[j] + all) * root[i] * root[j];
        }
    });
    let (values, vectors) = leading(&inner, nodes);
    let scale: Vectors = std::array::from_fn(|v| values[v].max(0.0).sqrt() as f32);
    let coordinates = |(row, root): (&Row, &f64)| std::array::from_fn(|v| (row[v] / root) as f32 * scale[v]);
    vectors.iter().zip(&root).map(coordinates).collect()
}

/// The leading eigenvalues and eigenvectors of a symmetric matrix, by subspace iteration (Golub and Van Loan, 8.2.4)
/// from fixed pseudorandom vectors.
fn leading(matrix: &[f64], nodes: usize) -> (Row, Vec<Row>) {
    let mut state = 0u64;
    let mut vectors: Vec<Row> =
        (0..nodes).map(|_| std::array::from_fn(|_| next_number(&mut state))).collect();
    let mut values = [0.0; WIDTH];
    for _ in 0..ITERATIONS {
        orthonormalize(&mut vectors);
        let mut images: Vec<Row> = matrix
            .par_chunks(nodes)
            .map(|row| {
                let mut sum = [0.0; WIDTH];
                for (entry, vector) in row.iter().zip(&vectors) {
                    for v in 0..WIDTH {
                        sum[v] += entry * vector[v];
                    }
                }
                sum
            })
            .collect();
        let before = values;
        let basis;
        (values, basis) = eigen(products(&vectors, &images));
        combine(&mut vectors, &basis);
        let change = (0..VECTORS).map(|v| (values[v] - before[v]).abs()).fold(0.0, f64::max);
        if change <= TOLERANCE * values[0].abs() {
            break;
        }
        combine(&mut images, &basis);
        vectors = images;
    }
    (values, vectors)
}

/// A number between -½ and ½ (`SplitMix64`, Steele, Lea and Flood 2014).
fn next_number(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
}

/// The Gram–Schmidt process, done twice because of rounding errors. Linearly dependent vectors become zero.
fn orthonormalize(vectors: &mut [Row]) {
    for _ in 0..2 {
        for v in 0..WIDTH {
            for before in 0..v {
                let along: f64 = vectors.iter().map(|row| row[v] * row[before]).sum();
                for row in &mut *vectors {
                    row[v] -= along * row[before];
                }
            }
            let length = vectors.iter().map(|row| row[v] * row[v]).sum::<f64>().sqrt();
            let scale = if length > 1e-150 { 1.0 / length } else { 0.0 };
            for row in &mut *vectors {
                row[v] *= scale;
            }
        }
    }
}

/// The products of every vector of one set with every vector of another.
fn products(one: &[Row], other: &[Row]) -> Square {
    let mut sum = [[0.0; WIDTH]; WIDTH];
    for (one, other) in one.iter().zip(other) {
        for (sum, one) in sum.iter_mut().zip(one) {
            for v in 0..WIDTH {
                sum[v] += one * other[v];
            }
        }
    }
    sum
}

/// Replaces the vectors by linear combinations of them, one for each column of `basis`.
fn combine(vectors: &mut [Row], basis: &Square) {
    for row in vectors {
        let old = *row;
        *row = std::array::from_fn(|v| old.iter().zip(basis).map(|(entry, basis)| entry * basis[v]).sum());
    }
}

/// Eigenvalues, the largest first, and eigenvectors (columns) of a small symmetric matrix, by Jacobi rotations (Golub
/// and Van Loan, 8.5).
fn eigen(mut a: Square) -> (Row, Square) {
    let mut basis: Square = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..30 {
        for p in 0..WIDTH {
            for q in p + 1..WIDTH {
                rotate(&mut a, &mut basis, p, q);
            }
        }
    }
    let mut order: [usize; WIDTH] = std::array::from_fn(|i| i);
    order.sort_by(|&i, &j| a[j][j].total_cmp(&a[i][i]));
    (order.map(|i| a[i][i]), basis.map(|row| order.map(|i| row[i])))
}

/// One rotation that makes `a[p][q]` zero.
fn rotate(a: &mut Square, basis: &mut Square, p: usize, q: usize) {
    if a[p][q].abs() <= f64::EPSILON * 1e-3 * (a[p][p].abs() + a[q][q].abs()) {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in a.iter_mut().chain(basis.iter_mut()) {
        (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
    }
    let (upper, lower) = a.split_at_mut(q);
    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

#[cfg(test)]
mod tests;
