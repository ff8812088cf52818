//! A picture on the GPU.

use eframe::egui::TextureId;

use super::visible_area::CropRect;
use crate::picture::Shape;
use crate::scene::Panel;

/// A picture to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Texture {
    /// Its pixels.
    pub id: TextureId,
    /// The panel that it shows: the former one while the picture of a new panel is not ready.
    pub panel: Panel,
    /// The part of the frame that it holds.
    pub crop: CropRect,
    /// Width and height of the frame.
    pub shape: Shape,
    /// The panel shows nothing yet, or cannot show anything.
    pub is_empty: bool,
}
