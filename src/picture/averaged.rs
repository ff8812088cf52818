//! Pictures in another size: every pixel is the average of the area that it covers.
//!
//! Every pixel of the original counts the same, whatever the factor. A fine pattern therefore turns into its even
//! average, never into coarse bands that the data does not have. In an enlarged picture, pixels stay rectangles with
//! sharp edges. Averages are computed from the encoded 8-bit values, without gamma correction.
//!
//! Rows are summed first, as 16-bit numbers with 8 fractional bits, which fit SIMD registers well. Each summed row
//! loses at most 1/512 of a level.

use std::ops::Range;

use rayon::prelude::*;

use super::frame::Picture;
use super::shape::Shape;

/// The rows of a picture that is to be averaged.
pub trait Rows: Sync {
    /// The pixels in `columns` of row `y`. `room` is a buffer for pixels that have to be computed first.
    fn row<'a>(&'a self, y: usize, columns: Range<usize>, room: &'a mut Vec<[u8; 4]>) -> &'a [[u8; 4]];
}

impl Rows for Picture {
    fn row<'a>(&'a self, y: usize, columns: Range<usize>, _: &'a mut Vec<[u8; 4]>) -> &'a [[u8; 4]] {
        &self.pixels()[y * self.shape.columns()..][columns]
    }
}

/// A picture in memory: 4 channels a pixel, rows tightly packed.
struct Packed<'p> {
    pixels: &'p [[u8; 4]],
    columns: usize,
}

impl Rows for Packed<'_> {
    fn row<'a>(&'a self, y: usize, columns: Range<usize>, _: &'a mut Vec<[u8; 4]>) -> &'a [[u8; 4]] {
        &self.pixels[y * self.columns..][columns]
    }
}

/// Resizes a picture of the shape `from` to the shape `to` and returns `to.pixels()` pixels. Rows are tightly packed;
/// all four channels are averaged alike; halves are rounded up.
///
/// # Panics
/// If `pixels` has fewer pixels than `from`.
///
/// ```
/// use afterimage::picture::{Shape, averaged};
///
/// let board = [[0; 4], [255; 4], [255; 4], [0; 4]];
/// assert_eq!(averaged(&board, Shape::new(2, 2), Shape::new(1, 1)), [[128; 4]]);
/// ```
#[must_use]
pub fn averaged(pixels: &[[u8; 4]], from: Shape, to: Shape) -> Vec<[u8; 4]> {
    assert!(pixels.len() >= from.pixels(), "as many pixels as the shape says");
    let mut averages = vec![[0; 4]; to.pixels()];
    let rows = Packed { pixels, columns: from.columns() };
    average_part(&rows, (from, to), [0..to.columns(), 0..to.rows()], &mut averages);
    averages
}

/// Computes a part of the resized picture: `part` is a range of columns and a range of rows of the picture in the
/// shape `to`. Writes the part into `averages`, rows tightly packed. The result equals the same part of the whole
/// resized picture to the bit.
///
/// # Panics
/// If `part` reaches beyond `to`, or if the lengths of `averages` and of the part differ.
pub fn average_part(
    picture: &impl Rows,
    (from, to): (Shape, Shape),
    [part_columns, part_rows]: [Range<usize>; 2],
    averages: &mut [[u8; 4]],
) {
    assert!(part_columns.end <= to.columns() && part_rows.end <= to.rows(), "a part of the picture");
    assert_eq!(averages.len(), part_columns.len() * part_rows.len(), "as many pixels as the part has");
    if averages.is_empty() || from.pixels() == 0 {
        return;
    }
    let columns: Vec<_> = part_columns.clone().map(|x| Span::of(x, from.columns(), to.columns())).collect();
    let needed = columns[0].first..columns[columns.len() - 1].last + 1;
    let columns: Vec<_> = columns.iter().map(|span| Taps::of(span, needed.start)).collect();
    // The weight of a full column inside a span; it also undoes the scale `ONE` of the row sums.
    let inner = to.columns() as f32 / from.columns() as f32 / f32::from(ONE);
    averages.par_chunks_exact_mut(part_columns.len()).zip(part_rows).for_each_init(
        || (Vec::new(), vec![0_u16; needed.len() * 4], vec![[0_f32; 4]; needed.len()]),
        |(room, sums, columns_above), (row, y)| {
            let shortfall =
                sum_rows(picture, &Span::of(y, from.rows(), to.rows()), needed.clone(), room, sums);
            for (above, &sum) in columns_above.as_flattened_mut().iter_mut().zip(&*sums) {
                *above = f32::from(sum);
            }
            for (pixel, taps) in row.iter_mut().zip(&columns) {
                *pixel = taps.average(columns_above, inner, shortfall);
            }
        },
    );
}

/// The scale of row sums: a level of 1 adds 256.
const ONE: u16 = 256;

