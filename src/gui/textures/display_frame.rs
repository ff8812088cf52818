//! A frame ready to be uploaded: pictures, numbers and notes of every panel.

use std::sync::Arc;

use eframe::egui::ColorImage;

use super::byte_cells::Cells;
use super::difference::Difference;
use super::visible_area::{CropRect, Map};
use crate::gui::inspector::inspected::Inspected;
use crate::leak::Leakage;
use crate::payload::{Payload, TargetStream};
use crate::picture::Shape;
use crate::render::PreparationRequest;
use crate::scene::Panel;
use crate::units::FrameIndex;

/// One frame as the window draws it.
#[derive(Clone, Debug)]
pub struct DisplayFrame {
    /// Its number in the source.
    pub frame: FrameIndex,
    /// Width and height of the frame itself.
    pub shape: Shape,
    /// The panels, in the order of the scene.
    pub panels: Vec<DisplayPanel>,
    /// The inspected block.
    pub inspected: Option<Arc<Inspected>>,
    /// The blocks with the same bytes are highlighted.
    pub lit: bool,
    /// The difference of two panels, where it is shown.
    pub difference: Option<Difference>,
    /// The overview of a panel, where only a part is visible.
    pub overview: Option<Overview>,
    /// The bytes of visible blocks were requested.
    pub has_bytes: bool,
}

impl DisplayFrame {
    /// The first panel that is this one.
    #[must_use]
    pub fn panel(&self, panel: Panel) -> Option<&DisplayPanel> {
        self.panels.iter().find(|shown| shown.panel == panel)
    }

    /// Whole blocks of the frame in the panels that encrypt `of`.
    #[must_use]
    pub fn blocks_of(&self, of: TargetStream) -> usize {
        let panels = self.panels.iter().filter(|panel| panel.of == of);
        panels.map(|panel| usize::try_from(panel.leakage.blocks).unwrap_or(0)).max().unwrap_or(0)
    }
}

/// One panel of a frame on screen.
#[derive(Clone, Debug)]
pub struct DisplayPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// The picture; `None` where the panel was not on screen.
    pub image: Option<Arc<ColorImage>>,
    /// What it encrypts; for the original, what the scene does.
    pub of: TargetStream,
    /// The messages that it encrypts; `None` for the pixels of the frame, and where it encrypts nothing.
    pub messages: Option<Arc<Payload>>,
    /// The part of the frame that the image holds; `None` where there is no image.
    pub crop: Option<CropRect>,
    /// The bytes of the blocks in the image, where they are written into it.
    pub cells: Option<Arc<Cells>>,
    /// What it gives away.
    pub leakage: Leakage,
    /// What is being prepared before the panel can show something.
    pub pending: Option<PreparationRequest>,
    /// Why the panel shows nothing, in words.
    pub note: Option<String>,
}

/// The overview: the whole picture of a panel, small.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The request.
    pub map: Map,
    /// The panel.
    pub panel: Panel,
    /// The picture.
    pub image: Arc<ColorImage>,
}
