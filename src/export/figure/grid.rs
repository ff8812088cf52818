//! The layout of a figure, in its pixels.

use crate::picture::Shape;
use crate::text::numbers;

/// Panels narrower than this, in pixels, are enlarged, so that their captions fit.
pub const SMALLEST_PANEL: u32 = 480;

/// The largest height, in pixels, to which a narrow panel is enlarged.
const TALLEST_ENLARGED: u32 = 1600;

/// The preferred width over height: about that of a slide or a page in landscape.
const PREFERRED_ASPECT: f64 = 2.0;

/// The width of a panel in units of type size, with up to two columns and with more. With more columns the figure is
/// wider, so its type must be larger to be legible on paper.
const EMS: f32 = 34.0;
const EMS_IN_MANY_COLUMNS: f32 = 28.0;

/// The penalty for an empty place in the last row, in units of the logarithm of the aspect ratio.
const EMPTY_PLACE: f64 = 0.5;

/// The scale from the pixels of a frame to those of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enlarged {
    /// Pixels of the figure, across and down, for one pixel of the frame, before its aspect ratio is applied.
    pub factor: u32,
    /// The factor below 1 by which width and height are reduced, if they are.
    pub reduced: Option<f64>,
    /// Width and height in the figure.
    pub shape: Shape,
}

impl Enlarged {
    /// Frames of `shape` with pixels of the aspect ratio `aspect`. The result is never reduced.
    pub fn of(shape: Shape, aspect: (u32, u32)) -> Self {
        let narrow = SMALLEST_PANEL.div_ceil(shape.width.max(1));
        let factor = narrow.min(TALLEST_ENLARGED / shape.height.max(1)).max(1);
        Self::times(factor, shape, aspect)
    }

    /// Frames of `shape` in places of the size `most`: enlarged by the largest whole factor that fits, or reduced if
    /// even the frame itself does not fit. Proportions stay the same.
    pub fn within(most: Shape, shape: Shape, aspect: (u32, u32)) -> Self {
        let once = Self::times(1, shape, aspect);
        let (width, height) = (once.shape.width.max(1), once.shape.height.max(1));
        let mut factor = (most.width / width).min(most.height / height) + 1;
        while factor > 0 {
            let enlarged = Self::times(factor, shape, aspect);
            if enlarged.shape.width <= most.width && enlarged.shape.height <= most.height {
                return enlarged;
            }
            factor -= 1;
        }
        let reduced =
            (f64::from(most.width) / f64::from(width)).min(f64::from(most.height) / f64::from(height));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than a side")]
        let fit =
            |pixels: u32, most: u32| ((f64::from(pixels) * reduced).round() as u32).clamp(1, most.max(1));
        let shape = Shape::new(fit(width, most.width), fit(height, most.height));
        Self { factor: 1, reduced: Some(reduced), shape }
    }

    /// Frames whose pixels become `factor` pixels wide and high, and more in one direction if they are not square.
    fn times(factor: u32, shape: Shape, aspect: (u32, u32)) -> Self {
        let (wide, high) = match aspect {
            (wide, high) if wide > high && wide <= 8 * high.max(1) => {
                (f64::from(wide) / f64::from(high.max(1)), 1.0)
            }
            (wide, high) if high > wide && high <= 8 * wide.max(1) => {
                (1.0, f64::from(high) / f64::from(wide.max(1)))
            }
            _ => (1.0, 1.0),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most eight times a side"
        )]
        let side = |pixels: u32, stretch: f64| (f64::from(pixels * factor) * stretch).round() as u32;
        let shape = Shape::new(side(shape.width, wide), side(shape.height, high));
        Self { factor, reduced: None, shape }
    }

    /// The scale, as the end of a caption; empty if each pixel of the frame is one of the figure.
    pub fn caption_suffix(self) -> String {
        match (self.factor, self.reduced) {
            (_, Some(share)) => format!(" · made smaller, to {} of its size", numbers::percent(share)),
            (factor @ 2.., None) => format!(" · enlarged {factor} times"),
            (_, None) => String::new(),
        }
    }

    /// The upper left corner of the picture, centred in a place of the size `most` at `x`, `y`.
    pub const fn centred(self, most: Shape, (x, y): (u32, u32)) -> (u32, u32) {
        let Shape { width, height } = self.shape;
        (x + most.width.saturating_sub(width) / 2, y + most.height.saturating_sub(height) / 2)
    }
}

/// The places of a figure's panels.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Width and height of the figure.
    pub size: Shape,
    /// The type size of a caption, in pixels; the unit of all other lengths.
    pub unit: f32,
    /// Left edge of the title and the first column.
    pub margin: u32,
    /// Width for a caption.
    pub cell_width: u32,
    columns: u32,
    header: u32,
    step: (u32, u32),
}

impl Grid {
    /// Places for `panels` pictures of one shape.
    pub fn of(panels: u32, picture: Shape) -> Self {
        let panels = panels.max(1);
        let cell_width = picture.width.max(SMALLEST_PANEL);
        let columns = columns(panels, cell_width, picture.height + cell_width / 8);
        let ems = if columns > 2 { EMS_IN_MANY_COLUMNS } else { EMS };
        let unit = (cell_width as f32 / ems).max(14.0);
        let units = |count: f32| pixels(count * unit);
        let (margin, gap) = (units(2.2), units(1.4));
        let caption = units(3.1);
        let rows = panels.div_ceil(columns);
        let header = margin + units(4.2);
        let step = (cell_width + gap, picture.height + caption + gap);
        let width = 2 * margin + columns * step.0 - gap;
        let height = header + rows * step.1 - gap + margin;
        Self { size: Shape::new(width, height), unit, margin, cell_width, columns, header, step }
    }

