//! Mean, smallest and largest of every number of a panel, kept up to date frame by frame.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::leak::{Leakage, Number};
use crate::pipeline::{RenderedPanel, Sheet};
use crate::scene::Panel;

/// The summaries of all panels.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One a panel, in the order of the scene; empty before the first frame.
    pub panels: Vec<PanelSummary>,
}

impl Summary {
    /// Takes the numbers of another frame in.
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
    /// Every number by name; `None` where it applied to no frame.
    pub numbers: Vec<(&'static str, Option<Spread>)>,
}

impl PanelSummary {
    fn of(panel: Panel) -> Self {
        let numbers = Leakage::default().numbers().map(|(name, _)| (name, None));
        Self { panel, numbers: numbers.into() }
    }

    fn add(&mut self, panel: &RenderedPanel) {
        for ((_, spread), (_, number)) in self.numbers.iter_mut().zip(panel.leakage.numbers()) {
            if let Some(number) = number {
                spread.get_or_insert_with(|| Spread::none(number)).add(number);
            }
        }
    }
}

impl Serialize for PanelSummary {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1 + self.numbers.len()))?;
        map.serialize_entry("panel", &self.panel)?;
        for (name, spread) in &self.numbers {
            map.serialize_entry(name, spread)?;
        }
        map.end()
    }
}

/// Mean, smallest and largest of one number over the frames to which it applies.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    count: u64,
    sum: f64,
    /// The smallest.
    pub min: Number,
    /// The largest.
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

    /// The mean.
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
