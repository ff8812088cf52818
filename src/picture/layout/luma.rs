//! The luma of a picture, and the blocks that hold marked pixels.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::{Layout, Samples};
use crate::picture::shape::Shape;

/// Pixels, or blocks, that one task works on.
const TASK: usize = 1 << 14;

impl Layout {
    /// The luma of a picture, one byte a pixel along the rows: the Y plane if there is one, else 0.3 R + 0.59 G + 0.11
    /// B (ITU-R BT.601, rounded to 256ths).
    ///
    /// `bytes` holds [`frame_bytes`](Self::frame_bytes).
    #[must_use]
    pub fn luma(self, shape: Shape, bytes: &[u8]) -> Cow<'_, [u8]> {
        let samples = self.in_rows(shape, bytes);
        match self.samples {
            Samples::Gray8 | Samples::Yuv420p => samples,
            Samples::Rgba32 => Cow::Owned(of_colours::<4>(&samples)),
            Samples::Rgb24 => Cow::Owned(of_colours::<3>(&samples)),
        }
    }

    /// Writes the [`luma`](Self::luma) of some rows into `luma`. `room` is a scratch buffer.
    pub fn luma_of_rows(
        self,
        shape: Shape,
        bytes: &[u8],
        rows: Range<usize>,
        room: &mut Vec<u8>,
        luma: &mut Vec<u8>,
    ) {
        let samples = self.plane(shape).rows(bytes, rows, room);
        luma.clear();
        match self.samples {
            Samples::Gray8 | Samples::Yuv420p => luma.extend_from_slice(samples),
            Samples::Rgba32 => {
                let (groups, rest) = samples.as_chunks().0.as_chunks();
                for group in groups {
                    luma.extend_from_slice(&means(group));
                }
                luma.extend(rest.iter().map(|&colour| mean(colour)));
            }
            Samples::Rgb24 => luma.extend(samples.as_chunks().0.iter().map(|&[r, g, b]| mean([r, g, b, 0]))),
        }
    }

    /// The number of pixels of a block, if all blocks have the same number and none continues into the next row; else
    /// `None`.
    #[must_use]
    pub const fn pixels_per_block(self, shape: Shape) -> Option<usize> {
        let pixels = match self.samples {
            Samples::Rgba32 => 4,
            Samples::Gray8 => 16,
            Samples::Rgb24 | Samples::Yuv420p => return None,
        };
        if !self.is_tiled && shape.columns().is_multiple_of(pixels) { Some(pixels) } else { None }
    }

    /// For every whole block, whether any of its [pixels](Self::pixels_of_block) is marked; `marked` has one entry per
    /// pixel along the rows.
    #[must_use]
    pub fn blocks_with(self, shape: Shape, marked: &[bool]) -> Vec<bool> {
        let any = |pixels: &[bool]| pixels.iter().fold(false, |any, &marked| any | marked);
        let mut blocks = Vec::with_capacity(self.blocks(shape));
        match self.samples {
            _ if self.is_tiled => {}
            Samples::Rgba32 => blocks.extend(marked.as_chunks::<4>().0.iter().map(|pixels| any(pixels))),
            Samples::Gray8 | Samples::Yuv420p => {
                blocks.extend(marked.as_chunks::<16>().0.iter().map(|pixels| any(pixels)));
            }
            Samples::Rgb24 => {}
        }
        // Blocks of varying numbers of pixels, tiles and blocks of chroma only are tested one by one.
        let rest = (blocks.len()..self.blocks(shape)).into_par_iter().with_min_len(TASK);
        blocks.par_extend(
            rest.map(|block| self.pixels_of_block(shape, block).iter().any(|pixel| marked[pixel])),
        );
        blocks
    }
}

/// Luma of colours whose first three bytes are red, green and blue.
fn of_colours<const BYTES: usize>(samples: &[u8]) -> Vec<u8> {
    let (colours, _) = samples.as_chunks::<BYTES>();
    let mut luma = vec![0; colours.len()];
    luma.par_chunks_mut(TASK).zip(colours.par_chunks(TASK)).for_each(|(luma, colours)| {
        for (luma, colour) in luma.iter_mut().zip(colours) {
            *luma = mean([colour[0], colour[1], colour[2], 0]);
        }
    });
    luma
}

/// The luma of a colour. Shifts of one number and sums in 16 bits, which just hold the result: the compiler can
/// vectorize this also for processors that cannot shuffle bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "bytes")]
fn mean(colour: [u8; 4]) -> u8 {
    let colour = u32::from_le_bytes(colour);
    weighed(colour as u16 & 0xff, (colour >> 8) as u16 & 0xff, (colour >> 16) as u16 & 0xff)
}

/// The [`mean`] of 16 colours. Colours are split into halves of two channels each: a quarter faster on processors that
/// can only separate pairs of bytes.
#[inline]
fn means(colours: &[[u8; 4]; 16]) -> [u8; 16] {
    let halves =
        colours.map(|[red, green, blue, alpha]| [[red, green], [blue, alpha]].map(u16::from_le_bytes));
    let (low, high) = (halves.map(|[low, _]| low), halves.map(|[_, high]| high));
    std::array::from_fn(|at| weighed(low[at] & 0xff, low[at] >> 8, high[at] & 0xff))
}

/// Luma from red, green and blue (each 0–255), with weights in 256ths.
#[inline]
const fn weighed(red: u16, green: u16, blue: u16) -> u8 {
    ((red * 77 + green * 150 + blue * 29 + 128) >> 8) as u8
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::pool::{Buffer, Pool};

    proptest! {
        #[test]
        fn a_block_is_marked_where_one_of_its_pixels_is(
            width in 1u32..70, height in 1u32..20, which in 0usize..7, every in 1usize..90,
        ) {
            let layout = [&Layout::ALL[..], &Layout::TILED].concat()[which];
            let shape = Shape::new(width, height);
            let marked: Vec<bool> = (0..shape.pixels()).map(|pixel| pixel % every == 0).collect();
            let blocks = layout.blocks_with(shape, &marked);
            prop_assert_eq!(blocks.len(), layout.blocks(shape));
            for (block, &any) in blocks.iter().enumerate() {
                prop_assert_eq!(any, layout.pixels_of_block(shape, block).iter().any(|pixel| marked[pixel]));
            }
        }

        #[test]
        fn luma_lies_in_rows_in_every_layout(width in 1u32..40, height in 1u32..20, which in 0usize..7) {
            let layout = [&Layout::ALL[..], &Layout::TILED].concat()[which];
            let shape = Shape::new(width, height);
            let in_rows = Layout::of(layout.samples());
            let samples: Vec<u8> = (0..in_rows.frame_bytes(shape)).map(|at| (at * 7 % 251) as u8).collect();
            let bytes = layout.arrange(shape, Buffer::from(samples.clone()), &Pool::default());
            let luma = layout.luma(shape, &bytes).into_owned();
            let channels = in_rows.first_plane_bytes(shape) / shape.pixels();
            for (luma, colour) in luma.iter().zip(samples.chunks(channels)) {
                let expected = match *colour {
                    [r, g, b, ..] => f32::from(r) * 0.3 + f32::from(g) * 0.59 + f32::from(b) * 0.11,
                    _ => f32::from(colour[0]),
                };
                prop_assert!((f32::from(*luma) - expected).abs() < 2.0);
            }
            prop_assert_eq!(luma.len(), shape.pixels());
        }
    }
}
