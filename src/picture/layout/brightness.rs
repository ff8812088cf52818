//! The brightness of the blocks of a frame: the truth that an eavesdropper's findings are compared with.

use rayon::prelude::*;

use super::{BLOCK_BYTES, Layout, Places, Samples};
use crate::picture::shape::Shape;

/// Blocks that one task works on.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// Luma weights of red, green and blue (ITU-R BT.601), in thousandths.
const WEIGHTS: [u32; 3] = [299, 587, 114];

impl Layout {
    /// The brightness of each block that has a place in the picture, in the order of the blocks: the mean luma of its
    /// bytes, scaled to 16 bits (0 is black, 65,535 is white).
    ///
    /// `bytes` holds [`frame_bytes`](Self::frame_bytes).
    #[must_use]
    pub fn brightness(self, shape: Shape, bytes: &[u8]) -> Vec<u16> {
        let blocks = &bytes.as_chunks::<BLOCK_BYTES>().0[..Places::of(self, shape).blocks()];
        let blocks = blocks.par_iter().with_min_len(BLOCKS_PER_TASK);
        // A loop for each kind of samples, so that the kind is not tested for every block.
        match self.samples {
            Samples::Rgba32 => blocks
                .map(|block| {
                    let sum = |channel: usize| -> u32 {
                        [0, 4, 8, 12].iter().map(|&pixel| u32::from(block[pixel + channel])).sum()
                    };
                    scaled(sum(0) * WEIGHTS[0] + sum(1) * WEIGHTS[1] + sum(2) * WEIGHTS[2], 4 * 1000)
                })
                .collect(),
            Samples::Rgb24 => blocks
                .enumerate()
                .map(|(number, block)| {
                    let first = number * BLOCK_BYTES;
                    let weights = (first..first + BLOCK_BYTES).map(|byte| WEIGHTS[byte % 3]);
                    let luma =
                        block.iter().zip(weights.clone()).map(|(&byte, weight)| u32::from(byte) * weight);
                    scaled(luma.sum(), weights.sum())
                })
                .collect(),
            Samples::Gray8 | Samples::Yuv420p => {
                blocks.map(|block| scaled(block.iter().map(|&byte| u32::from(byte)).sum(), 16)).collect()
            }
        }
    }
}

/// `luma / weight`, which is from 0 to 255, scaled to 16 bits.
fn scaled(luma: u32, weight: u32) -> u16 {
    // At most 16 bytes of 587 thousandths: the product stays below 2^32.
    u16::try_from(luma * 257 / weight).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_agrees_in_all_layouts() {
        let shape = Shape::new(48, 4);
        for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
            let blocks = Places::of(layout, shape).blocks();
            for (grey, expected) in [(0, 0), (255, 65_535), (100, 25_700)] {
                let mut bytes = vec![grey; layout.frame_bytes(shape)];
                if layout.samples() == Samples::Yuv420p {
                    bytes[layout.first_plane_bytes(shape)..].fill(128);
                }
                let brightness = layout.brightness(shape, &bytes);
                assert_eq!(brightness.len(), blocks, "blocks of chroma planes have no place");
                // Alpha has no weight.
                assert!(brightness.iter().all(|&of| of.abs_diff(expected) < 2), "{layout}: {brightness:?}");
            }
        }
    }

    #[test]
    fn green_is_brighter_than_red_and_red_than_blue() {
        let shape = Shape::new(16, 1);
        for (layout, pixel) in [(Layout::RGBA32, 4), (Layout::RGB24, 3)] {
            let of = |channel: usize| {
                let bytes: Vec<u8> = (0..layout.frame_bytes(shape))
                    .map(|at| if at % pixel == channel { 255 } else { 0 })
                    .collect();
                layout.brightness(shape, &bytes)[1]
            };
            assert!(of(1) > of(0) && of(0) > of(2), "{layout}");
        }
    }
}
