//! How the window looks, whatever it shows.

use serde::{Deserialize, Serialize};

use super::easel::Easel;
use super::graph::Metric;
use super::lessons::Course;
use super::look::Look;
use super::strip::Strip;
use super::tamper::Tool;
use super::twins::Sought;
use super::wipe::Comparison;

use crate::units::FrameIndex;

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
    /// The lessons are offered to somebody who has never been here.
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

/// Which block is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inspector {
    /// Blocks are looked at.
    pub open: bool,
    /// The block that the pointer was on last.
    pub pointed: Option<usize>,
    /// The pointer is still on a picture.
    pub pointing: bool,
    /// It is where the keys have gone, and not the pointer.
    pub walked: bool,
    /// The block that stays, wherever the pointer is.
    pub pinned: Option<usize>,
    /// The frame in which it was pinned: as it stands there it is looked for in all others.
    pub pinned_in: FrameIndex,
    /// The block on which the pointer has rested, and its frame.
    pub dwelt: Option<Sought>,
}

impl Inspector {
    /// The block that is looked at.
    #[must_use]
    pub fn block(self) -> Option<usize> {
        self.pinned.or(self.pointed).filter(|_| self.open)
    }

    /// The block that is looked for in all frames.
    #[must_use]
    pub fn sought(self) -> Option<Sought> {
        let pinned = self.pinned.map(|block| Sought { frame: self.pinned_in, block });
        pinned.or(self.dwelt).filter(|_| self.open)
    }

    /// True where its twins are lit up. What is known of a block can still be read, and copied, once the
    /// pointer has left the pictures; but then they are to be seen as they are.
    #[must_use]
    pub fn lights_up(self) -> bool {
        self.open && (self.pinned.is_some() || self.pointing)
    }
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Light on near-black: pictures stand out on a projector.
    #[default]
    Dark,
    /// Dark on white.
    Light,
}
