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

/// How a coded frame becomes the frame that is shown: it is mirrored left to right, then turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Orientation {
    /// It is mirrored left to right first.
    pub is_mirrored: bool,
    /// Quarter turns clockwise, from 0 to 3.
    pub quarter_turns: u32,
}

impl Orientation {
    /// Width and height of the shown frame from those of the coded one, and the other way round.
    #[must_use]
    pub const fn turned(self, shape: Shape) -> Shape {
        let Shape { width, height } = shape;
        if self.quarter_turns % 2 == 1 { Shape::new(height, width) } else { shape }
    }

    /// The place of a pixel of the coded frame, which has the size `coded`, in the shown one.
    fn shown(self, [x, y]: [u32; 2], coded: Shape) -> [u32; 2] {
        let from_end = |at: u32, side: u32| side.saturating_sub(1).saturating_sub(at);
        let x = if self.is_mirrored { from_end(x, coded.width) } else { x };
        match self.quarter_turns % 4 {
            0 => [x, y],
            1 => [from_end(y, coded.height), x],
            2 => [from_end(x, coded.width), from_end(y, coded.height)],
            _ => [y, from_end(x, coded.width)],
        }
    }

    /// The place of a pixel of the shown frame in the coded one, which has the size `coded`.
    fn coded(self, [x, y]: [u32; 2], coded: Shape) -> [u32; 2] {
        let from_end = |at: u32, side: u32| side.saturating_sub(1).saturating_sub(at);
        let [x, y] = match self.quarter_turns % 4 {
            0 => [x, y],
            1 => [y, from_end(x, coded.height)],
            2 => [from_end(x, coded.width), from_end(y, coded.height)],
            _ => [from_end(y, coded.width), x],
        };
        [if self.is_mirrored { from_end(x, coded.width) } else { x }, y]
    }
}

