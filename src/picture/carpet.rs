//! Carpets: blocks of messages, painted in the order in which they are sent.

use std::ops::Range;

use rayon::prelude::*;

use super::layout::BLOCK_BYTES;
use super::shape::Shape;

/// Rows of pixels that one task paints.
const ROWS_PER_TASK: usize = 32;

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

/// What is at a pixel.
pub(super) enum Cell {
    Block(usize),
    /// Clear bytes.
    Clear,
    Nothing,
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

    /// What is at a pixel.
    pub(super) fn cell_at(&self, x: usize, y: usize) -> Cell {
        match &self.cells {
            Cells::Squares { side, blocks } => {
                let columns = self.shape.columns() / side;
                let (column, row) = (x / side, y / side);
                match blocks.get(row * columns + column).filter(|_| column < columns) {
                    Some(Some(block)) => Cell::Block(*block as usize),
                    Some(None) => Cell::Clear,
                    None => Cell::Nothing,
                }
            }
            Cells::Runs { of_pixel, .. } => match of_pixel.get(y * self.shape.columns() + x) {
                Some(&block) if block != NO_BLOCK => Cell::Block(block as usize),
                _ => Cell::Nothing,
            },
        }
    }

    /// Which byte of its block a pixel shows.
    pub(super) fn byte_at(&self, block: usize, x: usize, y: usize) -> usize {
        match &self.cells {
            // 4 × 4 squares, one for each byte.
            Cells::Squares { side, .. } => y % side * 4 / side * 4 + x % side * 4 / side,
            Cells::Runs { runs, .. } => {
                let (run, pixel) = (&runs[block], y * self.shape.columns() + x);
                (pixel - run.start as usize) * BLOCK_BYTES / run.len()
            }
        }
    }

    /// The block at a pixel; `None` if the cell holds clear bytes or if there is no cell.
    #[must_use]
    pub fn block_at(&self, x: u32, y: u32) -> Option<usize> {
        match self.cell_at(x as usize, y as usize) {
            Cell::Block(block) => Some(block),
            Cell::Clear | Cell::Nothing => None,
        }
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

    /// Paints each pixel by its block, its column and its row. Cells of clear bytes get [`Self::CLEAR`], and pixels without a
    /// cell get `rest`.
    pub(super) fn paint(
        &self,
        colour_of: impl Fn(usize, [usize; 2]) -> [u8; 4] + Sync,
        rest: [u8; 4],
        rgba: &mut [u8],
    ) {
        let columns = self.shape.columns().max(1);
        let tasks = rgba.as_chunks_mut::<4>().0.par_chunks_mut(columns * ROWS_PER_TASK);
        tasks.enumerate().for_each(|(task, pixels)| {
            for (row, pixels) in pixels.chunks_mut(columns).enumerate() {
                for (x, pixel) in pixels.iter_mut().enumerate() {
                    let y = task * ROWS_PER_TASK + row;
                    *pixel = match self.cell_at(x, y) {
                        Cell::Block(block) => colour_of(block, [x, y]),
                        Cell::Clear => Self::CLEAR,
                        Cell::Nothing => rest,
                    };
                }
            }
        });
    }
}
