//! The samples of a pixel, by name: `rgba32`, `rgb24`, `gray8`, `yuv420p`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::suggest;

/// Which samples of a frame are encrypted, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Samples {
    /// Red, green, blue, alpha: 4 pixels a block. Graphics cards and screen recorders use it.
    #[default]
    Rgba32,
    /// Red, green, blue: 5⅓ pixels a block.
    Rgb24,
    /// One luma byte a pixel: 16 pixels a block.
    Gray8,
    /// Planes Y, U, V one after the other, U and V at half the width and height. Codecs use it.
    Yuv420p,
}

impl Samples {
    /// All kinds of samples, the default first.
    pub const ALL: [Self; 4] = [Self::Rgba32, Self::Rgb24, Self::Gray8, Self::Yuv420p];

    /// The name on the command line and in a scene.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rgba32 => "rgba32",
            Self::Rgb24 => "rgb24",
            Self::Gray8 => "gray8",
            Self::Yuv420p => "yuv420p",
        }
    }

    /// Bytes of a pixel in the first plane.
    pub(super) const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgba32 => 4,
            Self::Rgb24 => 3,
            Self::Gray8 | Self::Yuv420p => 1,
        }
    }

    /// Width and height of a tile in pixels; `None` if no square of pixels fills a block.
    pub(super) const fn tile(self) -> Option<usize> {
        match self {
            Self::Rgba32 => Some(2),
            Self::Rgb24 => None,
            Self::Gray8 | Self::Yuv420p => Some(4),
        }
    }
}

/// A name of no layout.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no layout {0:?}{meant}; choose one of rgba32, rgb24, gray8, yuv420p",
    meant = suggest::hint(.0, Samples::ALL.map(Samples::name))
)]
pub struct UnknownLayout(String);

impl FromStr for Samples {
    type Err = UnknownLayout;

    fn from_str(name: &str) -> Result<Self, UnknownLayout> {
        Self::ALL.into_iter().find(|samples| samples.name() == name).ok_or_else(|| UnknownLayout(name.into()))
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
