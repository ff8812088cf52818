//! The bytes of a pixel, and the blocks of a rectangle of pixels.

use rayon::prelude::*;

use super::planes::chroma;
use super::tiles::Plane;
use super::{BLOCK_BYTES, Layout, ROWS_PER_TASK, Samples};
use crate::picture::colour::Colour;
use crate::picture::shape::Shape;

/// Blocks that one task shows.
const BLOCKS_PER_TASK: usize = 1 << 13;

impl Layout {
    /// Shows each pixel of which every byte is known as [`show`](Self::show) does, and leaves the others as they are.
    /// `has` returns whether a byte of the frame is known; it must return the same for all bytes of a block.
    pub fn show_known(
        self,
        (shape, colour): (Shape, Colour),
        bytes: &[u8],
        has: impl Fn(usize) -> bool + Sync,
        rgba: &mut [u8],
    ) {
        if shape.pixels() == 0 {
            return;
        }
        if self.samples == Samples::Rgba32 && !self.is_tiled {
            let blocks = rgba.par_chunks_mut(BLOCK_BYTES).zip(bytes.par_chunks(BLOCK_BYTES)).enumerate();
            blocks.with_min_len(BLOCKS_PER_TASK).filter(|(block, _)| has(block * BLOCK_BYTES)).for_each(
                |(_, (to, from))| {
                    for (to, &[red, green, blue, _]) in
                        to.as_chunks_mut().0.iter_mut().zip(from.as_chunks().0)
                    {
                        *to = [red, green, blue, 255];
                    }
                },
            );
            return;
        }
        let mut shown = vec![0; rgba.len()];
        self.show(shape, colour, bytes, None, &mut shown);
        let is_there = self.known_pixels(shape, has);
        let row = shape.columns() * 4;
        let rows = rgba.par_chunks_mut(row).zip(shown.par_chunks(row)).enumerate();
        rows.with_min_len(ROWS_PER_TASK).for_each(|(y, (to, from))| {
            let pixels = to.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<4>().0);
            for (x, (to, from)) in pixels.enumerate() {
                if is_there(x, y) {
                    *to = *from;
                }
            }
        });
    }

    /// The share of the pixels of which every byte is known, from 0 to 1; 0 if there are no pixels. `has` is as in
    /// [`show_known`](Self::show_known).
    pub fn share_known(self, shape: Shape, has: impl Fn(usize) -> bool + Sync) -> f64 {
        if self.samples == Samples::Rgba32 && !self.is_tiled {
            let (pixels, per_block) = (shape.pixels(), BLOCK_BYTES / 4);
            let of_block = |block: usize| {
                if has(block * BLOCK_BYTES) { per_block.min(pixels - block * per_block) } else { 0 }
            };
            let blocks = (0..pixels.div_ceil(per_block)).into_par_iter().with_min_len(BLOCKS_PER_TASK);
            let known: usize = blocks.map(of_block).sum();
            return known as f64 / pixels.max(1) as f64;
        }
        let is_there = self.known_pixels(shape, has);
        let in_row = |y: usize| (0..shape.columns()).filter(|&x| is_there(x, y)).count();
        let there: usize = (0..shape.rows()).into_par_iter().with_min_len(ROWS_PER_TASK).map(in_row).sum();
        if shape.pixels() == 0 { 0.0 } else { there as f64 / shape.pixels() as f64 }
    }

    /// A function that returns for a column and a row whether every byte of that pixel is known.
    pub(super) fn known_pixels(
        self,
        shape: Shape,
        has: impl Fn(usize) -> bool + Sync,
    ) -> impl Fn(usize, usize) -> bool + Sync {
        let planes: Vec<_> = self.placed_planes(shape).collect();
        move |x, y| {
            planes.iter().all(|&PlacedPlane { plane, start, step }| {
                let first = start + plane.offset(x / step, y / step);
                // The bytes of a sample lie in one block or in two.
                has(first) && has(first + plane.sample_bytes - 1)
            })
        }
    }

    /// The byte of a frame that represents the pixel at `x`, `y`: its green byte if it has colours, or its luma.
    /// `None` outside the picture.
    #[must_use]
    pub fn byte_at(self, shape: Shape, x: u32, y: u32) -> Option<usize> {
        let within = x < shape.width && y < shape.height;
        within.then(|| self.plane(shape).offset(x as usize, y as usize) + self.green())
    }

    /// Column and row of the pixel to which a byte of a frame belongs; `None` for chroma planes, and past the end.
    #[must_use]
    pub fn pixel_of_byte(self, shape: Shape, byte: usize) -> Option<[u32; 2]> {
        let plane = self.plane(shape);
        if byte >= plane.bytes() {
            return None;
        }
        let sample = byte / plane.sample_bytes;
        let (x, y) = match plane.tile {
            None => (sample % shape.columns(), sample / shape.columns()),
            Some(side) => {
                let (tile, within) = (sample / (side * side), sample % (side * side));
                let across = shape.columns().div_ceil(side);
                (tile % across * side + within % side, tile / across * side + within / side)
            }
        };
        // Tiles over an edge repeat the last column and row.
        let number = |at: usize, of: usize| u32::try_from(at.min(of - 1)).ok();
        Some([number(x, shape.columns())?, number(y, shape.rows())?])
    }

    /// The place of the green byte, or of the luma, among the bytes of a pixel.
    const fn green(self) -> usize {
        match self.samples {
            Samples::Rgba32 | Samples::Rgb24 => 1,
            Samples::Gray8 | Samples::Yuv420p => 0,
        }
    }

    /// The pairs of blocks (target, source) for copying a rectangle within the picture: `to` is column, row, width and
    /// height of the target, `from` is column and row of the upper left corner of the source. `None` if one of the two
    /// rectangles does not lie within the picture.
    ///
    /// Only whole blocks can be copied. In each row of blocks, all blocks that hold a part of the target are replaced,
    /// one after another, starting with the block that holds the left edge of the source.
    #[must_use]
    pub fn copied_blocks(self, shape: Shape, to: [u32; 4], from: [u32; 2]) -> Option<Vec<(usize, usize)>> {
        let [x, y, width, height] = to.map(|number| number as usize);
        let [left, top] = from.map(|number| number as usize);
        let fits = |x: usize, y: usize| x + width <= shape.columns() && y + height <= shape.rows();
        if !fits(x, y) || !fits(left, top) {
            return None;
        }
        let blocks = self.blocks(shape);
        let mut pairs = Vec::new();
        for PlacedPlane { plane, start, step } in self.placed_planes(shape) {
            // A row of blocks is a row of samples, or of tiles.
            let side = plane.tile.unwrap_or(1);
            let rows = y / step / side..(y + height).div_ceil(step).div_ceil(side);
            let (first, last) = (x / step, (x + width).div_ceil(step) - 1);
            for (row, row_there) in rows.zip(top / step / side..) {
                let block = |x: usize, row: usize| (start + plane.offset(x, row * side)) / BLOCK_BYTES;
                let end = (start + plane.offset(last, row * side) + plane.sample_bytes - 1) / BLOCK_BYTES;
                if row_there * side >= plane.shape.rows() {
                    break;
                }
                let there = block(left / step, row_there)..;
                let here = block(first, row)..end + 1;
                pairs.extend(here.zip(there).filter(|&(here, there)| here < blocks && there < blocks));
            }
        }
        Some(pairs)
    }

    fn placed_planes(self, shape: Shape) -> impl Iterator<Item = PlacedPlane> {
        let first = self.plane(shape);
        let chroma = self.plane(chroma(shape));
        let after = first.bytes();
        let has_chroma = self.samples == Samples::Yuv420p;
        let placed = |plane, start, step| PlacedPlane { plane, start, step };
        let others = [placed(chroma, after, 2), placed(chroma, after + chroma.bytes(), 2)];
        std::iter::once(placed(first, 0, 1)).chain(others.into_iter().filter(move |_| has_chroma))
    }
}

