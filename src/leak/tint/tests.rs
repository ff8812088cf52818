use std::ops::ControlFlow;

use crate::leak::shot::graph::Graph;
use crate::leak::shot::value_table::Block;
use crate::leak::tint::joins::class;
use crate::leak::tint::walk::{Surroundings, sums_of};
use crate::leak::tint::*;
use crate::picture::layout::{BLOCK_BYTES, Layout};
use crate::picture::{Colour as Shown, Shape};

const SHAPE: Shape = Shape::new(320, 180);

/// A number without a pattern, below 2^32.
fn noise(seed: u32) -> u32 {
    let mixed = (u64::from(seed) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
}

/// Frame `t` of a scene as `rgba32`: a gradient with a moving blob of another colour, and a little grain.
fn scene(t: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SHAPE.pixels() * 4);
    for y in 0..SHAPE.height {
        for x in 0..SHAPE.width {
            let (fx, fy) = (f64::from(x / 4 * 4), f64::from(y));
            let (dx, dy) = (fx - 60.0 - 5.0 * f64::from(t), fy - 90.0);
            let blob = (-(dx * dx + dy * dy) / 1800.0).exp();
            let grain = f64::from(noise((t * SHAPE.height + y) * SHAPE.width + x / 4) % 3);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let level = |base: f64, slope: f64, blob_level: f64| {
                (((base + slope * (fx + fy)) * (1.0 - blob) + blob_level * blob) / 3.0 + grain).round() as u8
                    * 3
            };
            bytes.extend([level(40.0, 0.2, 200.0), level(90.0, 0.1, 120.0), level(150.0, -0.1, 40.0), 255]);
        }
    }
    bytes
}

/// The mean colours of the blocks of a frame, where `is_known` is true for the block.
fn colours(bytes: &[u8], is_known: impl Fn(usize) -> bool + Sync) -> Vec<Option<Colour>> {
    Layout::RGBA32.block_colours((SHAPE, Shown::default()), bytes, |byte| is_known(byte / BLOCK_BYTES))
}

/// Prepares frames (a frame is its own ciphertext: only equality counts), of which the values of `known` are known.
fn prepared(frames: &[Vec<u8>], known: &[u8]) -> (Result<Tint, NoTint>, Vec<Vec<Option<Colour>>>) {
    let known: std::collections::HashSet<&Block> = blocks(known).iter().collect();
    let colours: Vec<_> =
        frames.iter().map(|frame| colours(frame, |block| known.contains(&blocks(frame)[block]))).collect();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let grid = Grid::new(Layout::RGBA32, SHAPE);
    (Tint::prepare(&frames, &colours, &grid, &mut |_| ControlFlow::Continue(())), colours)
}

/// The agreement of the estimates for a frame from a confidence on.
fn filled(tint: &Tint, frame: &[u8], known: &[Option<Colour>], sure: u8) -> FilledAgreement {
    let mut estimates = Vec::new();
    tint.look_up(frame, known, &mut estimates);
    assert!(estimates.iter().zip(known).all(|(estimate, known)| estimate.is_none() || known.is_none()));
    let original = colours(frame, |_| true);
    FilledAgreement::of(|block| estimates[block].filter(|estimate| estimate[3] >= sure), &original)
}

#[test]
fn colours_that_no_known_frame_has_follow_from_those_beside_them() {
    let frames: Vec<Vec<u8>> = (0..10).map(scene).collect();
    let (tint, known) = prepared(&frames, &scene(0));
    let tint = tint.expect("values repeat");
    let at = |sure| filled(&tint, &frames[9], &known[9], sure);
    let half = at(128);
    assert!(half.share > 0.05, "{half:?}");
    assert!(half.psnr > Some(32.0) && half.r2 > Some(0.8), "{half:?}");
    let sure = at(225);
    assert!(sure.share < half.share && sure.r2 > half.r2, "the confidence tells: {half:?}, {sure:?}");
}

