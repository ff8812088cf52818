//! CSV: a line per frame and panel, with the names of the JSON as columns.

use std::io::{self, Write};

use super::Table;
use crate::leak::{Leakage, Number};
use crate::render::Sheet;
use crate::scene::Scene;

/// Writes CSV.
#[derive(Clone, Copy, Debug, Default)]
pub struct Csv;

impl Table for Csv {
    fn begin(&mut self, _: &Scene, out: &mut dyn Write) -> io::Result<()> {
        let numbers = Leakage::default().numbers();
        let columns = ["frame", "time_secs", "panel"]
            .into_iter()
            .chain(numbers.iter().map(|(name, _)| *name))
            .chain(["word"]);
        write_record(columns, out)
    }

    fn frame(&mut self, sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
        for panel in &sheet.panels {
            let place = [
                sheet.frame.index.to_string(),
                json_number(Number::Real(sheet.frame.time_secs))?,
                panel.panel.to_string(),
            ];
            let numbers = panel.leakage.numbers();
            let numbers = numbers.iter().map(|(_, number)| number.map_or(Ok(String::new()), json_number));
            let numbers: Vec<_> = numbers.collect::<io::Result<_>>()?;
            let word = panel.leakage.word.map_or_else(String::new, |word| word.to_string());
            write_record(place.iter().chain(&numbers).chain([&word]), out)?;
        }
        Ok(())
    }

    fn end(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// A number written with the same digits as in JSON, so that both are parsed as the same number.
fn json_number(number: Number) -> io::Result<String> {
    Ok(serde_json::to_string(&number)?)
}

fn write_record<T: AsRef<[u8]>>(fields: impl IntoIterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    let mut line = ::csv::Writer::from_writer(Vec::new());
    line.write_record(fields)?;
    out.write_all(&line.into_inner().map_err(::csv::IntoInnerError::into_error)?)
}
