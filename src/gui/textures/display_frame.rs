//! A frame ready to be uploaded: pictures, numbers and notes of every panel.

use std::sync::Arc;

use eframe::egui::ColorImage;

use super::byte_cells::Cells;
use super::difference::Difference;
use super::visible_area::{CropRect, Map};
use crate::gui::inspector::block_details::Inspected;
use crate::leak::Leakage;
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
    /// The block that is looked at.
    pub inspected: Option<Arc<Inspected>>,
    /// Its twins are lit up.
    pub lit: bool,
    /// The difference of two panels, where that is shown.
    pub difference: Option<Difference>,
    /// The whole picture of a panel, small, where less than that is in sight.
    pub overview: Option<Overview>,
    /// The bytes of the blocks in sight were wanted.
    pub has_bytes: bool,
}

impl DisplayFrame {
    /// Whole blocks of the frame.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.panels.iter().map(|panel| usize::try_from(panel.leakage.blocks).unwrap_or(0)).max().unwrap_or(0)
    }
}

/// One panel of a shot.
#[derive(Clone, Debug)]
pub struct DisplayPanel {
    /// Which panel this is.
    pub panel: Panel,
    /// What it shows; `None` where it was not on screen.
    pub image: Option<Arc<ColorImage>>,
    /// Which part of the frame the image holds; `None` where there is none.
    pub crop: Option<CropRect>,
    /// The bytes of the blocks in the image, where these are written there.
    pub cells: Option<Arc<Cells>>,
    /// What it gives away.
    pub leakage: Leakage,
    /// What is still to be prepared before there is something to see.
    pub pending: Option<PreparationRequest>,
    /// Why there is nothing to see, in words.
    pub note: Option<String>,
}

/// The whole picture of a panel, small.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What was wanted.
    pub map: Map,
    /// The panel.
    pub panel: Panel,
    /// The picture.
    pub image: Arc<ColorImage>,
}