#[test]
fn nothing_follows_without_repeats_and_without_known_blocks() {
    let frames: Vec<Vec<u8>> = (0..4).map(scene).collect();
    let negative: Vec<u8> = scene(0).iter().map(|byte| byte ^ 0x5a).collect();
    assert!(matches!(prepared(&frames, &negative).0, Err(NoTint::NothingFollows)));
    let random: Vec<Vec<u8>> = (0..4)
        .map(|frame| {
            (0..SHAPE.width * SHAPE.height * 4).map(|at| noise(at + (frame << 20)).to_le_bytes()[1]).collect()
        })
        .collect();
    assert!(matches!(prepared(&random, &random[0]).0, Err(NoTint::NothingFollows)));
    let grid = Grid::new(Layout::RGBA32, SHAPE);
    let cancelled =
        Tint::prepare(
            &[&frames[0]],
            &[colours(&frames[0], |_| true)],
            &grid,
            &mut |_| ControlFlow::Break(()),
        );
    assert!(matches!(cancelled, Err(NoTint::Cancelled)));
}

#[test]
fn the_ends_of_walks_solve_their_equations() {
    // A random graph of 60 nodes, some beside known blocks.
    let nodes = 60u32;
    let pairs: Vec<(u32, u32, usize)> = (0..400)
        .map(|at| (noise(at) % nodes, noise(at + 1000) % nodes, noise(at + 2000) as usize % 2))
        .filter(|(one, other, _)| one != other)
        .collect();
    let known: Vec<u32> = (0..nodes).map(|node| if node % 7 == 0 { 3 } else { 0 }).collect();
    assert_ends(&pairs, &known);
    // The errors of stars and chains fall slowest: their eigenvalues are the largest, with both signs.
    assert_ends(&[(0, 1, 0), (0, 2, 0), (0, 3, 0)], &[1, 0, 3, 3]);
    assert_ends(&[(0, 1, 0), (1, 2, 0), (2, 3, 0), (3, 4, 0)], &[1, 0, 0, 0, 0]);
    assert_ends(&[(0, 1, 0); 9], &[1, 0]);
}

/// Compares the ends of walks with the solution of their equations by Gaussian elimination in double precision. Each node
/// has some known neighbours, of one colour.
#[track_caller]
fn assert_ends(pairs: &[(u32, u32, usize)], known: &[u32]) {
    let nodes = known.len();
    let weights = [1.0, 0.25];
    let graph = Graph::of_classes(nodes, pairs.iter().copied(), weights);
    let mut around = vec![Surroundings::default(); nodes];
    for &(one, other, _) in pairs {
        around[one as usize].pairs += 1.0;
        around[other as usize].pairs += 1.0;
    }
    for ((node, around), &known) in (0u32..).zip(&mut around).zip(known) {
        let known = f32::from(u16::try_from(known).expect("few"));
        around.pairs += known;
        let end =
            sums_of([noise(node), noise(node + 5), noise(node + 9)].map(|number| number.to_le_bytes()[0]));
        around.known = end.map(|sum| known * sum);
    }
    let ends = walk::ends(&graph, &around, &mut |_| Ok::<(), ()>(())).expect("not cancelled");
    for channel in 0..5 {
        let mut matrix = vec![vec![0.0f64; nodes + 1]; nodes];
        for (node, row) in matrix.iter_mut().enumerate() {
            row[node] = f64::from(around[node].pairs) * (1.0 + f64::from(DEATH_ODDS));
            row[nodes] = f64::from(around[node].known[channel]);
        }
        for &(one, other, class) in pairs {
            matrix[one as usize][other as usize] -= f64::from(weights[class]);
            matrix[other as usize][one as usize] -= f64::from(weights[class]);
        }
        let exact = solved(matrix);
        let scale = if channel == 3 { 1.0 } else { exact.iter().fold(1.0, |most: f64, end| most.max(*end)) };
        for (end, exact) in ends.iter().zip(&exact) {
            assert!(
                (f64::from(end[channel]) - exact).abs() < 0.004 * scale,
                "{} is not {exact}",
                end[channel]
            );
        }
    }
}

