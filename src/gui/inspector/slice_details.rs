//! The slice under the pointer, in a picture of slices or in the original beside one.

use crate::gui::model::inspector::Inspector;
use crate::gui::textures::display_frame::DisplayFrame;
use crate::lens::Lens;
use crate::payload::{Payload, Slice, TargetStream};
use crate::scene::Panel;
use crate::text::numbers;

/// A slice of a frame.
#[derive(Clone, Copy, Debug)]
pub struct PointedSlice<'a> {
    /// The messages that it belongs to.
    pub payload: &'a Payload,
    /// What they are the messages of.
    pub of: TargetStream,
    /// The slice.
    pub slice: &'a Slice,
    /// Its number among the slices of the frame, from 0.
    pub number: usize,
}

/// The messages whose slices a panel marks: its own in a panel with the lens footprint, those of the first such panel in the original.
fn payload_of(displayed: &DisplayFrame, panel: Panel) -> Option<(&Payload, TargetStream)> {
    let shows_slices = |panel: Panel| matches!(panel.lens(), Some(Lens::Footprint(_)));
    let mut panels = displayed.panels.iter().filter(|shown| shows_slices(shown.panel));
    let shown = panels.find(|shown| shown.panel == panel || panel == Panel::Plain)?;
    Some((shown.messages.as_deref()?, shown.of))
}

/// The slice of a panel that contains a pixel of the picture, by its column and row; the one that is painted last, if there are several.
#[must_use]
pub fn slice_at(displayed: &DisplayFrame, panel: Panel, pixel: [u32; 2]) -> Option<PointedSlice<'_>> {
    let (payload, of) = payload_of(displayed, panel)?;
    let contains = |(_, slice): &(usize, &Slice)| slice.area.contains(pixel, displayed.shape);
    let (number, slice) = payload.slices().enumerate().filter(contains).last()?;
    Some(PointedSlice { payload, of, slice, number })
}

/// The slice that the inspector describes: the one under the pointer.
#[must_use]
pub fn pointed(displayed: &DisplayFrame, inspector: Inspector) -> Option<PointedSlice<'_>> {
    let (panel, pixel) = inspector.pixel.filter(|_| inspector.pinned.is_none())?;
    slice_at(displayed, displayed.panels.get(panel)?.panel, pixel)
}

impl PointedSlice<'_> {
    /// The first block of its data; `None` if it has no whole encrypted block.
    #[must_use]
    pub fn first_block(&self) -> Option<usize> {
        self.payload.first_block_in(&self.slice.range)
    }

    /// Its number, place and bytes, in lines.
    #[must_use]
    pub fn lines(&self, displayed: &DisplayFrame) -> Vec<String> {
        let count = |number: usize| numbers::thousands(number as u64);
        let (area, bytes) = (self.slice.area, self.slice.range.len());
        let [x, y] = area.first_pixel(displayed.shape);
        let pixels = area.pixels(displayed.shape);
        let bits = bytes as f64 * 8.0 / area.coded_pixels().max(1) as f64;
        vec![
            format!("Slice {} of {}", count(self.number + 1), count(self.payload.slices().count())),
            format!("{} pixels from pixel {x}, {y}", numbers::thousands(pixels)),
            format!("{} bytes of data, {bits:.2} bits for each pixel", count(bytes)),
        ]
    }
}
