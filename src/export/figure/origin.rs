//! What a figure's file says of itself: how to make it again, and where its panels stand.

use serde::Serialize;

use super::Figure;
use super::caption::{Caption, Title};
use super::grid::{Enlarged, Grid};
use crate::export::PublicScene;
use crate::picture::Shape;
use crate::scene::{CommandLine, Panel};

/// Where a panel stands in the figure.
#[derive(Serialize)]
struct Place {
    panel: Panel,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    enlarged: u32,
}

/// Keywords and texts for the file.
pub fn texts(figure: &Figure<'_>, grid: &Grid, enlarged: Enlarged) -> Vec<(&'static str, String)> {
    let Figure { scene, sheet, info, .. } = *figure;
    let Title { title, details } = Title::of(scene, &sheet.frame, info);
    let captions = sheet.panels.iter().map(|panel| {
        let Caption { name, shows, word, numbers } = Caption::of(panel, enlarged);
        let number = numbers.first().map_or("", String::as_str);
        let word = word.map_or_else(String::new, |word| format!("{word}: "));
        format!("{name}: {word}{number}; {shows}")
    });
    let places = (0..).zip(&sheet.panels).map(|(number, panel)| {
        let (x, y) = grid.place(number);
        let Shape { width, height } = enlarged.shape;
        Place { panel: panel.panel, x, y, width, height, enlarged: enlarged.factor }
    });
    let afterimage = serde_json::json!({
        "schema": 1,
        "scene": PublicScene::of(scene),
        "frame": sheet.frame.index,
        "time_secs": sheet.frame.time_secs,
        "panels": places.collect::<Vec<_>>(),
    });
    vec![
        ("Title", title),
        ("Description", std::iter::once(details).chain(captions).collect::<Vec<_>>().join("\n")),
        ("Software", concat!("Afterimage ", env!("CARGO_PKG_VERSION")).into()),
        ("Comment", command_line(figure)),
        ("Afterimage", afterimage.to_string()),
    ]
}

/// The command that makes the figure again. A key stays out, unless everybody knows it.
fn command_line(figure: &Figure<'_>) -> String {
    let Figure { scene, sheet, theme, .. } = figure;
    CommandLine::new("figure", scene)
        .option("--frame", [sheet.frame.index])
        .option("--theme", [theme.name()])
        .option("-o", ["FIGURE.png"])
        .to_string()
}
