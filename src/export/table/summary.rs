//! The summary of each panel, updated with every frame: mean, minimum and maximum of each number, and the number of
//! frames with each word.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::leak::{Finding, Leakage, Number};
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;

use super::course::Course;

/// The summaries of all panels.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One per panel, in the order of the scene; empty before the first frame.
    pub panels: Vec<PanelSummary>,
}

impl Summary {
    /// Adds the numbers of another frame.
    pub fn add(&mut self, sheet: &Sheet) {
        if self.panels.is_empty() {
            self.panels = sheet.panels.iter().map(|panel| PanelSummary::of(panel.panel)).collect();
        }
        for (summary, panel) in self.panels.iter_mut().zip(&sheet.panels) {
            summary.add(panel);
        }
    }
}

/// The summary of one panel.
#[derive(Clone, Debug)]
pub struct PanelSummary {
    /// Which panel.
    pub panel: Panel,
    /// Every number by name; `None` if it applies to no frame.
    pub numbers: Vec<(&'static str, Option<Spread>)>,
    /// The number of frames with each word, in the order of [`Finding::ALL`], without words that no frame has.
    pub words: Vec<(Finding, u64)>,
    /// The course of the share of blocks that repeat.
    pub repeated_share: Course,
}

impl PanelSummary {
    fn of(panel: Panel) -> Self {
        let numbers = Leakage::default().numbers().map(|(name, _)| (name, None));
        Self { panel, numbers: numbers.into(), words: Vec::new(), repeated_share: Course::default() }
    }

    fn add(&mut self, panel: &RenderedPanel) {
        for ((_, spread), (_, number)) in self.numbers.iter_mut().zip(panel.leakage.numbers()) {
            if let Some(number) = number {
                spread.get_or_insert_with(|| Spread::none(number)).add(number);
            }
        }
        self.repeated_share.add(panel.leakage.repeated_share);
        let Some(word) = panel.leakage.word else { return };
        match self.words.binary_search_by_key(&word, |&(word, _)| word) {
            Ok(at) => self.words[at].1 += 1,
            Err(at) => self.words.insert(at, (word, 1)),
        }
    }
}

impl Serialize for PanelSummary {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2 + self.numbers.len()))?;
        map.serialize_entry("panel", &self.panel)?;
        map.serialize_entry("words", &Words(&self.words))?;
        for (name, spread) in &self.numbers {
            map.serialize_entry(name, spread)?;
        }
        map.end()
    }
}

/// Serializes words as an object of their counts.
struct Words<'a>(&'a [(Finding, u64)]);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(word, frames)| (word.name(), frames)))
    }
}

/// Mean, minimum and maximum of a number over the frames to which it applies.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    count: u64,
    sum: f64,
    pub min: Number,
    pub max: Number,
}

impl Spread {
    fn none(first: Number) -> Self {
        Self { count: 0, sum: 0.0, min: first, max: first }
    }

    fn add(&mut self, number: Number) {
        self.count += 1;
        self.sum += number.as_f64();
        if number.as_f64() < self.min.as_f64() {
            self.min = number;
        }
        if number.as_f64() > self.max.as_f64() {
            self.max = number;
        }
    }

    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("mean", &self.mean())?;
        map.serialize_entry("min", &self.min)?;
        map.serialize_entry("max", &self.max)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_holds_mean_and_both_ends() {
        let mut spread = Spread::none(Number::Count(4));
        for count in [4, 1, 7] {
            spread.add(Number::Count(count));
        }
        let json = serde_json::to_value(spread).expect("it serializes");
        assert_eq!(json, serde_json::json!({ "mean": 4.0, "min": 1, "max": 7 }));
    }
}
