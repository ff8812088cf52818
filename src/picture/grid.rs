//! Grids: where the blocks of a ciphertext are painted.

use std::ops::Range;

use rayon::prelude::*;

use super::colour::Colour;
use super::layout::{BLOCK_BYTES, Layout, Places};
use super::shape::Shape;

/// Rows of pixels that one task paints.
const ROWS_PER_TASK: usize = 32;

/// The bytes of a frame as pixels of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelGrid {
    /// Which bytes represent the picture, and in which order.
    pub layout: Layout,
    /// Width and height in pixels.
    pub shape: Shape,
    /// How `yuv420p` is converted to colours on screen; the encrypted bytes do not depend on it.
    pub colour: Colour,
}

impl PixelGrid {
    /// Shows bytes as pixels. Pixels that belong to no whole block get the colour `rest`, if given.
    pub fn show(self, bytes: &[u8], rest: Option<[u8; 4]>, rgba: &mut [u8]) {
        self.layout.show(self.shape, self.colour, bytes, rest, rgba);
    }

    /// Shows the pixels of which every byte is known, and leaves the others as they are. `has` returns whether a byte is
    /// known; it must return the same for all bytes of a block.
    pub fn show_known(self, bytes: &[u8], has: impl Fn(usize) -> bool + Sync, rgba: &mut [u8]) {
        self.layout.show_known((self.shape, self.colour), bytes, has, rgba);
    }

    /// The mean red, green and blue of each block that has a place in the picture; `None` where bytes of it are missing.
    /// See [`Layout::block_colours`].
    #[must_use]
    pub fn block_colours(self, bytes: &[u8], has: impl Fn(usize) -> bool + Sync) -> Vec<Option<[u8; 3]>> {
        self.layout.block_colours((self.shape, self.colour), bytes, has)
    }

    /// The places of the blocks in the picture, and their neighbours.
    #[must_use]
    pub fn places(self) -> Places {
        Places::of(self.layout, self.shape)
    }
}

/// Blocks in the order in which they are sent, row by row.
///
/// Usually each block is a square cell, and clear bytes get one cell per 16 bytes. All cells have the same side: the
/// largest with which all of them fit into the picture. If the picture has fewer pixels than there are cells, the last
/// cells are left out.
///
/// Where messages are the rows of a picture without compression, each block is a [run](Self::of_runs) of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carpet {
    shape: Shape,
    cells: Cells,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cells {
    Squares {
        /// Pixels along each side.
        side: usize,
        /// The block of each cell; `None` for clear bytes.
        blocks: Vec<Option<u32>>,
    },
    Runs {
        /// The pixels of each block, counted row by row.
        runs: Vec<Range<u32>>,
        /// The block of each pixel, or [`NO_BLOCK`].
        of_pixel: Vec<u32>,
    },
}

/// In place of a block's number.
const NO_BLOCK: u32 = u32::MAX;

impl Carpet {
    /// The colour of cells of clear bytes.
    pub const CLEAR: [u8; 4] = [52, 64, 88, 255];

    /// Arranges square cells in a picture of `shape`.
    #[must_use]
    pub fn new(shape: Shape, blocks: Vec<Option<u32>>) -> Self {
        let (columns, rows) = (shape.columns(), shape.rows());
        let fits = |side: usize| (columns / side) * (rows / side) >= blocks.len();
        let largest = columns.min(rows).max(1);
        // The number of cells that fit falls as the side grows.
        let (mut side, mut too_large) = (1, largest + 1);
        while too_large - side > 1 {
            let middle = usize::midpoint(side, too_large);
            if fits(middle) { side = middle } else { too_large = middle }
        }
        Self { shape, cells: Cells::Squares { side, blocks } }
    }

    /// Arranges blocks as runs of pixels in a picture of `shape`. Pixels are counted row by row; those past the end of the
    /// picture are left out.
    #[must_use]
    pub fn of_runs(shape: Shape, runs: Vec<Range<u32>>) -> Self {
        let mut of_pixel = vec![NO_BLOCK; shape.pixels()];
        for (block, run) in (0..).zip(&runs) {
            let end = (run.end as usize).min(of_pixel.len());
            of_pixel[(run.start as usize).min(end)..end].fill(block);
        }
        Self { shape, cells: Cells::Runs { runs, of_pixel } }
    }