    /// Left and top edge of the picture of panel `number`.
    pub fn place(&self, number: u32) -> (u32, u32) {
        let (column, row) = (number % self.columns, number / self.columns);
        (self.margin + column * self.step.0, self.header + row * self.step.1)
    }

    /// Width from the left margin to the right one.
    pub fn content_width(&self) -> u32 {
        self.size.width - 2 * self.margin
    }
}

/// The number of columns that best balances [`PREFERRED_ASPECT`] and few empty places.
fn columns(panels: u32, cell_width: u32, cell_height: u32) -> u32 {
    let cost = |columns: u32| {
        let rows = panels.div_ceil(columns);
        let aspect = f64::from(columns * cell_width) / f64::from(rows * cell_height);
        (aspect / PREFERRED_ASPECT).ln().abs() + EMPTY_PLACE * f64::from(rows * columns - panels)
    };
    (1..=panels).min_by(|&one, &other| cost(one).total_cmp(&cost(other))).unwrap_or(1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred pixels")]
fn pixels(length: f32) -> u32 {
    length.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_columns_is_balanced() {
        let columns = |panels, width, height| Grid::of(panels, Shape::new(width, height)).columns;
        assert_eq!([1, 2, 4, 5, 6, 7, 8, 9].map(|n| columns(n, 1280, 720)), [1, 2, 2, 3, 3, 4, 4, 3]);
        assert_eq!(columns(4, 1080, 1920), 4, "upright panels are in one row");
    }

    #[test]
    fn panels_never_overlap_and_stay_inside() {
        for panels in 1..12 {
            let picture = Shape::new(640, 360);
            let grid = Grid::of(panels, picture);
            for one in 0..panels {
                let (x, y) = grid.place(one);
                assert!(x + picture.width <= grid.size.width && y + picture.height < grid.size.height);
                for other in 0..one {
                    let (left, top) = grid.place(other);
                    assert!(x.abs_diff(left) > picture.width || y.abs_diff(top) > picture.height);
                }
            }
        }
    }

    #[test]
    fn a_frame_of_another_shape_fits_into_the_place_and_keeps_its_proportions() {
        let most = Shape::new(480, 288);
        let within = |width, height, aspect| {
            let found = Enlarged::within(most, Shape::new(width, height), aspect);
            (
                found.factor,
                found.reduced,
                (found.shape.width, found.shape.height),
                found.centred(most, (5, 7)),
            )
        };
        assert_eq!(within(160, 96, (1, 1)), (3, None, (480, 288), (5, 7)), "the frame that fixed the place");
        assert_eq!(within(96, 160, (1, 1)), (1, None, (96, 160), (197, 71)));
        assert_eq!(within(80, 48, (1, 1)), (6, None, (480, 288), (5, 7)));
        assert_eq!(within(640, 96, (1, 1)), (1, Some(0.75), (480, 72), (5, 115)));
        assert_eq!(within(100, 100, (2, 1)), (2, None, (400, 200), (45, 51)));
        assert_eq!(within(16_384, 1, (1, 1)).2, (480, 1), "nothing vanishes");
        let suffix =
            |width, height| Enlarged::within(most, Shape::new(width, height), (1, 1)).caption_suffix();
        assert_eq!(suffix(160, 96), " · enlarged 3 times");
        assert_eq!(suffix(96, 160), "");
        assert_eq!(suffix(640, 96), " · made smaller, to 75.0 % of its size");
        for (width, height, aspect) in
            [(63, 35, (16, 15)), (720, 576, (16, 15)), (1, 4000, (1, 1)), (1, 1, (3, 4))]
        {
            let of = Enlarged::of(Shape::new(width, height), aspect);
            assert_eq!(Enlarged::within(of.shape, Shape::new(width, height), aspect), of);
        }
    }

    #[test]
    fn small_frames_grow_by_whole_multiples_and_pixels_keep_their_aspect() {
        let enlarged = |width, height, aspect| {
            let Enlarged { factor, shape, .. } = Enlarged::of(Shape::new(width, height), aspect);
            (factor, shape.width, shape.height)
        };
        assert_eq!(enlarged(1280, 720, (1, 1)), (1, 1280, 720));
        assert_eq!(enlarged(1, 1, (1, 1)), (480, 480, 480));
        assert_eq!(enlarged(63, 35, (1, 1)), (8, 504, 280));
        assert_eq!(enlarged(1, 4000, (1, 1)), (1, 1, 4000));
        assert_eq!(enlarged(720, 576, (16, 15)), (1, 768, 576));
        assert_eq!(enlarged(720, 480, (8, 9)), (1, 720, 540));
        assert_eq!(enlarged(720, 480, (0, 0)), (1, 720, 480));
        assert_eq!(enlarged(720, 480, (1000, 1)), (1, 720, 480), "an absurd pixel aspect is ignored");
    }
}
