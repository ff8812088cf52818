//! Neighbours: how many blocks equal the block to the left or above.

use std::ops::Range;

use rayon::prelude::*;

use super::census::{ALONE, Census};
use crate::picture::Shape;
use crate::picture::layout::{BLOCK_BYTES, Layout};

/// Rows that one task works on.
const ROWS_PER_TASK: usize = 32;

/// Shares of blocks that equal a neighbour, of all blocks that have such a neighbour; `None` if no block has one. By
/// chance 2^-128 for random ciphertext.
///
/// A block belongs to the plane and the row of its ninth byte, its middle. To its left is the block before it, if both
/// belong to the same row; above it is the block with the byte above its middle, in the same plane. The definition
/// holds in every layout: in `rgb24`, where blocks side by side start with different channels and are equal only if the
/// channels are, and in the chroma planes of `yuv420p`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// Equal to the block to the left.
    pub left: Option<f64>,
    /// Equal to the block above.
    pub above: Option<f64>,
}

/// The number of pairs of neighbours, and how many of the pairs are equal.
#[derive(Clone, Copy, Default)]
struct Pairs {
    left: [u64; 2],
    above: [u64; 2],
}

impl Pairs {
    fn and(self, other: Self) -> Self {
        let add = |one: [u64; 2], other: [u64; 2]| [one[0] + other[0], one[1] + other[1]];
        Self { left: add(self.left, other.left), above: add(self.above, other.above) }
    }
}

impl Neighbours {
    /// Compares the blocks of a frame with their neighbours.
    #[must_use]
    pub fn of(layout: Layout, shape: Shape, census: &Census) -> Self {
        let blocks = census.blocks();
        let classes = census.block_classes();
        let mut pairs = Pairs::default();
        for (bytes, row_bytes) in layout.plane_rows(shape) {
            let is_whole = bytes.start.is_multiple_of(BLOCK_BYTES) && row_bytes.is_multiple_of(BLOCK_BYTES);
            let in_plane = match (row_bytes, is_whole) {
                (0, _) => Pairs::default(),
                (_, true) => {
                    let start = bytes.start / BLOCK_BYTES;
                    let row = row_bytes / BLOCK_BYTES;
                    pairs_in_columns(classes, start..bytes.end / BLOCK_BYTES, row)
                }
                (_, false) => pairs_by_middle(classes, blocks, &bytes, row_bytes),
            };
            pairs = pairs.and(in_plane);
        }
        let of_all = |[all, equal]: [u64; 2]| (all > 0).then(|| equal as f64 / all as f64);
        Self { left: of_all(pairs.left), above: of_all(pairs.above) }
    }
}

/// Compares whole rows: for a plane whose rows have a whole number of blocks. Without classes no two blocks are equal.
fn pairs_in_columns(classes: &[u32], blocks: Range<usize>, row: usize) -> Pairs {
    let rows = blocks.len() / row;
    let mut pairs =
        Pairs { left: [((row - 1) * rows) as u64, 0], above: [(row * rows.saturating_sub(1)) as u64, 0] };
    if let Some(classes) = classes.get(blocks) {
        let equal_left = |row: &[u32]| count_equal(&row[1..], row);
        let left =
            classes.par_chunks(row * ROWS_PER_TASK).map(|rows| rows.chunks(row).map(equal_left).sum::<u64>());
        let lower = classes.get(row..).unwrap_or_default();
        let above = lower.par_chunks(row * ROWS_PER_TASK).zip(classes.par_chunks(row * ROWS_PER_TASK));
        pairs.left[1] = left.sum();
        pairs.above[1] = above.map(|(lower, upper)| count_equal(lower, upper)).sum();
    }
    pairs
}

/// Compares each block with its neighbours by the position of its middle byte: for a plane whose rows have no whole
/// number of blocks.
fn pairs_by_middle(classes: &[u32], blocks: usize, bytes: &Range<usize>, row_bytes: usize) -> Pairs {
    const MIDDLE: usize = BLOCK_BYTES / 2;
    let is_equal = |one: usize, other: usize| {
        u64::from(!classes.is_empty() && classes[one] == classes[other] && classes[one] != ALONE)
    };
    // The blocks whose middle byte lies in the plane.
    let first = bytes.start.saturating_sub(MIDDLE).div_ceil(BLOCK_BYTES);
    let end = bytes.end.saturating_sub(MIDDLE).div_ceil(BLOCK_BYTES).min(blocks);
    let pairs = (first..end.max(first)).into_par_iter().with_min_len(1 << 12).map(|block| {
        let at = block * BLOCK_BYTES + MIDDLE - bytes.start;
        let mut pairs = Pairs::default();
        if at % row_bytes >= BLOCK_BYTES {
            pairs.left = [1, is_equal(block - 1, block)];
        }
        if let Some(above) = at.checked_sub(row_bytes) {
            let above = (bytes.start + above) / BLOCK_BYTES;
            // If rows are shorter than a block, the byte above may belong to the block itself, which is no neighbour.
            if above != block {
                pairs.above = [1, is_equal(above, block)];
            }
        }
        pairs
    });
    pairs.reduce(Pairs::default, Pairs::and)
}

