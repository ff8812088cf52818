//! Figures: the panels of one frame in one picture, each with its name and its number.
//!
//! ```text
//! captions ──lettering──▶ SVG ──resvg──▶ pixmap ◀──pixel for pixel── panels
//!                                           └──encode──▶ PNG
//! ```
//!
//! Panels are never made smaller and never smoothed but for the original where its pixels are not square:
//! the pixels of a figure can be compared with the bytes of the ciphertext.

pub(super) mod caption;
pub(super) mod chip;
pub(super) mod encode;
mod grid;
pub(super) mod lettering;
pub(super) mod origin;
mod page;
pub(super) mod pixels;

use std::io::Write;

use resvg::tiny_skia::{Pixmap, Transform};

use self::grid::{Enlarged, Grid};
use self::lettering::Lettering;
use self::page::Page;
use crate::frame::Shape;
use crate::media::SourceInfo;
use crate::pipeline::Sheet;
use crate::scene::{Panel, Scene};

/// Pixels of the largest figure that is made.
const MOST_PIXELS: u64 = 500_000_000;

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
pub(super) struct Colours {
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

    pub(super) const fn colours(self) -> Colours {
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

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The pictures were not rendered.
    #[error("the panels hold no pictures; render all parts of the sheet")]
    NoPictures,
    /// More pixels than are kept in memory at once.
    #[error("the figure would have {} × {} pixels, which is too large; give fewer panels", .0.width, .0.height)]
    TooLarge(Shape),
    /// The captions.
    #[error("the captions cannot be set")]
    Lettering(#[from] resvg::usvg::Error),
    /// The bytes cannot be written.
    #[error("the picture cannot be written")]
    Write(#[source] std::io::Error),
    /// The PNG cannot be made.
    #[error("the picture cannot be made")]
    Encode(#[source] png::EncodingError),
}

impl From<png::EncodingError> for FigureError {
    /// An error of the output stays one: the encoder's own does not name it as its source.
    fn from(error: png::EncodingError) -> Self {
        match error {
            png::EncodingError::IoError(error) => Self::Write(error),
            error => Self::Encode(error),
        }
    }
}

/// All that a figure shows.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a> {
    /// What was rendered.
    pub scene: &'a Scene,
    /// One frame of it, with pictures.
    pub sheet: &'a Sheet,
    /// What is known of the source.
    pub info: &'a SourceInfo,
    /// What the panels stand on.
    pub ground: Ground,
}

impl Figure<'_> {
    /// Writes the figure as PNG: the same bytes for the same scene and frame.
    ///
    /// # Errors
    /// When it would be too large, or `out` takes no more.
    pub fn write_png(&self, out: &mut dyn Write) -> Result<(), FigureError> {
        let template = Template::of(self)?;
        let Shape { width, height } = template.size();
        let mut pixmap = Pixmap::new(width, height).ok_or(FigureError::TooLarge(template.size()))?;
        template.draw(self, &mut pixmap)?;
        Ok(encode::write(pixmap, origin::texts(self, &template.grid, template.enlarged), out)?)
    }
}

/// Where everything stands in figures of the same panels, and what they are lettered with.
pub(super) struct Template {
    grid: Grid,
    enlarged: Enlarged,
    lettering: Lettering,
}

impl Template {
    /// The template of a figure.
    pub fn of(figure: &Figure<'_>) -> Result<Self, FigureError> {
        let enlarged = Enlarged::of(figure.sheet.frame.shape, figure.info.sample_aspect_ratio);
        let count = u32::try_from(figure.sheet.panels.len()).unwrap_or(u32::MAX);
        if u64::from(count) * enlarged.shape.pixels() as u64 > MOST_PIXELS {
            return Err(FigureError::TooLarge(enlarged.shape));
        }
        Ok(Self { grid: Grid::of(count, enlarged.shape), enlarged, lettering: Lettering::new() })
    }

    /// Width and height of the figures.
    pub const fn size(&self) -> Shape {
        self.grid.size
    }

    /// Draws a figure of the same panels at the upper left of `pixmap`. Frames of another size than the one
    /// that the template was made for are stretched to that.
    pub fn draw(&self, figure: &Figure<'_>, pixmap: &mut Pixmap) -> Result<(), FigureError> {
        let Self { grid, enlarged, lettering } = self;
        let page = Page { figure: *figure, grid, enlarged: *enlarged, lettering };
        let tree = lettering.read(&page.svg())?;
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        for (number, panel) in (0..).zip(&figure.sheet.panels) {
            let picture = panel.picture.as_ref().ok_or(FigureError::NoPictures)?;
            let is_smooth = panel.panel == Panel::Plain && enlarged.factor == 1;
            pixels::blit(picture, is_smooth, enlarged.shape, grid.place(number), pixmap);
        }
        Ok(())
    }
}
