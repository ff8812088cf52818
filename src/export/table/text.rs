//! Text for people: the finding of each panel, and the numbers of one frame, or mean, minimum and maximum of several
//! frames.

use std::io::{self, Write};

use super::Table;
use super::stream::Stream;
use super::summary::{PanelSummary, Spread, Summary};
use crate::export::words;
use crate::leak::Number;
use crate::payload::Target;
use crate::picture::Shape;
use crate::render::{RenderedPanel, Sheet};
use crate::scene::{Panel, Scene};
use crate::text::numbers;
use crate::text::printable::printable;
use crate::units::FrameIndex;

/// Writes aligned tables.
#[derive(Default)]
pub struct Text {
    classical: bool,
    title: String,
    so_far: Option<FramesSoFar>,
    /// The findings of the last frame, one line per panel.
    findings: Vec<String>,
    summary: Summary,
    stream: Stream,
}

/// The frames so far.
#[derive(Debug)]
struct FramesSoFar {
    shape: Shape,
    /// Numbers and times.
    first: (FrameIndex, String),
    last: (FrameIndex, String),
    count: u64,
}

/// Columns: the names of numbers, which are the headings, and how the numbers are written.
type Columns = &'static [(&'static str, fn(Number) -> String)];

const REPEATS: Columns = &[
    ("blocks", count),
    ("distinct", count),
    ("repeated", count),
    ("repeated_share", percent),
    ("largest_class", count),
    ("same_as_previous", count),
];

const CHANCE: Columns = &[
    ("expected_by_chance", tiny),
    ("log10_p", logarithm),
    ("block_entropy", bits),
    ("max_block_entropy", bits),
    ("left_equal", percent),
    ("above_equal", percent),
];

const OUTLINE: Columns = &[
    ("outline_precision", ratio),
    ("outline_recall", ratio),
    ("outline_f1", ratio),
    ("outline_f1_by_chance", ratio),
];

const ATTACKS: Columns = &[
    ("tone_rho", ratio),
    ("tone_r2", ratio),
    ("tone_painted", percent),
    ("recovered_share", percent),
    ("filled_share", percent),
    ("filled_psnr", decibels),
    ("filled_r2", ratio),
];

const MESSAGES: Columns = &[
    ("messages", count),
    ("bytes", count),
    ("clear_bytes", count),
    ("identical_messages", count),
    ("footprint_pieces", count),
    ("footprint_rho", ratio),
];

const CLASSICAL: Columns = &[
    ("byte_entropy", precise),
    ("chi_square", chi_square),
    ("neighbour_correlation", precise),
    ("npcr", percent),
    ("uaci", percent),
    ("psnr", decibels),
    ("ssim", precise),
];

/// The text above the classical measures.
const ABOUT_CLASSICAL: &str = "\
Classical measures, as in papers
They measure how even the bytes are and how much they differ from the original, but not which blocks are equal,
which is what an eavesdropper uses. On the penguin of demo:still, PSNR and SSIM, for which papers prefer low
values, rate ECB, which shows the penguin, better than CBC, which does not (6.73 dB against 8.09 dB, 0.017
against 0.020). NPCR, for which papers prefer high values, rates CTR, which is sound, worse than ECB.";

impl Table for Text {
    fn begin(&mut self, scene: &Scene, _: &mut dyn Write) -> io::Result<()> {
        let encrypted = match scene.target {
            Target::Pixels => scene.layout.to_string(),
            target => format!("target {target}{}", scene.encoded_anew()),
        };
        self.title = format!("{} · {encrypted}", printable(&scene.source.to_string()));
        Ok(())
    }

    fn frame(&mut self, sheet: &Sheet, _: &mut dyn Write) -> io::Result<()> {
        let now = (sheet.frame.index, words::frame_time(&sheet.frame));
        let first =
            || FramesSoFar { shape: sheet.frame.shape, first: now.clone(), last: now.clone(), count: 0 };
        let so_far = self.so_far.get_or_insert_with(first);
        (so_far.last, so_far.count) = (now, so_far.count + 1);
        self.findings = sheet.panels.iter().map(finding).collect();
        self.summary.add(sheet);
        self.stream.add(sheet);
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(so_far) = &self.so_far else { return writeln!(out, "{} · no frames", self.title) };
        let Shape { width, height } = so_far.shape;
        writeln!(out, "{} · {width} × {height} · {}\n", self.title, frames(so_far))?;
        let panels = &self.summary.panels;
        let rows: Vec<Vec<String>> = match so_far.count {
            1 => {
                let findings = panels.iter().zip(&self.findings);
                findings.map(|(panel, finding)| vec![panel.panel.to_string(), finding.clone()]).collect()
            }
            count => panels.iter().flat_map(|panel| course(panel, count)).collect(),
        };
        write_aligned(&rows, 2, out)?;
        if so_far.count > 1 && !self.stream.is_empty() {
            writeln!(out, "\nall frames together\n")?;
            write_aligned(&self.stream.lines(), 2, out)?;
        }
        for columns in [REPEATS, CHANCE, OUTLINE, ATTACKS, MESSAGES] {
            // A table of dashes only is left out.
            if panels.iter().any(|panel| applies(panel, columns)) {
                writeln!(out)?;
                self.write_numbers(columns, so_far.count, out)?;
            }
        }
        if self.classical {
            writeln!(out, "\n{ABOUT_CLASSICAL}\n")?;
            self.write_numbers(CLASSICAL, so_far.count, out)?;
        }
        Ok(())
    }
}

