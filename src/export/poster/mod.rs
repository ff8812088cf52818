//! The poster: a row a scheme, a column a lens, and under each cell, in a word, what it gives away.
//!
//! ```text
//! panels ──Cell::of, one after the other──▶ small pictures ──▶ pixmap ◀──resvg── SVG ◀──lettering── heads
//!                                                                 └──encode──▶ PNG
//! ```
//!
//! A figure shows every pixel of a few panels; a poster shows all panels at a glance, so its pictures are made
//! small, and as soon as they are rendered: the poster of a large frame needs no more room than that of a
//! small one. A cell says what its own lens shows; where that is nothing, it says so and stays empty, so that the eye
//! goes where something is.

mod cell;
mod grid;
mod notes;
mod origin;
mod page;

use std::io::Write;

use resvg::tiny_skia::{Pixmap, Transform};

use super::page::lettering::Lettering;
use super::page::{FigureError, Theme, pixels, png};
use crate::crypto::Scheme;
use crate::lens::Lens;
use crate::media::SourceInfo;
use crate::picture::Frame;
use crate::scene::Scene;
pub use cell::Cell;
use grid::Grid;
use page::Page;

/// Width and height that the pictures of a poster fit into, in its pixels.
const LARGEST_PICTURE: [u32; 2] = [360, 270];

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
    pub theme: Theme,
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
            if cell.shows.is_blank() {
                return;
            }
            pixels::blit(cell.picture.pixels(), cell.picture.shape.columns(), place, 0, &mut pixmap);
        };
        draw(&self.original, grid.original());
        for (number, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                draw(cell, grid.cell(number, column));
            }
        }
        Ok(png::write(pixmap, origin::texts(self, &grid), out)?)
    }
}
