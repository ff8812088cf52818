//! The mean colours of blocks.

use rayon::prelude::*;

use super::{BLOCK_BYTES, Layout, Places, Samples};
use crate::picture::colour::Colour;
use crate::picture::shape::Shape;

/// Blocks that one task works on.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// Red, green and blue.
type Rgb = [u8; 3];

impl Layout {
    /// The mean red, green and blue of each block that has a place in the picture, in the order of the blocks; `None` for
    /// a block of which a byte is missing, or in `yuv420p` a byte of the chroma of its pixels.
    ///
    /// `bytes` holds [`frame_bytes`](Self::frame_bytes), or nothing; `has` returns whether a byte of it is known, and must return
    /// the same for all bytes of a block.
    #[must_use]
    pub fn block_colours(
        self,
        (shape, colour): (Shape, Colour),
        bytes: &[u8],
        has: impl Fn(usize) -> bool + Sync,
    ) -> Vec<Option<Rgb>> {
        let blocks = bytes.as_chunks::<BLOCK_BYTES>().0;
        let blocks = &blocks[..Places::of(self, shape).blocks().min(blocks.len())];
        let known = |block: usize| has(block * BLOCK_BYTES);
        let indexed = blocks.par_iter().enumerate().with_min_len(BLOCKS_PER_TASK);
        // A loop for each kind of samples, so that the kind is not tested for every block.
        match self.samples {
            Samples::Rgba32 => {
                indexed.map(|(block, bytes)| known(block).then(|| mean_of_pixels(bytes))).collect()
            }
            Samples::Rgb24 => indexed
                .map(|(block, bytes)| known(block).then(|| mean(bytes, 3, block * BLOCK_BYTES % 3)))
                .collect(),
            Samples::Gray8 => {
                indexed.map(|(block, bytes)| known(block).then(|| [mean(bytes, 1, 0)[0]; 3])).collect()
            }
            Samples::Yuv420p if blocks.is_empty() => Vec::new(),
            Samples::Yuv420p => {
                let mut rgba = vec![0; shape.pixels() * 4];
                self.show(shape, colour, bytes, None, &mut rgba);
                let (pixels, columns) = (rgba.as_chunks::<4>().0, shape.columns());
                let is_known = self.known_pixels(shape, has);
                let of_block = |block: usize| {
                    let (mut sum, mut count) = ([0u32; 3], 0);
                    for pixel in self.pixels_of_block(shape, block).iter() {
                        if !is_known(pixel % columns, pixel / columns) {
                            return None;
                        }
                        sum = std::array::from_fn(|at| sum[at] + u32::from(pixels[pixel][at]));
                        count += 1;
                    }
                    (count > 0).then(|| sum.map(|sum| rounded(sum, count)))
                };
                (0..blocks.len()).into_par_iter().with_min_len(BLOCKS_PER_TASK).map(of_block).collect()
            }
        }
    }
}

/// The mean of four pixels, each red, green, blue and alpha.
fn mean_of_pixels(block: &[u8; BLOCK_BYTES]) -> Rgb {
    let sum =
        |channel: usize| -> u16 { [0, 4, 8, 12].iter().map(|pixel| u16::from(block[pixel + channel])).sum() };
    #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
    let mean = std::array::from_fn(|channel| ((sum(channel) + 2) / 4) as u8);
    mean
}

/// The means of the first three of `channels` channels (the first alone if there is one), where the first byte belongs to
/// channel `first`.
fn mean(block: &[u8; BLOCK_BYTES], channels: usize, first: usize) -> Rgb {
    std::array::from_fn(|channel| {
        let of_channel = block.iter().skip((channel + channels - first) % channels).step_by(channels);
        let (sum, count) = of_channel.fold((0, 0), |(sum, count), &byte| (sum + u32::from(byte), count + 1));
        rounded(sum, count)
    })
}

fn rounded(sum: u32, count: u32) -> u8 {
    u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_colour_of_a_block_is_the_mean_of_its_pixels(
            width in 1u32..50, height in 1u32..20, which in 0usize..7, seed in any::<u32>(),
        ) {
            let layout = [&Layout::ALL[..], &Layout::TILED].concat()[which];
            let (shape, colour) = (Shape::new(width, height), Colour::default());
            let byte = |at: u32| at.wrapping_add(seed).wrapping_mul(0x9e37_79b1).to_le_bytes()[3];
            let bytes: Vec<u8> = (0..).map(byte).take(layout.frame_bytes(shape)).collect();
            let colours = layout.block_colours((shape, colour), &bytes, |_| true);
            prop_assert_eq!(colours.len(), Places::of(layout, shape).blocks());
            let mut rgba = vec![0; shape.pixels() * 4];
            layout.show(shape, colour, &bytes, None, &mut rgba);
            for (block, colour) in colours.iter().enumerate() {
                let pixels: Vec<usize> = layout.pixels_of_block(shape, block).iter().collect();
                // A tile over an edge repeats pixels, and a block of `rgb24` holds parts of pixels.
                let is_whole = match (layout.samples(), layout.is_tiled()) {
                    (Samples::Rgb24, _) => false,
                    (Samples::Rgba32, true) => pixels.len() == 4,
                    (_, true) => pixels.len() == 16,
                    _ => true,
                };
                if is_whole && !pixels.is_empty() {
                    let colour = colour.expect("every byte is known");
                    for channel in 0..3 {
                        let sum: f64 = pixels.iter().map(|&pixel| f64::from(rgba[pixel * 4 + channel])).sum();
                        prop_assert!((sum / pixels.len() as f64 - f64::from(colour[channel])).abs() <= 0.51);
                    }
                }
            }
        }
    }

    #[test]
    fn a_flat_picture_has_its_colour_in_every_block_of_rgb24() {
        let shape = Shape::new(16, 2);
        let bytes = [200, 100, 50].repeat(32);
        let colours = Layout::RGB24.block_colours((shape, Colour::default()), &bytes, |byte| byte / 16 != 3);
        let expected: Vec<_> = (0..6).map(|block| (block != 3).then_some([200, 100, 50])).collect();
        assert_eq!(colours, expected);
    }

    #[test]
    fn a_block_of_yuv420p_whose_chroma_is_missing_has_no_colour() {
        let (layout, shape) = (Layout::YUV420P, Shape::new(32, 2));
        let mut bytes = vec![120; layout.frame_bytes(shape)];
        bytes[64..].fill(128);
        // Four blocks of luma, one of each chroma plane.
        let colours = |missing: usize| {
            layout.block_colours((shape, Colour::default()), &bytes, |byte| byte / 16 != missing)
        };
        assert_eq!(colours(9).iter().flatten().count(), 4);
        assert_eq!(colours(5).iter().flatten().count(), 0);
        assert_eq!(colours(2).iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, true]);
    }
}
