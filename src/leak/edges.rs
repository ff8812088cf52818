//! Edges of the original, with which an outline is compared.
//!
//! A block is an edge if the Sobel gradient of luma, rounded to whole steps of a byte, reaches 48 of 1020 at any of its
//! pixels. Past its borders the picture continues with the pixels at the border. Edges are the only numbers that need
//! the original, which an eavesdropper does not have.
//!
//! Luma is computed a few rows at a time and never kept. If every block is a part of one row, no buffer of the
//! picture's size is written.

use rayon::prelude::*;

use super::sobel::Sobel;
use crate::picture::Shape;
use crate::picture::layout::Layout;

/// The least gradient of an edge, of 1020.
const GRADIENT: i16 = 48;

/// Rows that one task works on.
const ROWS_PER_TASK: usize = 32;

/// Which blocks of a frame are edges of the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    edge: Vec<bool>,
    count: usize,
}

impl Edges {
    /// The edges of a frame; `bytes` holds [`frame_bytes`](Layout::frame_bytes).
    #[must_use]
    pub fn of(layout: Layout, shape: Shape, bytes: &[u8]) -> Self {
        let columns = shape.columns();
        let edge = match layout.pixels_per_block(shape) {
            _ if columns == 0 => Vec::new(),
            Some(pixels) => {
                let mut edge = vec![false; layout.blocks(shape)];
                let row = columns / pixels;
                let tasks = edge.par_chunks_mut(row * ROWS_PER_TASK).enumerate();
                tasks.for_each_init(Rows::default, |rows, (task, edge)| {
                    let mut edge = edge.chunks_exact_mut(row);
                    rows.each(layout, shape, bytes, task, |steep| {
                        edge.next().into_iter().for_each(|edge| match pixels {
                            4 => any_of::<4>(steep, edge),
                            _ => any_of::<16>(steep, edge),
                        });
                    });
                });
                edge
            }
            None => {
                let mut steep = vec![false; shape.pixels()];
                let tasks = steep.par_chunks_mut(columns * ROWS_PER_TASK).enumerate();
                tasks.for_each_init(Rows::default, |rows, (task, all)| {
                    let mut all = all.chunks_exact_mut(columns);
                    rows.each(layout, shape, bytes, task, |steep| {
                        all.next().into_iter().for_each(|row| row.copy_from_slice(steep));
                    });
                });
                layout.blocks_with(shape, &steep)
            }
        };
        let count = edge.iter().filter(|&&edge| edge).count();
        Self { edge, count }
    }

    /// Whether each block of the frame is an edge.
    #[must_use]
    pub fn blocks(&self) -> &[bool] {
        &self.edge
    }

    /// How many blocks are edges.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// For each block of a row, whether one of its pixels is steep. The number of pixels is a constant, so that the
/// compiler compares all pixels of a block at once.
fn any_of<const PIXELS: usize>(steep: &[bool], edge: &mut [bool]) {
    for (edge, steep) in edge.iter_mut().zip(steep.as_chunks().0) {
        *edge = *steep != [false; PIXELS];
    }
}

/// Buffers for the rows of one task; they fit the second-level cache.
#[derive(Default)]
struct Rows {
    samples: Vec<u8>,
    luma: Vec<u8>,
    sobel: Sobel,
    /// Whether each pixel of the row is steep.
    steep: Vec<bool>,
}

impl Rows {
    /// Calls `each` with every row of a task: for each of its pixels, whether the picture is steep there.
    fn each(
        &mut self,
        layout: Layout,
        shape: Shape,
        bytes: &[u8],
        task: usize,
        mut each: impl FnMut(&[bool]),
    ) {
        let (columns, end) = (shape.columns(), shape.rows());
        let rows = task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(end);
        let needed = rows.start.saturating_sub(1)..(rows.end + 1).min(end);
        layout.luma_of_rows(shape, bytes, needed.clone(), &mut self.samples, &mut self.luma);
        self.steep.resize(columns, false);
        for y in rows {
            let around = [y.max(1) - 1, y, (y + 1).min(end - 1)];
            self.mark(around.map(|y| (y - needed.start) * columns));
            each(&self.steep);
        }
    }

