//! Where everything stands in a figure, in its pixels.

use crate::frame::Shape;

/// A panel narrower than this is enlarged, so that its caption fits below it.
const SMALLEST_PANEL: u32 = 480;

/// Height up to which a narrow panel is enlarged.
const TALLEST_ENLARGED: u32 = 1600;

/// Width over height that a figure should come near: that of a page turned sideways.
const PREFERRED_ASPECT: f64 = 2.0;

/// Widths of a panel in sizes of type: more columns make the figure wider, and its type smaller on paper.
const EMS: f32 = 34.0;
const EMS_IN_MANY_COLUMNS: f32 = 28.0;

/// What an empty place in the last row weighs against the figure's aspect.
const EMPTY_PLACE: f64 = 0.5;

/// How the pixels of a frame become those of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enlarged {
    /// Pixels of the figure, across and down, for one pixel of the frame, before its aspect.
    pub factor: u32,
    /// Width and height in the figure.
    pub shape: Shape,
}

impl Enlarged {
    /// Frames of `shape` whose pixels are `aspect` wide over high. Nothing is ever made smaller.
    pub fn of(shape: Shape, aspect: (u32, u32)) -> Self {
        let narrow = SMALLEST_PANEL.div_ceil(shape.width.max(1));
        let factor = narrow.min(TALLEST_ENLARGED / shape.height.max(1)).max(1);
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
        Self { factor, shape: Shape::new(side(shape.width, wide), side(shape.height, high)) }
    }
}

/// The places of a figure's panels.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Width and height of the figure.
    pub size: Shape,
    /// Size of the type of a caption; everything else is measured by it.
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
    /// Places for `panels` pictures of the same shape, in columns as balanced as can be.
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

/// The number of columns that brings a figure nearest to the preferred aspect with few empty places.
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
    fn columns_are_balanced() {
        let columns = |panels, width, height| Grid::of(panels, Shape::new(width, height)).columns;
        assert_eq!([1, 2, 4, 5, 6, 7, 8, 9].map(|n| columns(n, 1280, 720)), [1, 2, 2, 3, 3, 4, 4, 3]);
        assert_eq!(columns(4, 1080, 1920), 4, "upright panels stand in a row");
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
    fn small_frames_grow_by_whole_multiples_and_pixels_keep_their_aspect() {
        let enlarged = |width, height, aspect| {
            let Enlarged { factor, shape } = Enlarged::of(Shape::new(width, height), aspect);
            (factor, shape.width, shape.height)
        };
        assert_eq!(enlarged(1280, 720, (1, 1)), (1, 1280, 720));
        assert_eq!(enlarged(1, 1, (1, 1)), (480, 480, 480));
        assert_eq!(enlarged(63, 35, (1, 1)), (8, 504, 280));
        assert_eq!(enlarged(1, 4000, (1, 1)), (1, 1, 4000));
        assert_eq!(enlarged(720, 576, (16, 15)), (1, 768, 576));
        assert_eq!(enlarged(720, 480, (8, 9)), (1, 720, 540));
        assert_eq!(enlarged(720, 480, (0, 0)), (1, 720, 480));
        assert_eq!(enlarged(720, 480, (1000, 1)), (1, 720, 480), "nobody means that");
    }
}