impl Text {
    /// A table; with `classical` it also shows the classical measures, which must have been computed.
    #[must_use]
    pub fn new(classical: bool) -> Self {
        Self { classical, ..Self::default() }
    }

    fn write_numbers(&self, columns: Columns, frames: u64, out: &mut dyn Write) -> io::Result<()> {
        let start = if frames == 1 { &["panel"][..] } else { &["panel", ""] };
        let headings = columns.iter().map(|(name, _)| *name);
        let mut rows = vec![start.iter().copied().chain(headings).map(String::from).collect()];
        rows.extend(self.summary.panels.iter().flat_map(|panel| lines(panel, columns, frames)));
        write_aligned(&rows, start.len(), out)
    }
}

/// The word of a panel and the number behind it.
fn finding(panel: &RenderedPanel) -> String {
    match (panel.panel, &panel.refusal, panel.leakage.word) {
        (Panel::Plain, ..) => "the original".into(),
        (_, Some(refusal), _) => refusal.to_string(),
        (_, None, Some(word)) => format!("{word}: {}", words::finding(&panel.leakage)),
        (_, None, None) => match panel.attack {
            Some(attack) => words::attack(attack, &panel.leakage),
            None => words::finding(&panel.leakage),
        },
    }
}

/// The words of a panel over several frames, and the course of its share of repeats.
fn course(panel: &PanelSummary, frames: u64) -> Vec<Vec<String>> {
    let mut words = panel.words.clone();
    words.sort_by_key(|&(_, frames)| std::cmp::Reverse(frames));
    let text = match (&words[..], panel.panel) {
        (_, Panel::Plain) => "the original".into(),
        ([], _) => "no word".into(),
        (&[(word, of)], _) if of == frames => format!("{word} in every frame"),
        (words, _) => {
            let each =
                words.iter().map(|(word, frames)| format!("{word} in {}", numbers::thousands(*frames)));
            format!("{} of {} frames", each.collect::<Vec<_>>().join(", "), numbers::thousands(frames))
        }
    };
    let share = |spread: &Spread, pick: fn(&Spread) -> Number| numbers::percent(pick(spread).as_f64());
    let varies = |spread: &Spread| spread.min != spread.max;
    let course = spread(panel, "repeated_share").filter(varies).map(|spread| {
        let (min, max) = (share(&spread, |spread| spread.min), share(&spread, |spread| spread.max));
        format!("share repeated {}  {min} to {max}", panel.repeated_share.bars())
    });
    let lines = [Some((panel.panel.to_string(), text)), course.map(|course| (String::new(), course))];
    lines.into_iter().flatten().map(|(name, text)| vec![name, text]).collect()
}

fn frames(so_far: &FramesSoFar) -> String {
    let ((first, first_time), (last, last_time)) = (&so_far.first, &so_far.last);
    if so_far.count == 1 {
        return format!("frame {first} at {first_time}");
    }
    let count = numbers::thousands(so_far.count);
    format!("{count} frames: {first} at {first_time} to {last} at {last_time}")
}

fn spread(panel: &PanelSummary, name: &str) -> Option<Spread> {
    panel.numbers.iter().find(|(other, _)| *other == name).and_then(|(_, spread)| *spread)
}

fn applies(panel: &PanelSummary, columns: Columns) -> bool {
    columns.iter().any(|(name, _)| spread(panel, name).is_some())
}

/// One line for one frame, three lines for several.
fn lines(panel: &PanelSummary, columns: Columns, frames: u64) -> Vec<Vec<String>> {
    let name = panel.panel.to_string();
    let line = |start: &[&str], pick: fn(&Spread) -> Number| {
        let cells = columns.iter().map(|(name, write)| {
            spread(panel, name).map_or_else(|| "–".into(), |spread| write(pick(&spread)))
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

fn count(number: Number) -> String {
    match number {
        Number::Count(count) => numbers::thousands(count),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of counts")]
        Number::Real(mean) => numbers::thousands(mean.round() as u64),
    }
}

fn percent(share: Number) -> String {
    numbers::percent(share.as_f64())
}

fn tiny(number: Number) -> String {
    numbers::tiny(number.as_f64())
}

fn logarithm(number: Number) -> String {
    numbers::logarithm(number.as_f64())
}

fn bits(number: Number) -> String {
    format!("{:.2} bits", number.as_f64())
}

fn ratio(number: Number) -> String {
    format!("{:.2}", number.as_f64())
}

fn precise(number: Number) -> String {
    format!("{:.4}", number.as_f64())
}

fn chi_square(number: Number) -> String {
    format!("{:.0}", number.as_f64())
}

fn decibels(number: Number) -> String {
    format!("{:.2} dB", number.as_f64())
}

/// Aligns the first `left` columns to the left, and the others, which are numbers, to the right.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::Leakage;

    #[test]
    fn every_heading_is_the_name_of_a_number() {
        let numbers = Leakage::default().numbers().map(|(name, _)| name);
        for (name, _) in [REPEATS, CHANCE, OUTLINE, ATTACKS, MESSAGES, CLASSICAL].concat() {
            assert!(numbers.contains(&name), "{name}");
        }
    }
}