    /// Marks the steep pixels of a row. `starts` says where the row above, the row itself and the row below start in
    /// the luma.
    fn mark(&mut self, starts: [usize; 3]) {
        let Self { luma, sobel, steep, .. } = self;
        let columns = steep.len();
        let gradients = sobel.gradients(starts.map(|start| &luma[start..][..columns]));
        for (steep, gradient) in steep.iter_mut().zip(gradients) {
            // One component of this size alone makes an edge. Clamped to it, the squares fit 16 bits.
            let [across, down] = gradient.map(|part| part.abs().min(GRADIENT));
            *steep = across * across + down * down >= GRADIENT * GRADIENT;
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use super::*;

    /// The blocks in which a gradient of unrounded luma reaches 48, pixel by pixel.
    fn plain(shape: Shape, rgba: &[u8]) -> Vec<bool> {
        let (columns, rows) = (shape.columns().cast_signed(), shape.rows().cast_signed());
        let luma = |x: isize, y: isize| {
            let at = y.clamp(0, rows - 1) * columns + x.clamp(0, columns - 1);
            let [r, g, b, _] = rgba.as_chunks::<4>().0[at.cast_unsigned()].map(f32::from);
            r * 0.299 + g * 0.587 + b * 0.114
        };
        let gradient = |x: isize, y: isize| {
            let column = |dx: isize| luma(x + dx, y - 1) + 2.0 * luma(x + dx, y) + luma(x + dx, y + 1);
            let row = |dy: isize| luma(x - 1, y + dy) + 2.0 * luma(x, y + dy) + luma(x + 1, y + dy);
            (column(1) - column(-1)).hypot(row(1) - row(-1))
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
            let edges = Edges::of(Layout::RGBA32, shape, &rgba);
            let plain = plain(shape, &rgba);
            assert_eq!(edges.blocks().len(), plain.len());
            assert_eq!(edges.count(), edges.blocks().iter().filter(|&&edge| edge).count());
            let differ = edges.blocks().iter().zip(&plain).filter(|(one, other)| one != other).count();
            // `Edges` rounds luma to a byte.
            assert!(differ * 50 <= plain.len(), "{differ} of {}", plain.len());
        }
    }

    #[test]
    fn edges_agree_with_a_plain_sobel_operator_in_every_layout_and_size() {
        for layout in [&Layout::ALL[..], &Layout::TILED].concat() {
            for shape in [Shape::new(64, 70), Shape::new(37, 33), Shape::new(1, 65), Shape::new(48, 1)] {
                let bytes: Vec<u8> =
                    (0..layout.frame_bytes(shape)).map(|at| (at / 40 * 37 % 256) as u8).collect();
                let luma = layout.luma(shape, &bytes);
                let at = |x: usize, y: usize, [dx, dy]: [isize; 2]| {
                    let x = x.saturating_add_signed(dx).min(shape.columns() - 1);
                    i32::from(luma[y.saturating_add_signed(dy).min(shape.rows() - 1) * shape.columns() + x])
                };
                let steep = |pixel: usize| {
                    let (x, y) = (pixel % shape.columns(), pixel / shape.columns());
                    let column = |dx| at(x, y, [dx, -1]) + 2 * at(x, y, [dx, 0]) + at(x, y, [dx, 1]);
                    let row = |dy| at(x, y, [-1, dy]) + 2 * at(x, y, [0, dy]) + at(x, y, [1, dy]);
                    (column(1) - column(-1)).pow(2) + (row(1) - row(-1)).pow(2) >= i32::from(GRADIENT).pow(2)
                };
                let steep: Vec<bool> = (0..shape.pixels()).map(steep).collect();
                let edges = Edges::of(layout, shape, &bytes);
                assert_eq!(edges.blocks(), layout.blocks_with(shape, &steep), "{layout} {shape:?}");
            }
        }
    }

    #[test]
    fn a_step_in_luma_is_an_edge_on_both_of_its_sides() {
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
