//! The values that occur too seldom to be nodes of the graph: each takes the mean place of its neighbours.

use rayon::prelude::*;

use super::graph::Lists;
use super::names::NO_NODE;
use super::{Grid, Vectors};

/// Rounds in which those that were reached settle between all their neighbours.
const SETTLING: usize = 2;

/// Values that one task works on.
const VALUES_A_TASK: usize = 4096;

/// Gives a place to the values of `frames` that have none and stand beside some that do.
pub(super) fn place(vectors: &mut [Option<Vectors>], frames: &[Vec<u32>], grid: &Grid) {
    let beside = beside(vectors, frames, grid);
    let mut open: Vec<u32> =
        (0u32..).zip(&*vectors).filter(|(_, known)| known.is_none()).map(|(value, _)| value).collect();
    let mut reached: Vec<u32> = Vec::new();
    while reach(vectors, &beside, &mut open, &mut reached) {}
    for _ in 0..SETTLING {
        let found = means(vectors, &beside, &reached);
        for (&value, mean) in reached.iter().zip(found) {
            let at = &mut vectors[value as usize];
            if let (Some(at), Some(mean)) = (at, mean) {
                *at = std::array::from_fn(|v| f32::midpoint(at[v], mean[v]));
            }
        }
    }
}

/// Gives a place to those of the `open` values that have neighbours with one. False where there are none.
fn reach(
    vectors: &mut [Option<Vectors>],
    beside: &Lists,
    open: &mut Vec<u32>,
    reached: &mut Vec<u32>,
) -> bool {
    let found = means(vectors, beside, open);
    let before = reached.len();
    for (&value, &vector) in open.iter().zip(&found).filter(|(_, vector)| vector.is_some()) {
        vectors[value as usize] = vector;
        reached.push(value);
    }
    open.retain(|&value| vectors[value as usize].is_none());
    reached.len() > before
}

/// The mean place of the neighbours of each of these values that have one.
fn means(vectors: &[Option<Vectors>], beside: &Lists, values: &[u32]) -> Vec<Option<Vectors>> {
    let mean = |&value: &u32| {
        let known = beside.of_node(value as usize).iter().filter_map(|&other| vectors[other as usize]);
        let (mut sum, mut count) = (Vectors::default(), 0.0);
        for vector in known {
            sum = std::array::from_fn(|v| sum[v] + vector[v]);
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|sum| sum / count))
    };
    values.par_iter().with_min_len(VALUES_A_TASK).map(mean).collect()
}

/// The values that stand beside each one that has no place, as often as they do.
fn beside(vectors: &[Option<Vectors>], frames: &[Vec<u32>], grid: &Grid) -> Lists {
    let is_open: Vec<bool> = vectors.iter().map(Option::is_none).collect();
    let of_frame = |values: &Vec<u32>| {
        let mut pairs = Vec::new();
        for (place, &own) in values.iter().enumerate().take(grid.places()) {
            if own == NO_NODE {
                continue;
            }
            for beside in [grid.right(place), grid.below(place)].into_iter().flatten() {
                let other = values[beside];
                if other == NO_NODE || other == own {
                    continue;
                }
                if is_open[own as usize] {
                    pairs.push((own, other));
                }
                if is_open[other as usize] {
                    pairs.push((other, own));
                }
            }
        }
        pairs
    };
    let pairs: Vec<Vec<(u32, u32)>> = frames.par_iter().map(of_frame).collect();
    Lists::of(vectors.len(), pairs.iter().flatten().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_the_mean_place_of_its_neighbours_and_passes_it_on() {
        // A row: 0 and 1 have places, 2 stands between them, 3 and 4 follow, 5 stands apart.
        let grid = Grid::from_fn(8, |place| [Some(place + 1).filter(|&next| next < 8), None]);
        let frames = [vec![0, 2, 1, 3, 4, NO_NODE, 5, NO_NODE]];
        let mut vectors = vec![None; 6];
        (vectors[0], vectors[1]) = (Some([0.0; 4]), Some([8.0; 4]));
        place(&mut vectors, &frames, &grid);
        assert_eq!(vectors[..2], [Some([0.0; 4]), Some([8.0; 4])], "they stay");
        let first: Vec<_> = vectors.iter().map(|vector| vector.map(|v| v[0])).collect();
        assert_eq!(first[2..], [Some(4.0), Some(8.0), Some(8.0), None]);
    }
}