/// A plane and its place in the frame.
#[derive(Clone, Copy)]
struct PlacedPlane {
    plane: Plane,
    /// Its first byte in the frame.
    start: usize,
    /// The width and height of a sample in pixels.
    step: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layouts() -> Vec<Layout> {
        [&Layout::ALL[..], &Layout::TILED].concat()
    }

    proptest! {
        #[test]
        fn a_pixel_has_a_byte_and_the_byte_that_pixel(
            width in 1u32..60, height in 1u32..30, which in 0usize..7, at in any::<[prop::sample::Index; 2]>(),
        ) {
            let (layout, shape) = (layouts()[which], Shape::new(width, height));
            let within = |at: prop::sample::Index, side: u32| {
                u32::try_from(at.index(side as usize)).expect("a side of a picture")
            };
            let [x, y] = [within(at[0], width), within(at[1], height)];
            let byte = layout.byte_at(shape, x, y).expect("it is within the picture");
            prop_assert_eq!(layout.pixel_of_byte(shape, byte), Some([x, y]));
            // `block_at` names the block of this byte.
            prop_assert!(layout.block_at(shape, x, y).is_none_or(|block| block == byte / BLOCK_BYTES));
            prop_assert_eq!(layout.byte_at(shape, width, y), None);
            prop_assert_eq!(layout.pixel_of_byte(shape, layout.first_plane_bytes(shape)), None);
        }

        #[test]
        fn a_pixel_is_shown_where_every_byte_of_it_is_known(
            width in 1u32..60, height in 1u32..30, which in 0usize..7, missing in any::<prop::sample::Index>(),
        ) {
            let (layout, shape) = (layouts()[which], Shape::new(width, height));
            let blocks = layout.blocks(shape);
            prop_assume!(blocks > 0);
            let missing = missing.index(blocks);
            let mut rgba = vec![0; shape.pixels() * 4];
            let bytes = vec![90; layout.frame_bytes(shape)];
            let is_known = |byte: usize| byte / BLOCK_BYTES != missing;
            layout.show_known((shape, Colour::default()), &bytes, is_known, &mut rgba);
            // A changed block changes the pixels that it holds a part of, and no others.
            let shown = |change: u8| {
                let mut bytes = vec![90; layout.frame_bytes(shape)];
                bytes[missing * BLOCK_BYTES..][..BLOCK_BYTES].fill(90 + change);
                let mut rgba = vec![0; shape.pixels() * 4];
                layout.show(shape, Colour::default(), &bytes, None, &mut rgba);
                rgba
            };
            let left = rgba.as_chunks::<4>().0.iter().filter(|&&pixel| pixel == [0; 4]).count();
            let share = layout.share_known(shape, |byte| byte / BLOCK_BYTES != missing);
            prop_assert!((share - (1.0 - left as f64 / shape.pixels() as f64)).abs() < 1e-12);
            let (one, other) = (shown(0), shown(60));
            for (pixel, shown) in rgba.as_chunks::<4>().0.iter().enumerate() {
                let at = pixel * 4..pixel * 4 + 4;
                // Alpha is not shown, but lies in the same block.
                prop_assert_eq!(*shown == [0; 4], one[at.clone()] != other[at.clone()], "pixel {}", pixel);
                prop_assert!(*shown == [0; 4] || *shown == one[at]);
            }
        }

        #[test]
        fn a_copied_rectangle_covers_its_pixels_and_less_than_a_block_more(
            width in 20u32..90, height in 20u32..50, which in 0usize..7,
            x in 0u32..10, y in 0u32..10, w in 1u32..10, h in 1u32..10, left in 0u32..10, top in 0u32..10,
        ) {
            let (layout, shape) = (layouts()[which], Shape::new(width, height));
            let pairs = layout.copied_blocks(shape, [x, y, w, h], [left, top]).expect("it is within");
            let here: Vec<usize> = pairs.iter().map(|&(here, _)| here).collect();
            for y in y..y + h {
                for x in x..x + w {
                    if let Some(block) = layout.block_at(shape, x, y) {
                        prop_assert!(here.contains(&block) || left + top > 0, "{x}, {y}");
                    }
                }
            }
            if (left, top) == (x, y) {
                prop_assert!(pairs.iter().all(|(here, there)| here == there));
            }
        }
    }

