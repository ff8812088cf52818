//! Writes the table of who sees what.

use std::io::{self, Write};

use crate::call::{CallSettings, Row, notes};

/// Columns of a line of text.
const WIDTH: usize = 100;

/// Writes a list of objects, one a line.
pub fn write_json(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "[")?;
    for (at, row) in rows.iter().enumerate() {
        let separator = if at == 0 { "\n" } else { ",\n" };
        write!(out, "{separator}{}", serde_json::to_string(row)?)?;
    }
    writeln!(out, "\n]")
}

/// Writes a line per row; keys stand with spaces between them.
pub fn write_csv(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["protection", "media", "observer", "video", "audio", "keys", "why"])?;
    for row in rows {
        csv.write_record([
            row.protection.name(),
            row.media.name(),
            row.observer.name(),
            row.video.name(),
            row.audio.name(),
            &row.keys.join(" "),
            &row.why,
        ])?;
    }
    csv.flush()
}

/// Writes a line and a reason for each row, and what is modelled.
pub fn write_text(settings: &CallSettings, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut last = None;
    for row in rows {
        if last != Some((row.protection, row.media)) {
            let gap = if last.is_some() { "\n" } else { "" };
            let modelled = if row.protection.is_modelled() { " (modelled)" } else { "" };
            writeln!(out, "{gap}{}{modelled}, {}", row.protection, row.media)?;
            last = Some((row.protection, row.media));
        }
        let head = format!("  {:<12} {:<9} {:<8} ", row.observer, row.video, row.audio);
        let indent = " ".repeat(head.chars().count());
        write_wrapped(out, &head, &indent, &row.why)?;
    }
    writeln!(out)?;
    for note in notes(settings, rows) {
        write_wrapped(out, "", "", &note)?;
    }
    Ok(())
}

/// Writes words in lines of at most [`WIDTH`] columns: the first after `head`, the others after `indent`.
fn write_wrapped(out: &mut dyn Write, head: &str, indent: &str, text: &str) -> io::Result<()> {
    let mut line = head.to_owned();
    let mut column = head.chars().count();
    let mut is_start = true;
    for word in text.split(' ') {
        let length = word.chars().count();
        if !is_start && column + 1 + length > WIDTH {
            writeln!(out, "{}", line.trim_end())?;
            indent.clone_into(&mut line);
            column = indent.chars().count();
            is_start = true;
        }
        if !is_start {
            line.push(' ');
            column += 1;
        }
        line.push_str(word);
        column += length;
        is_start = false;
    }
    writeln!(out, "{}", line.trim_end())
}
