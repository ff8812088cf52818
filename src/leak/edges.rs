//! Edges of the original: what an outline is measured against.
//!
//! A block is an edge where the Sobel gradient of luma, in full steps of a byte, reaches 48 of 1020 at any of
//! its pixels. The picture goes on past its borders as it is at them. This is the only look that the numbers
//! take at the original: an eavesdropper has no part in it.

use rayon::prelude::*;

use crate::frame::Shape;
use crate::layout::Layout;

/// The gradient that makes an edge.
const GRADIENT: i32 = 48;

/// Rows that one task works on.
const ROWS_A_TASK: usize = 32;

/// Which blocks of a frame are edges of the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    edge: Vec<bool>,
    count: usize,
}

impl Edges {
    /// The edges of a picture, its luma one byte a pixel, row by row.
    #[must_use]
    pub fn of(layout: Layout, shape: Shape, luma: &[u8]) -> Self {
        let columns = shape.columns();
        let mut steep = vec![false; shape.pixels()];
        if columns > 0 {
            steep.par_chunks_mut(columns * ROWS_A_TASK).enumerate().for_each(|(task, steep)| {
                let mut rows = Rows::new(columns);
                for (row, steep) in steep.chunks_exact_mut(columns).enumerate() {
                    rows.mark(luma, task * ROWS_A_TASK + row, shape, steep);
                }
            });
        }
        let edge = layout.blocks_with(shape, &steep);
        let count = edge.iter().filter(|&&edge| edge).count();
        Self { edge, count }
    }

    /// True where a block is an edge; one entry a block of the frame.
    #[must_use]
    pub fn blocks(&self) -> &[bool] {
        &self.edge
    }

    /// How many are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// What three rows weigh together, with a column more at each end.
struct Rows {
    /// The rows weighed 1, 2, 1.
    sum: Vec<i16>,
    /// The lower one less the upper one.
    step: Vec<i16>,
}

impl Rows {
    fn new(columns: usize) -> Self {
        Self { sum: vec![0; columns + 2], step: vec![0; columns + 2] }
    }

    /// Marks the pixels of row `y` at which the picture is steep.
    fn mark(&mut self, luma: &[u8], y: usize, shape: Shape, steep: &mut [bool]) {
        let columns = shape.columns();
        let row = |y: usize| &luma[y * columns..][..columns];
        let (upper, own, lower) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(shape.rows() - 1)));
        let to = self.sum[1..=columns].iter_mut().zip(&mut self.step[1..=columns]);
        for ((sum, step), ((&upper, &own), &lower)) in to.zip(upper.iter().zip(own).zip(lower)) {
            let [upper, own, lower] = [upper, own, lower].map(i16::from);
            *sum = upper + 2 * own + lower;
            *step = lower - upper;
        }
        for line in [&mut self.sum, &mut self.step] {
            (line[0], line[columns + 1]) = (line[1], line[columns]);
        }
        let sums = self.sum.iter().zip(&self.sum[2..]);
        let steps = self.step.iter().zip(&self.step[1..]).zip(&self.step[2..]);
        for ((steep, (left, right)), ((one, two), three)) in steep.iter_mut().zip(sums).zip(steps) {
            let (across, down) = (i32::from(right - left), i32::from(one + 2 * two + three));
            *steep = across * across + down * down >= GRADIENT * GRADIENT;
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use super::*;

    /// The blocks in which a gradient of unrounded luma reaches 48, the plain way.
    fn plain(shape: Shape, rgba: &[u8]) -> Vec<bool> {
        let (columns, rows) = (shape.columns().cast_signed(), shape.rows().cast_signed());
        let luma = |x: isize, y: isize| {
            let at = y.clamp(0, rows - 1) * columns + x.clamp(0, columns - 1);
            let [r, g, b, _] = rgba.as_chunks::<4>().0[at.cast_unsigned()].map(f32::from);
            r * 0.299 + g * 0.587 + b * 0.114
        };
        let gradient = |x: isize, y: isize| {
            let side = |dx: isize| luma(x + dx, y - 1) + 2.0 * luma(x + dx, y) + luma(x + dx, y + 1);
            let line = |dy: isize| luma(x - 1, y + dy) + 2.0 * luma(x, y + dy) + luma(x + 1, y + dy);
            (side(1) - side(-1)).hypot(line(1) - line(-1))
        };
        let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
        let steep: Vec<bool> = places.map(|(x, y)| gradient(x, y) >= 48.0).collect();
        steep.chunks_exact(4).map(|pixels| pixels.contains(&true)).collect()
    }

    #[test]
    fn edges_are_those_of_a_sobel_operator() {
        for (shape, slope) in [(Shape::new(64, 40), 3), (Shape::new(131, 70), 5), (Shape::new(4, 1), 90)] {
            let pixel = |x: u32, y: u32| {
                let ring = (x * x / 9 + y * y / 4) % 97;
                [(ring * slope) as u8, (x * 2) as u8, (y * slope / 2) as u8, 255]
            };
            let places = (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| (x, y)));
            let rgba: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
            let edges = Edges::of(Layout::RGBA32, shape, &Layout::RGBA32.luma(shape, &rgba));
            let plain = plain(shape, &rgba);
            assert_eq!(edges.blocks().len(), plain.len());
            assert_eq!(edges.count(), edges.blocks().iter().filter(|&&edge| edge).count());
            let differ = edges.blocks().iter().zip(&plain).filter(|(one, other)| one != other).count();
            // Luma is rounded to a byte here.
            assert!(differ * 50 <= plain.len(), "{differ} of {}", plain.len());
        }
    }

    #[test]
    fn a_step_is_an_edge_on_both_of_its_sides() {
        let shape = Shape::new(64, 3);
        let luma: Vec<u8> = (0..3 * 64).map(|at| if at % 64 < 32 { 100 } else { 112 }).collect();
        let edges = Edges::of(Layout::GRAY8, shape, &luma);
        assert_eq!(edges.blocks()[..4], [false, true, true, false], "12 · 4 is 48");
        let luma: Vec<u8> = luma.iter().map(|&luma| luma.min(111)).collect();
        assert_eq!(Edges::of(Layout::GRAY8, shape, &luma).count(), 0);
    }

    #[test]
    fn a_frame_without_pixels_has_no_edges() {
        assert_eq!(Edges::of(Layout::RGBA32, Shape::new(0, 0), &[]), Edges::default());
    }
}