    /// Width and height of the picture.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The block at a pixel, `None` for clear bytes, and which of its bytes the pixel shows; `None` where nothing is.
    fn cell_at(&self, x: usize, y: usize) -> Option<(Option<u32>, usize)> {
        match &self.cells {
            Cells::Squares { side, blocks } => {
                let columns = self.shape.columns() / side;
                let (column, row) = (x / side, y / side);
                let block = *blocks.get((column < columns).then_some(row * columns + column)?)?;
                // 4 × 4 squares, one for each byte.
                Some((block, y % side * 4 / side * 4 + x % side * 4 / side))
            }
            Cells::Runs { runs, of_pixel } => {
                let pixel = y * self.shape.columns() + x;
                let block = *of_pixel.get(pixel)?;
                let run = runs.get(block as usize)?;
                Some((Some(block), (pixel - run.start as usize) * BLOCK_BYTES / run.len().max(1)))
            }
        }
    }

    /// The block at a pixel; `None` if the cell holds clear bytes or if there is no cell.
    #[must_use]
    pub fn block_at(&self, x: u32, y: u32) -> Option<usize> {
        Some(self.cell_at(x as usize, y as usize)?.0? as usize)
    }

    /// The cell of a block: its left column, its top row, its width and its height, in pixels; of a run, the part in its
    /// first row. `None` if the block has no cell within the picture.
    #[must_use]
    pub fn cell_of(&self, block: usize) -> Option<[u32; 4]> {
        match &self.cells {
            Cells::Squares { blocks, .. } => {
                let block = u32::try_from(block).ok()?;
                self.square(blocks.iter().position(|cell| *cell == Some(block))?)
            }
            Cells::Runs { runs, .. } => self.parts(runs.get(block)?).next(),
        }
    }

    /// The cells of all blocks for which `is_wanted` returns true, as in [`Self::cell_of`]; of runs, all their parts.
    pub fn cells_of(&self, is_wanted: impl Fn(usize) -> bool) -> impl Iterator<Item = [u32; 4]> {
        let (squares, runs): (&[Option<u32>], &[Range<u32>]) = match &self.cells {
            Cells::Squares { blocks, .. } => (blocks, &[]),
            Cells::Runs { runs, .. } => (&[], runs),
        };
        let numbers = squares.iter().map(|block| block.map(|block| block as usize));
        let all = numbers.chain((0..runs.len()).map(Some)).enumerate();
        all.filter(move |(_, block)| block.is_some_and(&is_wanted)).flat_map(move |(at, _)| {
            let square = if runs.is_empty() { self.square(at) } else { None };
            square.into_iter().chain(runs.get(at).into_iter().flat_map(|run| self.parts(run)))
        })
    }

    /// Left column, top row, width and height of the square cell with this number; `None` past the end of the picture.
    fn square(&self, cell: usize) -> Option<[u32; 4]> {
        let Cells::Squares { side, .. } = self.cells else { return None };
        let columns = self.shape.columns() / side;
        let [x, y] = [cell.checked_rem(columns)? * side, cell / columns * side];
        let number = |side: usize| u32::try_from(side).ok();
        let side = number(side)?;
        (y + side as usize <= self.shape.rows()).then_some([number(x)?, number(y)?, side, side])
    }

    /// The parts of a run within the picture, one in each row.
    fn parts(&self, run: &Range<u32>) -> impl Iterator<Item = [u32; 4]> + use<> {
        let Shape { width, height } = self.shape;
        let (run, rows) = (run.clone(), run.start / width.max(1)..run.end.div_ceil(width.max(1)).min(height));
        rows.map(move |row| {
            let (left, right) = (run.start.max(row * width), run.end.min((row + 1) * width));
            [left - row * width, row, right - left, 1]
        })
    }

    /// Paints each pixel by its block and by the byte of the block that it shows. Cells of clear bytes get [`Self::CLEAR`],
    /// and pixels without a cell get `rest`.
    fn paint(&self, colour_of: impl Fn(usize, usize) -> [u8; 4] + Sync, rest: [u8; 4], rgba: &mut [u8]) {
        let columns = self.shape.columns().max(1);
        let tasks = rgba.as_chunks_mut::<4>().0.par_chunks_mut(columns * ROWS_PER_TASK);
        tasks.enumerate().for_each(|(task, pixels)| {
            for (row, pixels) in pixels.chunks_mut(columns).enumerate() {
                for (x, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = match self.cell_at(x, task * ROWS_PER_TASK + row) {
                        Some((Some(block), byte)) => colour_of(block as usize, byte),
                        Some((None, _)) => Self::CLEAR,
                        None => rest,
                    };
                }
            }
        });
    }
}

