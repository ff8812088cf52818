//! Light and dark pages, and their colours.

use serde::{Deserialize, Serialize};

/// The colours of a page, and of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// White, for print.
    Light,
    /// Near black, for projectors: pictures stand out.
    #[default]
    Dark,
}

/// The colours of a theme, in SVG.
pub(crate) struct Colours {
    pub background: &'static str,
    pub strong: &'static str,
    pub muted: &'static str,
    pub border: &'static str,
}

impl Theme {
    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) const fn colours(self) -> Colours {
        match self {
            Self::Light => {
                Colours { background: "#ffffff", strong: "#14171f", muted: "#525a6b", border: "#c9ced8" }
            }
            Self::Dark => {
                Colours { background: "#12151c", strong: "#f2f4f8", muted: "#a3acbd", border: "#3a4150" }
            }
        }
    }
}
