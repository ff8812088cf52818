//! Which blocks of a frame are neighbours.

use std::sync::Arc;

use crate::picture::Shape;
use crate::picture::layout::{Layout, Places, Samples};

/// The places of a frame's blocks, and the neighbours of each place.
///
/// If a row of pixels is no whole number of blocks, the neighbours of a block are those of its middle pixel. Blocks
/// without pixels of their own (the chroma planes of `yuv420p`) have no neighbours. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    neighbours: Neighbours,
    places: usize,
    in_picture: usize,
    /// After how many places to the right an area of one colour has the same value again: 3 in `rgb24`, where a block has
    /// 5⅓ pixels, else 1.
    period: usize,
}

/// How the neighbours of a place are found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Neighbours {
    /// Places form columns; the number of places in a row.
    Columns(usize),
    /// Neighbours are listed.
    Listed {
        /// The places to the right and below, for each place, or [`Grid::NONE`].
        after: Arc<[[u32; 2]]>,
        /// The places to the left and above. A place may be to the right of several others; then the first of them.
        before: Arc<[[u32; 2]]>,
    },
}

impl Grid {
    /// No neighbour.
    const NONE: u32 = u32::MAX;

    /// The grid of a frame of `shape` in `layout`.
    #[must_use]
    pub fn new(layout: Layout, shape: Shape) -> Self {
        let across = layout.blocks_in_row(shape);
        let grid = across
            .map_or_else(|| Self::by_middle(layout, shape), |across| Self::in_columns(layout, shape, across));
        Self { period: if layout.samples() == Samples::Rgb24 { 3 } else { 1 }, ..grid }
    }

    fn in_columns(layout: Layout, shape: Shape, across: usize) -> Self {
        // A single block has no neighbour.
        let in_picture = Some(Places::of(layout, shape).blocks()).filter(|&blocks| blocks > 1).unwrap_or(0);
        Self { neighbours: Neighbours::Columns(across), places: layout.blocks(shape), in_picture, period: 1 }
    }

    fn by_middle(layout: Layout, shape: Shape) -> Self {
        let columns = shape.columns();
        Self::from_fn(layout.blocks(shape), |block| {
            let pixels = layout.pixels_of_block(shape, block);
            if pixels.is_empty() {
                return [None, None];
            }
            let top = pixels.top();
            let middle = top.start + top.len() / 2;
            let (x, y) = ((middle % columns) as u32, (middle / columns) as u32);
            let past = x + (top.end - middle) as u32;
            let beneath = y + pixels.height() as u32;
            [layout.block_at(shape, past, y), layout.block_at(shape, x, beneath)]
                .map(|neighbour| neighbour.filter(|&neighbour| neighbour != block))
        })
    }

    /// A grid of `places` places; `neighbours` returns the place to the right and the place below.
    ///
    /// # Panics
    /// If the number of a neighbour is `places` or more, or there are 2^32 places or more.
    #[must_use]
    pub fn from_fn(places: usize, neighbours: impl Fn(usize) -> [Option<usize>; 2]) -> Self {
        let narrow = |place: Option<usize>| {
            place.map_or(Self::NONE, |place| {
                assert!(place < places, "place {place} of a grid of {places}");
                u32::try_from(place).expect("a grid has fewer than 2^32 places")
            })
        };
        let after: Arc<[_]> = (0..places).map(|place| neighbours(place).map(narrow)).collect();
        let mut before = vec![[Self::NONE; 2]; places];
        for (place, neighbours) in (0..).zip(after.iter()) {
            for (direction, &neighbour) in
                neighbours.iter().enumerate().filter(|(_, neighbour)| **neighbour != Self::NONE)
            {
                let place_before = &mut before[neighbour as usize][direction];
                *place_before = place.min(*place_before);
            }
        }
        let last = after.iter().flatten().filter(|&&place| place != Self::NONE).max();
        let in_picture = last.map_or(0, |&last| last as usize + 1);
        Self {
            neighbours: Neighbours::Listed { after, before: before.into() },
            places,
            in_picture,
            period: 1,
        }
    }

