//! How well the sizes of slices follow the detail of the picture.
//!
//! An encoder spends bytes where the picture has detail. Slices with known places and sizes draw that detail, whatever encrypts them.

use rayon::prelude::*;

use super::rank_correlation::spearman;
use super::sobel::Sobel;
use crate::picture::layout::Layout;
use crate::picture::{Area, Shape};

/// The fewest slices whose sizes are correlated with the picture.
const FEWEST_CORRELATED: usize = 20;

/// The fewest slices that make a picture.
const FEWEST_SEEN: u64 = 100;

/// The least rank correlation with which slices are said to draw the picture.
const LEAST_RHO: f64 = 0.5;

/// The detail of the original: the magnitude of the Sobel gradient of luma at each pixel.
#[derive(Clone, Debug)]
pub struct Detail {
    shape: Shape,
    /// From 0 to 1443, row after row.
    magnitude: Vec<f32>,
}

impl Detail {
    /// The detail of a frame; `bytes` holds [`frame_bytes`](Layout::frame_bytes).
    #[must_use]
    pub fn of(layout: Layout, shape: Shape, bytes: &[u8]) -> Self {
        let (columns, rows) = (shape.columns(), shape.rows());
        let mut magnitude = vec![0.0; columns * rows];
        if columns == 0 || rows == 0 {
            return Self { shape, magnitude };
        }
        let luma = layout.luma(shape, bytes);
        let row_at = |y: usize| &luma[y.min(rows - 1) * columns..][..columns];
        magnitude.par_chunks_mut(columns).enumerate().for_each_init(
            Sobel::default,
            |sobel, (y, magnitude)| {
                let gradients = sobel.gradients([row_at(y.saturating_sub(1)), row_at(y), row_at(y + 1)]);
                for (magnitude, gradient) in magnitude.iter_mut().zip(gradients) {
                    let [across, down] = gradient.map(f32::from);
                    *magnitude = (across * across + down * down).sqrt();
                }
            },
        );
        Self { shape, magnitude }
    }

    /// The mean magnitude in an area; `None` if no pixel of it is in the picture.
    #[must_use]
    pub fn mean_in(&self, area: Area) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0usize);
        for (row, columns) in area.runs(self.shape) {
            count += columns.len();
            let run = &self.magnitude[row * self.shape.columns()..][columns];
            sum += f64::from(run.iter().sum::<f32>());
        }
        (count > 0).then(|| sum / count as f64)
    }
}

/// How many slices of a frame have a known place, and how well their sizes agree with the original.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Footprint {
    /// Slices with a known place.
    pub pieces: u64,
    /// Spearman's rank correlation of the bytes per pixel of each slice with the mean detail in its area, from -1 to 1; `None` under 20
    /// slices, if all are alike, and if the original is not known.
    pub rho: Option<f64>,
}

impl Footprint {
    /// The footprint of slices, each with its place in a picture of `shape` and its bytes.
    #[must_use]
    pub fn of(slices: &[(Area, usize)], shape: Shape, detail: Option<&Detail>) -> Self {
        let detail = detail.filter(|_| slices.len() >= FEWEST_CORRELATED);
        let rho = detail.and_then(|detail| {
            let both = |&(area, bytes): &(Area, usize)| {
                Some((bytes as f64 / area.pixels(shape) as f64, detail.mean_in(area)?))
            };
            let (sizes, details): (Vec<f64>, Vec<f64>) = slices.par_iter().filter_map(both).unzip();
            spearman(&sizes, &details).filter(|_| sizes.len() >= FEWEST_CORRELATED)
        });
        Self { pieces: slices.len() as u64, rho }
    }

    /// True if the slices draw the picture: 100 or more, with a rank correlation of 0.5 or more.
    #[must_use]
    pub fn is_seen(self) -> bool {
        self.pieces >= FEWEST_SEEN && self.rho.is_some_and(|rho| rho >= LEAST_RHO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{FieldRows, Orientation};

    fn area(first: u32) -> Area {
        Area {
            unit: [16, 16],
            columns: 20,
            first,
            count: 1,
            is_in_pairs: false,
            rows: FieldRows::All,
            orientation: Orientation::default(),
        }
    }

    /// 20 × 10 macroblocks; the step between neighbouring columns of number n is n.
    fn stripes() -> (Shape, Vec<u8>) {
        let shape = Shape::new(320, 160);
        let places = (0..160u32).flat_map(|y| (0..320u32).map(move |x| (x, y)));
        let level = |(x, y): (u32, u32)| (x / 2 % 2) * (x / 16 + y / 16 * 20);
        let bytes = places.map(|place| u8::try_from(level(place)).expect("below 200")).collect();
        (shape, bytes)
    }

    #[test]
    fn detail_is_the_magnitude_of_a_sobel_operator() {
        let (shape, bytes) = stripes();
        let detail = Detail::of(Layout::GRAY8, shape, &bytes);
        let at = |x: i32, y: i32| {
            let (x, y) = (x.clamp(0, 319).cast_unsigned(), y.clamp(0, 159).cast_unsigned());
            f64::from(bytes[(y * 320 + x) as usize])
        };
        for (x, y) in [(0, 0), (319, 0), (0, 159), (319, 159), (17, 15), (100, 31), (64, 80)] {
            let column = |dx: i32| at(x + dx, y - 1) + 2.0 * at(x + dx, y) + at(x + dx, y + 1);
            let row = |dy: i32| at(x - 1, y + dy) + 2.0 * at(x, y + dy) + at(x + 1, y + dy);
            let plain = (column(1) - column(-1)).hypot(row(1) - row(-1));
            let found = f64::from(detail.magnitude[(y * 320 + x).cast_unsigned() as usize]);
            assert!((found - plain).abs() < 1e-3, "{x},{y}: {found} and {plain}");
        }
    }

    #[test]
    fn sizes_that_follow_detail_draw_the_picture_and_others_do_not() {
        let (shape, bytes) = stripes();
        let detail = Detail::of(Layout::GRAY8, shape, &bytes);
        let slices = |bytes: fn(u32) -> usize| (0..200).map(|at| (area(at), bytes(at))).collect::<Vec<_>>();
        let of = |bytes| Footprint::of(&slices(bytes), shape, Some(&detail));
        let follows = of(|at| 30 + at as usize);
        assert!(follows.is_seen() && follows.rho.is_some_and(|rho| rho > 0.95), "{follows:?}");
        let scattered = of(|at| (at as usize * 7919) % 211);
        assert!(!scattered.is_seen() && scattered.rho.is_some_and(|rho| rho.abs() < 0.2), "{scattered:?}");
        assert_eq!(of(|_| 40), Footprint { pieces: 200, rho: None }, "all alike");
        let few = &slices(|at| 30 + at as usize)[..19];
        assert_eq!(Footprint::of(few, shape, Some(&detail)), Footprint { pieces: 19, rho: None });
        let many = &slices(|at| 30 + at as usize)[..99];
        assert!(!Footprint::of(many, shape, Some(&detail)).is_seen(), "too few for a picture");
        assert_eq!(Footprint::of(&slices(|_| 40), shape, None).rho, None, "the original is not known");
    }
}
