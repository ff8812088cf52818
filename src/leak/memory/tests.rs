use std::collections::HashMap;

use proptest::prelude::*;

use crate::leak::census::pairs;
use crate::leak::memory::*;

#[test]
fn if_nothing_repeats_the_memory_keeps_within_its_bound_per_block() {
    const BLOCKS: u64 = 4000;
    let mut memory = Memory::default();
    for frame in 0..40u64 {
        let blocks = (0..BLOCKS).flat_map(|block| u128::from(frame * BLOCKS + block).to_le_bytes());
        memory.add(blocks.collect::<Vec<u8>>(), 30);
        let values: usize = memory.frames.iter().map(|frame| frame.values.capacity()).sum();
        let slots = memory.table.slots.capacity();
        // The table had two thirds of its slots before it grew.
        let bytes = values * size_of::<Value>() + (slots + slots / 3 * 2) * size_of::<Slot>();
        let most = Memory::<Vec<u8>>::MOST_BYTES_PER_BLOCK * memory.blocks();
        assert!(bytes as u64 <= most, "{bytes} bytes at frame {frame}, more than {most}");
    }
}

fn block_counts(frames: &[Vec<u8>]) -> HashMap<&[u8], u32> {
    let mut counts = HashMap::new();
    frames
        .iter()
        .flat_map(|bytes| bytes.chunks_exact(16))
        .for_each(|block| *counts.entry(block).or_default() += 1);
    counts
}

/// Adds frames one after another and compares each census with plain counts over all remembered frames.
fn check(frames: &[Vec<u8>], remembered: usize) {
    let mut memory = Memory::default();
    for newest in 0..frames.len() {
        let census = memory.add(frames[newest].as_slice(), remembered - 1);
        let held = &frames[(newest + 1).saturating_sub(remembered)..=newest];
        let (counts, in_frame) = (block_counts(held), block_counts(&held[held.len() - 1..]));
        let blocks: Vec<&[u8]> = frames[newest].chunks_exact(16).collect();
        let several =
            |counts: &HashMap<&[u8], u32>| blocks.iter().filter(|block| counts[*block] > 1).count() as u64;
        assert_eq!(memory.frames(), held.len());
        assert_eq!(memory.blocks(), held.iter().map(|bytes| bytes.len() as u64 / 16).sum::<u64>());
        assert_eq!(census.blocks(), blocks.len());
        assert_eq!(census.distinct(), in_frame.len() as u64);
        assert_eq!(census.repeated(), several(&counts));
        assert_eq!(census.repeated_in_frame(), several(&in_frame));
        if blocks.is_empty() {
            assert_eq!((census.pairs(), census.largest_class()), (0, 0));
            continue;
        }
        assert_eq!(census.pairs(), counts.values().map(|&count| pairs(count)).sum::<u64>());
        assert_eq!(census.largest_class(), u64::from(*counts.values().max().expect("there are blocks")));
        let alone = Counter::default().count(&frames[newest]);
        assert_eq!(census.entropy().to_bits(), alone.entropy().to_bits());
        for (at, block) in blocks.iter().enumerate() {
            assert_eq!(census.occurrences(at), counts[block]);
            for other in [0, at / 2, blocks.len() - 1] {
                assert_eq!(census.equal(at, other), *block == blocks[other]);
            }
        }
    }
}

proptest! {
    #[test]
    fn updated_census_agrees_with_a_count_over_the_whole_memory(
        frames in prop::collection::vec(prop::collection::vec(0u8..30, 0..600), 1..12),
        remembered in 1usize..6,
    ) {
        let frames: Vec<Vec<u8>> =
            frames.iter().map(|frame| frame.iter().flat_map(|&byte| [byte; 8]).collect()).collect();
        check(&frames, remembered);
    }
}

#[test]
fn a_table_that_grows_and_empties_loses_nothing() {
    // 9,000 values a frame, of which a third were in the frame before.
    let frame = |number: u128| (0..9000).flat_map(|i| (i + number * 6000).to_le_bytes()).collect();
    check(&(0..7).map(frame).collect::<Vec<_>>(), 3);
}

#[test]
fn values_of_equal_hash_are_counted_separately() {
    // The hash is 32 bits wide: among 200,000 values some are equal with near certainty.
    let frame = |number: u128| (0..100_000).flat_map(|i| (i + number * 100_000).to_le_bytes()).collect();
    check(&[frame(0), frame(1), frame(0)], 2);
}

#[test]
fn the_largest_count_follows_when_it_falls() {
    // 70,000 equal blocks, more than the array of the tally covers, then none.
    let flat = vec![7u8; 70_000 * 16];
    let other: Vec<u8> = (0..100u128).flat_map(|i| (i / 2).to_le_bytes()).collect();
    check(&[flat.clone(), flat, other.clone(), other, vec![]], 2);
}

#[test]
fn a_cleared_memory_remembers_nothing() {
    let mut memory = Memory::default();
    memory.add(&[1u8; 64][..], 3);
    memory.clear();
    assert_eq!((memory.frames(), memory.blocks()), (0, 0));
    assert_eq!(memory.add(&[1u8; 64][..], 3).largest_class(), 4);
}
