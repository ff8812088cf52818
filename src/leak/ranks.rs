//! Ranks: the values of a frame, sorted by how often they occur.

use super::census::{Block, Census, blocks};

/// Which values of a frame occur most often.
///
/// Values that occur once have no rank. Values that occur equally often are sorted as big-endian numbers, so that the
/// order does not depend on where a value occurs, and stays the same from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    classes: Vec<Rank>,
    /// How many values have a rank.
    ranked: u32,
}

/// The rank of a value that repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The number of values before it, from 0. Exact for the first [`Ranks::EXACT`] ranks and between values of
    /// different counts. Among values of equal count it is estimated from the value as a share of 2^128, which for
    /// ciphertext, whose values are uniform, is right within a few places.
    pub place: f32,
    /// The last byte of the value, for a choice that does not change with the rank.
    pub last_byte: u8,
}

impl Ranks {
    /// How many of the first ranks are exact.
    pub const EXACT: usize = 16;

    /// The ranks of a frame from its census and its ciphertext.
    #[must_use]
    pub fn of(census: &Census, ciphertext: &[u8]) -> Self {
        let (values, counts) = repeats(census, blocks(ciphertext));
        // First the number of classes of each count, then the number of classes before each count.
        let mut before = vec![0u32; counts.iter().map(|&(_, count)| count as usize + 1).max().unwrap_or(0)];
        for &(_, count) in &counts {
            before[count as usize] += 1;
        }
        let mut sum = 0;
        for number in before.iter_mut().rev() {
            sum += std::mem::replace(number, sum);
        }
        let unranked = Rank { place: f32::INFINITY, last_byte: 0 };
        let mut classes = vec![unranked; census.class_count()];
        for &(class, count) in &counts {
            let value = values[class as usize];
            let first = before[count as usize];
            // The place after the last value of this count.
            let end = if count == 2 { sum } else { before[count as usize - 1] };
            let share = (value >> 104) as f32 / (1u32 << 24) as f32;
            let place = first as f32 + (end - first) as f32 * share;
            classes[class as usize] = Rank { place, last_byte: value.to_be_bytes()[15] };
        }
        for (place, class) in (0u8..).zip(first_classes(&values, counts)) {
            classes[class as usize].place = f32::from(place);
        }
        Self { classes, ranked: sum }
    }

    /// How many values have a rank.
    #[must_use]
    pub const fn ranked(&self) -> u32 {
        self.ranked
    }

    /// Calls `of` once for each value that has a rank. Returns a function from a block to the result for its value;
    /// `None` for blocks whose value occurs once.
    pub fn map<T: Copy>(&self, census: &Census, of: impl Fn(Rank) -> T) -> impl Fn(usize) -> Option<T> {
        let results: Vec<Option<T>> =
            self.classes.iter().map(|&rank| rank.place.is_finite().then(|| of(rank))).collect();
        move |block| census.class(block).and_then(|class| results[class])
    }
}

/// The value of each class of the frame, and the class and count of each value that repeats.
fn repeats(census: &Census, blocks: &[Block]) -> (Vec<u128>, Vec<(u32, u32)>) {
    let mut values = vec![0; census.class_count()];
    let mut seen = vec![false; census.class_count()];
    let mut counts = Vec::new();
    for (block, value) in blocks.iter().enumerate() {
        let Some(class) = census.class(block) else { continue };
        if !std::mem::replace(&mut seen[class], true) {
            values[class] = u128::from_be_bytes(*value);
            let count = census.occurrences(block);
            if count > 1 {
                counts.push((u32::try_from(class).expect("a census has fewer than 2^32 classes"), count));
            }
        }
    }
    (values, counts)
}

/// The first [`Ranks::EXACT`] classes, sorted by count and then by value.
fn first_classes(values: &[u128], mut counts: Vec<(u32, u32)>) -> impl Iterator<Item = u32> {
    let order = |&(class, count): &(u32, u32)| (std::cmp::Reverse(count), values[class as usize]);
    if counts.len() > Ranks::EXACT {
        counts.select_nth_unstable_by_key(Ranks::EXACT - 1, order);
        counts.truncate(Ranks::EXACT);
    }
    counts.sort_unstable_by_key(order);
    counts.into_iter().map(|(class, _)| class)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::leak::Counter;

    proptest! {
        #[test]
        fn ranks_are_sorted_by_count_and_then_by_value(seeds in prop::collection::vec(0u128..40, 0..400)) {
            // Values spread over all 128-bit numbers, as those of ciphertext are.
            let value = |seed: u128| (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let bytes: Vec<u8> = seeds.iter().flat_map(|&seed| value(seed).to_be_bytes()).collect();
            let census = Counter::default().count(&bytes);
            let ranks = Ranks::of(&census, &bytes);

            let mut counts = BTreeMap::<u128, u32>::new();
            for &seed in &seeds {
                *counts.entry(value(seed)).or_default() += 1;
            }
            let mut order: Vec<_> = counts.into_iter().filter(|&(_, count)| count > 1).collect();
            order.sort_by_key(|&(value, count)| (std::cmp::Reverse(count), value));
            prop_assert_eq!(ranks.ranked() as usize, order.len());
            let rank = ranks.map(&census, |rank| rank);
            for (block, &seed) in seeds.iter().enumerate() {
                let expected = order.iter().position(|&(of, _)| of == value(seed));
                prop_assert_eq!(rank(block).is_some(), expected.is_some());
                let (Some(rank), Some(expected)) = (rank(block), expected) else { continue };
                if expected < Ranks::EXACT {
                    prop_assert!((rank.place - expected as f32).abs() < 0.01);
                }
                let count = order[expected].1;
                let first = order.iter().filter(|&&(_, other)| other > count).count() as f32;
                let of_same_count = order.iter().filter(|&&(_, other)| other == count).count() as f32;
                prop_assert!(rank.place >= first && rank.place <= first + of_same_count);
            }
        }
    }
}
