//! Paints the bytes of a frame, or a colour for each of its blocks, as a picture.

use rayon::prelude::*;

use super::planes::chroma;
use super::tiles::Plane;
use super::{Layout, ROWS_PER_TASK, Samples};
use crate::picture::colour::{Colour, Matrix};
use crate::picture::shape::Shape;

impl Layout {
    /// Shows a frame's bytes as an opaque picture. Ciphertext is shown the same way, as noise in the channels of the
    /// layout.
    ///
    /// `bytes` has [`frame_bytes`](Self::frame_bytes), and `rgba` has 4 bytes per pixel. Pixels that belong to no
    /// whole block get the colour `rest`, if given.
    pub fn show(self, shape: Shape, colour: Colour, bytes: &[u8], rest: Option<[u8; 4]>, rgba: &mut [u8]) {
        if shape.pixels() == 0 {
            return;
        }
        let columns = shape.columns();
        let plane = self.plane(shape);
        let colours = Chroma::of(self, shape, colour, bytes);
        let tasks = rgba.par_chunks_mut(columns * 4 * ROWS_PER_TASK).enumerate();
        tasks.for_each_init(<[Vec<u8>; 3]>::default, |[room, blue_room, red_room], (task, to)| {
            let first = task * ROWS_PER_TASK;
            let rows = first..first + to.len() / (columns * 4);
            let from = plane.rows(bytes, rows.clone(), room);
            let (pixels, _) = to.as_chunks_mut::<4>();
            match self.samples {
                Samples::Rgba32 => {
                    for (to, from) in pixels.iter_mut().zip(from.as_chunks::<4>().0) {
                        *to = (u32::from_ne_bytes(*from) | OPAQUE).to_ne_bytes();
                    }
                }
                Samples::Rgb24 => {
                    for (to, &[r, g, b]) in pixels.iter_mut().zip(from.as_chunks::<3>().0) {
                        *to = [r, g, b, 255];
                    }
                }
                Samples::Gray8 => {
                    for (to, &luma) in pixels.iter_mut().zip(from) {
                        *to = [luma, luma, luma, 255];
                    }
                }
                Samples::Yuv420p => {
                    let rows = rows.start / 2..rows.end.div_ceil(2);
                    let blue = colours.plane.rows(colours.blue, rows.clone(), blue_room);
                    let red = colours.plane.rows(colours.red, rows, red_room);
                    colours.weights.show(columns, from, blue, red, to);
                }
            }
        });
        if let Some(rest) = rest
            && !self.is_tiled
        {
            let whole = self.first_pixel(self.blocks(shape)).min(shape.pixels());
            rgba.as_chunks_mut::<4>().0[whole..].fill(rest);
        }
    }

    /// True if all pixels that belong to whole blocks have the same colour; also true for a frame without whole
    /// blocks.
    #[must_use]
    pub fn is_even(self, shape: Shape, pixels: &[[u8; 4]]) -> bool {
        // A tile at the edge is always a whole block.
        let whole = if self.is_tiled { pixels.len() } else { self.first_pixel(self.blocks(shape)) };
        let whole = &pixels[..whole.min(pixels.len())];
        whole.first().is_none_or(|first| whole.iter().all(|pixel| pixel == first))
    }

    /// Paints every pixel with the colour of its block; pixels that belong to no whole block get `rest`. In `yuv420p`
    /// the picture is that of the luma plane.
    pub fn paint_blocks(
        self,
        shape: Shape,
        colour_of: impl Fn(usize) -> [u8; 4] + Sync,
        rest: [u8; 4],
        rgba: &mut [u8],
    ) {
        if shape.pixels() == 0 {
            return;
        }
        if let Some(side) = self.tile() {
            return paint_tiles(shape, side, colour_of, rgba);
        }
        let blocks = self.blocks(shape);
        let colour_of = |block: usize| if block < blocks { colour_of(block) } else { rest };
        match self.samples {
            Samples::Rgba32 => paint_even::<4>(colour_of, rgba),
            Samples::Gray8 | Samples::Yuv420p => paint_even::<16>(colour_of, rgba),
            Samples::Rgb24 => self.paint_uneven(shape, colour_of, rgba),
        }
    }

    /// Paints blocks that differ in the number of their pixels.
    fn paint_uneven(self, shape: Shape, colour_of: impl Fn(usize) -> [u8; 4] + Sync, rgba: &mut [u8]) {
        let blocks = self.blocks(shape);
        // A multiple of the pixels after which a block starts at a pixel again.
        let pixels_per_task = 48 * 256;
        rgba.par_chunks_mut(pixels_per_task * 4).enumerate().for_each(|(task, to)| {
            let (mut to, _) = to.as_chunks_mut::<4>();
            let first = task * pixels_per_task;
            let mut block = self.block_of_pixel(first);
            let mut pixel = first;
            while !to.is_empty() {
                let end = if block < blocks { self.first_pixel(block + 1) } else { usize::MAX };
                let count = end.saturating_sub(pixel).min(to.len());
                let (now, later) = to.split_at_mut(count);
                now.fill(colour_of(block));
                to = later;
                pixel += count;
                block += 1;
            }
        });
    }
}