/// Consecutive units (macroblocks, MCUs) of a codec, in the order of rows.
///
/// The methods take the shape of the frame that is shown. Units outside it are not visited, however many a file states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Area {
    /// Width and height of a unit in pixels of its picture; 1 or more.
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
    /// How the coded frame is turned for display.
    pub orientation: Orientation,
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

    /// Column and row in the frame of the pixel that is coded first.
    #[must_use]
    pub fn first_pixel(&self, shape: Shape) -> [u32; 2] {
        let [column, row] = self.place(self.first);
        let pixel = [column.saturating_mul(self.unit[0]), self.frame_row(row.saturating_mul(self.unit[1]))];
        self.orientation.shown(pixel, self.orientation.turned(shape))
    }

    /// The number of a row of the picture within the coded frame.
    const fn frame_row(&self, row: u32) -> u32 {
        match self.rows {
            FieldRows::All => row,
            FieldRows::Top => row.saturating_mul(2),
            FieldRows::Bottom => row.saturating_mul(2).saturating_add(1),
        }
    }

    /// Rows of the picture in a coded frame of this height.
    const fn height_in(&self, height: u32) -> u32 {
        match self.rows {
            FieldRows::All => height,
            FieldRows::Top => height.div_ceil(2),
            FieldRows::Bottom => height / 2,
        }
    }

    /// How many pixels its units have, those past the edges of the picture included.
    #[must_use]
    pub fn coded_pixels(&self) -> u64 {
        u64::from(self.count) * u64::from(self.unit[0]) * u64::from(self.unit[1])
    }

    /// The units that a coded frame has: a row of units, and columns of it.
    fn units_in(self, coded: Shape) -> impl Iterator<Item = (u32, Range<u32>)> {
        let [wide, high] =
            [coded.width.div_ceil(self.unit[0]), self.height_in(coded.height).div_ceil(self.unit[1])];
        let (columns, in_pairs) = (self.columns, self.is_in_pairs);
        let end = self.first.saturating_add(self.count);
        // Of pairs, each is one above another: rows of pairs are visited.
        let in_row = if in_pairs { 2 } else { 1 };
        let (first, last) = (self.first / in_row, end.div_ceil(in_row));
        let rows = first / columns..last.div_ceil(columns).min(high.div_ceil(in_row));
        rows.flat_map(move |row| {
            let before = row * columns;
            let visited = first.max(before) - before..(last - before).min(columns).min(wide);
            let pairs = if in_pairs { visited.clone() } else { 0..0 };
            let single = (!in_pairs && !visited.is_empty()).then_some((row, visited));
            let pairs = pairs.flat_map(move |column| {
                let unit = (before + column) * 2;
                let is_own = move |half: &u32| (self.first..end).contains(&(unit + half));
                (0..2).filter(is_own).map(move |half| (row * 2 + half, column..column + 1))
            });
            single.into_iter().chain(pairs)
        })
    }

    /// Rectangles of the coded frame that the area covers, as left, top, right and bottom in pixels of the picture.
    fn rectangles_in(self, coded: Shape) -> impl Iterator<Item = [u32; 4]> {
        let ([width, height], rows) = (self.unit, self.height_in(coded.height));
        let rectangle = move |(row, columns): (u32, Range<u32>)| {
            let top = row.saturating_mul(height);
            let bottom = top.saturating_add(height).min(rows);
            [
                columns.start.saturating_mul(width),
                top,
                columns.end.saturating_mul(width).min(coded.width),
                bottom,
            ]
        };
        // The lower unit of a pair may be below the picture.
        let is_there = |&[left, top, right, bottom]: &[u32; 4]| left < right && top < bottom;
        self.units_in(coded).map(rectangle).filter(is_there)
    }

    /// The runs of pixels of the area within a frame of `shape`: a row, and columns of it.
    pub fn runs(self, shape: Shape) -> impl Iterator<Item = (usize, Range<usize>)> {
        let coded = self.orientation.turned(shape);
        let lines = self.rectangles_in(coded).flat_map(move |[left, top, right, bottom]| {
            (top..bottom).map(move |line| (self.frame_row(line), left, right))
        });
        lines.flat_map(move |(row, left, right)| {
            let ends = [left, right - 1].map(|x| self.orientation.shown([x, row], coded));
            let [x, y] =
                [0, 1].map(|axis| [ends[0][axis].min(ends[1][axis]), ends[0][axis].max(ends[1][axis])]);
            (y[0]..=y[1]).map(move |y| (y as usize, x[0] as usize..x[1] as usize + 1))
        })
    }

    /// Rectangles that cover the area in a frame of `shape`, each as the left column, the top row, width and height in pixels; the rows of
    /// a field cover those of the other field, too.
    #[must_use]
    pub fn rectangles(self, shape: Shape) -> Vec<[u32; 4]> {
        let coded = self.orientation.turned(shape);
        let mut all: Vec<[u32; 4]> = Vec::new();
        for [left, top, right, bottom] in self.rectangles_in(coded) {
            match all.last_mut() {
                Some(last) if last[0] == left && last[2] == right && last[3] == top => last[3] = bottom,
                _ => all.push([left, top, right, bottom]),
            }
        }
        let scale = if self.rows == FieldRows::All { 1 } else { 2 };
        let shown = |[left, top, right, bottom]: [u32; 4]| {
            let (top, bottom) = (top * scale, (bottom * scale).min(coded.height));
            let corners =
                [[left, top], [right - 1, bottom - 1]].map(|corner| self.orientation.shown(corner, coded));
            let [x, y] = [0, 1].map(|axis| {
                let [one, other] = corners.map(|corner| corner[axis]);
                [one.min(other), one.max(other)]
            });
            [x[0], y[0], x[1] - x[0] + 1, y[1] - y[0] + 1]
        };
        all.into_iter().map(shown).collect()
    }

    /// True if a pixel of a frame of `shape`, by its column and row, is in the area.
    #[must_use]
    pub fn contains(&self, pixel: [u32; 2], shape: Shape) -> bool {
        let [x, y] = self.orientation.coded(pixel, self.orientation.turned(shape));
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
        let pixels = |[left, top, right, bottom]: [u32; 4]| u64::from(right - left) * u64::from(bottom - top);
        self.rectangles_in(self.orientation.turned(shape)).map(pixels).sum()
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small pictures")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const AREA: Area = Area {
        unit: [16, 16],
        columns: 3,
        first: 2,
        count: 3,
        is_in_pairs: false,
        rows: FieldRows::All,
        orientation: Orientation { is_mirrored: false, quarter_turns: 0 },
    };

    #[test]
    fn pixels_past_the_edges_are_not_counted() {
        // Units 2, 3 and 4 of 3 × 2: the last of the first row is 8 wide, the second row 4 high.
        assert_eq!(AREA.first_pixel(Shape::new(48, 32)), [32, 0]);
        assert_eq!(AREA.pixels(Shape::new(40, 20)), 8 * 16 + 2 * 16 * 4);
        assert_eq!(AREA.pixels(Shape::new(48, 32)), 3 * 256);
        assert_eq!(AREA.pixels(Shape::new(32, 16)), 0);
    }

    #[test]
    fn runs_and_single_pixels_agree_with_the_count() {
        let shape = Shape::new(40, 37);
        let orientations = [false, true].into_iter().flat_map(|is_mirrored| {
            (0..4).map(move |quarter_turns| Orientation { is_mirrored, quarter_turns })
        });
        for (orientation, rows) in orientations.flat_map(|orientation| {
            [FieldRows::All, FieldRows::Top, FieldRows::Bottom].map(|rows| (orientation, rows))
        }) {
            for is_in_pairs in [false, true] {
                for (first, count) in [(0, 1), (1, 4), (5, 3), (0, 99), (7, u32::MAX)] {
                    let area = Area { first, count, is_in_pairs, rows, orientation, ..AREA };
                    let pixels =
                        |(row, columns): (usize, Range<usize>)| columns.map(move |column| (row, column));
                    let runs: Vec<_> = area.runs(shape).flat_map(pixels).collect();
                    let in_runs: BTreeSet<_> = runs.iter().copied().collect();
                    assert_eq!(in_runs.len(), runs.len(), "no pixel twice");
                    let each = (0..37).flat_map(|y| (0..40).map(move |x| (y, x)));
                    let contained: BTreeSet<_> = each
                        .filter(|&(y, x)| area.contains([x, y], shape))
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
        assert_eq!(bottom.first_pixel(Shape::new(48, 41)), [0, 33]);
        assert_eq!(bottom.pixels(Shape::new(48, 41)), 3 * 16 * 4, "rows 16 to 19 of 20");
        let top = Area { rows: FieldRows::Top, first: 3, ..AREA };
        assert_eq!(
            (top.first_pixel(Shape::new(48, 41)), top.pixels(Shape::new(48, 41))),
            ([0, 32], 3 * 16 * 5)
        );
    }

    #[test]
    fn the_second_unit_of_a_pair_is_below_the_first() {
        let pairs = Area { is_in_pairs: true, first: 7, count: 1, ..AREA };
        assert_eq!(
            pairs.first_pixel(Shape::new(48, 64)),
            [0, 48],
            "the lower one of pair 3, the first of the second row"
        );
    }
}
