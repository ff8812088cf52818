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
//! one row and the start of the next, as it does for a cipher. Or a block covers a square, in
//! [tiles](Layout::in_tiles), and samples may be [posterized](Layout::posterized):
//!
//! ```text
//! FFmpeg's bytes ──Posterize──▶ fewer levels ──tiles──▶ squares ──▶ Frame::bytes ──▶ cipher, census, screen
//!                 └────────── Layout::arrange; neither unless asked for ──────────┘
//! ```
//!
//! This room knows neither ciphers nor attacks; it turns bytes into pictures and blocks into pixels, and
//! back.

mod brightness;
mod bytes;
mod luma;
mod places;
mod posterize;
mod samples;
mod show;
mod tiles;

pub use samples::UnknownLayout;

pub use samples::Samples;

pub use places::{Place, Places};
pub use posterize::{BadPosterize, Posterize};

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::shape::Shape;
use crate::runtime::pool::{Buffer, Pool};
use tiles::Plane;

/// Bytes of a block of AES, the unit in which ciphertext is compared.
pub const BLOCK_BYTES: usize = 16;

/// Rows that one task paints: enough that the tasks cost nothing, few enough to keep all cores busy. Rows of
/// tiles and of chroma are never shared by two tasks.
const ROWS_A_TASK: usize = 64;

/// Which bytes of a frame are encrypted and in which order.
///
/// Serializes as the fields `layout`, `posterize` and `tiles`, the last two only where they are in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Layout {
    #[serde(rename = "layout")]
    samples: Samples,
    #[serde(skip_serializing_if = "Posterize::is_off")]
    posterize: Posterize,
    /// Never with samples that have no tile.
    #[serde(rename = "tiles", skip_serializing_if = "std::ops::Not::not")]
    is_tiled: bool,
}

/// Tiles of samples that have none.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} has no tiles, since no square of pixels fills a block of 16 bytes; choose rgba32, gray8 or yuv420p"
)]
pub struct NoTiles(Samples);

impl Layout {
    /// Red, green, blue, alpha, in rows.
    pub const RGBA32: Self = Self::of(Samples::Rgba32);
    /// Red, green, blue, in rows.
    pub const RGB24: Self = Self::of(Samples::Rgb24);
    /// Luma, in rows.
    pub const GRAY8: Self = Self::of(Samples::Gray8);
    /// Planes of luma and chroma, each in rows.
    pub const YUV420P: Self = Self::of(Samples::Yuv420p);

    /// All layouts in rows and at full depth, the default first.
    pub const ALL: [Self; 4] = [Self::RGBA32, Self::RGB24, Self::GRAY8, Self::YUV420P];

    /// All layouts in tiles.
    pub const TILED: [Self; 3] = [
        Self { is_tiled: true, ..Self::RGBA32 },
        Self { is_tiled: true, ..Self::GRAY8 },
        Self { is_tiled: true, ..Self::YUV420P },
    ];

    /// Samples as they are, in rows.
    #[must_use]
    pub const fn of(samples: Samples) -> Self {
        Self { samples, posterize: Posterize::OFF, is_tiled: false }
    }

    /// The same with other samples, in tiles only if these have any.
    #[must_use]
    pub const fn with_samples(self, samples: Samples) -> Self {
        Self { samples, is_tiled: self.is_tiled && samples.tile().is_some(), ..self }
    }

    /// The same with each colour channel, or each plane's samples, rounded to fewer levels.
    #[must_use]
    pub const fn posterized(self, posterize: Posterize) -> Self {
        Self { posterize, ..self }
    }

    /// The same in tiles: a block covers a square of pixels, 2 × 2 in `rgba32`, 4 × 4 in `gray8` and in each
    /// plane of `yuv420p`. Tiles follow each other along the rows of tiles, and pixels along the rows within
    /// a tile; tiles over an edge repeat the last column and row.
    ///
    /// # Errors
    /// [`NoTiles`] for `rgb24`.
    pub const fn in_tiles(self) -> Result<Self, NoTiles> {
        match self.samples.tile() {
            Some(_) => Ok(Self { is_tiled: true, ..self }),
            None => Err(NoTiles(self.samples)),
        }
    }

    /// Its samples.
    #[must_use]
    pub const fn samples(self) -> Samples {
        self.samples
    }

    /// To how many levels they are rounded.
    #[must_use]
    pub const fn posterize(self) -> Posterize {
        self.posterize
    }

