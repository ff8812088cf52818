//! Ranks: the values of a frame in the order of how often they occur.

use super::census::{Block, Census, blocks};

/// Which values of a frame occur most often.
///
/// Values that occur once have no rank. Among values that occur equally often the ciphertext itself decides,
/// read as a big-endian number, so that the order does not hang on where a value happens to stand, and stays
/// the same from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct Ranks {
    classes: Vec<Rank>,
    /// How many values have a rank.
    ranked: u32,
}

/// Where a value stands among those that repeat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The number of values before it, from 0. Exact among the first [`Ranks::EXACT`] and between values of
    /// different counts; among values of equal count it is how far the value is on its way through all
    /// numbers that a block can be, which for ciphertext comes to the same within a few places.
    pub place: f32,
    /// Eight bits of the value: a choice that stays the value's own whatever becomes of its rank.
    pub choice: u8,
}

impl Ranks {
    /// How many of the first ranks are exact.
    pub const EXACT: usize = 16;

    /// The ranks of a frame from its census and its ciphertext.
    #[must_use]
    pub fn of(census: &Census, ciphertext: &[u8]) -> Self {
        let (values, counts) = repeats(census, blocks(ciphertext));
        // Classes of each count, then how many classes come before each count.
        let mut before = vec![0u32; counts.iter().map(|&(_, count)| count as usize + 1).max().unwrap_or(0)];
        for &(_, count) in &counts {
            before[count as usize] += 1;
        }
        let mut sum = 0;
        for number in before.iter_mut().rev() {
            sum += std::mem::replace(number, sum);
        }
        let unranked = Rank { place: f32::INFINITY, choice: 0 };
        let mut classes = vec![unranked; census.class_count()];
        for &(class, count) in &counts {
            let value = values[class as usize];
            let first = before[count as usize];
            // The place after the last of this count.
            let end = if count == 2 { sum } else { before[count as usize - 1] };
            let way = (value >> 104) as f32 / (1u32 << 24) as f32;
            classes[class as usize] =
                Rank { place: first as f32 + (end - first) as f32 * way, choice: value.to_be_bytes()[15] };
        }
        for (place, class) in (0u8..).zip(first_few(&values, counts)) {
            classes[class as usize].place = f32::from(place);
        }
        Self { classes, ranked: sum }
    }

    /// How many values have a rank.
    #[must_use]
    pub const fn ranked(&self) -> u32 {
        self.ranked
    }

    /// What `of` gives for the value of each block of the frame, made once a value; `None` for those that
    /// occur once.
    pub fn map<T: Copy>(&self, census: &Census, of: impl Fn(Rank) -> T) -> impl Fn(usize) -> Option<T> {
        let made: Vec<Option<T>> =
            self.classes.iter().map(|&rank| rank.place.is_finite().then(|| of(rank))).collect();
        move |block| census.class(block).and_then(|class| made[class])
    }
}

/// The value of each class of the frame, and the class and count of those that repeat.
fn repeats(census: &Census, blocks: &[Block]) -> (Vec<u128>, Vec<(u32, u32)>) {
    let mut values = vec![0; census.class_count()];
    let mut met = vec![false; census.class_count()];
    let mut counts = Vec::new();
    for (block, value) in blocks.iter().enumerate() {
        let Some(class) = census.class(block) else { continue };
        if !std::mem::replace(&mut met[class], true) {
            values[class] = u128::from_be_bytes(*value);
            let count = census.occurrences(block);
            if count > 1 {
                counts.push((u32::try_from(class).expect("a census has fewer than 2^32 classes"), count));
            }
        }
    }
    (values, counts)
}

/// The first classes by count, then by value.
fn first_few(values: &[u128], mut counts: Vec<(u32, u32)>) -> impl Iterator<Item = u32> {
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
        fn ranks_follow_counts_and_then_values(names in prop::collection::vec(0u128..40, 0..400)) {
            // Values spread over all that a block can be, as ciphertext is.
            let value = |name: u128| (name + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let bytes: Vec<u8> = names.iter().flat_map(|&name| value(name).to_be_bytes()).collect();
            let census = Counter::default().count(&bytes);
            let ranks = Ranks::of(&census, &bytes);

            let mut counts = BTreeMap::<u128, u32>::new();
            for &name in &names {
                *counts.entry(value(name)).or_default() += 1;
            }
            let mut order: Vec<_> = counts.into_iter().filter(|&(_, count)| count > 1).collect();
            order.sort_by_key(|&(value, count)| (std::cmp::Reverse(count), value));
            prop_assert_eq!(ranks.ranked() as usize, order.len());
            let rank = ranks.map(&census, |rank| rank);
            for (block, &name) in names.iter().enumerate() {
                let expected = order.iter().position(|&(of, _)| of == value(name));
                prop_assert_eq!(rank(block).is_some(), expected.is_some());
                let (Some(rank), Some(expected)) = (rank(block), expected) else { continue };
                if expected < Ranks::EXACT {
                    prop_assert!((rank.place - expected as f32).abs() < 0.01);
                }
                let count = order[expected].1;
                let alike = |&&(_, other): &&(u128, u32)| other == count;
                let first = order.iter().filter(|&&(_, other)| other > count).count() as f32;
                let alike = order.iter().filter(alike).count() as f32;
                prop_assert!(rank.place >= first && rank.place <= first + alike);
            }
        }
    }
}