/// How many blocks equal the block at the same place in `others`, given the classes of both, up to the end of the
/// shorter.
fn count_equal(classes: &[u32], others: &[u32]) -> u64 {
    let pairs = classes.iter().zip(others);
    let equal = pairs.map(|(&class, &other)| u32::from(class == other) & u32::from(class != ALONE));
    equal.sum::<u32>().into()
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::leak::Counter;

    /// The planes of a frame, stated independently of `Layout`: first byte, bytes of a row, and number of rows.
    fn planes(layout: Layout, shape: Shape) -> Vec<[usize; 3]> {
        let (width, height) = (shape.columns(), shape.rows());
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let of = |start: usize, width: usize, height: usize, bytes: usize, side: usize| {
            if layout.is_tiled() {
                [start, width.div_ceil(side) * BLOCK_BYTES, height.div_ceil(side)]
            } else {
                [start, width * bytes, height]
            }
        };
        match layout.name() {
            "rgba32" => vec![of(0, width, height, 4, 2)],
            "rgb24" => vec![of(0, width, height, 3, 0)],
            "gray8" => vec![of(0, width, height, 1, 4)],
            _ => {
                let luma = of(0, width, height, 1, 4);
                let blue = of(luma[1] * luma[2], half_width, half_height, 1, 4);
                let red = of(blue[0] + blue[1] * blue[2], half_width, half_height, 1, 4);
                vec![luma, blue, red]
            }
        }
    }

    proptest! {
        #[test]
        fn shares_agree_with_a_comparison_block_by_block(
            width in 1u32..200, height in 1u32..80, which in 0usize..7, values in 1u8..6, whole in any::<bool>(),
        ) {
            let width = if whole { width.next_multiple_of(32) } else { width };
            let layout = [&Layout::ALL[..], &Layout::TILED].concat()[which];
            let shape = Shape::new(width, height);
            let mut state = u32::from(values) * 77 + width;
            let mut bytes: Vec<u8> = Vec::new();
            for _ in 0..layout.blocks(shape) {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Some values occur once.
                let value = if state >> 28 == 0 { state } else { (state >> 16) % u32::from(values) };
                bytes.extend(value.to_le_bytes().repeat(4));
            }
            let mut equal = [[0u64; 2]; 2];
            let mut count = |pair: usize, block: usize, other: usize| {
                equal[pair][0] += 1;
                equal[pair][1] += u64::from(bytes[block * 16..][..16] == bytes[other * 16..][..16]);
            };
            for block in 0..layout.blocks(shape) {
                let middle = block * 16 + 8;
                // The row of a byte: its first byte, its length, and whether it is the first row of its plane.
                let row_of = |byte: usize| {
                    let mut planes = planes(layout, shape).into_iter();
                    let plane = planes.find(|&[start, row, rows]| (start..start + row * rows).contains(&byte));
                    plane.map(|[start, row, _]| (start + (byte - start) / row * row, row, byte - start < row))
                };
                let (start, row, is_first) = row_of(middle).expect("every block belongs to a plane");
                if middle - start >= 16 {
                    count(0, block, block - 1);
                }
                if !is_first && (middle - row) / 16 != block {
                    count(1, block, (middle - row) / 16);
                }
            }
            let [left, above] = equal.map(|[all, equal]| (all > 0).then(|| equal as f64 / all as f64));
            let census = Counter::default().count(&bytes);
            prop_assert_eq!(Neighbours::of(layout, shape, &census), Neighbours { left, above });
        }
    }

    #[test]
    fn flat_grey_equals_its_neighbours_in_every_plane_and_flat_red_only_the_one_above_in_rgb24() {
        let shape = Shape::new(96, 8);
        let equal = |layout: Layout, bytes: &[u8]| {
            let Neighbours { left, above } = Neighbours::of(layout, shape, &Counter::default().count(bytes));
            [left, above].map(|equal| equal.expect("there are neighbours"))
        };
        let grey = vec![7; 96 * 8 * 3];
        assert_eq!(equal(Layout::RGB24, &grey).map(f64::to_bits), [1f64, 1.0].map(f64::to_bits));
        // The block to the left starts with another channel, and the block above with the same.
        let red = [200, 20, 20].repeat(96 * 8);
        assert_eq!(equal(Layout::RGB24, &red).map(f64::to_bits), [0f64, 1.0].map(f64::to_bits));
        // Luma: 8 rows of 6 blocks, all different. Each plane of chroma: 4 rows of 3 blocks, all equal.
        let luma = (0..96 * 8u32).map(|at| (at / 16) as u8);
        let frame: Vec<u8> = luma.chain([90; 48 * 4]).chain([160; 48 * 4]).collect();
        let [left, above] = equal(Layout::YUV420P, &frame);
        assert!((left - 16.0 / 56.0).abs() < 1e-9, "{left}");
        assert!((above - 18.0 / 60.0).abs() < 1e-9, "{above}");
    }
}
