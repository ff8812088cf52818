//! Figures: the panels of one frame in one picture, each with its name and its number.
//!
//! ```text
//! captions ──lettering──▶ SVG ──resvg──▶ pixmap ◀──pixel for pixel── panels
//!                                           └──encode──▶ PNG
//! ```
//!
//! A figure larger than `WHOLE_PIXELS` is drawn and written in bands, so that it takes little more memory than its
//! panels. The edges of its letters may differ slightly from those of a figure that is drawn as a whole; its panels do
//! not.
//!
//! Panels are never reduced, and never smoothed unless they show an original whose pixels are not square: the pixels
//! of a figure can be compared with the bytes of the ciphertext. Over a panel of one even colour, a sentence explains
//! why it is empty. Only in a clip may panels be reduced, because the size of the video is bounded and its first frame
//! fixes the size of the panels; their captions then say so.

pub(super) mod caption;
pub(super) mod grid;
pub(super) mod origin;
pub(super) mod page;
pub(super) mod sequence;

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use super::page::lettering::Lettering;
use super::page::{FigureError, Theme};
use crate::media::SourceInfo;
use crate::picture::{Picture, Shape};
use crate::render::{RenderedPanel, Sheet};
use crate::runtime::pool::Buffer;
use crate::scene::{Panel, Scene};
use grid::{Enlarged, Grid};
use page::Page;

/// Upper bound of the pixels of a figure.
const MOST_PIXELS: u64 = 500_000_000;

/// Figures with up to this many pixels are drawn as a whole: 4 bytes each, and up to as many again while they are
/// written. Four panels of 2160p have 36 million pixels.
const WHOLE_PIXELS: usize = 40_000_000;

/// Pixels of each band of a larger figure.
const BAND_PIXELS: usize = 8_000_000;

/// All that a figure shows.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a> {
    /// The scene that was rendered.
    pub scene: &'a Scene,
    /// One frame of it, with pictures.
    pub sheet: &'a Sheet,
    /// The properties of the source.
    pub info: &'a SourceInfo,
    /// The colours of the page.
    pub theme: Theme,
}

impl Figure<'_> {
    /// Writes the figure as PNG: the same bytes for the same scene and frame.
    ///
    /// # Errors
    /// If the figure would be too large, or `out` cannot be written.
    pub fn write_png(&self, out: &mut dyn Write) -> Result<(), FigureError> {
        let template = Template::of(self)?;
        let size = template.size();
        if size.pixels() > WHOLE_PIXELS {
            return self.write_bands(&template, BAND_PIXELS, out);
        }
        let mut pixmap = Pixmap::new(size.width, size.height).ok_or(FigureError::TooLarge(size))?;
        template.draw(self, &mut pixmap)?;
        Ok(super::page::png::write(pixmap, origin::texts(self, &template.grid, template.enlarged), out)?)
    }

    /// The figure as a picture, its panels reduced until it fits into `most`, in landscape or portrait.
    ///
    /// # Errors
    /// If the figure would be too large.
    pub fn picture_within(&self, most: Shape) -> Result<Picture, FigureError> {
        let template = Template::within(most, self)?;
        let size = template.size();
        let mut pixmap = Pixmap::new(size.width, size.height).ok_or(FigureError::TooLarge(size))?;
        template.draw(self, &mut pixmap)?;
        Ok(Picture::new(size, Arc::new(Buffer::from(pixmap.take()))))
    }

    /// Draws and writes bands of `band_pixels`, one after the other.
    fn write_bands(
        &self,
        template: &Template,
        band_pixels: usize,
        out: &mut dyn Write,
    ) -> Result<(), FigureError> {
        let size = template.size();
        let rows = u32::try_from(band_pixels / size.columns().max(1)).unwrap_or(u32::MAX);
        let band = Pixmap::new(size.width, rows.clamp(1, size.height));
        let band = band.ok_or(FigureError::TooLarge(size))?;
        let texts = origin::texts(self, &template.grid, template.enlarged);
        let drawing = template.drawing(self)?;
        super::page::png::write_bands(size, band, texts, out, |first, band| {
            drawing.draw(first, band);
            Ok(())
        })
    }
}

