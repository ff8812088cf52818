use std::collections::{BTreeSet, HashMap};

use crate::leak::shot::repeated_values::partitioned_frame::CHUNK;
use crate::leak::shot::repeated_values::*;
use crate::leak::shot::value_table::Block;
use crate::picture::layout::BLOCK_BYTES;

fn block(value: u8) -> Block {
    [value; BLOCK_BYTES]
}

fn frame(values: &[u8]) -> Vec<u8> {
    values.iter().flat_map(|&value| block(value)).collect()
}

fn repeated_values(frames: &[&[u8]]) -> RepeatedValues {
    RepeatedValues::of(frames, 3, &mut |_| Ok::<(), ()>(())).expect("it is not cancelled")
}

#[test]
fn a_repeated_value_occurs_at_two_distinct_places() {
    // 1 twice in a frame; 2 at one place of both frames; 3 at two places of different frames; 4 once.
    let (one, two) = (frame(&[1, 2, 3, 1, 4]), frame(&[5, 2, 6, 7, 3]));
    let found = repeated_values(&[&one, &two]);
    assert_eq!(found.blocks, [2, 2]);
    let no = NO_NODE;
    assert_eq!(
        found.frames,
        [[0, no, 1, 0, no], [no, no, no, no, 1]],
        "numbered in the order of their first blocks"
    );
    assert_eq!(found.values, [hash(block(1)), hash(block(3))]);
}

#[test]
fn a_value_that_stays_in_place_and_spreads_from_there_is_repeated() {
    let found = repeated_values(&[&frame(&[1, 2, 3]), &frame(&[1, 1, 3]), &frame(&[4, 1, 3])]);
    assert_eq!(found.blocks, [4]);
    assert_eq!(found.frames, [[0, NO_NODE, NO_NODE], [0, 0, NO_NODE], [NO_NODE, 0, NO_NODE]]);
}

#[test]
fn every_one_of_many_repeated_values_is_found() {
    let half: Vec<u8> = (0..100_000u128).flat_map(u128::to_le_bytes).collect();
    let found = repeated_values(&[&[&half[..], &half[..]].concat()]);
    assert_eq!(found.values.len(), 100_000);
    assert!((0u128..).zip(&found.values).all(|(value, &of)| of == hash(value.to_le_bytes())));
}

#[test]
fn values_agree_with_a_plain_list_of_places() {
    // Values that continue to the right, below and in the next frame, and some values that occur once.
    let (columns, places) = (40, CHUNK + 5000);
    let mut state = 1u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) % below
    };
    let mut frames: Vec<Vec<u64>> = Vec::new();
    for at in 0..4 {
        let mut frame: Vec<u64> = Vec::new();
        for place in 0..places {
            let value = match random(10) {
                0..3 if place > 0 => frame[place - 1],
                3..5 if place >= columns => frame[place - columns],
                5..7 if at > 0 => frames[at - 1][place],
                7 => random(500),
                _ => random(1 << 40) + 500,
            };
            frame.push(value);
        }
        frames.push(frame);
    }
    let bytes = |frame: &Vec<u64>| frame.iter().flat_map(|&value| u128::from(value).to_le_bytes()).collect();
    let ciphertexts: Vec<Vec<u8>> = frames.iter().map(bytes).collect();
    let ciphertexts: Vec<&[u8]> = ciphertexts.iter().map(Vec::as_slice).collect();
    let found =
        RepeatedValues::of(&ciphertexts, columns, &mut |_| Ok::<(), ()>(())).expect("it is not cancelled");

    let mut places_of: HashMap<u64, (BTreeSet<usize>, u32)> = HashMap::new();
    for (place, &value) in frames.iter().flat_map(|frame| frame.iter().enumerate()) {
        let (at, blocks) = places_of.entry(value).or_default();
        at.insert(place);
        *blocks += 1;
    }
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    for (frame, found) in frames.iter().zip(&found.frames) {
        for (value, &found) in frame.iter().zip(found) {
            let next = numbers.len() as u32;
            let is_repeated = places_of[value].0.len() > 1;
            let number = if is_repeated { *numbers.entry(*value).or_insert(next) } else { NO_NODE };
            assert_eq!(found, number);
        }
    }
    assert_eq!(found.values.len(), numbers.len());
    assert!(found.values.len() > 10_000);
    for (value, number) in numbers {
        assert_eq!(found.values[number as usize], hash(u128::from(value).to_le_bytes()));
        assert_eq!(found.blocks[number as usize], places_of[&value].1);
    }
}
