//! The messages of a whole range of frames: one summary for each panel.

use serde::Serialize;

use crate::leak::{BYTES_PER_MESSAGE, BYTES_PER_VALUE, Finding, SizeAgreement, StreamCounts, StreamSummary};
use crate::picture::Frame;
use crate::render::{RenderedPanel, Sheet};
use crate::scene::Panel;
use crate::text::numbers::{percent, thousands};

/// Upper bound of the bytes of the counts of all panels; while a table grows, they take more for a moment.
const MOST_BYTES: usize = 320 << 20;

/// The counts of a range, for panels that encrypt messages.
#[derive(Default)]
pub struct Stream {
    /// In the order of the panels.
    panels: Vec<PanelCounts>,
    /// The luma of the frame before, if it was decoded.
    before: Option<(Frame, Vec<u8>)>,
}

/// The counts of one panel.
struct PanelCounts {
    /// Its place in the sheet.
    at: usize,
    panel: Panel,
    counts: StreamCounts,
    /// Sizes beside changes of the picture, of frames that were decoded.
    agreement: SizeAgreement,
    /// Frames whose slices draw the picture, and all frames.
    drawn: [u64; 2],
    /// A file was counted.
    has_file: bool,
}

/// The summary of the messages of a range under one panel.
#[derive(Debug, Serialize)]
pub struct PanelStream {
    panel: Panel,
    #[serde(flatten)]
    summary: StreamSummary,
    /// The rank correlation of sizes and changes of the picture; `None` if frames were not decoded, and for a file as it is.
    size_rho: Option<f64>,
    word: Option<Finding>,
}

impl Stream {
    /// Adds the messages of a frame; does nothing for pixels.
    pub fn add(&mut self, sheet: &Sheet) {
        if self.panels.is_empty() {
            self.panels = PanelCounts::of(sheet);
        }
        let change = if self.panels.is_empty() { None } else { self.change(&sheet.frame) };
        for counts in &mut self.panels {
            counts.add(&sheet.panels[counts.at], change);
        }
    }

    /// The mean absolute difference of luma between a frame and the one before, if that is the frame just before it and
    /// both were decoded.
    fn change(&mut self, frame: &Frame) -> Option<f64> {
        if frame.bytes.is_empty() {
            return None;
        }
        let luma = frame.layout.luma(frame.shape, &frame.bytes).into_owned();
        let before = self.before.as_ref();
        let change =
            before.filter(|(before, _)| before.index.next() == frame.index && before.shape == frame.shape);
        let change = change.map(|(_, before)| {
            let differences = luma.iter().zip(before).map(|(now, before)| u64::from(now.abs_diff(*before)));
            differences.sum::<u64>() as f64 / luma.len().max(1) as f64
        });
        self.before = Some((frame.without_bytes(), luma));
        change
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
        let summary = |PanelCounts { panel, counts, agreement, drawn: [drawn, frames], .. }: &PanelCounts| {
            let (summary, size_rho) = (counts.summary(), agreement.rho());
            let slices_draw = 2 * drawn > *frames;
            let word = Finding::of_stream(summary.repeated, summary.blocks, slices_draw, agreement.follows());
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

impl PanelCounts {
    /// Empty counts for the panels of a sheet that encrypt messages.
    fn of(sheet: &Sheet) -> Vec<Self> {
        let panels = sheet.panels.iter().enumerate().filter(|(_, panel)| !panel.of.target.is_pixels());
        let bytes_per_panel = MOST_BYTES / panels.clone().count().max(1);
        let most_values = bytes_per_panel / 4 * 3 / BYTES_PER_VALUE;
        let most_messages = bytes_per_panel / 4 / BYTES_PER_MESSAGE;
        let empty = |(at, rendered): (usize, &RenderedPanel)| Self {
            at,
            panel: rendered.panel,
            counts: StreamCounts::new(most_values, most_messages),
            agreement: SizeAgreement::default(),
            drawn: [0; 2],
            has_file: false,
        };
        panels.map(empty).collect()
    }

    /// Adds the messages of a frame, and their sizes beside the change of the picture. A file as it is is one message, the
    /// same in every frame: it counts once.
    fn add(&mut self, rendered: &RenderedPanel, change: Option<f64>) {
        let Some(wire) = &rendered.wire else { return };
        let is_file = wire.payload.put_back().is_some();
        if std::mem::replace(&mut self.has_file, is_file) {
            return;
        }
        let of_frame = &rendered.leakage.messages;
        let bytes = of_frame.bytes.unwrap_or(0);
        let is_drawn = rendered.leakage.word == Some(Finding::Footprint);
        self.drawn = [self.drawn[0] + u64::from(is_drawn), self.drawn[1] + 1];
        self.counts.add_blocks(&wire.blocks);
        let messages = wire.payload.messages().iter().map(|message| &wire.bytes[message.range.clone()]);
        self.counts.add_messages(messages, bytes, of_frame.clear_bytes.unwrap_or(0));
        if let Some(change) = change.filter(|_| !is_file) {
            self.agreement.add(bytes, change);
        }
    }
}
