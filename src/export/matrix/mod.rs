//! The poster: a row a scheme, a column a lens, and under each cell, in a word, what it gives away.
//!
//! ```text
//! panels ──Cell::of, one after the other──▶ small pictures ──▶ pixmap ◀──resvg── SVG ◀──lettering── heads
//!                                                                 └──encode──▶ PNG
//! ```
//!
//! A figure shows every pixel of a few panels; a poster shows all panels at a glance, so its pictures are made
//! small, and as soon as they are rendered: the poster of a large frame needs no more room than that of a
//! small one.

mod grid;
mod origin;
mod page;

use std::io::Write;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};

use self::grid::Grid;
use self::page::Page;
use super::figure::lettering::Lettering;
use super::figure::{FigureError, Ground, encode, pixels};
use super::words;
use crate::crypto::Scheme;
use crate::frame::{Frame, Picture, Shape};
use crate::leak::Word;
use crate::lens::Lens;
use crate::media::SourceInfo;
use crate::pipeline::RenderedPanel;
use crate::pool::Buffer;
use crate::scene::Scene;

/// Width and height that the pictures of a poster fit into, in its pixels.
const LARGEST_PICTURE: [u32; 2] = [360, 270];

/// A scheme seen through a lens, made small.
#[derive(Clone, Debug)]
pub struct Cell {
    picture: Picture,
    word: Option<Word>,
    finding: String,
}

impl Cell {
    /// A panel whose pixels are `aspect` wide over high, made to fit into a poster.
    ///
    /// # Errors
    /// [`FigureError::NoPictures`] where the panel was rendered without.
    pub fn of(panel: &RenderedPanel, aspect: (u32, u32)) -> Result<Self, FigureError> {
        let picture = panel.picture.as_ref().ok_or(FigureError::NoPictures)?;
        let finding = match &panel.refusal {
            Some(_) => "the scheme cannot take this frame".to_owned(),
            None => words::finding(&panel.leakage),
        };
        let picture = resized(picture, fitting(picture.shape, aspect));
        Ok(Self { picture, word: panel.leakage.word, finding })
    }
}

/// A scheme through all lenses.
#[derive(Clone, Debug)]
pub struct Row {
    /// How the frame is encrypted.
    pub scheme: Scheme,
    /// A cell a lens.
    pub cells: Vec<Cell>,
}

/// All that a poster shows.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// What was rendered.
    pub scene: &'a Scene,
    /// The frame.
    pub frame: &'a Frame,
    /// What is known of the source.
    pub info: &'a SourceInfo,
    /// The columns.
    pub lenses: &'a [Lens],
    /// The original.
    pub original: Cell,
    /// The rows.
    pub rows: Vec<Row>,
    /// What it all stands on.
    pub ground: Ground,
}

impl Matrix<'_> {
    /// Writes the poster as PNG: the same bytes for the same scene and frame.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn write_png(&self, out: &mut dyn Write) -> Result<(), FigureError> {
        let lettering = Lettering::new();
        let grid = Grid::of(self, &lettering);
        let too_large = || FigureError::TooLarge(grid.size);
        let mut pixmap = Pixmap::new(grid.size.width, grid.size.height).ok_or_else(too_large)?;
        let page = Page { matrix: self, grid: &grid, lettering: &lettering };
        let tree = lettering.read(&page.svg())?;
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        let mut draw = |cell: &Cell, place| {
            pixels::blit(cell.picture.pixels(), cell.picture.shape.columns(), place, 0, &mut pixmap);
        };
        draw(&self.original, grid.original());
        for (number, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                draw(cell, grid.cell(number, column));
            }
        }
        Ok(encode::write(pixmap, origin::texts(self, &grid), out)?)
    }
}

/// The size at which a picture of `shape`, its pixels `aspect` wide over high, fits into a poster: a whole
/// multiple of it, or less than it.
fn fitting(shape: Shape, aspect: (u32, u32)) -> Shape {
    let [wide, high] = match aspect {
        (wide, high) if wide > 0 && high > 0 => [f64::from(wide), f64::from(high)],
        _ => [1.0, 1.0],
    };
    let (width, height) =
        (f64::from(shape.width) * (wide / high).max(1.0), f64::from(shape.height) * (high / wide).max(1.0));
    let [most_wide, most_high] = LARGEST_PICTURE.map(f64::from);
    let scale = (most_wide / width).min(most_high / height);
    let scale = if scale > 1.0 { scale.floor() } else { scale };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most the largest picture"
    )]
    let side = |side: f64| ((side * scale).round() as u32).max(1);
    Shape::new(side(width), side(height))
}

/// A picture in another size: its pixels become rectangles, or are averaged where it becomes smaller.
fn resized(picture: &Picture, to: Shape) -> Picture {
    let from = picture.shape;
    let is_smaller = to.width < from.width || to.height < from.height;
    let bytes = pixels::stretched(picture, is_smaller, to).into_owned().into_flattened();
    Picture::new(to, Arc::new(Buffer::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_into_their_cells_and_small_ones_are_enlarged_by_whole_pixels() {
        let fit = |width, height, aspect| {
            let Shape { width, height } = fitting(Shape::new(width, height), aspect);
            (width, height)
        };
        assert_eq!(fit(1280, 720, (1, 1)), (360, 203));
        assert_eq!(fit(1080, 1920, (1, 1)), (152, 270));
        assert_eq!(fit(100, 50, (1, 1)), (300, 150));
        assert_eq!(fit(1, 1, (1, 1)), (270, 270));
        assert_eq!(fit(16_384, 1, (1, 1)), (360, 1));
        assert_eq!(fit(720, 576, (16, 15)), (360, 270));
    }

    #[test]
    fn a_picture_that_becomes_smaller_is_averaged() {
        let rgba = [[0, 0, 0, 255], [255, 255, 255, 255]].repeat(8).concat();
        let picture = Picture::new(Shape::new(4, 4), Arc::new(Buffer::from(rgba)));
        let half = resized(&picture, Shape::new(2, 2));
        assert!(half.pixels().iter().all(|pixel| pixel[0].abs_diff(128) < 3));
        let double = resized(&picture, Shape::new(8, 8));
        assert_eq!(double.pixels()[..4], [[0, 0, 0, 255], [0, 0, 0, 255], [255; 4], [255; 4]]);
    }
}
