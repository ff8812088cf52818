//! The place of a piece in the picture.

use crate::picture::Shape;

/// Which rows of the frame a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldRows {
    /// All rows.
    All,
    /// Rows 0, 2, 4 …: the top field.
    Top,
    /// Rows 1, 3, 5 …: the bottom field.
    Bottom,
}

/// Consecutive units (macroblocks, MCUs) of a codec, in the order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
mod tests {
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
