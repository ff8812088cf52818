//! The area of a picture in a panel: whole, with its aspect ratio, centred.
//!
//! Panels are laid out once per source, by the shape of frame 0. A frame of another shape keeps its aspect ratio
//! within them.

use eframe::egui::{Rect, Vec2, vec2};

use crate::picture::Shape;
use crate::play::Status;

/// The shape that the panels are laid out for.
#[derive(Clone, Copy, Debug)]
pub struct Letterbox {
    /// Width and height of frame 0, once they are known.
    usual: Option<Shape>,
    /// The sample aspect ratio: width of a pixel over its height.
    pixel: f32,
}

impl Letterbox {
    /// The letterbox of the open source.
    #[must_use]
    pub fn of(status: &Status) -> Self {
        let Some(info) = &status.info else { return Self { usual: None, pixel: 1.0 } };
        let (wide, high) = info.sample_aspect_ratio;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let pixel = wide.max(1) as f32 / high.max(1) as f32;
        Self { usual: Some(info.shape()), pixel }
    }

    /// The aspect ratio of the panels, given the shape of the frame on screen.
    #[must_use]
    pub fn aspect(self, shown: Option<Shape>) -> Option<f32> {
        self.usual.or(shown).map(|shape| self.aspect_of(shape))
    }

    /// The aspect ratio of a frame of this shape, whose pixels need not be square.
    #[expect(clippy::cast_precision_loss, reason = "sides of a picture")]
    fn aspect_of(self, shape: Shape) -> f32 {
        (shape.width.max(1) as f32 / shape.height.max(1) as f32 * self.pixel).clamp(0.05, 20.0)
    }

    /// Width and height of a frame of this shape, in units of the width of a pixel.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sides of a picture")]
    pub fn frame(self, shape: Option<Shape>) -> [f32; 2] {
        let Some(shape) = shape else { return [1.0; 2] };
        let width = shape.width.max(1) as f32;
        [width, width / self.aspect_of(shape)]
    }

    /// The size of a frame of this shape in a panel of this size.
    #[must_use]
    pub fn size(self, panel: Vec2, shape: Option<Shape>) -> Vec2 {
        // A frame of the usual shape fills the panel, whose size is rounded to whole points.
        let Some(shape) = shape.filter(|&shape| self.usual.is_some_and(|usual| usual != shape)) else {
            return panel;
        };
        let aspect = self.aspect_of(shape);
        let width = panel.x.min(panel.y * aspect).max(1.0);
        vec2(width, (width / aspect).max(1.0))
    }

    /// The area of a frame of this shape in a panel.
    #[must_use]
    pub fn picture_rect(self, panel: Rect, shape: Option<Shape>) -> Rect {
        Rect::from_center_size(panel.center(), self.size(panel.size(), shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    #[test]
    fn a_frame_of_another_shape_keeps_its_aspect_ratio_and_is_centred() {
        let panel = Rect::from_min_size(pos2(10.0, 20.0), vec2(500.0, 300.0));
        let letterbox = Letterbox { usual: Some(Shape::new(160, 96)), pixel: 1.0 };
        let picture_rect =
            |shape: (u32, u32)| letterbox.picture_rect(panel, Some(Shape::new(shape.0, shape.1)));
        assert_eq!(picture_rect((160, 96)), panel);
        let upright = picture_rect((96, 160));
        assert_eq!((upright.size(), upright.center()), (vec2(180.0, 300.0), panel.center()));
        let wide = picture_rect((640, 96));
        assert_eq!((wide.size(), wide.center()), (vec2(500.0, 75.0), panel.center()));
        assert_eq!(letterbox.picture_rect(panel, None), panel);
        let oblong = Letterbox { pixel: 2.0, ..letterbox };
        assert_eq!(oblong.size(panel.size(), Some(Shape::new(50, 100))), vec2(300.0, 300.0));
        let [width, height] = oblong.frame(Some(Shape::new(50, 100)));
        assert!((width - 50.0).abs() < 1e-3 && (height - 50.0).abs() < 1e-3, "{width} × {height}");
        assert_eq!(Letterbox { usual: None, pixel: 1.0 }.aspect(Some(Shape::new(8, 4))), Some(2.0));
    }
}
