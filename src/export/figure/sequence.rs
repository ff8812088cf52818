//! Figures of the same panels, frame after frame. The part that they share is laid out and drawn once.

use resvg::tiny_skia::{Pixmap, Transform};

use super::{Drawing, Figure, Template};
use crate::export::page::FigureError;
use crate::picture::Shape;

/// Draws the figures of a clip, which have the same source, theme and panels.
pub struct Sequence {
    template: Template,
    /// `None` before the first figure.
    fixed: Option<FixedPart>,
}

/// The part of a figure that depends on these fields only.
struct FixedPart {
    frame_shape: Shape,
    /// The number of blocks in each panel.
    blocks: Vec<u64>,
    drawn: Pixmap,
}

impl Sequence {
    /// Starts a sequence of figures with the layout of `template`.
    pub const fn new(template: Template) -> Self {
        Self { template, fixed: None }
    }

    /// Width and height of the figures.
    pub const fn size(&self) -> Shape {
        self.template.size()
    }

    /// Draws the next figure at the upper left of `pixmap`, which must have the same size each time.
    pub fn draw(&mut self, figure: &Figure<'_>, pixmap: &mut Pixmap) -> Result<(), FigureError> {
        let page = self.template.page(figure);
        let (frame_shape, blocks) = (figure.sheet.frame.shape, page.blocks());
        let is_known = |fixed: &FixedPart| fixed.frame_shape == frame_shape && fixed.blocks == blocks;
        let fixed = if let Some(fixed) = self.fixed.take().filter(is_known) {
            fixed
        } else {
            let size = Shape::new(pixmap.width(), pixmap.height());
            let mut drawn = Pixmap::new(size.width, size.height).ok_or(FigureError::TooLarge(size))?;
            let tree = page.lettering.read(&page.fixed())?;
            resvg::render(&tree, Transform::identity(), &mut drawn.as_mut());
            FixedPart { frame_shape, blocks, drawn }
        };
        pixmap.data_mut().copy_from_slice(fixed.drawn.data());
        self.fixed = Some(fixed);
        Drawing::of(&page, &page.changing())?.draw(0, pixmap);
        Ok(())
    }
}
