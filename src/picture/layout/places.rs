//! The places of blocks in the picture, and their neighbours.

use std::borrow::Cow;
use std::ops::Range;

use super::{BLOCK_BYTES, Layout, Samples};
use crate::picture::shape::Shape;

/// The blocks of a frame, arranged as in its picture.
///
/// The place of a block is its middle pixel; for a tile that extends past the edge, a pixel at the edge. Blocks of
/// chroma planes have no place: the picture is that of the luma plane. Two blocks count as neighbours only if equal
/// pixels give equal bytes: in `rgb24` blocks start with red, green or blue in turn, so the neighbours to the side are
/// three blocks away, and the neighbours above and below are the nearest blocks that start with the same channel.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    layout: Layout,
    shape: Shape,
    blocks: usize,
    /// The distance in blocks from one row to the next, if it is the same whole number, of the same phase, for all
    /// rows.
    row_blocks: Option<usize>,
}

/// A block, its place and its neighbours; `None` past an edge of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the block.
    pub block: usize,
    /// Column of its middle pixel.
    pub x: usize,
    /// Row of its middle pixel.
    pub y: usize,
    /// The block to the left.
    pub left: Option<usize>,
    /// The block to the right.
    pub right: Option<usize>,
    /// The block above.
    pub above: Option<usize>,
    /// The block below.
    pub below: Option<usize>,
}

impl Places {
    /// The places of the blocks of a frame.
    #[must_use]
    pub fn of(layout: Layout, shape: Shape) -> Self {
        let row_blocks = layout.blocks_in_row(shape).filter(|row| row.is_multiple_of(layout.phases()));
        let blocks = match (layout.tile(), shape.pixels().checked_sub(1)) {
            (Some(_), _) => layout.first_plane_bytes(shape) / BLOCK_BYTES,
            (None, Some(last)) => layout.blocks(shape).min(layout.block_of_pixel(last) + 1),
            (None, None) => 0,
        };
        Self { layout, shape, blocks, row_blocks }
    }

