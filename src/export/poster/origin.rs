//! What a poster says of itself: how to make it again, and where its cells stand.

use serde::Serialize;

use super::Matrix;
use super::grid::Grid;
use super::notes::command_line;
use crate::export::PublicScene;
use crate::export::figure::caption::Title;
use crate::picture::Shape;
use crate::scene::Panel;

/// Where a cell stands in the poster.
#[derive(Serialize)]
struct Place {
    panel: Panel,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Keywords and texts for the file.
pub fn texts(matrix: &Matrix<'_>, grid: &Grid) -> Vec<(&'static str, String)> {
    let Matrix { scene, frame, info, lenses, rows, .. } = matrix;
    let Title { title, details } = Title::of(scene, frame, info);
    let found = rows.iter().filter_map(|row| {
        let cell = row.cells.first()?;
        let word = cell.word.map_or_else(String::new, |word| format!("{}: ", word.name()));
        Some(format!("{}: {word}{}", row.scheme.title(), cell.finding))
    });
    let cells = rows.iter().enumerate().flat_map(|(number, row)| {
        row.cells.iter().zip(*lenses).enumerate().map(move |(column, (cell, &lens))| {
            let Shape { width, height } = cell.picture.shape;
            let (x, y) = grid.cell(number, column);
            Place { panel: Panel::Cipher { scheme: row.scheme, lens }, x, y, width, height }
        })
    });
    let afterimage = serde_json::json!({
        "schema": 1,
        "scene": PublicScene::of(scene),
        "frame": frame.index,
        "time_secs": frame.time_secs,
        "panels": cells.collect::<Vec<_>>(),
    });
    vec![
        ("Title", title),
        ("Description", std::iter::once(details).chain(found).collect::<Vec<_>>().join("\n")),
        ("Software", concat!("Afterimage ", env!("CARGO_PKG_VERSION")).into()),
        ("Comment", command_line(matrix)),
        ("Afterimage", afterimage.to_string()),
    ]
}