    /// How many places the grid has, one for each block of a frame.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.neighbours {
            Neighbours::Columns(_) => 0,
            Neighbours::Listed { after, .. } => 2 * size_of_val(&**after),
        }
    }

    /// How many places there are up to the last one with a neighbour: without the chroma planes of `yuv420p`.
    pub(in crate::leak) fn places_in_picture(&self) -> usize {
        self.in_picture
    }

    /// The distance from most places to the place below, in places.
    pub(in crate::leak) fn columns(&self) -> usize {
        self.below(0).unwrap_or(self.places).max(1)
    }

    /// The place to the right.
    #[inline]
    pub(in crate::leak) fn right(&self, place: usize) -> Option<usize> {
        match &self.neighbours {
            Neighbours::Columns(across) => {
                let right = place + 1;
                (right < self.in_picture && !right.is_multiple_of(*across)).then_some(right)
            }
            Neighbours::Listed { after, .. } => neighbour(after[place][0]),
        }
    }

    /// The place below.
    #[inline]
    pub(in crate::leak) fn below(&self, place: usize) -> Option<usize> {
        match &self.neighbours {
            Neighbours::Columns(across) => Some(place + across).filter(|&below| below < self.in_picture),
            Neighbours::Listed { after, .. } => after.get(place).and_then(|&[_, below]| neighbour(below)),
        }
    }

    /// The place to the left; if there are several, the first.
    #[inline]
    pub(in crate::leak) fn left(&self, place: usize) -> Option<usize> {
        match &self.neighbours {
            Neighbours::Columns(across) => {
                (place < self.in_picture && !place.is_multiple_of(*across)).then(|| place - 1)
            }
            Neighbours::Listed { before, .. } => neighbour(before[place][0]),
        }
    }

    /// The place above; if there are several, the first.
    #[inline]
    pub(in crate::leak) fn above(&self, place: usize) -> Option<usize> {
        match &self.neighbours {
            Neighbours::Columns(across) => place.checked_sub(*across).filter(|_| place < self.in_picture),
            Neighbours::Listed { before, .. } => neighbour(before[place][1]),
        }
    }

    /// True if neighbours in an area of one colour have different values: in `rgb24`.
    pub(in crate::leak) fn has_period(&self) -> bool {
        self.period > 1
    }

    /// The nearest place to the left that has the same value as this one in an area of one colour.
    pub(in crate::leak) fn same_phase_left(&self, place: usize) -> Option<usize> {
        (0..self.period).try_fold(place, |place, _| self.left(place))
    }

    /// The nearest place to the right that has the same value as this one in an area of one colour.
    pub(in crate::leak) fn same_phase_right(&self, place: usize) -> Option<usize> {
        (0..self.period).try_fold(place, |place, _| self.right(place))
    }

    /// The pairs of opposite neighbours of a place: left and right, above and below; a pair is left out if one is
    /// missing.
    pub(in crate::leak) fn opposite_neighbours(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let horizontal = match &self.neighbours {
            // One division instead of two: this runs for many blocks of each frame.
            Neighbours::Columns(across) => {
                let column = place % across;
                let has_both = column > 0 && column + 1 < *across && place + 1 < self.in_picture;
                has_both.then(|| (place - 1, place + 1))
            }
            Neighbours::Listed { .. } => self.left(place).zip(self.right(place)),
        };
        horizontal.into_iter().chain(self.above(place).zip(self.below(place)))
    }
}

