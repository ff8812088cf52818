//! Layouts: which bytes of a frame are encrypted, in which order, and which pixels a block stands for.
//!
//! ```text
//! rgba32   R G B A R G B A R G B A R G B A │…   a block is 4 pixels of a row
//! rgb24    R G B R G B R G B R G B R G B R │…   a block is 5⅓ pixels: the phase repeats every 3 blocks
//! gray8    Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y │…   a block is 16 pixels
//! yuv420p  all Y, then all U, then all V        a block is 16 pixels of Y, or 16 samples of U or V
//! ```
//!
//! Blocks run on from row to row: where a row is not a whole number of blocks, a block holds the end of
//! one row and the start of the next, as it does for a cipher. This room knows neither ciphers nor
//! attacks; it turns bytes into pictures and blocks into pixels, and back.

mod places;

pub use places::{Place, Places};

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::frame::{Colour, Matrix, Shape};

/// Bytes of a block of AES, the unit in which ciphertext is compared.
pub const BLOCK_BYTES: usize = 16;

/// Rows that one task paints: enough that the tasks cost nothing, few enough to keep all cores busy.
const ROWS_A_TASK: usize = 64;

/// Which bytes of a frame are encrypted and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Red, green, blue, alpha: 4 pixels a block. What graphics cards and screen grabbers hold.
    #[default]
    Rgba32,
    /// Red, green, blue: 5⅓ pixels a block.
    Rgb24,
    /// One luma byte a pixel: 16 pixels a block.
    Gray8,
    /// Planes Y, U, V one after the other, U and V at half the width and height: what codecs hold.
    Yuv420p,
}

impl Layout {
    /// All layouts, the default first.
    pub const ALL: [Self; 4] = [Self::Rgba32, Self::Rgb24, Self::Gray8, Self::Yuv420p];

