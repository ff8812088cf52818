//! How the window looks, whatever it shows.

use serde::{Deserialize, Serialize};

pub use crate::export::page::Theme;

use super::comparison::Comparison;
use super::drawing::Easel;
use super::inspector::Inspector;
use super::lessons::Course;
use super::tampering::Tool;
use super::viewport::Look;

/// How the window looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, of which any may be on")]
pub struct View {
    /// Dark or light.
    pub theme: Theme,
    /// The panel that has the window for itself, by its place in the scene.
    pub enlarged: Option<usize>,
    /// The panel that was worked on last, by its place in the scene.
    pub in_hand: Option<usize>,
    /// Two panels that share the window, instead of all or one.
    pub comparison: Option<Comparison>,
    /// Which part of the pictures is in sight.
    pub look: Look,
    /// Which block is looked at.
    pub inspector: Inspector,
    /// What the pointer does in panels of what is received.
    pub tamper: Tool,
    /// How one draws on a canvas.
    pub easel: Easel,
    /// Where one is in the lessons.
    pub course: Course,
    /// The number that is drawn along the timeline.
    pub graph: Option<Metric>,
    /// Small pictures along the timeline.
    pub strip: Strip,
    /// What is shown along the timeline is not filled in any further.
    pub survey_stopped: bool,
    /// Panels and captions have the window for themselves.
    pub presenting: bool,
    /// The screen is black, while a lesson is presented.
    pub blackout: bool,
    /// The lessons are offered: this is the first start of the window.
    pub offers_lessons: bool,
    /// How ciphertext is shown while it plays.
    pub flicker: Flicker,
    /// What need not move, does not.
    pub reduced_motion: bool,
    /// The list of keys is open.
    pub help: bool,
    /// What the program is, is open.
    pub about: bool,
    /// The window fills the screen.
    pub fullscreen: bool,
}

/// How ciphertext is shown while it plays: a wall full of noise that changes thirty times a second is hard
/// to look at. Numbers, the original and what is held are always up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flicker {
    /// Every frame.
    #[default]
    Full,
    /// Two pictures a second.
    Slow,
    /// The picture that is there stays.
    Still,
}

impl Flicker {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Slow, Self::Still];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "Every frame",
            Self::Slow => "Two a second",
            Self::Still => "Held still",
        }
    }

    /// Seconds for which a picture stays, while the video plays.
    #[must_use]
    pub const fn stays_secs(self) -> f64 {
        match self {
            Self::Full => 0.0,
            Self::Slow => 0.5,
            Self::Still => f64::INFINITY,
        }
    }
}

/// Windows lower than this have no height for it.
const LOW: f32 = 620.0;

/// From this height of the window on it is higher.
const HIGH: f32 = 1000.0;

/// Its heights, in points.
const HEIGHTS: [f32; 2] = [28.0, 42.0];

/// Whether the strip is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strip {
    /// Wherever the window is high enough.
    #[default]
    Shown,
    /// Nowhere.
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

    /// How high the strip is in a window of this height; 0 where there is none.
    #[must_use]
    pub fn height(self, window: f32) -> f32 {
        match self {
            Self::Hidden => 0.0,
            Self::Shown if window < LOW => 0.0,
            Self::Shown => HEIGHTS[usize::from(window >= HIGH)],
        }
    }
}

/// Which number is drawn.
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

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repeated => "Blocks that repeat",
            Self::Unchanged => "Blocks unchanged since the last frame",
        }
    }
}
