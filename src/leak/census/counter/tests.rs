use std::collections::HashMap;

use proptest::prelude::*;

use crate::leak::census::counter::*;

/// Compares a census with counts of a plain hash map.
fn check(counter: &mut Counter, bytes: &[u8]) {
    let census = counter.count(bytes);
    let frame: Vec<_> = bytes.chunks_exact(BLOCK_BYTES).collect();
    let mut counts: HashMap<&[u8], u32> = HashMap::new();
    for &block in &frame {
        *counts.entry(block).or_default() += 1;
    }
    assert_eq!(census.blocks(), frame.len());
    assert_eq!(census.distinct(), counts.len() as u64);
    let repeated = frame.iter().filter(|block| counts[*block] > 1).count() as u64;
    assert_eq!((census.repeated(), census.repeated_in_frame()), (repeated, repeated));
    let pairs: u64 = counts.values().map(|&c| u64::from(c) * (u64::from(c) - 1) / 2).sum();
    assert_eq!(census.pairs(), pairs);
    let share = |&count: &u32| f64::from(count) / frame.len() as f64;
    let entropy: f64 = counts.values().map(share).map(|share| -share * share.log2()).sum();
    assert!((census.entropy() - entropy).abs() < 1e-9, "{} for {entropy}", census.entropy());
    assert_eq!(census.largest_class(), u64::from(counts.values().copied().max().unwrap_or(0)));
    for (i, block) in frame.iter().enumerate() {
        assert_eq!((census.occurrences(i), census.all_occurrences()[i]), (counts[block], counts[block]));
        for other in [i.saturating_sub(1), i / 2, frame.len() / 2] {
            assert_eq!(census.equal(i, other), *block == frame[other]);
        }
    }
}

proptest! {
    #[test]
    fn agrees_with_a_plain_hash_map(
        frames in prop::collection::vec(prop::collection::vec((0u8..9, 1usize..6), 0..900), 1..4),
        distance in 1usize..40,
    ) {
        let mut counter = Counter::default();
        counter.set_copy_distance(distance);
        // Few values, one a block and often side by side, so that many blocks are equal.
        for runs in &frames {
            let values = runs.iter().flat_map(|&(value, blocks)| std::iter::repeat_n(value, blocks));
            let bytes: Vec<u8> = values.flat_map(|value| [value; 16]).collect();
            check(&mut counter, &bytes);
        }
    }
}

#[test]
fn a_table_that_grows_loses_nothing() {
    // 40,000 values, each twice, far apart.
    let bytes: Vec<u8> = (0..80_000u128).flat_map(|i| (i % 40_000).to_le_bytes()).collect();
    check(&mut Counter::default(), &bytes);
}

#[test]
fn zeros_at_the_start_and_later_zeros_are_counted_together() {
    let zero = [0; BLOCK_BYTES];
    let one = [1; BLOCK_BYTES];
    check(&mut Counter::default(), &[zero, one, zero].concat());
    check(&mut Counter::default(), &[zero, zero, one, zero].concat());
}

#[test]
fn pieces_may_be_added_in_any_order() {
    // Some columns hold one value for many rows, the others change from row to row.
    let value = |i: u128| if i % 7 < 2 { i * i % 5003 } else { ((i % 7) << 32) | (i / 1400) };
    let bytes: Vec<u8> = (0..9000).flat_map(|i| value(i).to_le_bytes()).chain([1, 2]).collect();
    let mut counter = Counter::default();
    counter.set_copy_distance(7);
    check(&mut counter, &bytes);
    let at_once = counter.count(&bytes);
    counter.start(bytes.len());
    let pieces: Vec<_> = (0..).step_by(100).zip(bytes.chunks(1600)).collect();
    pieces.iter().rev().for_each(|(first, piece)| counter.add_piece(*first, piece));
    let in_pieces = counter.finish(&bytes);
    let equal =
        |census: &Census| (0..9000).map(|block| census.equal(block, 8999 - block)).collect::<Vec<_>>();
    assert_eq!(equal(&in_pieces), equal(&at_once));
    assert_eq!(in_pieces.all_occurrences(), at_once.all_occurrences());
    assert!(at_once.repeated() > 0 && in_pieces.repeated() == at_once.repeated());
}

#[test]
fn a_frame_without_a_whole_block_counts_nothing() {
    check(&mut Counter::default(), &[]);
    check(&mut Counter::default(), &[1, 2, 3]);
}

#[test]
fn the_number_of_threads_changes_no_class() {
    // Repeats nearby and far apart, and enough blocks for several tasks.
    let value = |i: u128| if i % 5 < 2 { i % 3001 } else { (1 << 64) | (i % 40_000) };
    let bytes: Vec<u8> = (0..90_000).flat_map(|i| value(i).to_le_bytes()).collect();
    let census = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let mut counter = Counter::default();
            check(&mut counter, &bytes);
            let census = counter.count(&bytes);
            (census.block_classes().to_vec(), census.values(), census.entropy().to_bits())
        })
    };
    let on_one_thread = census(1);
    assert!(!on_one_thread.0.is_empty());
    for threads in [2, 3, 8, 17] {
        assert!(census(threads) == on_one_thread, "{threads} threads");
    }
}
