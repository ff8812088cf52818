//! Slices that clear bytes delimit: their places in the picture and their sizes.

use std::ops::Range;

use crate::picture::Area;

/// A slice whose place and size follow from bytes that stay clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its place in the picture.
    pub area: Area,
    /// Its data after the slice header, within the payload.
    pub range: Range<usize>,
}

impl Slice {
    /// The same slice in a payload with `by` more bytes in front.
    #[must_use]
    pub(super) fn shifted(self, by: usize) -> Self {
        Self { range: self.range.start + by..self.range.end + by, ..self }
    }

    /// The bytes of its data for each pixel that the codec codes, those past the edges of the picture included; `None` for a slice of no
    /// pixels.
    #[must_use]
    pub fn bytes_per_coded_pixel(&self) -> Option<f64> {
        let pixels = self.area.coded_pixels();
        (pixels > 0).then(|| self.range.len() as f64 / pixels as f64)
    }
}

/// A part of a packet whose boundaries were found.
pub(super) struct Part {
    /// Its kind in a word or two.
    pub(super) kind: &'static str,
    /// The first byte of its header within the packet.
    pub(super) start: usize,
    /// The bytes after its header within the packet.
    pub(super) data: Range<usize>,
    /// Its place in the picture, if that is known.
    pub(super) area: Option<Area>,
}

impl Part {
    /// The part as a slice, if its place is known.
    pub(super) fn slice(&self) -> Option<Slice> {
        self.area.map(|area| Slice { area, range: self.data.clone() })
    }
}
