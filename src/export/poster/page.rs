//! The page behind the cells: titles, heads, words and borders, as SVG.

use std::fmt::Write;

use super::cell::Shows;
use super::grid::{Grid, HEAD, LINE, MARGIN, SMALL, UNIT};
use super::{Cell, Poster, Row, notes};
use crate::export::figure::caption::Title;
use crate::export::page::chip;
use crate::export::page::lettering::{Lettering, Line, Weight};
use crate::picture::Shape;

/// A poster and its measures.
pub struct Page<'a> {
    /// What is shown.
    pub poster: &'a Poster<'a>,
    /// The places of its parts.
    pub grid: &'a Grid,
    /// Its typeface.
    pub lettering: &'a Lettering,
}

impl Page<'_> {
    /// All of the poster but its pictures.
    pub fn svg(&self) -> String {
        let colours = self.poster.theme.colours();
        let Shape { width, height } = self.grid.size;
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="{}"/>"#,
            colours.background
        );
        self.title(&mut svg);
        self.columns(&mut svg);
        for row in 0..self.poster.rows.len() {
            self.row(row, &mut svg);
        }
        self.footer(&mut svg);
        svg + "</svg>"
    }

    /// A line in bold type; the caller must set its `baseline`.
    fn line<'a>(&self, text: &'a str, x: u32, width: u32) -> Line<'a> {
        Line {
            text,
            x: x as f32,
            baseline: 0.0,
            size: UNIT,
            weight: Weight::SemiBold,
            colour: self.poster.theme.colours().strong,
            width: width as f32,
        }
    }

    fn title(&self, svg: &mut String) {
        let Poster { scene, frame, info, .. } = self.poster;
        let Title { title, details } = Title::of(scene, frame, info);
        let title = format!("What survives: {title}");
        let line = self.line(&title, MARGIN, self.grid.content());
        let top = MARGIN as f32;
        self.lettering.set(Line { baseline: top + 1.5 * UNIT, size: 2.1 * UNIT, ..line }, svg);
        let details = format!("{details} · {}", notes::circumstances(scene));
        let muted = self.poster.theme.colours().muted;
        let line = Line { text: &details, weight: Weight::Regular, colour: muted, ..line };
        self.lettering.set(Line { baseline: top + 3.1 * UNIT, ..line }, svg);
    }

    /// The original, and the heads of the columns.
    fn columns(&self, svg: &mut String) {
        let grid = self.grid;
        self.border(&self.poster.original, grid.original(), svg);
        let under = grid.heads as f32 + 1.25 * UNIT;
        let plain = Line { baseline: under, ..self.line("Original", MARGIN, HEAD) };
        let end = self.lettering.set(plain, svg) + 0.5 * UNIT;
        let muted = self.poster.theme.colours().muted;
        let words =
            Line { text: "before encryption", x: end, weight: Weight::Regular, colour: muted, ..plain };
        self.lettering.set(words, svg);
        for (column, (head, shows)) in self.poster.columns.iter().zip(&grid.shows).enumerate() {
            let line = self.line(&head.title, grid.left(column), grid.column);
            let first = under - shows.len() as f32 * LINE;
            self.lettering.set(Line { baseline: first, size: 1.15 * UNIT, ..line }, svg);
            self.sentence(shows, line, first + LINE, svg);
        }
    }

    fn row(&self, row: usize, svg: &mut String) {
        let (grid, Poster { rows, theme, .. }) = (self.grid, self.poster);
        let Row { title, continues, .. } = &rows[row];
        if !continues {
            self.rule(grid.rule(row), svg);
        }
        let (_, top) = grid.cell(row, 0);
        let line = self.line(title, MARGIN, HEAD);
        let baseline = top as f32 + 0.95 * UNIT;
        self.lettering.set(Line { baseline, size: 1.1 * UNIT, ..line }, svg);
        let [about, found] = &grid.sentences[row];
        let next = self.sentence(about, line, baseline + 0.2 * UNIT + LINE, svg);
        let strong = Line { colour: theme.colours().strong, ..line };
        self.lines(found, strong, next + 0.4 * UNIT, svg);
        for (column, cell) in rows[row].cells.iter().enumerate() {
            let (x, y) = grid.cell(row, column);
            self.border(cell, (x, y), svg);
            let baseline = (y + cell.picture.shape.height) as f32 + 1.35 * UNIT;
            let line = Line { baseline, size: SMALL, ..self.line("", x, grid.column) };
            match cell.shows {
                Shows::Finding { word, .. } => {
                    chip::draw(word, line, &theme.colours(), self.lettering, svg);
                }
                Shows::Nothing { says, .. } => {
                    self.sentence(&[says.to_owned()], line, baseline, svg);
                }
            }
        }
    }

    fn footer(&self, svg: &mut String) {
        let grid = self.grid;
        self.rule(grid.end(), svg);
        let line = self.line("", MARGIN, grid.content());
        self.sentence(&grid.foot, line, grid.end() + 1.8 * UNIT, svg);
    }

    /// Writes the lines of a sentence in muted type. Returns the baseline of the line that would follow.
    fn sentence(&self, lines: &[String], line: Line<'_>, baseline: f32, svg: &mut String) -> f32 {
        self.lines(lines, Line { colour: self.poster.theme.colours().muted, ..line }, baseline, svg)
    }

    fn lines(&self, lines: &[String], line: Line<'_>, mut baseline: f32, svg: &mut String) -> f32 {
        for text in lines {
            let line = Line { text, baseline, size: SMALL, weight: Weight::Regular, ..line };
            self.lettering.set(line, svg);
            baseline += LINE;
        }
        baseline
    }

    /// Draws the rectangle below a picture, which is larger by one pixel on each side.
    fn border(&self, cell: &Cell, (x, y): (u32, u32), svg: &mut String) {
        let Shape { width, height } = cell.picture.shape;
        let _ = write!(
            svg,
            r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
            x - 1,
            y - 1,
            width + 2,
            height + 2,
            self.poster.theme.colours().border
        );
        if cell.shows.is_blank() {
            let background = self.poster.theme.colours().background;
            let _ = write!(
                svg,
                r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{background}"/>"#
            );
        }
    }

    /// A line across the poster.
    fn rule(&self, y: f32, svg: &mut String) {
        let _ = write!(
            svg,
            r#"<rect x="{}" y="{}" width="{}" height="1" fill="{}"/>"#,
            MARGIN,
            y.round(),
            self.grid.content(),
            self.poster.theme.colours().border
        );
    }
}