/// Paints blocks of `PIXELS` pixels each, along the rows.
fn paint_even<const PIXELS: usize>(colour_of: impl Fn(usize) -> [u8; 4] + Sync, rgba: &mut [u8]) {
    const BLOCKS_PER_TASK: usize = 1 << 13;
    rgba.par_chunks_mut(BLOCKS_PER_TASK * PIXELS * 4).enumerate().for_each(|(task, to)| {
        let (to, last) = to.as_chunks_mut::<4>().0.as_chunks_mut::<PIXELS>();
        let first = task * BLOCKS_PER_TASK;
        let end = first + to.len();
        for (block, to) in (first..).zip(to) {
            *to = [colour_of(block); PIXELS];
        }
        if !last.is_empty() {
            last.fill(colour_of(end));
        }
    });
}

/// The alpha channel of a pixel read as a native integer.
const OPAQUE: u32 = u32::from_ne_bytes([0, 0, 0, 255]);

/// Paints tiles of `side` pixels. They leave no rest.
fn paint_tiles(shape: Shape, side: usize, colour_of: impl Fn(usize) -> [u8; 4] + Sync, rgba: &mut [u8]) {
    let (columns, tiles) = (shape.columns(), shape.columns().div_ceil(side));
    let rows = rgba.par_chunks_mut(columns * 4 * side).enumerate();
    rows.with_min_len(ROWS_PER_TASK / side).for_each(|(row, to)| {
        let (top, others) = to.split_at_mut(columns * 4);
        for (block, to) in (row * tiles..).zip(top.as_chunks_mut().0.chunks_mut(side)) {
            to.fill(colour_of(block));
        }
        others.chunks_exact_mut(columns * 4).for_each(|to| to.copy_from_slice(top));
    });
}

/// The chroma planes of `yuv420p`; empty in other layouts.
struct Chroma<'a> {
    plane: Plane,
    blue: &'a [u8],
    red: &'a [u8],
    weights: Weights,
}

impl<'a> Chroma<'a> {
    fn of(layout: Layout, shape: Shape, colour: Colour, bytes: &'a [u8]) -> Self {
        let (_, planes) = bytes.split_at(layout.first_plane_bytes(shape));
        let (blue, red) = planes.split_at(layout.chroma_bytes(shape));
        Self { plane: layout.plane(chroma(shape)), blue, red, weights: Weights::of(colour) }
    }
}

/// The conversion of a [`Colour`] in 16.16 fixed point.
#[derive(Clone, Copy)]
struct Weights {
    luma_offset: i32,
    luma: i32,
    red_of_cr: i32,
    green_of_cb: i32,
    green_of_cr: i32,
    blue_of_cb: i32,
}

