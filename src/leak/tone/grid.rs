//! Which blocks of a frame stand next to each other.

use std::sync::Arc;

use crate::picture::Shape;
use crate::picture::layout::{Layout, Places};

/// The places of a frame's blocks, and the neighbours to the right of and below each.
///
/// Where a row of pixels is not a whole number of blocks, a block's neighbours are those of the pixel in its
/// middle. Blocks without pixels of their own (the chroma planes of `yuv420p`) have no neighbours. Cheap to
/// clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    sides: Sides,
    places: usize,
    in_picture: usize,
}

/// How the neighbours of a place are found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sides {
    /// Places stand in columns, row by row, so many in a row.
    Columns(usize),
    /// They are listed.
    Listed {
        /// Right and below for each place, or [`Grid::NONE`].
        after: Arc<[[u32; 2]]>,
        /// Left and above, likewise: of several places to whose right one is, the first.
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
        across
            .map_or_else(|| Self::by_middle(layout, shape), |across| Self::in_columns(layout, shape, across))
    }

    fn in_columns(layout: Layout, shape: Shape, across: usize) -> Self {
        // A lone block stands beside nothing.
        let in_picture = Some(Places::of(layout, shape).blocks()).filter(|&blocks| blocks > 1).unwrap_or(0);
        Self { sides: Sides::Columns(across), places: layout.blocks(shape), in_picture }
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

    /// A grid of `places` places, where `neighbours` names the one to the right and the one below.
    ///
    /// # Panics
    /// If a neighbour is not below `places`, or there are 2^32 places or more.
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
        for (place, sides) in (0..).zip(after.iter()) {
            for (side, &neighbour) in
                sides.iter().enumerate().filter(|(_, neighbour)| **neighbour != Self::NONE)
            {
                let place_before = &mut before[neighbour as usize][side];
                *place_before = place.min(*place_before);
            }
        }
        let last = after.iter().flatten().filter(|&&place| place != Self::NONE).max();
        let in_picture = last.map_or(0, |&last| last as usize + 1);
        Self { sides: Sides::Listed { after, before: before.into() }, places, in_picture }
    }

    /// Places of the grid, and so blocks of a frame.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.sides {
            Sides::Columns(_) => 0,
            Sides::Listed { after, .. } => 2 * size_of_val(&**after),
        }
    }

    /// Places up to the last that stands beside another: without the chroma planes of `yuv420p`.
    pub(super) fn places_in_picture(&self) -> usize {
        self.in_picture
    }

    /// How many places on the place below is, for most.
    pub(super) fn columns(&self) -> usize {
        self.below(0).unwrap_or(self.places).max(1)
    }

    /// The place to the right.
    #[inline]
    pub(super) fn right(&self, place: usize) -> Option<usize> {
        match &self.sides {
            Sides::Columns(across) => {
                let right = place + 1;
                (right < self.in_picture && !right.is_multiple_of(*across)).then_some(right)
            }
            Sides::Listed { after, .. } => told(after[place][0]),
        }
    }

    /// The place below.
    #[inline]
    pub(super) fn below(&self, place: usize) -> Option<usize> {
        match &self.sides {
            Sides::Columns(across) => Some(place + across).filter(|&below| below < self.in_picture),
            Sides::Listed { after, .. } => after.get(place).and_then(|&[_, below]| told(below)),
        }
    }

    /// The place to the left; of several, the first.
    #[inline]
    pub(super) fn left(&self, place: usize) -> Option<usize> {
        match &self.sides {
            Sides::Columns(across) => {
                (place < self.in_picture && !place.is_multiple_of(*across)).then(|| place - 1)
            }
            Sides::Listed { before, .. } => told(before[place][0]),
        }
    }

    /// The place above, likewise.
    #[inline]
    pub(super) fn above(&self, place: usize) -> Option<usize> {
        match &self.sides {
            Sides::Columns(across) => place.checked_sub(*across).filter(|_| place < self.in_picture),
            Sides::Listed { before, .. } => told(before[place][1]),
        }
    }

    /// The places to the left and right of one, and those above and below it, where it stands between two.
    pub(super) fn around(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let aside = self.left(place).zip(self.right(place));
        aside.into_iter().chain(self.above(place).zip(self.below(place)))
    }
}

fn told(neighbour: u32) -> Option<usize> {
    (neighbour != Grid::NONE).then_some(neighbour as usize)
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
        let around = |place| grid.around(place).collect::<Vec<_>>();
        assert_eq!((around(0), around(1), around(5)), (vec![], vec![(0, 2)], vec![]));
        let tall = Grid::new(Layout::RGBA32, Shape::new(12, 3));
        assert_eq!(tall.around(4).collect::<Vec<_>>(), [(3, 5), (1, 7)]);
    }

    #[test]
    fn a_block_that_runs_over_the_end_of_a_row_goes_by_its_middle() {
        // 6 pixels a row, 4 a block: block 1 holds pixels 4 and 5 of row 0, 0 and 1 of row 1.
        let grid = Grid::new(Layout::RGBA32, Shape::new(6, 4));
        assert_eq!((grid.right(0), grid.below(0)), (Some(1), Some(2)), "pixel (2, 1) is pixel 8");
        assert_eq!((grid.right(1), grid.below(1)), (Some(2), Some(3)), "its middle is pixel (0, 1)");
    }

    #[test]
    fn tiles_have_the_tiles_beside_and_beneath_as_neighbours() {
        // 3 × 2 tiles of 2 × 2 pixels, the last column and row over the edge.
        let layout = Layout::RGBA32.in_tiles().expect("it has tiles");
        let grid = Grid::new(layout, Shape::new(5, 3));
        let neighbours: Vec<_> = (0..6).map(|place| (grid.right(place), grid.below(place))).collect();
        let above = [(Some(1), Some(3)), (Some(2), Some(4)), (None, Some(5))];
        let below = [(Some(4), None), (Some(5), None), (None, None)];
        assert_eq!(neighbours, [above, below].concat());
    }

    #[test]
    fn chroma_planes_stand_beside_nothing() {
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
    fn places_in_columns_have_the_neighbours_that_their_middles_tell() {
        let mut in_columns = 0;
        for layout in Layout::ALL.into_iter().chain(Layout::TILED) {
            for (width, height) in
                [(1, 1), (4, 1), (16, 1), (16, 2), (48, 7), (64, 6), (18, 5), (2, 40), (33, 9)]
            {
                let shape = Shape::new(width, height);
                let (grid, listed) = (Grid::new(layout, shape), Grid::by_middle(layout, shape));
                in_columns += usize::from(matches!(grid.sides, Sides::Columns(_)));
                assert_eq!(
                    (grid.places, grid.in_picture),
                    (listed.places, listed.in_picture),
                    "{layout} {shape:?}"
                );
                assert_eq!(grid.columns(), listed.columns(), "{layout} {shape:?}");
                for place in 0..grid.places() {
                    let sides = |grid: &Grid| {
                        [grid.left(place), grid.right(place), grid.above(place), grid.below(place)]
                    };
                    assert_eq!(sides(&grid), sides(&listed), "{layout} {shape:?} {place}");
                    assert!(grid.around(place).eq(listed.around(place)));
                }
            }
        }
        assert!(in_columns > 30, "{in_columns}");
    }

    #[test]
    fn every_layout_has_neighbours_inside_odd_pictures_too() {
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
