//! A picture on the graphics card.

use eframe::egui::TextureId;

use super::visible_area::CropRect;
use crate::picture::Shape;
use crate::scene::Panel;

/// A picture to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Texture {
    /// Its pixels.
    pub id: TextureId,
    /// The panel that it is of: another one while the picture of a new one is not there yet.
    pub panel: Panel,
    /// The part of the frame that it holds.
    pub crop: CropRect,
    /// Width and height of the frame.
    pub shape: Shape,
    /// It shows nothing.
    pub is_empty: bool,
}
