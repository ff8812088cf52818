//! The poster: a frame in rows and columns of panels, such as a row per scheme and a column per lens, a verdict under each cell.
//!
//! ```text
//! panels ──Cell::of, one after the other──▶ small pictures ──▶ pixmap ◀──resvg── SVG ◀──lettering── heads
//!                                                                 └──encode──▶ PNG
//! ```
//!
//! A figure shows every pixel of a few panels. A poster shows many panels at once, so its pictures are small; each is
//! reduced as soon as it is rendered, so that memory does not depend on the size of the frame. A cell whose lens shows
//! nothing states why and stays empty, so that the other cells stand out.

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
use crate::scene::{Panel, Scene};
pub use cell::Cell;
use grid::Grid;
use page::Page;

/// The largest width and height of a picture, in pixels of the poster.
const LARGEST_PICTURE: [u32; 2] = [360, 270];

/// A row: panels that have something in common, such as their scheme.
#[derive(Clone, Debug)]
pub struct Row {
    /// What they have in common, in a few words.
    pub title: String,
    /// A sentence on it.
    pub about: String,
    /// It belongs to the same group as the row above: there is no line between them.
    pub continues: bool,
    /// The panels, one for each column.
    pub panels: Vec<Panel>,
    /// One cell for each column.
    pub cells: Vec<Cell>,
}

/// The head of a column.
#[derive(Clone, Debug)]
pub struct Column {
    /// What its panels have in common, in a few words.
    pub title: String,
    /// What the pictures of the column show.
    pub shows: &'static str,
}

/// The options of the command that makes a poster again: its rows and columns.
#[derive(Clone, Debug)]
pub enum Axes {
    /// Schemes as rows, lenses as columns.
    SchemesAndLenses(Vec<Scheme>, Vec<Lens>),
    /// The same frame raw and encoded anew as rows: `--targets`.
    Targets,
}

/// All that a poster shows.
#[derive(Clone, Debug)]
pub struct Poster<'a> {
    /// The scene that was rendered.
    pub scene: &'a Scene,
    /// The frame.
    pub frame: &'a Frame,
    /// The properties of the source.
    pub info: &'a SourceInfo,
    /// What its rows and columns are.
    pub axes: Axes,
    /// The columns.
    pub columns: Vec<Column>,
    /// The original.
    pub original: Cell,
    /// The rows.
    pub rows: Vec<Row>,
    /// The colours of the page.
    pub theme: Theme,
}

impl Poster<'_> {
    /// Writes the poster as PNG: the same bytes for the same scene and frame.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn write_png(&self, out: &mut dyn Write) -> Result<(), FigureError> {
        let lettering = Lettering::new();
        let grid = Grid::of(self, &lettering);
        let too_large = || FigureError::TooLarge(grid.size);
        let mut pixmap = Pixmap::new(grid.size.width, grid.size.height).ok_or_else(too_large)?;
        let page = Page { poster: self, grid: &grid, lettering: &lettering };
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