impl Weights {
    /// YCbCr to RGB (ITU-R BT.601-7, BT.709-6, BT.2020-2).
    fn of(colour: Colour) -> Self {
        let (kr, kb) = match colour.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt2020 => (0.2627, 0.0593),
        };
        let kg = 1.0 - kr - kb;
        let (luma_scale, chroma_scale, luma_offset) =
            if colour.full_range { (1.0, 1.0, 0) } else { (255.0 / 219.0, 255.0 / 224.0, 16) };
        #[expect(clippy::cast_possible_truncation, reason = "all weights are below 3")]
        let fixed = |weight: f64| (weight * 65536.0).round() as i32;
        Self {
            luma_offset,
            luma: fixed(luma_scale),
            red_of_cr: fixed(2.0 * (1.0 - kr) * chroma_scale),
            green_of_cb: fixed(2.0 * (1.0 - kb) * kb / kg * chroma_scale),
            green_of_cr: fixed(2.0 * (1.0 - kr) * kr / kg * chroma_scale),
            blue_of_cb: fixed(2.0 * (1.0 - kb) * chroma_scale),
        }
    }

    /// Shows rows of a picture with the nearest chroma samples. The first row must be an even one, since two rows
    /// share their chroma.
    fn show(self, columns: usize, luma: &[u8], blue: &[u8], red: &[u8], rgba: &mut [u8]) {
        let half = columns.div_ceil(2);
        for (y, (to, luma)) in rgba.chunks_exact_mut(columns * 4).zip(luma.chunks_exact(columns)).enumerate()
        {
            let blue = &blue[y / 2 * half..][..half];
            let red = &red[y / 2 * half..][..half];
            let (pairs, last) = to.as_chunks_mut::<8>();
            let (luma, last_luma) = luma.as_chunks::<2>();
            for ((to, luma), (&cb, &cr)) in pairs.iter_mut().zip(luma).zip(blue.iter().zip(red)) {
                let [left, right] = luma.map(|luma| self.rgba(luma, cb, cr));
                to[..4].copy_from_slice(&left);
                to[4..].copy_from_slice(&right);
            }
            // With an odd width, the last column has its own chroma sample.
            if let (&[luma], [.., cb], [.., cr]) = (last_luma, blue, red) {
                last.copy_from_slice(&self.rgba(luma, *cb, *cr));
            }
        }
    }

    #[inline]
    fn rgba(self, luma: u8, cb: u8, cr: u8) -> [u8; 4] {
        let y = (i32::from(luma) - self.luma_offset) * self.luma + (1 << 15);
        let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
        #[expect(clippy::cast_sign_loss, reason = "clamped to a byte")]
        let byte = |value: i32| (value >> 16).clamp(0, 255) as u8;
        [
            byte(y + self.red_of_cr * cr),
            byte(y - self.green_of_cb * cb - self.green_of_cr * cr),
            byte(y + self.blue_of_cb * cb),
            255,
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::pool::{Buffer, Pool};

    #[test]
    fn planes_show_the_primaries_of_the_stated_matrix() {
        // (Y, Cb, Cr) of full red in BT.601 and BT.709, limited range, from the equations of the recommendations.
        for (matrix, ycc) in [(Matrix::Bt601, [81, 90, 240]), (Matrix::Bt709, [63, 102, 240])] {
            let mut rgba = [0; 4];
            let colour = Colour { matrix, full_range: false };
            Layout::YUV420P.show(Shape::new(1, 1), colour, &ycc, None, &mut rgba);
            let [r, g, b, a] = rgba;
            assert!(r >= 253 && g <= 2 && b <= 2 && a == 255, "{matrix:?}: {rgba:?}");
        }
    }

    #[test]
    fn every_pixel_has_the_chroma_of_the_square_it_lies_in() {
        for shape in [Shape::new(1, 1), Shape::new(5, 3), Shape::new(4, 2), Shape::new(2, 131)] {
            let colour = Colour { matrix: Matrix::Bt709, full_range: false };
            let count = Layout::YUV420P.frame_bytes(shape);
            let bytes: Vec<u8> = (0u8..=255).map(|i| i.wrapping_mul(89)).cycle().take(count).collect();
            let mut rgba = vec![0; shape.pixels() * 4];
            Layout::YUV420P.show(shape, colour, &bytes, None, &mut rgba);
            let (half, weights) = (chroma(shape), Weights::of(colour));
            for (pixel, shown) in rgba.as_chunks::<4>().0.iter().enumerate() {
                let (x, y) = (pixel % shape.columns(), pixel / shape.columns());
                let blue = shape.pixels() + y / 2 * half.columns() + x / 2;
                let expected = weights.rgba(bytes[pixel], bytes[blue], bytes[blue + half.pixels()]);
                assert_eq!(*shown, expected, "pixel {x}, {y} of {shape:?}");
            }
        }
    }

    #[test]
    fn shown_alpha_is_always_opaque_and_the_rest_is_marked() {
        let shape = Shape::new(5, 1);
        let mut rgba = [0; 20];
        Layout::RGBA32.show(shape, Colour::default(), &[7; 20], Some([1, 2, 3, 255]), &mut rgba);
        assert_eq!(rgba[..4], [7, 7, 7, 255]);
        assert_eq!(rgba[16..], [1, 2, 3, 255]);
    }

    proptest! {
        #[test]
        fn tiles_are_shown_as_the_picture_that_they_were_cut_from(
            width in 1u32..50, height in 1u32..150, which in 0usize..3, seed in any::<u8>(),
        ) {
            let (layout, shape) = (Layout::TILED[which], Shape::new(width, height));
            let in_rows = Layout::of(layout.samples());
            let samples: Vec<u8> =
                (0..in_rows.frame_bytes(shape)).map(|i| (i * 29 + i / 11).to_le_bytes()[0] ^ seed).collect();
            let tiles = layout.arrange(shape, Buffer::from(samples.clone()), &Pool::default());
            prop_assert_eq!(tiles.len(), layout.frame_bytes(shape));
            let shown = |layout: Layout, bytes: &[u8]| {
                let mut rgba = vec![0; shape.pixels() * 4];
                layout.show(shape, Colour::default(), bytes, None, &mut rgba);
                rgba
            };
            prop_assert!(shown(layout, &tiles) == shown(in_rows, &samples));
            let luma = in_rows.first_plane_bytes(shape);
            prop_assert!(*layout.in_rows(shape, &tiles) == samples[..luma]);
            prop_assert!(*in_rows.in_rows(shape, &samples) == samples[..luma]);
        }
    }
}