/// The layout and the typeface of figures of the same panels.
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

    /// The template of a figure whose panels are reduced until it fits into `most`, in landscape or portrait. Panels
    /// stay large enough for their captions.
    pub fn within(most: Shape, figure: &Figure<'_>) -> Result<Self, FigureError> {
        let whole = Self::of(figure)?;
        let Shape { width, height } = whole.enlarged.shape;
        let count = u32::try_from(figure.sheet.panels.len()).unwrap_or(u32::MAX);
        let place = |columns: u32| {
            let rows = u64::from(height) * u64::from(columns) / u64::from(width.max(1));
            Shape::new(columns, u32::try_from(rows).unwrap_or(u32::MAX).max(1))
        };
        let fits = |size: Shape| {
            let (long, short) = (size.width.max(size.height), size.width.min(size.height));
            long <= most.width.max(most.height) && short <= most.width.min(most.height)
        };
        // In steps of two: in 4:2:0, two columns share a chroma sample.
        let smallest = grid::SMALLEST_PANEL.min(width);
        let mut widths = (smallest..=width).rev().step_by(2);
        let columns = widths.find(|&columns| fits(Grid::of(count, place(columns)).size)).unwrap_or(smallest);
        let (shape, aspect) = (figure.sheet.frame.shape, figure.info.sample_aspect_ratio);
        let enlarged = Enlarged::within(place(columns), shape, aspect);
        Ok(Self { grid: Grid::of(count, enlarged.shape), enlarged, ..whole })
    }

    /// Width and height of the figures.
    pub const fn size(&self) -> Shape {
        self.grid.size
    }

    /// Draws a figure of the same panels at the upper left of `pixmap`. Frames of another shape than the template's
    /// keep their proportions, centred in their places.
    fn draw(&self, figure: &Figure<'_>, pixmap: &mut Pixmap) -> Result<(), FigureError> {
        self.drawing(figure)?.draw(0, pixmap);
        Ok(())
    }

    /// The drawing of a figure of the same panels.
    fn drawing<'a>(&'a self, figure: &Figure<'a>) -> Result<Drawing<'a>, FigureError> {
        let page = self.page(figure);
        Drawing::of(&page, &page.whole())
    }

    /// The page of a figure of the same panels.
    fn page<'a>(&'a self, figure: &Figure<'a>) -> Page<'a> {
        let Self { grid, enlarged: Enlarged { shape: most, .. }, lettering } = self;
        let enlarged = Enlarged::within(*most, figure.sheet.frame.shape, figure.info.sample_aspect_ratio);
        Page { figure: *figure, grid, most: *most, enlarged, lettering }
    }
}

/// A figure, ready to be drawn.
struct Drawing<'a> {
    grid: &'a Grid,
    /// The size of the places for the pictures.
    most: Shape,
    /// The scale and size of the pictures.
    enlarged: Enlarged,
    /// The page below the pictures.
    tree: usvg::Tree,
    /// The sentences over pictures that show nothing.
    notices: Option<usvg::Tree>,
    pictures: Vec<Cow<'a, [[u8; 4]]>>,
}

