//! The window itself: theme, what is open over it, and its commands.

use serde::{Deserialize, Serialize};

pub use crate::export::page::Theme;

/// How the window looks, independent of the scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, of which any may be on")]
pub struct WindowState {
    /// Dark or light.
    pub theme: Theme,
    /// How ciphertext is shown while it plays.
    pub flicker: Flicker,
    /// Without animations; lessons do not start to play.
    pub reduced_motion: bool,
    /// Panels and captions have the window for themselves.
    pub presenting: bool,
    /// The window fills the screen.
    pub fullscreen: bool,
    /// The list of keys is open.
    pub help: bool,
    /// The page about the program is open.
    pub about: bool,
}

/// What a user asks of the window itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Hide everything but the panels and their captions, or show everything again.
    TogglePresenting,
    /// How ciphertext is shown while it plays.
    SetFlicker(Flicker),
    /// Show ciphertext in the next of these ways.
    NextFlicker,
    /// Switch animations off, or on again.
    ToggleReducedMotion,
    /// Change between dark and light.
    ToggleTheme,
    /// Take this theme.
    SetTheme(Theme),
    /// Fill the screen, or not.
    ToggleFullscreen,
    /// Open or close the list of keys.
    ToggleHelp,
    /// Open or close the page about the program.
    ToggleAbout,
    /// Open this address in the browser.
    OpenLink(String),
    /// Close what is open, one thing at a time.
    Escape,
    /// Close the window.
    Quit,
}

/// How ciphertext is shown while it plays: a screen full of noise that changes thirty times a second is hard to look
/// at. Numbers, the original and paused frames are always up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flicker {
    /// Every frame.
    #[default]
    Full,
    /// Two frames per second.
    Slow,
    /// The picture on screen stays.
    Still,
}

impl Flicker {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Full, Self::Slow, Self::Still];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "Every frame",
            Self::Slow => "Two a second",
            Self::Still => "Held still",
        }
    }

    /// How long a picture stays on screen while the video plays, in seconds.
    #[must_use]
    pub const fn stays_secs(self) -> f64 {
        match self {
            Self::Full => 0.0,
            Self::Slow => 0.5,
            Self::Still => f64::INFINITY,
        }
    }
}