    /// True where a block covers a square of pixels.
    #[must_use]
    pub const fn is_tiled(self) -> bool {
        self.is_tiled
    }

    /// The name of its samples.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.samples.name()
    }

    /// A line that says what a block of this layout is.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match (self.samples, self.is_tiled) {
            (Samples::Rgba32, false) => "red, green, blue, alpha; a block is 4 pixels",
            (Samples::Rgba32, true) => "red, green, blue, alpha; a block is 2 × 2 pixels",
            (Samples::Rgb24, _) => "red, green, blue; a block is 5⅓ pixels",
            (Samples::Gray8, false) => "luma alone; a block is 16 pixels",
            (Samples::Gray8, true) => "luma alone; a block is 4 × 4 pixels",
            (Samples::Yuv420p, false) => "planes Y, U, V as codecs hold them; a block is 16 samples",
            (Samples::Yuv420p, true) => "planes Y, U, V; a block is 4 × 4 samples",
        }
    }

    /// Bytes of a frame of `shape`. Tiles over an edge make it larger.
    #[must_use]
    pub const fn frame_bytes(self, shape: Shape) -> usize {
        self.first_plane_bytes(shape) + 2 * self.chroma_bytes(shape)
    }

    /// Bytes of a frame before those of its chroma planes, where it has any.
    #[must_use]
    pub const fn first_plane_bytes(self, shape: Shape) -> usize {
        self.plane(shape).bytes()
    }

    /// Bytes of a chroma plane.
    const fn chroma_bytes(self, shape: Shape) -> usize {
        match self.samples {
            Samples::Yuv420p => self.plane(chroma(shape)).bytes(),
            Samples::Rgba32 | Samples::Rgb24 | Samples::Gray8 => 0,
        }
    }

    /// A plane of `shape` samples.
    const fn plane(self, shape: Shape) -> Plane {
        Plane { shape, sample_bytes: self.samples.bytes_a_pixel(), tile: self.tile() }
    }

    /// Pixels across and down of the square that a block covers; `None` where blocks run along the rows.
    const fn tile(self) -> Option<usize> {
        if self.is_tiled { self.samples.tile() } else { None }
    }

    /// Pixels across and down that the blocks of the first plane have at least, apart from those at the edges of the
    /// picture.
    #[must_use]
    pub const fn block_pixels(self) -> [usize; 2] {
        match self.tile() {
            Some(side) => [side, side],
            None => [BLOCK_BYTES / self.samples.bytes_a_pixel(), 1],
        }
    }

    /// Whole blocks of a frame of `shape`; a rest under 16 bytes is not counted.
    #[must_use]
    pub const fn blocks(self, shape: Shape) -> usize {
        self.frame_bytes(shape) / BLOCK_BYTES
    }

    /// Blocks in each row of them, where no block of the picture runs over the end of a row of pixels; `None` where
    /// one does.
    #[must_use]
    pub fn blocks_in_row(self, shape: Shape) -> Option<usize> {
        if let Some(side) = self.tile() {
            return Some(shape.columns().div_ceil(side).max(1));
        }
        let row_bytes = shape.columns() * self.samples.bytes_a_pixel();
        (row_bytes > 0 && row_bytes.is_multiple_of(BLOCK_BYTES)).then_some(row_bytes / BLOCK_BYTES)
    }

    /// Number of the whole block that holds the pixel at `x`, `y`: for `rgb24` the block of its green
    /// byte, for `yuv420p` the block of its luma. `None` outside the picture and in the rest at its end.
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

    /// The pixels that `block` stands for; the inverse of [`block_at`](Self::block_at). Empty for a block of
    /// a chroma plane alone and past the end.
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

    /// The first pixel of a block in rows, counted along them, were they endless.
    const fn first_pixel(self, block: usize) -> usize {
        match self.samples {
            Samples::Rgba32 => block * 4,
            // Pixel p's green byte is 3p + 1: the first with 3p + 1 ≥ 16 · block.
            Samples::Rgb24 => (block * BLOCK_BYTES).saturating_sub(1).div_ceil(3),
            Samples::Gray8 | Samples::Yuv420p => block * BLOCK_BYTES,
        }
    }

    /// Block in rows of the pixel with this number, counted along them.
    const fn block_of_pixel(self, pixel: usize) -> usize {
        match self.samples {
            Samples::Rgba32 => pixel / 4,
            Samples::Rgb24 => (pixel * 3 + 1) / BLOCK_BYTES,
            Samples::Gray8 | Samples::Yuv420p => pixel / BLOCK_BYTES,
        }
    }

    /// After how many blocks a row of equal pixels gives the same bytes again.
    const fn phases(self) -> usize {
        match self.samples {
            Samples::Rgb24 => 3,
            Samples::Rgba32 | Samples::Gray8 | Samples::Yuv420p => 1,
        }
    }

    /// Makes a frame's bytes of its samples in rows, as FFmpeg writes them: posterizes, then cuts into tiles,
    /// where asked for. Otherwise these are the bytes.
    #[must_use]
    pub fn arrange(self, shape: Shape, mut samples: Buffer, pool: &Pool) -> Buffer {
        // Samples that stay as they are may stay where they are: to change lent ones is to copy them.
        if !self.posterize.is_off() {
            self.posterize.apply(self.samples, &mut samples);
        }
        if !self.is_tiled {
            return samples;
        }
        let mut tiled = pool.take(self.frame_bytes(shape));
        let (mut from, mut to) = (&samples[..], &mut tiled[..]);
        for plane in self.planes(shape) {
            let (samples, rest) = from.split_at(plane.in_rows().bytes());
            from = rest;
            let (squares, rest) = to.split_at_mut(plane.bytes());
            to = rest;
            plane.cut(samples, squares);
        }
        tiled
    }

    /// The samples of a frame's first plane in rows, one pixel after the other: where they lie already, unless
    /// the layout is in tiles.
    #[must_use]
    pub fn in_rows(self, shape: Shape, bytes: &[u8]) -> Cow<'_, [u8]> {
        let plane = self.plane(shape);
        if !self.is_tiled {
            return Cow::Borrowed(&bytes[..plane.bytes()]);
        }
        let mut samples = Vec::new();
        plane.rows(bytes, 0..shape.rows(), &mut samples);
        Cow::Owned(samples)
    }

    /// The bytes of each plane of a frame, one plane after the other, and how many of them are a row: of pixels, or of
    /// tiles. `rgba32`, `rgb24` and `gray8` have one plane.
    pub fn plane_rows(self, shape: Shape) -> impl Iterator<Item = (Range<usize>, usize)> {
        let mut start = 0;
        self.planes(shape).map(move |plane| {
            let bytes = start..start + plane.bytes();
            start = bytes.end;
            let rows = self.tile().map_or(plane.shape.rows(), |side| plane.shape.rows().div_ceil(side));
            let row_bytes = bytes.len().checked_div(rows).unwrap_or(0);
            (bytes, row_bytes)
        })
    }

    fn planes(self, shape: Shape) -> impl Iterator<Item = Plane> {
        let has_chroma = self.samples == Samples::Yuv420p;
        let chroma = has_chroma.then_some(self.plane(chroma(shape)));
        [Some(self.plane(shape)), chroma, chroma].into_iter().flatten()
    }
}

