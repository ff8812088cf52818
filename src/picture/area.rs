//! The place of a slice in the picture.

use std::ops::Range;

use super::Shape;

/// Which rows of the frame a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldRows {
    /// All rows.
    All,
    /// Rows 0, 2, 4 …: the top field.
    Top,
    /// Rows 1, 3, 5 …: the bottom field.
    Bottom,
}

/// Consecutive units (macroblocks, MCUs) of a codec, in the order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area {
    /// Width and height of a unit in pixels of its picture.
    pub unit: [u32; 2],
    /// Units in a row of the picture; 1 or more.
    pub columns: u32,
    /// The number of the first unit.
    pub first: u32,
    /// How many units there are.
    pub count: u32,
    /// Units come in pairs, one above the other (H.264, frames of pairs of macroblocks).
    pub is_in_pairs: bool,
    /// Which rows of the frame the picture has.
    pub rows: FieldRows,
}

impl Area {
    /// Column and row of a unit in its picture, in units.
    const fn place(&self, unit: u32) -> [u32; 2] {
        let columns = self.columns;
        if self.is_in_pairs {
            let pair = unit / 2;
            [pair % columns, pair / columns * 2 + unit % 2]
        } else {
            [unit % columns, unit / columns]
        }
    }

    /// Column and row of the first pixel in the frame.
    #[must_use]
    pub fn first_pixel(&self) -> [u32; 2] {
        let [column, row] = self.place(self.first);
        [column.saturating_mul(self.unit[0]), self.frame_row(row.saturating_mul(self.unit[1]))]
    }

    /// The number of a row of the picture within the frame.
    const fn frame_row(&self, row: u32) -> u32 {
        match self.rows {
            FieldRows::All => row,
            FieldRows::Top => row.saturating_mul(2),
            FieldRows::Bottom => row.saturating_mul(2).saturating_add(1),
        }
    }

    /// How many pixels its units have, those past the edges of the picture included.
    #[must_use]
    pub fn coded_pixels(&self) -> u64 {
        u64::from(self.count) * u64::from(self.unit[0]) * u64::from(self.unit[1])
    }

    /// The runs of pixels of the area within a frame of `shape`: a row, and columns of it.
    pub fn runs(self, shape: Shape) -> impl Iterator<Item = (usize, Range<usize>)> {
        let [width, height] = self.unit;
        // Columns at the end of a row, and rows below the picture, may not exist.
        let units = self.first..self.first.saturating_add(self.count);
        units.flat_map(move |unit| {
            let [column, row] = self.place(unit);
            let start = column.saturating_mul(width).min(shape.width);
            let end = start.saturating_add(width).min(shape.width);
            let top = row.saturating_mul(height);
            let rows = if start < end && top < shape.height { 0..height } else { 0..0 };
            let rows = rows.map(move |line| self.frame_row(top.saturating_add(line)));
            rows.filter(move |&line| line < shape.height)
                .map(move |line| (line as usize, start as usize..end as usize))
        })
    }

    /// Rectangles that cover the area in a frame of `shape`, each as the left column, the top row, width and height in pixels; the rows of
    /// a field cover those of the other field, too.
    #[must_use]
    pub fn rectangles(self, shape: Shape) -> Vec<[u32; 4]> {
        let scale = if self.rows == FieldRows::All { 1 } else { 2 };
        let rectangle = |[column, row]: [u32; 2], [columns, rows]: [u32; 2]| {
            let side = |first: u32, count: u32, unit: u32, all: u32| {
                let first = first.saturating_mul(unit).min(all);
                (first, count.saturating_mul(unit).min(all - first))
            };
            let (left, width) = side(column, columns, self.unit[0], shape.width);
            let (top, height) = side(row, rows, self.unit[1] * scale, shape.height);
            [left, top, width, height]
        };
        let (first, end) = (self.first, self.first.saturating_add(self.count));
        let mut rectangles = Vec::new();
        if self.is_in_pairs {
            rectangles.extend((first..end).map(|unit| rectangle(self.place(unit), [1, 1])));
        } else {
            let mut at = first;
            while at < end {
                let [column, row] = self.place(at);
                let rows = (end - at) / self.columns;
                let size = if column == 0 && rows > 0 {
                    [self.columns, rows]
                } else {
                    [(self.columns - column).min(end - at), 1]
                };
                rectangles.push(rectangle([column, row], size));
                at += size[0] * size[1];
            }
        }
        rectangles.retain(|[.., width, height]| *width > 0 && *height > 0);
        rectangles
    }

