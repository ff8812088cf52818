//! What the messages of a whole range come to, one summary for each panel.

use serde::Serialize;

use crate::leak::{BYTES_PER_VALUE, StreamCounts, StreamSummary};
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;
use crate::text::numbers::{percent, thousands};

/// Bytes that the counts of all panels take at most, but for the moment in which a table grows.
const MOST_BYTES: usize = 256 << 20;

/// The counts of a range, for panels whose ciphertext are messages.
#[derive(Default)]
pub struct Stream {
    /// In the order of the panels.
    panels: Vec<(Panel, StreamCounts)>,
}

/// What the messages of a range come to under one panel.
#[derive(Debug, Serialize)]
pub struct PanelStream {
    panel: Panel,
    #[serde(flatten)]
    summary: StreamSummary,
}

impl Stream {
    /// Adds the messages of a frame; does nothing for pixels.
    pub fn add(&mut self, sheet: &Sheet) {
        let of_messages = || sheet.panels.iter().filter(|panel| panel.is_of_messages());
        if self.panels.is_empty() {
            let most_values = MOST_BYTES / BYTES_PER_VALUE / of_messages().count().max(1);
            self.panels.extend(of_messages().map(|panel| (panel.panel, StreamCounts::new(most_values))));
        }
        for (rendered, (_, counts)) in of_messages().zip(&mut self.panels) {
            add_panel(rendered, counts);
        }
    }

    /// True if there are no messages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty()
    }

    /// What all frames come to in words: each panel with a sentence.
    #[must_use]
    pub fn lines(&self) -> Vec<Vec<String>> {
        let line = |PanelStream { panel, summary }: PanelStream| vec![panel.to_string(), in_words(&summary)];
        self.summaries().into_iter().map(line).collect()
    }

    /// What all frames come to.
    #[must_use]
    pub fn summaries(&self) -> Vec<PanelStream> {
        let summary = |(panel, counts): &(Panel, StreamCounts)| PanelStream {
            panel: *panel,
            summary: counts.summary(),
        };
        self.panels.iter().map(summary).collect()
    }
}

fn in_words(summary: &StreamSummary) -> String {
    let about = if summary.one_value_in == 1 { "" } else { "about " };
    let blocks = format!(
        "{about}{} of the blocks repeat ({about}{} of {})",
        percent(summary.repeated_share),
        thousands(summary.repeated),
        thousands(summary.blocks)
    );
    let messages = format!(
        "{} of {} messages equal earlier ones",
        thousands(summary.identical_messages),
        thousands(summary.messages)
    );
    format!("{blocks}; {messages}")
}

fn add_panel(rendered: &RenderedPanel, counts: &mut StreamCounts) {
    let Some(wire) = &rendered.wire else { return };
    let of_frame = &rendered.leakage.messages;
    counts.add_blocks(&wire.blocks);
    let messages = wire.payload.messages().iter().map(|message| &wire.bytes[message.range.clone()]);
    counts.add_messages(messages, of_frame.bytes.unwrap_or(0), of_frame.clear_bytes.unwrap_or(0));
}
