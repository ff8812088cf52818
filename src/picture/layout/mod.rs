//! Layouts: which bytes of a frame are encrypted, in which order, and which pixels a block represents.
//!
//! ```text
//! rgba32   R G B A R G B A R G B A R G B A │…   a block is 4 pixels of a row
//! rgb24    R G B R G B R G B R G B R G B R │…   a block is 5⅓ pixels: the phase repeats every 3 blocks
//! gray8    Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y │…   a block is 16 pixels
//! yuv420p  all Y, then all U, then all V        a block is 16 pixels of Y, or 16 samples of U or V
//! ```
//!
//! In rows, blocks continue from one row of pixels to the next: if a row is not a whole number of blocks, a block
//! holds the end of one row and the start of the next, as a cipher would see it. In [tiles](Layout::in_tiles), a block
//! covers a square. Samples may be [posterized](Layout::posterized):
//!
//! ```text
//! FFmpeg's bytes ──Posterize──▶ fewer levels ──tiles──▶ squares ──▶ Frame::bytes ──▶ cipher, census, screen
//!                 └────────── Layout::arrange; both steps are optional ───────────┘
//! ```
//!
//! This room knows neither ciphers nor attacks. It converts bytes to pictures, and blocks to pixels and back.

mod block_colours;
mod blocks;
mod brightness;
mod bytes;
mod luma;
mod places;
mod planes;
mod posterize;
mod samples;
mod show;
mod tiles;

pub use blocks::Pixels;
pub use places::{Place, Places};
pub use posterize::{BadPosterize, Posterize};
pub use samples::{Samples, UnknownLayout};

use std::fmt;

use serde::Serialize;

/// Bytes of a block of AES, the unit in which ciphertext is compared.
pub const BLOCK_BYTES: usize = 16;

/// Rows that one task paints: enough to outweigh the cost of a task, few enough to keep all cores busy. A multiple of
/// the height of tiles and chroma samples, which therefore never belong to two tasks.
const ROWS_PER_TASK: usize = 64;

/// Which bytes of a frame are encrypted and in which order.
///
/// Serializes as the fields `layout`, `posterize` and `tiles`; the last two only if they are not the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Layout {
    #[serde(rename = "layout")]
    samples: Samples,
    #[serde(skip_serializing_if = "Posterize::is_off")]
    posterize: Posterize,
    /// Never true for samples that have no tile.
    #[serde(rename = "tiles", skip_serializing_if = "std::ops::Not::not")]
    is_tiled: bool,
}

/// Tiles were asked of samples that cannot have them.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} has no tiles, since no square of pixels fills a block of 16 bytes; choose rgba32, gray8 or yuv420p"
)]
pub struct NoTiles(Samples);

impl Layout {
    /// Red, green, blue, alpha, in rows.
    pub const RGBA32: Self = Self::of(Samples::Rgba32);
    /// Red, green, blue, in rows.
    pub const RGB24: Self = Self::of(Samples::Rgb24);
    /// Luma, in rows.
    pub const GRAY8: Self = Self::of(Samples::Gray8);
    /// Planes of luma and chroma, each in rows.
    pub const YUV420P: Self = Self::of(Samples::Yuv420p);

    /// All layouts in rows and at full depth, the default first.
    pub const ALL: [Self; 4] = [Self::RGBA32, Self::RGB24, Self::GRAY8, Self::YUV420P];

    /// All layouts in tiles.
    pub const TILED: [Self; 3] = [
        Self { is_tiled: true, ..Self::RGBA32 },
        Self { is_tiled: true, ..Self::GRAY8 },
        Self { is_tiled: true, ..Self::YUV420P },
    ];

    /// Samples at full depth, in rows.
    #[must_use]
    pub const fn of(samples: Samples) -> Self {
        Self { samples, posterize: Posterize::OFF, is_tiled: false }
    }

    /// The same layout with other samples, in tiles only if these samples have any.
    #[must_use]
    pub const fn with_samples(self, samples: Samples) -> Self {
        Self { samples, is_tiled: self.is_tiled && samples.tile().is_some(), ..self }
    }

    /// The same layout with the samples of each channel or plane rounded to fewer levels.
    #[must_use]
    pub const fn posterized(self, posterize: Posterize) -> Self {
        Self { posterize, ..self }
    }

    /// The same layout in tiles: a block covers a square of pixels, 2 × 2 in `rgba32`, 4 × 4 in `gray8` and in each
    /// plane of `yuv420p`. Tiles are stored row by row, and so are the pixels within a tile. A tile that extends past
    /// the edge repeats the last column and row.
    ///
    /// # Errors
    /// [`NoTiles`] for `rgb24`.
    pub const fn in_tiles(self) -> Result<Self, NoTiles> {
        match self.samples.tile() {
            Some(_) => Ok(Self { is_tiled: true, ..self }),
            None => Err(NoTiles(self.samples)),
        }
    }

    /// Which samples it has.
    #[must_use]
    pub const fn samples(self) -> Samples {
        self.samples
    }

    /// The number of levels to which samples are rounded.
    #[must_use]
    pub const fn posterize(self) -> Posterize {
        self.posterize
    }

    /// True if a block covers a square of pixels.
    #[must_use]
    pub const fn is_tiled(self) -> bool {
        self.is_tiled
    }

    /// The name of its samples.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.samples.name()
    }

    /// A line for menus and help on what a block of this layout is.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match (self.samples, self.is_tiled) {
            (Samples::Rgba32, false) => "red, green, blue, alpha; a block is 4 pixels",
            (Samples::Rgba32, true) => "red, green, blue, alpha; a block is 2 × 2 pixels",
            (Samples::Rgb24, _) => "red, green, blue; a block is 5⅓ pixels",
            (Samples::Gray8, false) => "luma alone; a block is 16 pixels",
            (Samples::Gray8, true) => "luma alone; a block is 4 × 4 pixels",
            (Samples::Yuv420p, false) => "planes Y, U, V as codecs hold them; a block is 16 samples",
            (Samples::Yuv420p, true) => "planes Y, U, V; a block is 4 × 4 samples",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.name().to_owned();
        if self.is_tiled {
            text += " in tiles";
        }
        if !self.posterize.is_off() {
            text = format!("{text}, posterized to {}", self.posterize);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests;
