use crate::leak::shot::graph::Graph;
use crate::leak::tone::embedding::*;

/// A connected graph with weights from 1 to 3 and hardly any symmetry.
fn example(nodes: u32) -> Level {
    let ring = (0..nodes).map(|i| (i, (i + 1) % nodes));
    let chords = (0..nodes).map(|i| (i * i % nodes, (i * 13 + 5) % nodes));
    let edges = ring.chain(chords).filter(|(one, other)| one != other);
    Level::new(Graph::of(nodes as usize, edges), (0..nodes).map(|i| f64::from(1 + i * i % 7)).collect())
}

#[test]
fn path_lengths_are_the_shortest() {
    let level = example(60);
    let path_lengths = path_lengths(&level);
    // The algorithm of Bellman and Ford, from every node.
    for start in 0..60 {
        let mut lengths = [f32::INFINITY; 60];
        lengths[start] = 0.0;
        for _ in 0..60 {
            for node in 0..60 {
                for (other, weight) in level.graph.row(node) {
                    let edge = ((level.mass[node] * level.mass[other]).sqrt() / weight).powf(0.75);
                    lengths[other] = lengths[other].min(lengths[node] + edge);
                }
            }
        }
        for (end, expected) in lengths.iter().enumerate() {
            assert!((path_lengths[start * 60 + end] - expected).abs() < 1e-4);
        }
    }
}

/// All eigenvalues and eigenvectors of a symmetric matrix, by Jacobi rotations of the whole matrix.
fn dense_eigen(mut a: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    let n = a.len();
    let mut basis: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..60 {
        for p in 0..n {
            for q in p + 1..n {
                let angle = 0.5 * (2.0 * a[p][q]).atan2(a[q][q] - a[p][p]);
                let (sine, cosine) = angle.sin_cos();
                for row in a.iter_mut().chain(&mut basis) {
                    (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
                }
                let (upper, lower) = a.split_at_mut(q);
                for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
                }
            }
        }
    }
    let mut found: Vec<_> = (0..n).map(|v| (a[v][v], basis.iter().map(|row| row[v]).collect())).collect();
    found.sort_by(|one: &(f64, Vec<f64>), other| other.0.total_cmp(&one.0));
    found
}

#[test]
fn coordinates_agree_with_a_dense_solver() {
    let level = example(60);
    let (path_lengths, share) = (path_lengths(&level), level.blocks.clone());
    let total: f64 = share.iter().sum();
    let share: Vec<f64> = share.iter().map(|share| share / total).collect();
    // The definition, entry by entry: (1 - 1sᵀ) D² (1 - s1ᵀ).
    let centre = |i: usize, k: usize| f64::from(u8::from(i == k)) - share[k];
    let square = |i: usize, j: usize| f64::from(path_lengths[i * 60 + j].powf(SQUARED_DISTANCE_POWER));
    let mut matrix = vec![vec![0.0; 60]; 60];
    for (i, row) in matrix.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            for k in 0..60 {
                for l in 0..60 {
                    *entry -= 0.5 * centre(i, k) * square(k, l) * centre(j, l);
                }
            }
            *entry *= (share[i] * share[j]).sqrt();
        }
    }
    let expected = dense_eigen(matrix);
    let coordinates = embed(&path_lengths, &level.blocks);
    for v in 0..VECTORS {
        let (value, vector) = &expected[v];
        let found: Vec<f64> =
            coordinates.iter().zip(&share).map(|(row, share)| f64::from(row[v]) * share.sqrt()).collect();
        let length = found.iter().map(|x| x * x).sum::<f64>();
        assert!((length / value - 1.0).abs() < 1e-4, "eigenvalue {v}: {length} against {value}");
        let cosine = found.iter().zip(vector).map(|(x, y)| x * y).sum::<f64>().abs() / length.sqrt();
        assert!(cosine > 0.999, "eigenvector {v}: cosine {cosine}");
    }
}

#[test]
fn points_on_a_line_are_laid_out_on_a_line() {
    // Distances whose power 0.35 is a difference of numbers: then one coordinate is that number.
    let at: Vec<f64> = (0..50).map(|i| f64::from(i * i % 47)).collect();
    let power = 2.0 / SQUARED_DISTANCE_POWER;
    let path_lengths: Vec<f32> =
        at.iter().flat_map(|x| at.iter().map(move |y| ((x - y).abs() as f32).powf(power))).collect();
    let coordinates = embed(&path_lengths, &vec![1.0; at.len()]);
    let sign = f64::from((coordinates[0][0] - coordinates[1][0]).signum()) * (at[0] - at[1]).signum();
    for (i, j) in (0..50).flat_map(|i| (0..50).map(move |j| (i, j))) {
        let apart = sign * f64::from(coordinates[i][0] - coordinates[j][0]);
        assert!((apart - (at[i] - at[j])).abs() < 1e-3, "{apart} for {}", at[i] - at[j]);
    }
    assert!(
        coordinates.iter().all(|row| row[1..].iter().all(|x| x.abs() < 0.1)),
        "the other coordinates are not needed"
    );
}