    /// How many blocks have a place in the picture; these are the first of the frame.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.blocks
    }

    /// Width and height of the picture in pixels.
    #[must_use]
    pub const fn size(&self) -> [usize; 2] {
        [self.shape.columns(), self.shape.rows()]
    }

    /// The number of blocks in a row, if blocks lie in columns: every row has the same number, and blocks of a column
    /// start with the same channel. `None` if they do not.
    #[must_use]
    pub const fn row_blocks(&self) -> Option<usize> {
        self.row_blocks
    }

    /// The distance in pixels from one row of blocks down to the next.
    #[must_use]
    pub fn row_pixels(&self) -> usize {
        self.layout.tile().unwrap_or(1)
    }

    /// How many whole blocks fit into `pixels` of a row.
    #[must_use]
    pub fn blocks_across(&self, pixels: usize) -> usize {
        match self.layout.tile() {
            Some(side) => pixels / side,
            None => pixels * self.layout.samples.bytes_per_pixel() / BLOCK_BYTES,
        }
    }

    /// The distance in blocks to the neighbour at the side.
    #[must_use]
    pub const fn blocks_to_side(&self) -> usize {
        self.layout.phases()
    }

    /// The distance in blocks to the block above; if blocks do not lie in columns, about this distance. At least 1.
    #[must_use]
    pub fn blocks_to_above(&self) -> usize {
        let about = || self.blocks_across(self.shape.columns()).next_multiple_of(self.blocks_to_side());
        self.row_blocks.unwrap_or_else(about).max(1)
    }

    /// Marks of blocks as a picture of cells, and the number of cells in a row, at least 1. If blocks lie in columns,
    /// a cell is a block. Otherwise there is a row of cells for each row of pixels, and a cell shows the block of the
    /// pixel at its middle.
    ///
    /// # Panics
    /// If the length of `marks` differs from the number of [`blocks`](Self::blocks).
    #[must_use]
    pub fn raster<'a>(&self, marks: &'a [bool]) -> (Cow<'a, [bool]>, usize) {
        assert_eq!(marks.len(), self.blocks, "a mark a block");
        if let Some(row) = self.row_blocks {
            return (Cow::Borrowed(marks), row);
        }
        let (columns, bytes_per_pixel) = (self.shape.columns(), self.layout.samples.bytes_per_pixel());
        let across = (columns * bytes_per_pixel / BLOCK_BYTES).max(1);
        let pixel = |cell: usize| ((cell * BLOCK_BYTES + BLOCK_BYTES / 2) / bytes_per_pixel).min(columns - 1);
        let row = |y: usize| (0..across).map(move |cell| y * columns + pixel(cell));
        let rows = if columns == 0 { 0 } else { self.shape.rows() };
        let cells = (0..rows)
            .flat_map(row)
            .map(|pixel| marks.get(self.layout.block_of_pixel(pixel)).is_some_and(|&is_marked| is_marked));
        (Cow::Owned(cells.collect()), across)
    }

    /// The blocks whose place is in the rows `rows` of pixels.
    #[must_use]
    pub fn in_rows(&self, rows: Range<usize>) -> Range<usize> {
        self.first_from(rows.start)..self.first_from(rows.end)
    }

    /// The first block whose place is in row `y` of pixels or below.
    fn first_from(&self, y: usize) -> usize {
        if y >= self.shape.rows() {
            return self.blocks;
        }
        if let (Some(side), Some(row)) = (self.layout.tile(), self.row_blocks) {
            return (y.saturating_sub(side / 2).div_ceil(side) * row).min(self.blocks);
        }
        let pixel = y * self.shape.columns();
        let before = self.layout.block_of_pixel(pixel).saturating_sub(1);
        (before..self.blocks).find(|&block| self.middle(block) >= pixel).unwrap_or(self.blocks)
    }

    /// The middle pixel of a block, numbered along the rows.
    fn middle(&self, block: usize) -> usize {
        let columns = self.shape.columns();
        if let (Some(side), Some(row)) = (self.layout.tile(), self.row_blocks) {
            let middle = |tile: usize, of: usize| (tile * side + side / 2).min(of - 1);
            return middle(block / row, self.shape.rows()) * columns + middle(block % row, columns);
        }
        let middle = match self.layout.samples {
            Samples::Rgba32 => block * 4 + 2,
            // Halfway between the first pixels of this block and of the next, as in `pixels_of_block`.
            Samples::Rgb24 => usize::midpoint(
                (block * BLOCK_BYTES).saturating_sub(1).div_ceil(3),
                (block * BLOCK_BYTES + 17) / 3,
            ),
            Samples::Gray8 | Samples::Yuv420p => block * BLOCK_BYTES + 8,
        };
        middle.min(self.shape.pixels().saturating_sub(1))
    }

    /// The blocks of a range in order, each with its place and neighbours.
    pub fn walk(&self, blocks: Range<usize>) -> impl Iterator<Item = Place> + use<> {
        let places = *self;
        let columns = self.shape.columns();
        let mut y = if blocks.is_empty() { 0 } else { self.middle(blocks.start) / columns };
        blocks.map(move |block| {
            let middle = places.middle(block);
            while middle >= (y + 1) * columns {
                y += 1;
            }
            places.place(block, middle - y * columns, y)
        })
    }

    /// The place of a block whose middle pixel is given.
    fn place(&self, block: usize, x: usize, y: usize) -> Place {
        let (columns, rows) = (self.shape.columns(), self.shape.rows());
        let aside = self.layout.phases();
        let [has_left, has_right, has_above, has_below] = if let Some(side) = self.layout.tile() {
            [x >= side, x / side < (columns - 1) / side, y >= side, y / side < (rows - 1) / side]
        } else {
            let pixels = aside * BLOCK_BYTES / self.layout.samples.bytes_per_pixel();
            [x >= pixels, x + pixels < columns, y > 0, y + 1 < rows]
        };
        let middle = y * columns + x;
        Place {
            block,
            x,
            y,
            left: if has_left { block.checked_sub(aside) } else { None },
            right: (has_right && block + aside < self.blocks).then_some(block + aside),
            above: if has_above { self.up(block, middle) } else { None },
            below: if has_below { self.down(block, middle) } else { None },
        }
    }

    fn up(&self, block: usize, middle: usize) -> Option<usize> {
        match self.row_blocks {
            Some(row) => block.checked_sub(row),
            None => self.like(block, self.layout.block_of_pixel(middle - self.shape.columns())),
        }
    }

    fn down(&self, block: usize, middle: usize) -> Option<usize> {
        let below = match self.row_blocks {
            Some(row) => block + row,
            None => self.like(block, self.layout.block_of_pixel(middle + self.shape.columns()))?,
        };
        (below < self.blocks).then_some(below)
    }

    /// The block nearest to `other` that starts with the same channel as `block` does.
    fn like(&self, block: usize, other: usize) -> Option<usize> {
        let phases = self.layout.phases();
        match (block % phases + phases - other % phases) % phases {
            0 => Some(other),
            1 => Some(other + 1),
            _ => other.checked_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_layout(which: usize) -> Layout {
        [&Layout::ALL[..], &Layout::TILED].concat()[which]
    }

    proptest! {
        #[test]
        fn blocks_lie_in_their_own_pixels_next_to_blocks_of_the_same_phase(
            width in 1u32..120, height in 1u32..30, which in 0usize..7,
        ) {
            let (layout, shape) = (any_layout(which), Shape::new(width, height));
            let places = Places::of(layout, shape);
            let mut seen = 0;
            for place in places.walk(0..places.blocks()) {
                prop_assert_eq!(place.block, seen);
                seen += 1;
                let pixel = place.y * shape.columns() + place.x;
                prop_assert!(layout.pixels_of_block(shape, place.block).iter().any(|own| own == pixel));
                for neighbour in [place.left, place.right, place.above, place.below].into_iter().flatten() {
                    prop_assert!(neighbour < places.blocks());
                    prop_assert_eq!(neighbour % layout.phases(), place.block % layout.phases());
                }
            }
            prop_assert_eq!(seen, places.blocks());
            prop_assert!((seen..layout.blocks(shape)).all(|b| layout.pixels_of_block(shape, b).is_empty()));
        }

        #[test]
        fn tiles_are_neighbours_if_their_pixels_touch(
            width in 1u32..40, height in 1u32..30, which in 0usize..3,
        ) {
            let (layout, shape) = (Layout::TILED[which], Shape::new(width, height));
            let places = Places::of(layout, shape);
            prop_assert_eq!(places.row_blocks(), Some(places.blocks_across(shape.columns() + places.row_pixels() - 1)));
            let across = places.row_pixels();
            let at = |x: usize, y: usize| {
                layout.block_at(shape, u32::try_from(x).expect("a column"), u32::try_from(y).expect("a row"))
            };
            for place in places.walk(0..places.blocks()) {
                let (x, y) = (place.x / across * across, place.y / across * across);
                prop_assert_eq!(at(x, y), Some(place.block));
                prop_assert_eq!(place.left, x.checked_sub(1).and_then(|x| at(x, y)));
                prop_assert_eq!(place.right, at(x + across, y));
                prop_assert_eq!(place.above, y.checked_sub(1).and_then(|y| at(x, y)));
                prop_assert_eq!(place.below, at(x, y + across));
            }
        }

        #[test]
        fn every_block_belongs_to_one_row(width in 1u32..120, height in 1u32..30, which in 0usize..7, cut in 0usize..30) {
            let (layout, shape) = (any_layout(which), Shape::new(width, height));
            let places = Places::of(layout, shape);
            let cut = cut.min(shape.rows());
            let (upper, lower) = (places.in_rows(0..cut), places.in_rows(cut..shape.rows()));
            prop_assert_eq!((upper.start, upper.end, lower.end), (0, lower.start, places.blocks()));
            prop_assert!(places.walk(upper).all(|place| place.y < cut));
            prop_assert!(places.walk(lower).all(|place| place.y >= cut));
        }
    }

    #[test]
    fn neighbours_in_gray8_and_rgb24_are_as_calculated_by_hand() {
        let place = |layout, width, height, block| {
            let places = Places::of(layout, Shape::new(width, height));
            places.walk(block..block + 1).next().expect("a place")
        };
        // 3 blocks a row, the middle one of the second row.
        assert_eq!(
            place(Layout::GRAY8, 48, 3, 4),
            Place { block: 4, x: 24, y: 1, left: Some(3), right: Some(5), above: Some(1), below: Some(7) }
        );
        // 9 blocks a row in rgb24: 3 to the side.
        let rgb = place(Layout::RGB24, 48, 2, 3);
        assert_eq!((rgb.left, rgb.right, rgb.above, rgb.below), (Some(0), Some(6), None, Some(12)));
        assert_eq!(place(Layout::RGBA32, 8, 1, 0).left, None);
    }
}