    #[test]
    fn rectangles_are_rounded_to_the_blocks_that_hold_them() {
        let shape = Shape::new(64, 8);
        // 4 pixels a block, 16 blocks a row: pixels 5 to 12 lie in blocks 1 to 3, and pixel 30 lies in block 7.
        let pairs = Layout::RGBA32.copied_blocks(shape, [5, 2, 8, 2], [30, 5]).expect("within");
        let rows = [(2, 5), (3, 6)];
        let expected: Vec<_> = rows
            .iter()
            .flat_map(|(to, from)| (1..4).map(move |i| (to * 16 + i, from * 16 + 6 + i)))
            .collect();
        assert_eq!(pairs, expected);
        // Tiles of 4 × 4 pixels, 16 a row: pixel rows 2 to 5 lie in two rows of tiles.
        let tiled = Layout::GRAY8.in_tiles().expect("gray8 has tiles");
        let pairs = tiled.copied_blocks(shape, [5, 2, 4, 4], [40, 0]).expect("within");
        assert_eq!(pairs, [(1, 10), (2, 11), (17, 26), (18, 27)]);
        // One plane of 64 × 8 and two of 32 × 4 samples: 32 blocks, then 8 and 8.
        let pairs = Layout::YUV420P.copied_blocks(shape, [0, 0, 16, 2], [32, 4]).expect("within");
        assert_eq!(pairs, [(0, 18), (4, 22), (32, 37), (40, 45)]);
    }

    #[test]
    fn rectangles_past_an_edge_have_no_blocks() {
        let shape = Shape::new(20, 10);
        for (to, from) in
            [([15, 0, 6, 1], [0, 0]), ([0, 5, 1, 6], [0, 0]), ([0, 0, 6, 1], [15, 0]), ([0, 0, 1, 6], [0, 5])]
        {
            assert_eq!(Layout::GRAY8.copied_blocks(shape, to, from), None);
        }
        assert!(Layout::GRAY8.copied_blocks(shape, [0, 0, 20, 10], [0, 0]).is_some());
    }
}
