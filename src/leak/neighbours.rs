//! Neighbours: how many blocks equal the one beside or above them.

use rayon::prelude::*;

use super::census::{ALONE, Census};
use crate::layout::{Place, Places};

/// Rows that one task walks where blocks stand in no columns.
const ROWS_A_TASK: usize = 32;

/// Shares of blocks that equal a neighbour, of those that have one; `None` where none has. Chance gives
/// 2^-128 for random ciphertext.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// Equal to the block to the left.
    pub left: Option<f64>,
    /// Equal to the block above.
    pub above: Option<f64>,
}

impl Neighbours {
    /// Compares the blocks of a frame that stand in its picture with their neighbours.
    #[must_use]
    pub fn of(places: &Places, census: &Census) -> Self {
        let all = 0..places.blocks();
        if census.distinct() == census.blocks() as u64 {
            // Nothing is equal: all there is to say is whether there are neighbours.
            let none = |is: bool| is.then_some(0.0);
            return Self {
                left: none(places.walk(all.clone()).any(|place| place.left.is_some())),
                above: none(places.walk(all).any(|place| above(&place).is_some())),
            };
        }
        let names = &census.names()[all];
        match places.row_blocks() {
            Some(row) => in_columns(names, row, places.aside()),
            None => anywhere(places, names),
        }
    }
}

/// Where blocks stand in columns, whole rows are compared with each other.
fn in_columns(names: &[u32], row: usize, aside: usize) -> Neighbours {
    let beside = |names: &[u32]| names.get(aside..).map_or(0, |right| equal(right, names));
    let left = names.par_chunks(row * ROWS_A_TASK).map(|rows| rows.chunks(row).map(beside).sum::<u64>());
    let lower = names.get(row..).unwrap_or_default();
    let rows = lower.par_chunks(row * ROWS_A_TASK).zip(names.par_chunks(row * ROWS_A_TASK));
    let above_equal = rows.map(|(lower, upper)| equal(lower, upper));
    Neighbours {
        left: share(left.sum(), (row.saturating_sub(aside) * (names.len() / row)) as u64),
        above: share(above_equal.sum(), lower.len() as u64),
    }
}

/// Where they do not, each is asked for its neighbours.
fn anywhere(places: &Places, names: &[u32]) -> Neighbours {
    let [_, height] = places.size();
    let count = |other: Option<usize>, block: usize| match other {
        Some(other) => [1, equal(&names[block..=block], &names[other..=other])],
        None => [0, 0],
    };
    let add = |one: [u64; 4], other: [u64; 4]| std::array::from_fn(|at| one[at] + other[at]);
    let bands = (0..height.div_ceil(ROWS_A_TASK)).into_par_iter().map(|band| {
        let rows = band * ROWS_A_TASK..((band + 1) * ROWS_A_TASK).min(height);
        places.walk(places.in_rows(rows)).fold([0; 4], |sum, place| {
            let ([with_left, left], [with_above, above]) =
                (count(place.left, place.block), count(above(&place), place.block));
            add(sum, [left, with_left, above, with_above])
        })
    });
    let [left, with_left, above, with_above] = bands.reduce(|| [0; 4], add);
    Neighbours { left: share(left, with_left), above: share(above, with_above) }
}

/// The block above; where a block is longer than a row, that may be the block itself, which is none.
fn above(place: &Place) -> Option<usize> {
    place.above.filter(|&above| above != place.block)
}

/// How many names are those at the same place in `others`, as far as both go.
fn equal(names: &[u32], others: &[u32]) -> u64 {
    let pairs = names.iter().zip(others);
    let equal = pairs.map(|(&name, &other)| u32::from(name == other) & u32::from(name != ALONE));
    equal.sum::<u32>().into()
}

fn share(equal: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| equal as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::Shape;
    use crate::layout::Layout;
    use crate::leak::Counter;

    proptest! {
        #[test]
        fn shares_are_those_of_asking_every_block(
            width in 1u32..200, height in 1u32..80, which in 0usize..7, values in 1u8..6, whole in any::<bool>(),
        ) {
            let width = if whole { width.next_multiple_of(16) } else { width };
            let layout = [&Layout::ALL[..], &Layout::TILED].concat()[which];
            let shape = Shape::new(width, height);
            let mut state = u32::from(values) * 77 + width;
            let mut bytes: Vec<u8> = Vec::new();
            for _ in 0..layout.blocks(shape) {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Some blocks are unlike all others.
                let value = if state >> 28 == 0 { state } else { (state >> 16) % u32::from(values) };
                bytes.extend(value.to_le_bytes().repeat(4));
            }
            let places = Places::of(layout, shape);
            let census = Counter::default().count(&bytes);
            let share = |of: fn(&Place) -> Option<usize>| {
                let pairs = places.walk(0..places.blocks()).filter_map(|place| Some((place.block, of(&place)?)));
                let pairs: Vec<_> = pairs.collect();
                let block = |at: usize| &bytes[at * 16..][..16];
                let equal = pairs.iter().filter(|&&(one, other)| block(one) == block(other)).count();
                (!pairs.is_empty()).then(|| equal as f64 / pairs.len() as f64)
            };
            let expected = Neighbours { left: share(|place| place.left), above: share(above) };
            prop_assert_eq!(Neighbours::of(&places, &census), expected);
        }
    }
}