    /// The name on the command line and in a scene.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rgba32 => "rgba32",
            Self::Rgb24 => "rgb24",
            Self::Gray8 => "gray8",
            Self::Yuv420p => "yuv420p",
        }
    }

    /// A line that says what a block of this layout is.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Rgba32 => "red, green, blue, alpha; a block is 4 pixels",
            Self::Rgb24 => "red, green, blue; a block is 5⅓ pixels",
            Self::Gray8 => "luma alone; a block is 16 pixels",
            Self::Yuv420p => "planes Y, U, V as codecs hold them; a block is 16 samples",
        }
    }

    /// Bytes of a frame of `shape`.
    #[must_use]
    pub const fn frame_bytes(self, shape: Shape) -> usize {
        match self {
            Self::Rgba32 => shape.pixels() * 4,
            Self::Rgb24 => shape.pixels() * 3,
            Self::Gray8 => shape.pixels(),
            Self::Yuv420p => shape.pixels() + 2 * chroma(shape).pixels(),
        }
    }

    /// Whole blocks of a frame of `shape`; a rest under 16 bytes is not counted.
    #[must_use]
    pub const fn blocks(self, shape: Shape) -> usize {
        self.frame_bytes(shape) / BLOCK_BYTES
    }

    /// Number of the whole block that holds the pixel at `x`, `y`: for `rgb24` the block of its green
    /// byte, for `yuv420p` the block of its luma. `None` outside the picture and in the rest at its end.
    #[must_use]
    pub fn block_at(self, shape: Shape, x: u32, y: u32) -> Option<usize> {
        (x < shape.width && y < shape.height)
            .then(|| self.block_of_pixel(y as usize * shape.columns() + x as usize))
            .filter(|&block| block < self.blocks(shape))
    }

    /// The pixels that `block` stands for, as a range of pixel numbers counted along the rows; the
    /// inverse of [`block_at`](Self::block_at). Empty for a block of a chroma plane alone and past the end.
    #[must_use]
    pub fn pixels_of_block(self, shape: Shape, block: usize) -> Range<usize> {
        if block >= self.blocks(shape) {
            return 0..0;
        }
        let first = |block: usize| match self {
            Self::Rgba32 => block * 4,
            // Pixel p's green byte is 3p + 1: the first with 3p + 1 ≥ 16 · block.
            Self::Rgb24 => (block * BLOCK_BYTES).saturating_sub(1).div_ceil(3),
            Self::Gray8 | Self::Yuv420p => block * BLOCK_BYTES,
        };
        first(block).min(shape.pixels())..first(block + 1).min(shape.pixels())
    }

    /// Bytes that a pixel has in the first plane.
    const fn bytes_a_pixel(self) -> usize {
        match self {
            Self::Rgba32 => 4,
            Self::Rgb24 => 3,
            Self::Gray8 | Self::Yuv420p => 1,
        }
    }

    /// After how many blocks a row of equal pixels gives the same bytes again.
    const fn phases(self) -> usize {
        match self {
            Self::Rgb24 => 3,
            Self::Rgba32 | Self::Gray8 | Self::Yuv420p => 1,
        }
    }

    /// Block of the pixel with this number, counted along the rows.
    const fn block_of_pixel(self, pixel: usize) -> usize {
        match self {
            Self::Rgba32 => pixel / 4,
            Self::Rgb24 => (pixel * 3 + 1) / BLOCK_BYTES,
            Self::Gray8 | Self::Yuv420p => pixel / BLOCK_BYTES,
        }
    }

    /// Shows a frame's bytes as an opaque picture. Bytes of ciphertext are shown the same way: noise in
    /// the layout's own channels.
    ///
    /// `bytes` holds [`frame_bytes`](Self::frame_bytes), `rgba` 4 bytes a pixel. `rest` is painted over the
    /// pixels that belong to no whole block, where given.
    pub fn show(self, shape: Shape, colour: Colour, bytes: &[u8], rest: Option<[u8; 4]>, rgba: &mut [u8]) {
        let columns = shape.columns();
        if shape.pixels() == 0 {
            return;
        }
        let rows = rgba.par_chunks_mut(columns * 4 * ROWS_A_TASK);
        match self {
            Self::Rgba32 => rows.zip(bytes.par_chunks(columns * 4 * ROWS_A_TASK)).for_each(|(to, from)| {
                let (to, _) = to.as_chunks_mut::<4>();
                for (to, from) in to.iter_mut().zip(from.as_chunks::<4>().0) {
                    *to = (u32::from_ne_bytes(*from) | OPAQUE).to_ne_bytes();
                }
            }),
            Self::Rgb24 => rows.zip(bytes.par_chunks(columns * 3 * ROWS_A_TASK)).for_each(|(to, from)| {
                let (to, _) = to.as_chunks_mut::<4>();
                for (to, &[r, g, b]) in to.iter_mut().zip(from.as_chunks::<3>().0) {
                    *to = [r, g, b, 255];
                }
            }),
            Self::Gray8 => rows.zip(bytes.par_chunks(columns * ROWS_A_TASK)).for_each(|(to, from)| {
                let (to, _) = to.as_chunks_mut::<4>();
                for (to, &luma) in to.iter_mut().zip(from) {
                    *to = [luma, luma, luma, 255];
                }
            }),
            Self::Yuv420p => show_planes(shape, colour, bytes, rgba),
        }
        if let Some(rest) = rest {
            let whole = self.pixels_of_block(shape, self.blocks(shape).saturating_sub(1)).end;
            for pixel in rgba.as_chunks_mut::<4>().0.iter_mut().skip(whole) {
                *pixel = rest;
            }
        }
    }

    /// The luma of a picture, one byte a pixel: the Y plane where the layout has one, else 0.3 R + 0.59 G +
    /// 0.11 B (ITU-R BT.601, in 256ths).
    ///
    /// `bytes` holds [`frame_bytes`](Self::frame_bytes).
    #[must_use]
    pub fn luma(self, shape: Shape, bytes: &[u8]) -> Cow<'_, [u8]> {
        let task = 1 << 14;
        match self {
            Self::Gray8 | Self::Yuv420p => Cow::Borrowed(&bytes[..shape.pixels()]),
            Self::Rgba32 => {
                let mut luma = vec![0; shape.pixels()];
                luma.par_chunks_mut(task).zip(bytes.par_chunks(task * 4)).for_each(|(to, from)| {
                    for (to, &[r, g, b, _]) in to.iter_mut().zip(from.as_chunks::<4>().0) {
                        *to = luma_of([r, g, b]);
                    }
                });
                Cow::Owned(luma)
            }
            Self::Rgb24 => {
                let mut luma = vec![0; shape.pixels()];
                luma.par_chunks_mut(task).zip(bytes.par_chunks(task * 3)).for_each(|(to, from)| {
                    for (to, &rgb) in to.iter_mut().zip(from.as_chunks::<3>().0) {
                        *to = luma_of(rgb);
                    }
                });
                Cow::Owned(luma)
            }
        }
    }

    /// For every whole block, whether any of the pixels that it [stands for](Self::pixels_of_block) is
    /// marked. `blocks` is cleared first.
    pub fn any_pixel_of_blocks(self, shape: Shape, marked: &[bool], blocks: &mut Vec<bool>) {
        let any = |pixels: &[bool]| pixels.iter().fold(false, |any, &marked| any | marked);
        blocks.clear();
        match self {
            Self::Rgba32 => blocks.extend(marked.as_chunks::<4>().0.iter().map(|pixels| any(pixels))),
            Self::Rgb24 => {
                let all = 0..self.blocks(shape);
                blocks.extend(all.map(|block| any(&marked[self.pixels_of_block(shape, block)])));
            }
            Self::Gray8 | Self::Yuv420p => {
                blocks.extend(marked.as_chunks::<16>().0.iter().map(|pixels| any(pixels)));
                // The block that holds the end of the luma plane, and those of chroma.
                let rest = blocks.len()..self.blocks(shape);
                blocks.extend(rest.map(|block| any(&marked[self.pixels_of_block(shape, block)])));
            }
        }
    }

    /// Paints every pixel with the colour of its block; the rest that fills no block gets `rest`.
    /// In `yuv420p` the picture is that of the luma plane.
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
        let blocks = self.blocks(shape);
        let colour_of = |block: usize| if block < blocks { colour_of(block) } else { rest };
        match self {
            Self::Rgba32 => paint_even::<4>(colour_of, rgba),
            Self::Gray8 | Self::Yuv420p => paint_even::<16>(colour_of, rgba),
            Self::Rgb24 => self.paint_uneven(shape, colour_of, rgba),
        }
    }

    /// Paints blocks of which some have a pixel more than others.
    fn paint_uneven(self, shape: Shape, colour_of: impl Fn(usize) -> [u8; 4] + Sync, rgba: &mut [u8]) {
        let blocks = self.blocks(shape);
        // A multiple of the pixels after which blocks and pixels are in step again.
        let pixels_a_task = 48 * 256;
        rgba.par_chunks_mut(pixels_a_task * 4).enumerate().for_each(|(task, to)| {
            let (mut to, _) = to.as_chunks_mut::<4>();
            let first = task * pixels_a_task;
            let mut block = self.block_of_pixel(first);
            let mut pixel = first;
            while !to.is_empty() {
                let end = if block < blocks { self.pixels_of_block(shape, block).end } else { usize::MAX };
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

/// Luma from red, green and blue.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a mean of three bytes")]
fn luma_of([r, g, b]: [u8; 3]) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29 + 128) >> 8) as u8
}

/// Paints blocks of `PIXELS` pixels each, one after the other along the rows.
fn paint_even<const PIXELS: usize>(colour_of: impl Fn(usize) -> [u8; 4] + Sync, rgba: &mut [u8]) {
    const BLOCKS_A_TASK: usize = 1 << 13;
    rgba.par_chunks_mut(BLOCKS_A_TASK * PIXELS * 4).enumerate().for_each(|(task, to)| {
        let (to, last) = to.as_chunks_mut::<4>().0.as_chunks_mut::<PIXELS>();
        let first = task * BLOCKS_A_TASK;
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

/// Shape of a chroma plane of `yuv420p`: half the width and height, rounded up.
const fn chroma(shape: Shape) -> Shape {
    Shape::new(shape.width.div_ceil(2), shape.height.div_ceil(2))
}

/// YCbCr to RGB in 16-bit fixed point (ITU-R BT.601-7, BT.709-6, BT.2020-2), chroma by nearest sample.
fn show_planes(shape: Shape, colour: Colour, bytes: &[u8], rgba: &mut [u8]) {
    let columns = shape.columns();
    let half = chroma(shape);
    let (luma, rest) = bytes.split_at(shape.pixels());
    let (blue, red) = rest.split_at(half.pixels());
    let weights = Weights::of(colour);
    rgba.par_chunks_mut(columns * 4 * ROWS_A_TASK).enumerate().for_each(|(task, to)| {
        for (row, to) in to.chunks_exact_mut(columns * 4).enumerate() {
            let y = task * ROWS_A_TASK + row;
            let luma = &luma[y * columns..][..columns];
            let blue = &blue[y / 2 * half.columns()..][..half.columns()];
            let red = &red[y / 2 * half.columns()..][..half.columns()];
            let (pairs, last) = to.as_chunks_mut::<8>();
            let (luma, last_luma) = luma.as_chunks::<2>();
            for ((to, luma), (&cb, &cr)) in pairs.iter_mut().zip(luma).zip(blue.iter().zip(red)) {
                let [left, right] = luma.map(|luma| weights.rgba(luma, cb, cr));
                to[..4].copy_from_slice(&left);
                to[4..].copy_from_slice(&right);
            }
            // The last column of an odd width has a chroma sample of its own.
            if let (&[luma], [.., cb], [.., cr]) = (last_luma, blue, red) {
                last.copy_from_slice(&weights.rgba(luma, *cb, *cr));
            }
        }
    });
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

/// A layout that nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("there is no layout {0:?}; choose one of rgba32, rgb24, gray8, yuv420p")]
pub struct UnknownLayout(String);

impl FromStr for Layout {
    type Err = UnknownLayout;

    fn from_str(name: &str) -> Result<Self, UnknownLayout> {
        Self::ALL.into_iter().find(|layout| layout.name() == name).ok_or_else(|| UnknownLayout(name.into()))
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where the pixel with this number stands.
    fn place(shape: Shape, pixel: usize) -> (u32, u32) {
        let side = |number: usize| u32::try_from(number).expect("a side is an u32");
        (side(pixel % shape.columns()), side(pixel / shape.columns()))
    }

    proptest! {
        #[test]
        fn blocks_and_pixels_are_inverse(width in 1u32..70, height in 1u32..40, which in 0usize..4) {
            let (layout, shape) = (Layout::ALL[which], Shape::new(width, height));
            let mut next = 0;
            for block in 0..layout.blocks(shape) {
                let pixels = layout.pixels_of_block(shape, block);
                if !pixels.is_empty() {
                    prop_assert_eq!(pixels.start, next, "no pixel is skipped or painted twice");
                    next = pixels.end;
                }
                for pixel in pixels {
                    let (x, y) = place(shape, pixel);
                    prop_assert_eq!(layout.block_at(shape, x, y), Some(block));
                }
            }
            for pixel in next..shape.pixels() {
                let (x, y) = place(shape, pixel);
                prop_assert_eq!(layout.block_at(shape, x, y), None, "the rest belongs to no whole block");
            }
        }

        #[test]
        fn a_block_is_marked_where_one_of_its_pixels_is(
            width in 1u32..70, height in 1u32..20, which in 0usize..4, every in 1usize..90,
        ) {
            let (layout, shape) = (Layout::ALL[which], Shape::new(width, height));
            let marked: Vec<bool> = (0..shape.pixels()).map(|pixel| pixel % every == 0).collect();
            let mut blocks = vec![true; 7];
            layout.any_pixel_of_blocks(shape, &marked, &mut blocks);
            prop_assert_eq!(blocks.len(), layout.blocks(shape));
            for (block, &any) in blocks.iter().enumerate() {
                prop_assert_eq!(any, layout.pixels_of_block(shape, block).any(|pixel| marked[pixel]));
            }
        }

        #[test]
        fn painting_agrees_with_block_at(width in 1u32..300, height in 1u32..90, which in 0usize..4) {
            let (layout, shape) = (Layout::ALL[which], Shape::new(width, height));
            let mut rgba = vec![0; shape.pixels() * 4];
            let name = |block: usize| u32::try_from(block).expect("few blocks").to_le_bytes();
            layout.paint_blocks(shape, name, [9; 4], &mut rgba);
            for (pixel, painted) in rgba.as_chunks::<4>().0.iter().enumerate() {
                let (x, y) = place(shape, pixel);
                let expected = layout.block_at(shape, x, y).map_or([9; 4], name);
                prop_assert_eq!(*painted, expected);
            }
        }
    }

    #[test]
    fn odd_sizes_round_chroma_up() {
        assert_eq!(Layout::Yuv420p.frame_bytes(Shape::new(5, 3)), 15 + 2 * 3 * 2);
        assert_eq!(Layout::Yuv420p.frame_bytes(Shape::new(1, 1)), 3);
    }

    #[test]
    fn planes_show_the_primaries_of_the_stated_matrix() {
        // (Y, Cb, Cr) of full red in BT.601 and BT.709, limited range, from the recommendations' equations.
        for (matrix, ycc) in [(Matrix::Bt601, [81, 90, 240]), (Matrix::Bt709, [63, 102, 240])] {
            let mut rgba = [0; 4];
            Layout::Yuv420p.show(
                Shape::new(1, 1),
                Colour { matrix, full_range: false },
                &ycc,
                None,
                &mut rgba,
            );
            let [r, g, b, a] = rgba;
            assert!(r >= 253 && g <= 2 && b <= 2 && a == 255, "{matrix:?}: {rgba:?}");
        }
    }

    #[test]
    fn every_pixel_has_the_chroma_of_the_square_it_lies_in() {
        for shape in [Shape::new(1, 1), Shape::new(5, 3), Shape::new(4, 2), Shape::new(2, 131)] {
            let colour = Colour { matrix: Matrix::Bt709, full_range: false };
            let count = Layout::Yuv420p.frame_bytes(shape);
            let bytes: Vec<u8> = (0u8..=255).map(|i| i.wrapping_mul(89)).cycle().take(count).collect();
            let mut rgba = vec![0; shape.pixels() * 4];
            Layout::Yuv420p.show(shape, colour, &bytes, None, &mut rgba);
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
        Layout::Rgba32.show(shape, Colour::default(), &[7; 20], Some([1, 2, 3, 255]), &mut rgba);
        assert_eq!(rgba[..4], [7, 7, 7, 255]);
        assert_eq!(rgba[16..], [1, 2, 3, 255]);
    }
}