/// Where the blocks of a ciphertext are painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockGrid {
    /// At the pixels that they encrypt.
    Pixels(PixelGrid),
    /// In the order in which they are sent, as cells.
    Carpet(Carpet),
}

impl BlockGrid {
    /// The pixels that the blocks encrypt; `None` if they are no pixels.
    #[must_use]
    pub const fn pixels(&self) -> Option<PixelGrid> {
        match self {
            Self::Pixels(pixels) => Some(*pixels),
            Self::Carpet(_) => None,
        }
    }

    /// Width and height of the picture.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Pixels(pixels) => pixels.shape,
            Self::Carpet(carpet) => carpet.shape,
        }
    }

    /// Paints every pixel with the colour of its block; pixels that belong to no whole block get `rest`.
    pub fn paint_blocks(&self, colour_of: impl Fn(usize) -> [u8; 4] + Sync, rest: [u8; 4], rgba: &mut [u8]) {
        match self {
            Self::Pixels(pixels) => pixels.layout.paint_blocks(pixels.shape, colour_of, rest, rgba),
            Self::Carpet(carpet) => carpet.paint(|block, _| colour_of(block), rest, rgba),
        }
    }

    /// Shows the bytes of whole blocks: as pixels, or in a carpet as grey values in the order of the bytes, 4 × 4 in each
    /// square cell, side by side in runs. A cell with fewer than 16 pixels shows only some of the bytes.
    pub fn show(&self, blocks: &[u8], rest: [u8; 4], rgba: &mut [u8]) {
        match self {
            Self::Pixels(pixels) => pixels.show(blocks, Some(rest), rgba),
            Self::Carpet(carpet) => {
                let blocks = blocks.as_chunks::<BLOCK_BYTES>().0;
                let byte = |block: usize, byte: usize| {
                    let grey = blocks[block][byte];
                    [grey, grey, grey, 255]
                };
                carpet.paint(byte, rest, rgba);
            }
        }
    }

    /// True if all pixels that belong to blocks or to clear bytes have the same colour.
    #[must_use]
    pub fn is_even(&self, pixels: &[[u8; 4]]) -> bool {
        match self {
            Self::Pixels(grid) => grid.layout.is_even(grid.shape, pixels),
            Self::Carpet(carpet) => {
                let columns = carpet.shape.columns().max(1);
                let of_blocks = pixels.iter().enumerate().filter(|(at, _)| {
                    carpet.cell_at(at % columns, at / columns).is_some_and(|(block, _)| block.is_some())
                });
                let mut colours = of_blocks.map(|(_, colour)| colour);
                colours.next().is_none_or(|first| colours.all(|colour| colour == first))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REST: [u8; 4] = [1, 2, 3, 255];

    fn painted(carpet: Carpet, shape: Shape) -> Vec<[u8; 4]> {
        let mut rgba = vec![0; shape.pixels() * 4];
        let colour = |block: usize| [u8::try_from(block).expect("few blocks"), 0, 0, 255];
        BlockGrid::Carpet(carpet).paint_blocks(colour, REST, &mut rgba);
        rgba.as_chunks().0.to_vec()
    }

    #[test]
    fn cells_are_as_large_as_fit_and_lie_row_by_row() {
        let shape = Shape::new(7, 4);
        let carpet = Carpet::new(shape, vec![Some(0), None, Some(1), Some(2)]);
        assert_eq!(carpet.cell_of(0), Some([0, 0, 2, 2]));
        let pixels = painted(carpet, shape);
        let [a, b, c] = [0, 1, 2].map(|block| [block, 0, 0, 255]);
        let row = [a, a, Carpet::CLEAR, Carpet::CLEAR, b, b, REST];
        assert_eq!(pixels[..14], [row, row].concat());
        assert_eq!(pixels[14..21], [c, c, REST, REST, REST, REST, REST]);
    }

    #[test]
    fn cells_that_do_not_fit_are_left_out() {
        let shape = Shape::new(3, 2);
        let pixels = painted(Carpet::new(shape, (0..9).map(Some).collect()), shape);
        assert_eq!(pixels, [0, 1, 2, 3, 4, 5].map(|block| [block, 0, 0, 255]));
        assert_eq!(painted(Carpet::new(shape, Vec::new()), shape), [REST; 6]);
    }

    #[test]
    fn the_bytes_of_a_block_lie_in_four_rows_of_its_cell() {
        let shape = Shape::new(8, 8);
        let mut rgba = vec![0; shape.pixels() * 4];
        let block: Vec<u8> = (0..16).collect();
        BlockGrid::Carpet(Carpet::new(shape, vec![Some(0)])).show(&block, REST, &mut rgba);
        let pixel = |x: usize, y: usize| rgba[(y * 8 + x) * 4];
        assert_eq!([pixel(0, 0), pixel(2, 1), pixel(7, 0), pixel(0, 2), pixel(7, 7)], [0, 1, 3, 4, 15]);
    }

    #[test]
    fn the_cell_of_a_block_is_where_it_is_painted() {
        let shape = Shape::new(9, 4);
        let carpet = Carpet::new(shape, [Some(0), None, Some(1), Some(2), Some(3), Some(4)].to_vec());
        for block in 0..5 {
            let [x, y, width, height] = carpet.cell_of(block).expect("it fits");
            assert_eq!((width, height), (2, 2));
            assert_eq!(carpet.block_at(x, y), Some(block));
            assert_eq!(carpet.block_at(x + width - 1, y + height - 1), Some(block));
        }
        assert_eq!((carpet.cell_of(2), carpet.cell_of(9)), (Some([6, 0, 2, 2]), None));
        assert_eq!(carpet.cells_of(|block| block > 2).collect::<Vec<_>>(), [[0, 2, 2, 2], [2, 2, 2, 2]]);
        let small = Carpet::new(Shape::new(2, 1), (0..9).map(Some).collect());
        assert_eq!((small.cell_of(1), small.cell_of(2)), (Some([1, 0, 1, 1]), None), "left out");
    }

    #[test]
    fn runs_of_pixels_go_on_in_the_next_row_and_end_with_the_picture() {
        let shape = Shape::new(5, 2);
        let carpet = Carpet::of_runs(shape, vec![1..3, 3..7, 8..12]);
        let [a, b, c] = [0, 1, 2].map(|block| [block, 0, 0, 255]);
        assert_eq!(painted(carpet.clone(), shape), [REST, a, a, b, b, b, b, REST, c, c]);
        assert_eq!((carpet.block_at(1, 1), carpet.block_at(2, 1)), (Some(1), None));
        assert_eq!(carpet.cell_of(1), Some([3, 0, 2, 1]));
        assert_eq!(
            carpet.cells_of(|block| block > 0).collect::<Vec<_>>(),
            [[3, 0, 2, 1], [0, 1, 2, 1], [3, 1, 2, 1]]
        );
        let mut rgba = vec![0; shape.pixels() * 4];
        let blocks: Vec<u8> = (0..48).collect();
        BlockGrid::Carpet(carpet).show(&blocks, REST, &mut rgba);
        let greys: Vec<u8> = rgba.as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect();
        assert_eq!(greys, [1, 0, 8, 16, 20, 24, 28, 1, 32, 36]);
    }

    proptest! {
        #[test]
        fn each_block_has_a_square_and_no_larger_side_would_fit(
            width in 1u32..90, height in 1u32..60, cells in 1u32..400,
        ) {
            let shape = Shape::new(width, height);
            let carpet = Carpet::new(shape, (0..cells).map(Some).collect());
            let mut pixels_of = vec![0; cells as usize];
            for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
                if let Some(block) = carpet.block_at(x, y) {
                    pixels_of[block] += 1;
                }
            }
            let side = carpet.cell_of(0).map_or(1, |cell| cell[2] as usize);
            let fits = |side: usize| (width as usize / side) * (height as usize / side) >= cells as usize;
            if fits(1) {
                prop_assert!(pixels_of.iter().all(|&pixels| pixels == side * side));
                prop_assert!(!fits(side + 1));
            } else {
                prop_assert_eq!((side, pixels_of.iter().sum::<usize>()), (1, shape.pixels()));
            }
        }
    }
}