    /// True if a pixel of the frame, by its column and row, is in the area.
    #[must_use]
    pub const fn contains(&self, [x, y]: [u32; 2]) -> bool {
        let y = match self.rows {
            FieldRows::All => y,
            FieldRows::Top if y % 2 == 0 => y / 2,
            FieldRows::Bottom if y % 2 == 1 => y / 2,
            FieldRows::Top | FieldRows::Bottom => return false,
        };
        let [column, row] = [x / self.unit[0], y / self.unit[1]];
        if column >= self.columns {
            return false;
        }
        let number = if self.is_in_pairs {
            (row / 2 * self.columns + column) * 2 + row % 2
        } else {
            row * self.columns + column
        };
        self.first <= number && number - self.first < self.count
    }

    /// How many pixels of a frame of `shape` the area has: units at the edges may extend past them.
    #[must_use]
    pub fn pixels(&self, shape: Shape) -> u64 {
        let height = match self.rows {
            FieldRows::All => shape.height,
            FieldRows::Top => shape.height.div_ceil(2),
            FieldRows::Bottom => shape.height / 2,
        };
        let within = |place: u32, side: u32, all: u32| {
            u64::from(all.saturating_sub(place.saturating_mul(side)).min(side))
        };
        let unit = |unit: u32| {
            let [column, row] = self.place(unit);
            within(column, self.unit[0], shape.width) * within(row, self.unit[1], height)
        };
        (self.first..self.first.saturating_add(self.count)).map(unit).sum()
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small pictures")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const AREA: Area =
        Area { unit: [16, 16], columns: 3, first: 2, count: 3, is_in_pairs: false, rows: FieldRows::All };

    #[test]
    fn pixels_past_the_edges_are_not_counted() {
        // Units 2, 3 and 4 of 3 × 2: the last of the first row is 8 wide, the second row 4 high.
        assert_eq!(AREA.first_pixel(), [32, 0]);
        assert_eq!(AREA.pixels(Shape::new(40, 20)), 8 * 16 + 2 * 16 * 4);
        assert_eq!(AREA.pixels(Shape::new(48, 32)), 3 * 256);
        assert_eq!(AREA.pixels(Shape::new(32, 16)), 0);
    }

    #[test]
    fn runs_and_single_pixels_agree_with_the_count() {
        let shape = Shape::new(40, 37);
        for rows in [FieldRows::All, FieldRows::Top, FieldRows::Bottom] {
            for is_in_pairs in [false, true] {
                for (first, count) in [(0, 1), (1, 4), (5, 3), (0, 99)] {
                    let area = Area { first, count, is_in_pairs, rows, ..AREA };
                    let pixels =
                        |(row, columns): (usize, Range<usize>)| columns.map(move |column| (row, column));
                    let runs: Vec<_> = area.runs(shape).flat_map(pixels).collect();
                    let in_runs: BTreeSet<_> = runs.iter().copied().collect();
                    assert_eq!(in_runs.len(), runs.len(), "no pixel twice");
                    let each = (0..37).flat_map(|y| (0..40).map(move |x| (y, x)));
                    let contained: BTreeSet<_> = each
                        .filter(|&(y, x)| area.contains([x, y]))
                        .map(|(y, x)| (y as usize, x as usize))
                        .collect();
                    assert_eq!(in_runs, contained, "{area:?}");
                    assert_eq!(in_runs.len() as u64, area.pixels(shape), "{area:?}");
                    let inside = |[left, top, width, height]: [u32; 4]| {
                        (top..top + height).flat_map(move |y| (left..left + width).map(move |x| (y, x)))
                    };
                    let covered: BTreeSet<_> = area.rectangles(shape).into_iter().flat_map(inside).collect();
                    let is_covered = |&(y, x): &(usize, usize)| covered.contains(&(y as u32, x as u32));
                    assert!(in_runs.iter().all(is_covered), "{area:?}");
                    let fields = if rows == FieldRows::All { 1 } else { 2 };
                    assert!(covered.len() <= fields * in_runs.len() + 40, "{area:?}");
                }
            }
        }
    }

    #[test]
    fn a_field_has_every_other_row() {
        let bottom = Area { rows: FieldRows::Bottom, first: 3, ..AREA };
        assert_eq!(bottom.first_pixel(), [0, 33]);
        assert_eq!(bottom.pixels(Shape::new(48, 41)), 3 * 16 * 4, "rows 16 to 19 of 20");
        let top = Area { rows: FieldRows::Top, first: 3, ..AREA };
        assert_eq!((top.first_pixel(), top.pixels(Shape::new(48, 41))), ([0, 32], 3 * 16 * 5));
    }

    #[test]
    fn the_second_unit_of_a_pair_is_below_the_first() {
        let pairs = Area { is_in_pairs: true, first: 7, count: 1, ..AREA };
        assert_eq!(pairs.first_pixel(), [0, 48], "the lower one of pair 3, the first of the second row");
    }
}
