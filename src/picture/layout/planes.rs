//! The planes of a frame: their bytes, their rows, and their tiles.

use std::borrow::Cow;
use std::ops::Range;

use super::tiles::Plane;
use super::{Layout, Samples};
use crate::picture::Shape;
use crate::runtime::pool::{Buffer, Pool};

impl Layout {
    /// The bytes of a frame of `shape`, including tiles that extend past the edge.
    #[must_use]
    pub const fn frame_bytes(self, shape: Shape) -> usize {
        self.first_plane_bytes(shape) + 2 * self.chroma_bytes(shape)
    }

    /// The bytes of the first plane, which come before chroma planes if there are any.
    #[must_use]
    pub const fn first_plane_bytes(self, shape: Shape) -> usize {
        self.plane(shape).bytes()
    }

    /// Bytes of a chroma plane.
    pub(super) const fn chroma_bytes(self, shape: Shape) -> usize {
        match self.samples {
            Samples::Yuv420p => self.plane(chroma(shape)).bytes(),
            Samples::Rgba32 | Samples::Rgb24 | Samples::Gray8 => 0,
        }
    }

    /// A plane of `shape` samples.
    pub(super) const fn plane(self, shape: Shape) -> Plane {
        Plane { shape, sample_bytes: self.samples.bytes_per_pixel(), tile: self.tile() }
    }

    /// Width and height in pixels of the square that a block covers; `None` in layouts in rows.
    pub(super) const fn tile(self) -> Option<usize> {
        if self.is_tiled { self.samples.tile() } else { None }
    }

    /// Converts samples in rows, as FFmpeg writes them, to the bytes of a frame: posterizes them and cuts them into
    /// tiles, if the layout says so.
    #[must_use]
    pub fn arrange(self, shape: Shape, mut samples: Buffer, pool: &Pool) -> Buffer {
        // Samples that do not change are not copied: writing to a borrowed buffer would copy it.
        if !self.posterize.is_off() {
            self.posterize.apply(self.samples, &mut samples);
        }
        if !self.is_tiled {
            return samples;
        }
        let mut tiled = pool.take(self.frame_bytes(shape));
        let (mut from, mut to) = (&samples[..], &mut tiled[..]);
        for plane in self.planes(shape) {
            let (samples, rest) = from.split_at(plane.in_rows().bytes());
            from = rest;
            let (squares, rest) = to.split_at_mut(plane.bytes());
            to = rest;
            plane.cut(samples, squares);
        }
        tiled
    }

    /// The samples of a frame's first plane in rows; copied only if the layout is in tiles.
    #[must_use]
    pub fn in_rows(self, shape: Shape, bytes: &[u8]) -> Cow<'_, [u8]> {
        let plane = self.plane(shape);
        if !self.is_tiled {
            return Cow::Borrowed(&bytes[..plane.bytes()]);
        }
        let mut samples = Vec::new();
        plane.rows(bytes, 0..shape.rows(), &mut samples);
        Cow::Owned(samples)
    }

    /// For each plane, its bytes within the frame and the bytes of a row of pixels or tiles. `rgba32`, `rgb24` and
    /// `gray8` have one plane.
    pub fn plane_rows(self, shape: Shape) -> impl Iterator<Item = (Range<usize>, usize)> {
        let mut start = 0;
        self.planes(shape).map(move |plane| {
            let bytes = start..start + plane.bytes();
            start = bytes.end;
            let rows = self.tile().map_or(plane.shape.rows(), |side| plane.shape.rows().div_ceil(side));
            let row_bytes = bytes.len().checked_div(rows).unwrap_or(0);
            (bytes, row_bytes)
        })
    }

    pub(super) fn planes(self, shape: Shape) -> impl Iterator<Item = Plane> {
        let has_chroma = self.samples == Samples::Yuv420p;
        let chroma = has_chroma.then_some(self.plane(chroma(shape)));
        [Some(self.plane(shape)), chroma, chroma].into_iter().flatten()
    }
}

/// Shape of a chroma plane of `yuv420p`: half the width and height, rounded up.
pub(super) const fn chroma(shape: Shape) -> Shape {
    Shape::new(shape.width.div_ceil(2), shape.height.div_ceil(2))
}