/// Shape of a chroma plane of `yuv420p`: half the width and height, rounded up.
const fn chroma(shape: Shape) -> Shape {
    Shape::new(shape.width.div_ceil(2), shape.height.div_ceil(2))
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.name().to_owned();
        if self.is_tiled {
            text += " in tiles";
        }
        if !self.posterize.is_off() {
            text = format!("{text}, posterized to {}", self.posterize);
        }
        f.pad(&text)
    }
}

/// The pixels of a block, counted along the rows of the picture: a run of them, or the runs of a square one
/// above the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pixels {
    first: usize,
    run: usize,
    runs: usize,
    /// From the start of a run to that of the next.
    stride: usize,
}

impl Pixels {
    /// True where there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.run == 0
    }

    /// The uppermost run.
    #[must_use]
    pub const fn top(&self) -> Range<usize> {
        self.first..self.first + self.run
    }

    /// Rows from the uppermost run to the one past the last; 1 where there is one run.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.runs
    }

    /// All of them, run by run.
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { first, run, runs, stride } = *self;
        (0..runs).flat_map(move |row| first + row * stride..first + row * stride + run)
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

    fn any_layout(which: usize) -> Layout {
        [&Layout::ALL[..], &Layout::TILED].concat()[which]
    }

    proptest! {
        #[test]
        fn blocks_and_pixels_are_inverse(width in 1u32..70, height in 1u32..40, which in 0usize..7) {
            let (layout, shape) = (any_layout(which), Shape::new(width, height));
            let mut seen = vec![false; shape.pixels()];
            for block in 0..layout.blocks(shape) {
                for pixel in layout.pixels_of_block(shape, block).iter() {
                    prop_assert!(!std::mem::replace(&mut seen[pixel], true), "no pixel is painted twice");
                    let (x, y) = place(shape, pixel);
                    prop_assert_eq!(layout.block_at(shape, x, y), Some(block));
                }
            }
            for pixel in (0..shape.pixels()).filter(|&pixel| !seen[pixel]) {
                let (x, y) = place(shape, pixel);
                prop_assert_eq!(layout.block_at(shape, x, y), None, "the rest belongs to no whole block");
                prop_assert!(!layout.is_tiled(), "tiles leave no rest");
            }
            let past = layout.blocks(shape);
            prop_assert!(layout.pixels_of_block(shape, past).is_empty());
        }

        #[test]
        fn painting_agrees_with_block_at(width in 1u32..300, height in 1u32..90, which in 0usize..7) {
            let (layout, shape) = (any_layout(which), Shape::new(width, height));
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
        assert_eq!(Layout::YUV420P.frame_bytes(Shape::new(5, 3)), 15 + 2 * 3 * 2);
        assert_eq!(Layout::YUV420P.frame_bytes(Shape::new(1, 1)), 3);
    }

    #[test]
    fn tiles_over_an_edge_make_a_frame_larger() {
        let bytes = |which: usize, width, height| Layout::TILED[which].frame_bytes(Shape::new(width, height));
        assert_eq!([bytes(0, 4, 4), bytes(0, 5, 3)], [4 * 16, 3 * 2 * 16], "rgba32, 2 × 2 pixels");
        assert_eq!([bytes(1, 8, 4), bytes(1, 9, 5)], [2 * 16, 3 * 2 * 16], "gray8, 4 × 4 pixels");
        assert_eq!(
            [bytes(2, 8, 8), bytes(2, 9, 9)],
            [6 * 16, (9 + 2 * 4) * 16],
            "yuv420p, each plane by itself"
        );
    }

    #[test]
    fn every_plane_is_cut_by_itself() {
        // Luma 0 to 8, of three pixels a row; blue and red 2 × 2 each.
        let samples = (0..9).chain(20..24).chain(40..44).collect::<Vec<u8>>();
        let layout = Layout::YUV420P.in_tiles().expect("it has tiles");
        let tiles = layout.arrange(Shape::new(3, 3), Buffer::from(samples), &Pool::default());
        assert_eq!(tiles[..16], [0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 6, 7, 8, 8]);
        assert_eq!(tiles[16..32], [20, 21, 21, 21, 22, 23, 23, 23, 22, 23, 23, 23, 22, 23, 23, 23]);
        assert_eq!(tiles[32..36], [40, 41, 41, 41]);
        assert_eq!(tiles.len(), 48);
    }

    #[test]
    fn rgb24_has_no_tiles_and_says_what_has() {
        let refused = Layout::RGB24.in_tiles().expect_err("5⅓ pixels a block").to_string();
        assert!(refused.contains("rgb24") && refused.contains("yuv420p"), "{refused}");
        let rgba = Layout::RGBA32.in_tiles().expect("it has tiles");
        assert!(!rgba.with_samples(Samples::Rgb24).is_tiled());
        assert!(rgba.with_samples(Samples::Gray8).is_tiled());
    }

    #[test]
    fn samples_in_rows_at_full_depth_are_left_where_they_are() {
        let samples = Buffer::from(vec![7; 60]);
        let address = samples.as_ptr();
        let bytes = Layout::RGBA32.arrange(Shape::new(5, 3), samples, &Pool::default());
        assert_eq!((bytes.as_ptr(), &bytes[..]), (address, &[7; 60][..]));
    }

    #[test]
    fn a_layout_says_what_was_done_to_its_samples() {
        let layout = Layout::GRAY8
            .posterized(Posterize::to_bits(3).expect("3 bits"))
            .in_tiles()
            .expect("it has tiles");
        assert_eq!(layout.to_string(), "gray8 in tiles, posterized to 3 bits");
        assert_eq!(Layout::ALL.map(|layout| layout.to_string()), Samples::ALL.map(Samples::name));
        let fields = serde_json::to_value(layout).expect("it serializes");
        assert_eq!(fields, serde_json::json!({"layout": "gray8", "posterize": 3, "tiles": true}));
        let fields = serde_json::to_value(Layout::RGB24).expect("it serializes");
        assert_eq!(fields, serde_json::json!({"layout": "rgb24"}));
    }
}
