//! Grids: where the blocks of a ciphertext are painted.

use super::carpet::{Carpet, Cell};
use super::colour::Colour;
use super::layout::{BLOCK_BYTES, Layout, Places};
use super::shape::Shape;

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
            Self::Carpet(carpet) => carpet.shape(),
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
                let byte = |block: usize, [x, y]: [usize; 2]| {
                    let grey = blocks[block][carpet.byte_at(block, x, y)];
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
                let columns = carpet.shape().columns().max(1);
                let of_blocks = pixels
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| matches!(carpet.cell_at(at % columns, at / columns), Cell::Block(_)));
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
