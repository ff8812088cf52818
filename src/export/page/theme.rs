//! Light and dark pages, and their colours.

/// What the panels stand on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// White, for print.
    #[default]
    Light,
    /// Near black, for slides.
    Dark,
}

/// The colours of a ground, as SVG has them.
pub(crate) struct Colours {
    pub ground: &'static str,
    pub strong: &'static str,
    pub muted: &'static str,
    pub border: &'static str,
}

impl Ground {
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
                Colours { ground: "#ffffff", strong: "#14171f", muted: "#525a6b", border: "#c9ced8" }
            }
            Self::Dark => {
                Colours { ground: "#12151c", strong: "#f2f4f8", muted: "#a3acbd", border: "#3a4150" }
            }
        }
    }
}
