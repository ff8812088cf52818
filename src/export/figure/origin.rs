//! The texts in a figure's file: its captions, its scene, and the command that makes it again.

use super::Figure;
use super::caption::{Caption, Title};
use super::grid::{Enlarged, Grid};
use crate::export::page::origin::{Origin, Place};
use crate::scene::CommandLine;

/// Keywords and texts for the PNG.
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
        Place::new(panel.panel, grid.place(number), enlarged.shape).enlarged(enlarged.factor)
    });
    Origin {
        title,
        description: std::iter::once(details).chain(captions).collect(),
        command_line: command_line(figure),
        scene,
        frame: &sheet.frame,
        places: places.collect(),
    }
    .texts()
}

/// The command that makes the figure again, without a key.
fn command_line(figure: &Figure<'_>) -> String {
    let Figure { scene, sheet, theme, .. } = figure;
    CommandLine::new("figure", scene)
        .option("--frame", [sheet.frame.index])
        .option("--theme", [theme.name()])
        .option("-o", ["FIGURE.png"])
        .to_string()
}
