//! Blocks and the pixels that they represent.

use std::ops::Range;

use super::{BLOCK_BYTES, Layout, Samples};
use crate::picture::Shape;

impl Layout {
    /// The least width and height of a block of the first plane in pixels, apart from blocks at the edges of the
    /// picture.
    #[must_use]
    pub const fn block_pixels(self) -> [usize; 2] {
        match self.tile() {
            Some(side) => [side, side],
            None => [BLOCK_BYTES / self.samples.bytes_per_pixel(), 1],
        }
    }

    /// The number of whole blocks in a frame of `shape`; a rest under 16 bytes is not counted.
    #[must_use]
    pub const fn blocks(self, shape: Shape) -> usize {
        self.frame_bytes(shape) / BLOCK_BYTES
    }

    /// The number of blocks in a row, if no block of the first plane continues into the next row of pixels; `None` if
    /// one does.
    #[must_use]
    pub fn blocks_in_row(self, shape: Shape) -> Option<usize> {
        if let Some(side) = self.tile() {
            return Some(shape.columns().div_ceil(side).max(1));
        }
        let row_bytes = shape.columns() * self.samples.bytes_per_pixel();
        (row_bytes > 0 && row_bytes.is_multiple_of(BLOCK_BYTES)).then_some(row_bytes / BLOCK_BYTES)
    }

    /// The number of the whole block that holds the pixel at `x`, `y`: for `rgb24` the block of its green byte, for
    /// `yuv420p` the block of its luma. `None` outside the picture and for pixels in the rest that fills no block.
    #[must_use]
    pub fn block_at(self, shape: Shape, x: u32, y: u32) -> Option<usize> {
        if x >= shape.width || y >= shape.height {
            return None;
        }
        let (x, y) = (x as usize, y as usize);
        match self.tile() {
            Some(side) => Some(y / side * shape.columns().div_ceil(side) + x / side),
            None => Some(self.block_of_pixel(y * shape.columns() + x)).filter(|&b| b < self.blocks(shape)),
        }
    }

    /// The pixels that `block` represents; the inverse of [`block_at`](Self::block_at). Empty for a block of chroma
    /// samples only, and for a block past the end.
    #[must_use]
    pub fn pixels_of_block(self, shape: Shape, block: usize) -> Pixels {
        let (columns, rows) = (shape.columns(), shape.rows());
        if let Some(side) = self.tile() {
            let tiles = columns.div_ceil(side).max(1);
            let (x, y) = (block % tiles * side, block / tiles * side);
            if x >= columns || y >= rows {
                return Pixels::default();
            }
            let (run, runs) = (side.min(columns - x), side.min(rows - y));
            return Pixels { first: y * columns + x, run, runs, stride: columns };
        }
        if block >= self.blocks(shape) {
            return Pixels::default();
        }
        let first = self.first_pixel(block).min(shape.pixels());
        let end = self.first_pixel(block + 1).min(shape.pixels());
        Pixels { first, run: end - first, runs: 1, stride: 0 }
    }

    /// The first pixel of a block of a layout in rows, by its number along the rows; may lie past the end of the
    /// picture.
    pub(super) const fn first_pixel(self, block: usize) -> usize {
        match self.samples {
            Samples::Rgba32 => block * 4,
            // Pixel p's green byte is 3p + 1: the first with 3p + 1 ≥ 16 · block.
            Samples::Rgb24 => (block * BLOCK_BYTES).saturating_sub(1).div_ceil(3),
            Samples::Gray8 | Samples::Yuv420p => block * BLOCK_BYTES,
        }
    }

    /// The block of a pixel in a layout in rows; pixels are numbered along the rows.
    pub(super) const fn block_of_pixel(self, pixel: usize) -> usize {
        match self.samples {
            Samples::Rgba32 => pixel / 4,
            Samples::Rgb24 => (pixel * 3 + 1) / BLOCK_BYTES,
            Samples::Gray8 | Samples::Yuv420p => pixel / BLOCK_BYTES,
        }
    }

    /// The number of blocks after which a row of equal pixels repeats its bytes.
    pub(super) const fn phases(self) -> usize {
        match self.samples {
            Samples::Rgb24 => 3,
            Samples::Rgba32 | Samples::Gray8 | Samples::Yuv420p => 1,
        }
    }
}

/// The pixels of a block, numbered along the rows of the picture: one run, or for a tile one run per row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pixels {
    first: usize,
    run: usize,
    runs: usize,
    /// The distance from the start of a run to the start of the next.
    stride: usize,
}

impl Pixels {
    /// True if there are no pixels.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.run == 0
    }

    /// The uppermost run.
    #[must_use]
    pub const fn top(&self) -> Range<usize> {
        self.first..self.first + self.run
    }

    /// The number of rows of pixels, which is the number of runs.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.runs
    }

    /// All pixels, run by run.
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { first, run, runs, stride } = *self;
        (0..runs).flat_map(move |row| first + row * stride..first + row * stride + run)
    }
}
