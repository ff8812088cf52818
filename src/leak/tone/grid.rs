//! Which blocks of a frame stand next to each other.

use std::sync::Arc;

use crate::frame::Shape;
use crate::layout::Layout;

/// The places of a frame's blocks, and the neighbours to the right of and below each.
///
/// Where a row of pixels is not a whole number of blocks, a block's neighbours are those of the pixel in its
/// middle. Blocks without pixels of their own (the chroma planes of `yuv420p`) have no neighbours. Cheap to
/// clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Right and below for each place, or [`Grid::NONE`].
    after: Arc<[[u32; 2]]>,
    /// Left and above, likewise: of several places to whose right one is, the first.
    before: Arc<[[u32; 2]]>,
    in_picture: usize,
}

impl Grid {
    /// No neighbour.
    const NONE: u32 = u32::MAX;

    /// The grid of a frame of `shape` in `layout`.
    #[must_use]
    pub fn new(layout: Layout, shape: Shape) -> Self {
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
        Self { in_picture: last.map_or(0, |&last| last as usize + 1), after, before: before.into() }
    }

    /// Places of the grid, and so blocks of a frame.
    #[must_use]
    pub fn places(&self) -> usize {
        self.after.len()
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        2 * size_of_val(&*self.after)
    }

    /// Places up to the last that stands beside another: without the chroma planes of `yuv420p`.
    pub(super) fn places_in_picture(&self) -> usize {
        self.in_picture
    }

    /// How many places on the place below is, for most.
    pub(super) fn columns(&self) -> usize {
        self.after.first().and_then(|&[_, below]| told(below)).unwrap_or(self.places()).max(1)
    }

    /// The place to the right.
    pub(super) fn right(&self, place: usize) -> Option<usize> {
        told(self.after[place][0])
    }

    /// The place below.
    pub(super) fn below(&self, place: usize) -> Option<usize> {
        told(self.after[place][1])
    }

    /// The place to the left; of several, the first.
    pub(super) fn left(&self, place: usize) -> Option<usize> {
        told(self.before[place][0])
    }

    /// The place above, likewise.
    pub(super) fn above(&self, place: usize) -> Option<usize> {
        told(self.before[place][1])
    }

    /// The places to the left and right of one, and those above and below it, where it stands between two.
    pub(super) fn around(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let sides = self.before[place].into_iter().zip(self.after[place]);
        sides.filter_map(|(before, after)| told(before).zip(told(after)))
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