/// The neighbour that an entry of a list represents.
fn neighbour(entry: u32) -> Option<usize> {
    (entry != Grid::NONE).then_some(entry as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_whole_blocks_have_neighbours_right_and_below() {
        let grid = Grid::new(Layout::RGBA32, Shape::new(12, 2));
        assert_eq!(grid.places(), 6);
        assert_eq!((grid.right(0), grid.below(0)), (Some(1), Some(3)));
        assert_eq!((grid.right(2), grid.below(2)), (None, Some(5)), "the next row is not to the right");
        assert_eq!((grid.right(5), grid.below(5)), (None, None));
        let opposite = |place| grid.opposite_neighbours(place).collect::<Vec<_>>();
        assert_eq!((opposite(0), opposite(1), opposite(5)), (vec![], vec![(0, 2)], vec![]));
        let tall = Grid::new(Layout::RGBA32, Shape::new(12, 3));
        assert_eq!(tall.opposite_neighbours(4).collect::<Vec<_>>(), [(3, 5), (1, 7)]);
    }

    #[test]
    fn a_block_that_continues_in_the_next_row_has_the_neighbours_of_its_middle_pixel() {
        // 6 pixels a row, 4 a block: block 1 has pixels 4 and 5 of row 0 and pixels 0 and 1 of row 1.
        let grid = Grid::new(Layout::RGBA32, Shape::new(6, 4));
        assert_eq!((grid.right(0), grid.below(0)), (Some(1), Some(2)), "pixel (2, 1) is pixel 8");
        assert_eq!((grid.right(1), grid.below(1)), (Some(2), Some(3)), "its middle is pixel (0, 1)");
    }

    #[test]
    fn the_neighbours_of_a_tile_are_tiles() {
        // 3 × 2 tiles of 2 × 2 pixels; the last column and row extend past the edge.
        let layout = Layout::RGBA32.in_tiles().expect("it has tiles");
        let grid = Grid::new(layout, Shape::new(5, 3));
        let neighbours: Vec<_> = (0..6).map(|place| (grid.right(place), grid.below(place))).collect();
        let above = [(Some(1), Some(3)), (Some(2), Some(4)), (None, Some(5))];
        let below = [(Some(4), None), (Some(5), None), (None, None)];
        assert_eq!(neighbours, [above, below].concat());
    }

    #[test]
    fn blocks_of_chroma_planes_have_no_neighbours() {
        let (layout, shape) = (Layout::YUV420P, Shape::new(32, 4));
        let grid = Grid::new(layout, shape);
        assert_eq!(grid.places(), layout.blocks(shape));
        for place in 8..grid.places() {
            assert_eq!((grid.right(place), grid.below(place)), (None, None));
        }
        assert_eq!(grid.places_in_picture(), 8);
        assert!((0..8).all(|place| [grid.right(place), grid.below(place)].iter().flatten().all(|&p| p < 8)));
    }

    #[test]
    fn places_in_columns_have_the_neighbours_of_their_middle_pixels() {
        let mut in_columns = 0;
        for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
            for (width, height) in
                [(1, 1), (4, 1), (16, 1), (16, 2), (48, 7), (64, 6), (18, 5), (2, 40), (33, 9)]
            {
                let shape = Shape::new(width, height);
                let (grid, listed) = (Grid::new(layout, shape), Grid::by_middle(layout, shape));
                in_columns += usize::from(matches!(grid.neighbours, Neighbours::Columns(_)));
                assert_eq!(
                    (grid.places, grid.in_picture),
                    (listed.places, listed.in_picture),
                    "{layout} {shape:?}"
                );
                assert_eq!(grid.columns(), listed.columns(), "{layout} {shape:?}");
                for place in 0..grid.places() {
                    let neighbours = |grid: &Grid| {
                        [grid.left(place), grid.right(place), grid.above(place), grid.below(place)]
                    };
                    assert_eq!(neighbours(&grid), neighbours(&listed), "{layout} {shape:?} {place}");
                    assert!(grid.opposite_neighbours(place).eq(listed.opposite_neighbours(place)));
                }
            }
        }
        assert!(in_columns > 30, "{in_columns}");
    }

    #[test]
    fn in_pictures_of_odd_sizes_no_block_is_its_own_neighbour() {
        for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
            for (width, height) in [(1, 1), (1, 40), (40, 1), (17, 5), (33, 9)] {
                let grid = Grid::new(layout, Shape::new(width, height));
                for place in 0..grid.places() {
                    assert!(grid.right(place) != Some(place) && grid.below(place) != Some(place));
                }
            }
        }
    }
}
