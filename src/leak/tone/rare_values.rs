//! Values that are too rare to be nodes of the graph: each gets the mean coordinates of its neighbours.

use super::Vectors;

/// How often rare values are averaged with all their neighbours, after each of them has coordinates.
const ROUNDS: usize = 1;

/// A sum of coordinates, and the number of summands.
type Sum = (Vectors, f32);

/// Gives coordinates to the values that have none, from their neighbours in `pairs`.
pub(super) fn interpolate(vectors: &mut [Option<Vectors>], pairs: &[Vec<(u32, u32)>]) {
    let mut known = vec![Sum::default(); vectors.len()];
    // The pairs of two values without coordinates.
    let mut both = Vec::new();
    for &(one, other) in pairs.iter().flatten() {
        match (vectors[one as usize], vectors[other as usize]) {
            (None, Some(at)) => add(&mut known[one as usize], at),
            (Some(at), None) => add(&mut known[other as usize], at),
            (None, None) => both.push((one, other)),
            (Some(_), Some(_)) => {}
        }
    }
    let is_open = |value: &u32| vectors[*value as usize].is_none();
    let open: Vec<u32> = (0..vectors.len() as u32).filter(is_open).collect();
    let mut unreached = open.clone();
    unreached.retain(|&value| {
        vectors[value as usize] = mean(known[value as usize]);
        vectors[value as usize].is_none()
    });
    // From neighbour to neighbour, until no further value is reached.
    let mut sums = vec![Sum::default(); vectors.len()];
    let mut ahead = both.clone();
    let mut before = usize::MAX;
    while unreached.len() < before {
        before = unreached.len();
        ahead.retain(|&(one, other)| match (vectors[one as usize], vectors[other as usize]) {
            (None, Some(at)) => {
                add(&mut sums[one as usize], at);
                false
            }
            (Some(at), None) => {
                add(&mut sums[other as usize], at);
                false
            }
            (None, None) => true,
            (Some(_), Some(_)) => false,
        });
        unreached.retain(|&value| {
            vectors[value as usize] = mean(std::mem::take(&mut sums[value as usize]));
            vectors[value as usize].is_none()
        });
    }
    for _ in 0..ROUNDS {
        sums.copy_from_slice(&known);
        for &(one, other) in &both {
            if let (Some(at), Some(other_at)) = (vectors[one as usize], vectors[other as usize]) {
                add(&mut sums[one as usize], other_at);
                add(&mut sums[other as usize], at);
            }
        }
        for &value in &open {
            let at = &mut vectors[value as usize];
            if let (Some(at), Some(mean)) = (at, mean(sums[value as usize])) {
                *at = std::array::from_fn(|v| f32::midpoint(at[v], mean[v]));
            }
        }
    }
}

fn add((sum, count): &mut Sum, at: Vectors) {
    *sum = std::array::from_fn(|v| sum[v] + at[v]);
    *count += 1.0;
}

fn mean((sum, count): Sum) -> Option<Vectors> {
    (count > 0.0).then(|| sum.map(|sum| sum / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_gets_the_mean_of_its_neighbours_and_passes_it_on() {
        // 0 and 1 have coordinates, 2 is a neighbour of both, 3 and 4 follow after 1, 5 has no neighbour.
        let mut vectors = vec![None; 6];
        (vectors[0], vectors[1]) = (Some([0.0; 4]), Some([8.0; 4]));
        interpolate(&mut vectors, &[vec![(0, 2), (2, 1)], vec![(1, 3), (3, 4)]]);
        assert_eq!(vectors[..2], [Some([0.0; 4]), Some([8.0; 4])], "coordinates of nodes stay");
        let first: Vec<_> = vectors.iter().map(|vector| vector.map(|v| v[0])).collect();
        assert_eq!(first[2..], [Some(4.0), Some(8.0), Some(8.0), None]);
    }
}
