//! Text for a person: the numbers of one frame, or mean, smallest and largest over many.

use std::io::{self, Write};

use super::Table;
use super::summary::{PanelSummary, Spread, Summary};
use crate::export::words;
use crate::frame::Shape;
use crate::leak::Number;
use crate::pipeline::Sheet;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// Writes an aligned table.
#[derive(Debug, Default)]
pub struct Text {
    title: String,
    seen: Option<Seen>,
    summary: Summary,
}

/// The frames so far.
#[derive(Debug)]
struct Seen {
    shape: Shape,
    first: (FrameIndex, f64),
    last: (FrameIndex, f64),
    count: u64,
}

/// The columns: heading, and the number's name.
const COLUMNS: [(&str, &str); 7] = [
    ("blocks", "blocks"),
    ("distinct", "distinct"),
    ("repeated", "repeated"),
    ("share", "repeated_share"),
    ("largest class", "largest_class"),
    ("by chance", "expected_by_chance"),
    ("as before", "same_as_previous"),
];

impl Table for Text {
    fn begin(&mut self, scene: &Scene, _: &mut dyn Write) -> io::Result<()> {
        self.title = format!("{} · {}", scene.source, scene.layout);
        Ok(())
    }

    fn frame(&mut self, sheet: &Sheet, _: &mut dyn Write) -> io::Result<()> {
        let now = (sheet.frame.index, sheet.frame.time_secs);
        let first = Seen { shape: sheet.frame.shape, first: now, last: now, count: 0 };
        let seen = self.seen.get_or_insert(first);
        (seen.last, seen.count) = (now, seen.count + 1);
        self.summary.add(sheet);
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(seen) = &self.seen else { return writeln!(out, "{} · no frames", self.title) };
        let Shape { width, height } = seen.shape;
        writeln!(out, "{} · {width} × {height} · {}\n", self.title, frames(seen))?;
        let mut rows = vec![headings(seen.count)];
        rows.extend(self.summary.panels.iter().flat_map(|panel| lines(panel, seen.count)));
        write_aligned(&rows, if seen.count == 1 { 1 } else { 2 }, out)
    }
}

fn frames(seen: &Seen) -> String {
    let ((first, first_secs), (last, last_secs)) = (seen.first, seen.last);
    if seen.count == 1 {
        return format!("frame {first} at {}", words::time(first_secs));
    }
    format!(
        "{} frames: {first} at {} to {last} at {}",
        words::thousands(seen.count),
        words::time(first_secs),
        words::time(last_secs)
    )
}

fn headings(frames: u64) -> Vec<String> {
    let start = if frames == 1 { &["panel"][..] } else { &["panel", ""] };
    start.iter().copied().chain(COLUMNS.map(|(heading, _)| heading)).map(String::from).collect()
}

/// One line for one frame, three for many.
fn lines(panel: &PanelSummary, frames: u64) -> Vec<Vec<String>> {
    let name = panel.panel.to_string();
    let line = |start: &[&str], pick: fn(&Spread) -> Number| {
        let cells = COLUMNS.map(|(_, name)| {
            let spread =
                panel.numbers.iter().find(|(other, _)| *other == name).and_then(|(_, spread)| *spread);
            spread.map_or_else(|| "–".into(), |spread| cell(name, pick(&spread)))
        });
        start.iter().copied().map(String::from).chain(cells).collect()
    };
    if frames == 1 {
        return vec![line(&[&name], |spread| spread.min)];
    }
    vec![
        line(&[&name, "mean"], |spread| Number::Real(spread.mean())),
        line(&["", "min"], |spread| spread.min),
        line(&["", "max"], |spread| spread.max),
    ]
}

fn cell(name: &str, number: Number) -> String {
    match (name, number) {
        ("repeated_share", share) => words::percent(share.as_f64()),
        ("expected_by_chance", expected) => words::tiny(expected.as_f64()),
        (_, Number::Count(count)) => words::thousands(count),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of counts")]
        (_, Number::Real(mean)) => words::thousands(mean.round() as u64),
    }
}

/// The first `left` columns to the left, the numbers to the right.
fn write_aligned(rows: &[Vec<String>], left: usize, out: &mut dyn Write) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