/// Sums the rows of a span; their weights add up to [`ONE`]. Returns how many levels the sums are too low on average,
/// because products are cut off.
fn sum_rows(
    picture: &impl Rows,
    span: &Span,
    columns: Range<usize>,
    room: &mut Vec<[u8; 4]>,
    sums: &mut [u16],
) -> f32 {
    sums.fill(0);
    let mut cuts = 0.0;
    for y in span.first..=span.last {
        let weight = span.weight(y);
        #[expect(clippy::cast_possible_truncation, reason = "a weight is at most 2¹⁶")]
        let (whole, part) = ((weight >> 8) as u16, (weight & 0xff) as u16);
        let row = picture.row(y, columns.clone(), room).as_flattened();
        for (sum, &channel) in sums.iter_mut().zip(row) {
            let channel = u16::from(channel);
            // No overflow: the sum is at most 255 · 256 = 65,280.
            *sum =
                sum.wrapping_add(channel.wrapping_mul(whole)).wrapping_add(channel.wrapping_mul(part) >> 8);
        }
        // A product is cut to 8 fractional bits, which loses half of the last bit on average.
        cuts += if part == 0 { 0.0 } else { 0.5 };
    }
    cuts / f32::from(ONE)
}

/// The weights of the columns of a span.
struct Taps {
    /// The column, counted from the first column that is read.
    first: usize,
    last: usize,
    first_weight: f32,
    last_weight: f32,
}

impl Taps {
    fn of(span: &Span, start: usize) -> Self {
        let share = |parts: usize| parts as f32 / span.parts as f32 / f32::from(ONE);
        let Span { first, last, .. } = *span;
        let first_weight = share(span.overlap(first).len());
        let last_weight = if first == last { 0.0 } else { share(span.overlap(last).len()) };
        Self { first: first - start, last: last - start, first_weight, last_weight }
    }

    /// The average of a span, from row sums that are `shortfall` levels too low. `inner` is the weight of a full
    /// column.
    fn average(&self, columns: &[[f32; 4]], inner: f32, shortfall: f32) -> [u8; 4] {
        let span = &columns[self.first..=self.last];
        let (first, last) = (span[0], span[span.len() - 1]);
        // 1/512 more, so that halves are rounded up although an `f32` may hold slightly less than a half.
        let mut area = [shortfall + 1.0 / 512.0; 4];
        for (channel, area) in area.iter_mut().enumerate() {
            *area += first[channel] * self.first_weight + last[channel] * self.last_weight;
        }
        for column in &span[1..(span.len() - 1).max(1)] {
            for (area, channel) in area.iter_mut().zip(column) {
                *area += channel * inner;
            }
        }
        // An `f32` of 2²³ or more has no fractional bits: the addition rounds, and the low 8 bits are the level.
        area.map(|area| (area + 8_388_608.0).to_bits().to_le_bytes()[0])
    }
}

/// The part of a row or column of the original that one pixel of the average covers. Lengths are in parts: a pixel of
/// the original has as many parts as the average has pixels.
struct Span {
    first: usize,
    last: usize,
    /// The first part.
    start: usize,
    /// The number of parts; equals the number of pixels of the original.
    parts: usize,
    /// The number of parts in a pixel of the original.
    pixel: usize,
}

impl Span {
    /// The span of `from` pixels that pixel `at` of `to` pixels covers.
    fn of(at: usize, from: usize, to: usize) -> Self {
        let (start, end) = (at * from, (at + 1) * from);
        Self { first: start / to, last: (end - 1) / to, start, parts: from, pixel: to }
    }

    /// The parts of the span that lie in pixel `at` of the original.
    fn overlap(&self, at: usize) -> Range<usize> {
        let within = |part: usize| part.saturating_sub(self.start).min(self.parts);
        within(at * self.pixel)..within((at + 1) * self.pixel)
    }

    /// The weight of pixel `at` of the original; the weights of a span add up to 2¹⁶.
    fn weight(&self, at: usize) -> u32 {
        let Range { start, end } = self.overlap(at);
        let share = |parts: usize| ((parts as u64) << 16) / self.parts as u64;
        u32::try_from(share(end) - share(start)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
mod tests {
    use super::*;

    /// The same average by its definition, in fractions of pixels.
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
                        (f64::from(found) - right).abs() <= 0.51,
                        "{found} for {right}, {from:?} to {to:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_part_is_the_same_as_in_the_whole() {
        let (from, to) = (Shape::new(31, 17), Shape::new(12, 23));
        let pixels = noise(from.pixels());
        let whole = averaged(&pixels, from, to);
        let [columns, rows] = [5..11, 3..20];
        let mut part = vec![[0; 4]; columns.len() * rows.len()];
        let packed = Packed { pixels: &pixels, columns: from.columns() };
        average_part(&packed, (from, to), [columns.clone(), rows.clone()], &mut part);
        for (found, y) in part.chunks_exact(columns.len()).zip(rows) {
            assert_eq!(found, &whole[y * to.columns()..][columns.clone()], "row {y}");
        }
    }

    #[test]
    fn an_even_picture_keeps_its_level_at_any_factor() {
        for (from, to) in [((1280, 720), (652, 367)), ((300, 160), (7, 1)), ((20, 10), (31, 17))] {
            let (from, to) = (Shape::new(from.0, from.1), Shape::new(to.0, to.1));
            for level in [0, 1, 127, 200, 254, 255] {
                let averages = averaged(&vec![[level; 4]; from.pixels()], from, to);
                assert!(averages.iter().all(|pixel| *pixel == [level; 4]), "{level}, {from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn a_fine_pattern_turns_even_at_any_factor() {
        // Stripes of 4 pixels, as blocks of gray8 under ECB. At 652 of 1280 pixels, nearest-neighbour scaling shows
        // bands.
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
