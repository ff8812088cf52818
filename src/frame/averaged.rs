//! Pictures in another size: every pixel is the average of the area that it covers.
//!
//! No pixel of the original is left out and none counts for more than others, whatever the factor. So a fine pattern
//! turns into its even average, and never into coarse bands that the data does not have; and where a picture becomes
//! larger, its pixels stay rectangles with sharp edges. Averages are those of the 8-bit values, as they are encoded.

use rayon::prelude::*;

use super::Shape;

/// Pixels of four channels, rows tightly packed, from the shape `from` to the shape `to`: `to.pixels()` of them. All
/// four channels are averaged alike; halves are rounded up.
///
/// # Panics
/// If `pixels` has fewer than `from` says, or `from` has a side of 2²⁴ pixels or more.
///
/// ```
/// use afterimage::frame::{Shape, averaged};
///
/// let board = [[0; 4], [255; 4], [255; 4], [0; 4]];
/// assert_eq!(averaged(&board, Shape::new(2, 2), Shape::new(1, 1)), [[128; 4]]);
/// ```
#[must_use]
pub fn averaged(pixels: &[[u8; 4]], from: Shape, to: Shape) -> Vec<[u8; 4]> {
    assert!(pixels.len() >= from.pixels(), "as many pixels as the shape says");
    assert!(from.width.max(from.height) < 1 << 24, "sums of a column fit 32 bits");
    let mut averages = vec![[0; 4]; to.pixels()];
    if averages.is_empty() || from.pixels() == 0 {
        return averages;
    }
    let columns: Vec<_> = (0..to.columns()).map(|x| Span::of(x, from.columns(), to.columns())).collect();
    let total = from.columns() as u64 * from.rows() as u64;
    averages.par_chunks_exact_mut(to.columns()).enumerate().for_each_init(
        || vec![[0_u32; 4]; from.columns()],
        |sums, (y, row)| {
            let span = Span::of(y, from.rows(), to.rows());
            sums.fill([0; 4]);
            for y in span.first..=span.last {
                #[expect(clippy::cast_possible_truncation, reason = "less than a side of the original")]
                let weight = span.weight(y) as u32;
                let above = &pixels[y * from.columns()..][..from.columns()];
                for (sums, pixel) in sums.iter_mut().zip(above) {
                    for (sum, &channel) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(channel) * weight;
                    }
                }
            }
            for (pixel, span) in row.iter_mut().zip(&columns) {
                let mut area = [total / 2; 4];
                for (x, sums) in (span.first..).zip(&sums[span.first..=span.last]) {
                    let weight = span.weight(x);
                    for (area, &sum) in area.iter_mut().zip(sums) {
                        *area += u64::from(sum) * weight;
                    }
                }
                #[expect(clippy::cast_possible_truncation, reason = "an average of bytes")]
                let average = area.map(|area| (area / total) as u8);
                *pixel = average;
            }
        },
    );
    averages
}

/// The pixels of the original that one of the average covers along a side, in parts of which each has as many as
/// the average has pixels.
struct Span {
    first: usize,
    last: usize,
    first_weight: u64,
    last_weight: u64,
    inner_weight: u64,
}

impl Span {
    /// What pixel `at` of `to` covers of `from`. Every span has `from` parts.
    fn of(at: usize, from: usize, to: usize) -> Self {
        let (start, end) = (at * from, (at + 1) * from);
        let (first, last) = (start / to, (end - 1) / to);
        let first_weight = ((first + 1) * to).min(end) - start;
        let last_weight = if first == last { first_weight } else { end - last * to };
        let [first_weight, last_weight, inner_weight] =
            [first_weight, last_weight, to].map(|parts| parts as u64);
        Self { first, last, first_weight, last_weight, inner_weight }
    }

    const fn weight(&self, at: usize) -> u64 {
        match at {
            _ if at == self.first => self.first_weight,
            _ if at == self.last => self.last_weight,
            _ => self.inner_weight,
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
mod tests {
    use super::*;

    /// The same by its definition, in fractions of pixels.
    fn by_definition(pixels: &[[u8; 4]], from: Shape, to: Shape) -> Vec<[f64; 4]> {
        let overlap = |at: u32, of: u32, from: u32, to: u32| {
            let (low, high) = (
                f64::from(at) * f64::from(from) / f64::from(to),
                f64::from(at + 1) * f64::from(from) / f64::from(to),
            );
            (high.min(f64::from(of + 1)) - low.max(f64::from(of))).max(0.0)
        };
        let area =
            f64::from(from.width) * f64::from(from.height) / (f64::from(to.width) * f64::from(to.height));
        let mut averages = Vec::new();
        for y in 0..to.height {
            for x in 0..to.width {
                let mut sums = [0.0; 4];
                for row in 0..from.height {
                    for column in 0..from.width {
                        let share = overlap(x, column, from.width, to.width)
                            * overlap(y, row, from.height, to.height);
                        let pixel = pixels[(row * from.width + column) as usize];
                        sums.iter_mut()
                            .zip(pixel)
                            .for_each(|(sum, channel)| *sum += f64::from(channel) * share / area);
                    }
                }
                averages.push(sums);
            }
        }
        averages
    }

    fn noise(count: usize) -> Vec<[u8; 4]> {
        (0..count as u32)
            .map(|at| at.wrapping_mul(0x9e37_79b1).rotate_left(13).wrapping_mul(0x85eb_ca6b).to_le_bytes())
            .collect()
    }

    #[test]
    fn every_pixel_is_the_average_of_its_area() {
        for (from, to) in [
            ((7, 5), (3, 2)),
            ((12, 9), (4, 3)),
            ((31, 17), (30, 16)),
            ((8, 1), (3, 1)),
            ((1, 9), (1, 1)),
            ((13, 11), (13, 11)),
            ((40, 3), (1, 2)),
            ((5, 4), (11, 9)),
            ((9, 4), (3, 7)),
        ] {
            let (from, to) = (Shape::new(from.0, from.1), Shape::new(to.0, to.1));
            let pixels = noise(from.pixels());
            for (found, right) in averaged(&pixels, from, to).iter().zip(by_definition(&pixels, from, to)) {
                for (&found, right) in found.iter().zip(right) {
                    assert!(
                        (f64::from(found) - right).abs() <= 0.5 + 1e-6,
                        "{found} for {right}, {from:?} to {to:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_fine_pattern_turns_even_at_any_factor() {
        // Stripes of 4 pixels, as blocks of gray8 under ECB: at 652 of 1280, nearest pixels show bands of them.
        let from = Shape::new(1280, 4);
        let stripes: Vec<_> = (0..from.pixels()).map(|at| [if at % 2 == 0 { 0 } else { 200 }; 4]).collect();
        for width in [652, 400, 333, 91] {
            let to = Shape::new(width, 2);
            let averages = averaged(&stripes, from, to);
            let bands = averages
                .chunks_exact(16.min(to.columns()))
                .map(|some| some.iter().map(|pixel| f64::from(pixel[0])).sum::<f64>() / some.len() as f64);
            for mean in bands {
                assert!((mean - 100.0).abs() < 4.0, "{mean} at {width}");
            }
        }
    }
}
