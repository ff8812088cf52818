//! The messages of a whole range of frames: one summary for each panel.

use serde::Serialize;

use crate::leak::{BYTES_PER_MESSAGE, BYTES_PER_VALUE, Finding, SizeAgreement, StreamCounts, StreamSummary};
use crate::picture::Frame;
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;
use crate::text::numbers::{percent, thousands};

/// Upper bound of the bytes of the counts of all panels; while a table grows, they take more for a moment.
const MOST_BYTES: usize = 320 << 20;

/// The counts of a range, for panels whose ciphertext is made of messages.
#[derive(Default)]
pub struct Stream {
    /// In the order of the panels.
    panels: Vec<(Panel, StreamCounts)>,
    /// Sizes and changes of the picture, of frames that were decoded.
    agreement: SizeAgreement,
    /// The luma of the frame before, if it was decoded.
    before: Option<(Frame, Vec<u8>)>,
}

/// The summary of the messages of a range under one panel.
#[derive(Debug, Serialize)]
pub struct PanelStream {
    panel: Panel,
    #[serde(flatten)]
    summary: StreamSummary,
    /// The rank correlation of sizes and changes of the picture; `None` if frames were not decoded.
    size_rho: Option<f64>,
    word: Option<Finding>,
}

impl Stream {
    /// Adds the messages of a frame; does nothing for pixels.
    pub fn add(&mut self, sheet: &Sheet) {
        let of_messages = || sheet.panels.iter().filter(|panel| panel.is_of_messages());
        if self.panels.is_empty() {
            let bytes_per_panel = MOST_BYTES / of_messages().count().max(1);
            let most_values = bytes_per_panel / 4 * 3 / BYTES_PER_VALUE;
            let most_messages = bytes_per_panel / 4 / BYTES_PER_MESSAGE;
            let counts = || StreamCounts::new(most_values, most_messages);
            self.panels.extend(of_messages().map(|panel| (panel.panel, counts())));
        }
        for (rendered, (_, counts)) in of_messages().zip(&mut self.panels) {
            add_panel(rendered, counts);
        }
        let bytes = of_messages().find_map(|panel| panel.leakage.messages.bytes);
        if let Some(bytes) = bytes.filter(|_| !sheet.frame.bytes.is_empty()) {
            self.compare(&sheet.frame, bytes);
        }
    }

    /// Compares the picture of a frame with that of the frame just before it, if it was the last one added.
    fn compare(&mut self, frame: &Frame, bytes: u64) {
        let luma = frame.layout.luma(frame.shape, &frame.bytes).into_owned();
        if let Some((before, luma_before)) = &self.before
            && before.index.next() == frame.index
            && before.shape == frame.shape
        {
            let differences =
                luma.iter().zip(luma_before).map(|(now, before)| u64::from(now.abs_diff(*before)));
            self.agreement.add(bytes, differences.sum::<u64>() as f64 / luma.len().max(1) as f64);
        }
        self.before = Some((frame.without_bytes(), luma));
    }

    /// True if there are no messages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty()
    }

    /// The summary of all frames in words: the name of each panel, and a sentence.
    #[must_use]
    pub fn lines(&self) -> Vec<Vec<String>> {
        let line = |stream: PanelStream| vec![stream.panel.to_string(), in_words(&stream)];
        self.summaries().into_iter().map(line).collect()
    }

    /// The summary of each panel over all frames.
    #[must_use]
    pub fn summaries(&self) -> Vec<PanelStream> {
        let (size_rho, sizes_follow) = (self.agreement.rho(), self.agreement.follows());
        let summary = |(panel, counts): &(Panel, StreamCounts)| {
            let summary = counts.summary();
            let word = Finding::of_stream(summary.repeated, summary.blocks, sizes_follow);
            PanelStream { panel: *panel, summary, size_rho, word }
        };
        self.panels.iter().map(summary).collect()
    }
}

fn in_words(PanelStream { summary, size_rho, word, .. }: &PanelStream) -> String {
    let about = if summary.one_value_in == 1 { "" } else { "about " };
    let blocks = format!(
        "{about}{} of the blocks repeat ({about}{} of {})",
        percent(summary.repeated_share),
        thousands(summary.repeated),
        thousands(summary.blocks)
    );
    let messages = format!(
        "{}{} of {} messages equal earlier ones",
        if summary.one_message_in == 1 { "" } else { "about " },
        thousands(summary.identical_messages),
        thousands(summary.messages)
    );
    let sizes = size_rho.map_or_else(String::new, |rho| {
        let follow = if *word == Some(Finding::Sizes) { ": sizes follow what moves" } else { "" };
        format!("; rank correlation of sizes and changes {rho:.2}{follow}")
    });
    format!("{blocks}; {messages}{sizes}")
}

fn add_panel(rendered: &RenderedPanel, counts: &mut StreamCounts) {
    let Some(wire) = &rendered.wire else { return };
    let of_frame = &rendered.leakage.messages;
    counts.add_blocks(&wire.blocks);
    let messages = wire.payload.messages().iter().map(|message| &wire.bytes[message.range.clone()]);
    counts.add_messages(messages, of_frame.bytes.unwrap_or(0), of_frame.clear_bytes.unwrap_or(0));
}
