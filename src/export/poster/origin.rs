//! The texts in a poster's file: its findings, its scene, and the command that makes it again.

use super::Poster;
use super::grid::Grid;
use super::notes::command_line;
use crate::export::figure::caption::Title;
use crate::export::page::origin::{Origin, Place};

/// Keywords and texts for the file.
pub fn texts(poster: &Poster<'_>, grid: &Grid) -> Vec<(&'static str, String)> {
    let Poster { scene, frame, info, rows, .. } = poster;
    let Title { title, details } = Title::of(scene, frame, info);
    let found = rows.iter().filter_map(|row| {
        let cell = row.cells.first()?;
        let word = cell.word.map_or_else(String::new, |word| format!("{}: ", word.name()));
        Some(format!("{}: {word}{}", row.title, cell.finding))
    });
    let cells = rows.iter().enumerate().flat_map(|(number, row)| {
        row.cells.iter().zip(&row.panels).enumerate().map(move |(column, (cell, &panel))| {
            Place::new(panel, grid.cell(number, column), cell.picture.shape)
        })
    });
    Origin {
        title,
        description: std::iter::once(details).chain(found).collect(),
        command_line: command_line(poster),
        scene,
        frame,
        places: cells.collect(),
    }
    .texts()
}
