//! The layout of a poster, in its pixels.

use super::notes::{self, CAUTION};
use super::{LARGEST_PICTURE, Poster};
use crate::export::page::lettering::Lettering;
use crate::picture::Shape;

/// The type size, in pixels like all lengths here.
pub const UNIT: f32 = 20.0;

/// The type size of sentences.
pub const SMALL: f32 = 0.86 * UNIT;

/// The distance between the lines of a sentence.
pub const LINE: f32 = 1.28 * SMALL;

/// The empty margin of the poster.
pub const MARGIN: u32 = 56;
/// The width of row heads, and of the original above them.
pub const HEAD: u32 = LARGEST_PICTURE[0];
/// The space between columns, and between rows.
const GAP: [u32; 2] = [20, 26];
/// The height below a picture for its word.
const WORD: u32 = 36;
/// The height above the column heads, for title and details.
const TITLE: u32 = 160;
/// The space in the footer besides its sentences.
const FOOTER: u32 = 76;
/// The narrowest column in which its head fits.
const NARROWEST: u32 = 190;

/// The places of a poster.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Width and height of the poster.
    pub size: Shape,
    /// Width of a column.
    pub column: u32,
    /// The lower edge of column heads and of the original.
    pub heads: u32,
    /// The sentences of the column heads, in lines.
    pub shows: Vec<Vec<String>>,
    /// The sentences of the row heads, in lines: what it is, and the finding of its first panel.
    pub sentences: Vec<[Vec<String>; 2]>,
    /// The sentences of the footer, in lines.
    pub foot: Vec<String>,
    /// Upper edges of the rows.
    rows: Vec<u32>,
    original: Shape,
}

impl Grid {
    /// The layout of a poster.
    pub fn of(poster: &Poster<'_>, lettering: &Lettering) -> Self {
        let cells = || poster.rows.iter().flat_map(|row| &row.cells);
        let picture = |side: fn(Shape) -> u32| {
            cells().chain([&poster.original]).map(|cell| side(cell.picture.shape)).max().unwrap_or(1)
        };
        let column = picture(|shape| shape.width).max(NARROWEST);
        let picture_height = picture(|shape| shape.height);
        let lines = |text: &str, width: u32| lettering.wrapped(text, width as f32 / SMALL);
        let shows: Vec<_> = poster.columns.iter().map(|head| lines(head.shows, column)).collect();
        let sentences: Vec<[Vec<String>; 2]> = poster
            .rows
            .iter()
            .map(|row| {
                let finding = row.cells.first().map_or("", |cell| &cell.finding);
                [lines(&row.about, HEAD), lines(finding, HEAD)]
            })
            .collect();

        let most_lines = shows.iter().map(Vec::len).max().unwrap_or_default();
        let column_heads = 2.0 * UNIT + most_lines as f32 * LINE;
        let band = poster.original.picture.shape.height.max(pixels(column_heads));
        let heads = TITLE + band;
        let mut top = heads + WORD + GAP[1];
        let mut rows = Vec::with_capacity(poster.rows.len());
        for [about, found] in &sentences {
            rows.push(top);
            let text = 1.9 * UNIT + (about.len() + found.len()) as f32 * LINE + 0.4 * UNIT;
            top += (picture_height + WORD).max(pixels(text)) + GAP[1];
        }
        let columns = u32::try_from(poster.columns.len()).unwrap_or(u32::MAX);
        let width = 2 * MARGIN + HEAD + columns * (column + GAP[0]);
        let foot = [CAUTION, &notes::command_line(poster)];
        let foot: Vec<_> = foot.iter().flat_map(|text| lines(text, width - 2 * MARGIN)).collect();
        let size = Shape::new(width, top + FOOTER + pixels(foot.len() as f32 * LINE));
        Self { size, column, heads, shows, sentences, foot, rows, original: poster.original.picture.shape }
    }

    /// The upper left corner of the original, which is above the row heads.
    pub fn original(&self) -> (u32, u32) {
        (MARGIN, self.heads - self.original.height)
    }

    /// The upper left corner of a cell.
    pub fn cell(&self, row: usize, column: usize) -> (u32, u32) {
        (self.left(column), self.rows[row])
    }

    /// Left edge of a column.
    pub fn left(&self, column: usize) -> u32 {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        MARGIN + HEAD + GAP[0] + column * (self.column + GAP[0])
    }

    /// Width from the left margin to the right one.
    pub const fn content(&self) -> u32 {
        self.size.width - 2 * MARGIN
    }

    /// The line over a row.
    pub fn rule(&self, row: usize) -> f32 {
        self.rows[row] as f32 - GAP[1] as f32 / 2.0
    }

    /// The line under the last row.
    pub fn end(&self) -> f32 {
        self.size.height as f32 - FOOTER as f32 - self.foot.len() as f32 * LINE - GAP[1] as f32 / 2.0
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred pixels")]
fn pixels(length: f32) -> u32 {
    length.round() as u32
}