/// Solves a system of equations whose last column is the right-hand side.
fn solved(mut matrix: Vec<Vec<f64>>) -> Vec<f64> {
    let size = matrix.len();
    for pivot in 0..size {
        let row = matrix[pivot].clone();
        for other in (0..size).filter(|&other| other != pivot) {
            let factor = matrix[other][pivot] / row[pivot];
            for (entry, of_pivot) in matrix[other].iter_mut().zip(&row) {
                *entry -= factor * of_pivot;
            }
        }
    }
    (0..size).map(|row| matrix[row][size] / matrix[row][row]).collect()
}

#[test]
fn walks_that_end_at_different_colours_are_less_certain() {
    let end = |colours: [Colour; 2]| {
        let [one, other] = colours.map(sums_of);
        walk::estimate(std::array::from_fn(|at| 0.5 * (one[at] + other[at]))).expect("no walk dies")
    };
    assert_eq!(end([[100, 50, 20], [100, 50, 20]]), [100, 50, 20, 255]);
    let different = end([[255, 255, 255], [0, 0, 0]]);
    assert_eq!(different[..3], [128, 128, 128]);
    assert!(different[3] < 64, "{different:?}");
    assert_eq!(walk::estimate([0.0; 5]), None);
}

#[test]
fn a_gap_is_filled_between_similar_blocks_but_not_in_a_flat_area() {
    // Rows of three blocks: the middle one has no estimate.
    let grid = Grid::from_fn(3, |place| [Some(place + 1).filter(|&next| next < 3), None]);
    let block = |value: u8| [value; BLOCK_BYTES];
    let filled = |values: [u8; 3], levels: [u8; 2]| {
        let estimates = [Some([levels[0], 9, 9, 255]), None, Some([levels[1], 9, 9, 200])];
        gaps::between(&estimates, &values.map(block), &grid, [1.0; CLASSES])
    };
    assert_eq!(filled([1, 2, 3], [100, 110]), [(1, [105, 9, 9, 221])]);
    assert_eq!(filled([1, 2, 1], [100, 100]), [], "a line on a flat ground");
    assert_eq!(filled([1, 2, 3], [100, 130]), [], "an edge");
}

#[test]
fn a_pair_has_a_class_for_its_direction_and_for_flat_areas() {
    // Two rows of four.
    let grid = Grid::from_fn(8, |place| {
        [Some(place + 1).filter(|next| next % 4 > 0), Some(place + 4).filter(|&below| below < 8)]
    });
    let of = |values: [u8; 8], pair, is_vertical| {
        class(&values.map(|value| [value; BLOCK_BYTES]), &grid, pair, is_vertical)
    };
    assert_eq!(of([1, 2, 3, 4, 5, 6, 7, 8], [1, 2], false), 0);
    assert_eq!(of([1, 1, 3, 4, 5, 6, 7, 8], [1, 2], false), 1);
    assert_eq!(of([1, 1, 3, 3, 5, 6, 7, 8], [1, 2], false), 2);
    assert_eq!(of([1, 1, 3, 3, 5, 6, 7, 8], [1, 5], true), 3);
}

#[test]
fn a_value_keeps_its_colour_from_part_to_part_unless_it_becomes_much_surer() {
    let table = |confidences: [u8; 3], red: u8| Tint {
        table: ValueTable::of(3, (1u64..).zip(confidences.map(|confidence| [red, 0, 0, confidence]))),
        grid: Grid::from_fn(0, |_| [None, None]),
        likeness: [1.0; CLASSES],
    };
    let before = table([100, 100, 0], 1);
    let mut after = table([110, 200, 90], 2);
    after.keep_colours_of(&before);
    let red = |hash: u64| after.table.find(hash).map(|estimate| estimate[0]);
    assert_eq!([red(1), red(2), red(3)], [Some(1), Some(2), Some(2)]);
}