impl<'a> Drawing<'a> {
    /// The pictures of a page, the sentences over them, and `svg` below them.
    fn of(page: &Page<'a>, svg: &str) -> Result<Self, FigureError> {
        let Page { figure, grid, most, enlarged, lettering } = *page;
        let tree = lettering.read(svg)?;
        let notices = page.notices().map(|svg| lettering.read(&svg)).transpose()?;
        let stretched = |panel: &'a RenderedPanel| {
            let picture = panel.picture.as_ref().ok_or(FigureError::NoPictures)?;
            // Averaged when reduced, so that no pixel is left out.
            let is_smooth =
                enlarged.reduced.is_some() || (panel.panel == Panel::Plain && enlarged.factor == 1);
            Ok(super::page::pixels::stretched(picture, is_smooth, enlarged.shape))
        };
        let pictures = figure.sheet.panels.iter().map(stretched).collect::<Result<_, FigureError>>()?;
        Ok(Self { grid, most, enlarged, tree, notices, pictures })
    }

    /// Draws the rows from `first` on, as many as `band` has.
    fn draw(&self, first: u32, band: &mut Pixmap) {
        // Exact: a figure has fewer rows than `f32` has consecutive integers.
        let up = Transform::from_translate(0.0, -(first as f32));
        resvg::render(&self.tree, up, &mut band.as_mut());
        for (number, pixels) in (0..).zip(&self.pictures) {
            let place = self.enlarged.centred(self.most, self.grid.place(number));
            super::page::pixels::blit(pixels, self.enlarged.shape.columns(), place, first, band);
        }
        if let Some(notices) = &self.notices {
            resvg::render(notices, up, &mut band.as_mut());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::batch::render;
    use crate::render::{Job, Range};
    use crate::units::FrameIndex;

    /// Frame 0 of a scene, rendered.
    fn frame_0(scene: &Scene) -> (SourceInfo, Sheet) {
        let mut sheet = None;
        let rendered = render(Job::new(scene, Range::frame(FrameIndex(0))), |made, _| {
            sheet = Some(made);
            ControlFlow::Continue(())
        });
        (rendered.expect("it renders").info, sheet.expect("a frame"))
    }

    #[test]
    fn a_figure_as_a_picture_equals_its_file_unless_that_is_too_large() {
        let panels = ["plain", "aes-128-ecb"].map(|panel| panel.parse().expect("a panel")).into();
        let scene = Scene { panels, ..Scene::of("pattern:bars@640x360".parse().expect("a source")) };
        let (info, sheet) = frame_0(&scene);
        let figure = Figure { scene: &scene, sheet: &sheet, info: &info, theme: Theme::Light };
        let mut png = Vec::new();
        figure.write_png(&mut png).expect("a vector takes all");
        let file = image::load_from_memory(&png).expect("a PNG").into_rgba8();
        let picture = figure.picture_within(Shape::new(2600, 2600)).expect("it is small");
        assert_eq!((picture.shape.width, picture.shape.height), file.dimensions());
        assert!(picture.to_rgba() == file.into_raw());
        let smaller = figure.picture_within(Shape::new(1200, 1200)).expect("it is small").shape;
        assert!(
            (1190..=1200).contains(&smaller.width) && smaller.height < picture.shape.height,
            "{smaller:?}"
        );
    }

    #[test]
    fn a_figure_drawn_in_bands_has_equal_panels_and_nearly_equal_letters() {
        let panels = ["plain", "aes-128-ecb", "aes-128-ecb:repeats"];
        let panels: Vec<Panel> = panels.map(|panel| panel.parse().expect("a panel")).into();
        // The second source is small, so that its pictures are enlarged.
        for source in ["demo:still", "pattern:bars@90x70"] {
            let source = source.parse().expect("a source");
            let scene = Scene { panels: panels.clone(), ..Scene::of(source) };
            let (info, sheet) = frame_0(&scene);
            let figure = Figure { scene: &scene, sheet: &sheet, info: &info, theme: Theme::Light };
            let pixels = |png: &[u8]| image::load_from_memory(png).expect("a PNG").into_rgb8();
            let (mut whole, mut bands) = (Vec::new(), Vec::new());
            figure.write_png(&mut whole).expect("a vector takes all");
            let template = Template::of(&figure).expect("it is small");
            figure.write_bands(&template, 200_000, &mut bands).expect("a vector takes all");
            let (whole, bands) = (pixels(&whole), pixels(&bands));
            assert_eq!(whole.dimensions(), bands.dimensions());
            let Shape { width, height } = template.enlarged.shape;
            let is_in_panel = |x: u32, y: u32| {
                (0..3)
                    .map(|panel| template.grid.place(panel))
                    .any(|(left, top)| (left..left + width).contains(&x) && (top..top + height).contains(&y))
            };
            let mut others = 0;
            for ((x, y, one), other) in whole.enumerate_pixels().zip(bands.pixels()) {
                let most = one.0.iter().zip(other.0).map(|(one, other)| one.abs_diff(other)).max();
                // Letters start at other fractions of a pixel; edges are drawn in steps of a quarter and may differ by
                // one step.
                assert!(most <= Some(if is_in_panel(x, y) { 0 } else { 64 }), "{most:?} at {x}, {y}");
                others += usize::from(most > Some(0));
            }
            assert!(others * 1000 < bands.as_raw().len(), "{others} pixels differ: {}", info.source);
        }
    }
}
