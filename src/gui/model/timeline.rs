//! What is shown along the timeline, and what a user can ask of it.

use serde::{Deserialize, Serialize};

/// What is shown along the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelineView {
    /// The number that is plotted.
    pub graph: Option<Metric>,
    /// The strip of thumbnails.
    pub strip: Strip,
    /// The scan of the video is stopped: the plot stays as it is.
    pub scan_stopped: bool,
}

/// What a user asks of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Plot a number along the timeline, or no longer.
    ToggleGraph,
    /// Plot this number along the timeline, or none.
    SetGraph(Option<Metric>),
    /// Show thumbnails along the timeline, or none.
    ToggleStrip,
    /// Stop the scan of the video.
    StopScan,
    /// Continue the scan.
    ContinueScan,
}

impl TimelineView {
    /// Carries out a command.
    pub(super) fn apply(&mut self, command: Command) {
        match command {
            Command::ToggleGraph => {
                self.scan_stopped = false;
                self.graph = if self.graph.is_some() { None } else { Some(Metric::default()) };
            }
            Command::SetGraph(metric) => self.graph = metric,
            Command::ToggleStrip => self.strip = self.strip.toggled(),
            Command::StopScan => self.scan_stopped = true,
            Command::ContinueScan => self.scan_stopped = false,
        }
    }
}

/// In windows lower than this, in points, there is no strip.
const LOW: f32 = 620.0;

/// From this height of the window, in points, the strip is higher.
const HIGH: f32 = 1000.0;

/// The heights of the strip, in points.
const HEIGHTS: [f32; 2] = [28.0, 42.0];

/// Whether the strip is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strip {
    /// Shown where the window is high enough.
    #[default]
    Shown,
    /// Hidden.
    Hidden,
}

impl Strip {
    /// The other one.
    #[must_use]
    pub const fn toggled(self) -> Self {
        match self {
            Self::Shown => Self::Hidden,
            Self::Hidden => Self::Shown,
        }
    }

    /// The height of the strip in a window of this height, in points; 0 if there is no strip.
    #[must_use]
    pub fn height(self, window: f32) -> f32 {
        match self {
            Self::Hidden => 0.0,
            Self::Shown if window < LOW => 0.0,
            Self::Shown => HEIGHTS[usize::from(window >= HIGH)],
        }
    }
}

/// A number that is plotted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Metric {
    /// Blocks that repeat.
    #[default]
    Repeated,
    /// Blocks that are the same as in the frame before.
    Unchanged,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Repeated, Self::Unchanged];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repeated => "Blocks that repeat",
            Self::Unchanged => "Blocks unchanged since the last frame",
        }
    }
}
