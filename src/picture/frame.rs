//! Decoded frames, which are input, and pictures, which are output.

use std::sync::Arc;

use super::colour::Colour;
use super::grid::PixelGrid;
use super::layout::Layout;
use super::shape::Shape;
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

/// One decoded picture, rows tightly packed, in the bytes of its [`Layout`].
#[derive(Debug)]
pub struct Frame {
    /// Its number in the source.
    pub index: FrameIndex,
    /// Seconds since frame 0.
    pub time_secs: f64,
    /// Seconds until the next frame is due; an estimate for the last one.
    pub duration_secs: f64,
    /// Width and height in pixels.
    pub shape: Shape,
    /// Which bytes represent the picture, and in which order.
    pub layout: Layout,
    /// How `yuv420p` is converted to colours on screen; the encrypted bytes do not depend on it.
    pub colour: Colour,
    /// Exactly [`Layout::frame_bytes`] bytes.
    pub bytes: Arc<Buffer>,
}

impl Frame {
    /// How its bytes represent pixels.
    #[must_use]
    pub const fn pixels(&self) -> PixelGrid {
        PixelGrid { layout: self.layout, shape: self.shape, colour: self.colour }
    }

    /// A copy without the bytes: captions need the rest only, so that a large frame can be dropped.
    #[must_use]
    pub fn without_bytes(&self) -> Self {
        let Self { index, time_secs, duration_secs, shape, layout, colour, .. } = *self;
        Self { index, time_secs, duration_secs, shape, layout, colour, bytes: Arc::default() }
    }
}

/// A picture for the screen: red, green and blue, 8 bits each, rows tightly packed. No pixel is transparent.
///
/// It shares the bytes of a frame or a ciphertext whose bytes are pixels already, so that nothing is copied.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Width and height in pixels.
    pub shape: Shape,
    /// At least 4 bytes a pixel.
    bytes: Arc<Buffer>,
}

impl Picture {
    /// A picture from bytes: red, green, blue and an ignored byte for each pixel. Bytes after the last pixel are
    /// ignored.
    ///
    /// # Panics
    /// If there are fewer than 4 bytes a pixel.
    #[must_use]
    pub fn new(shape: Shape, bytes: Arc<Buffer>) -> Self {
        assert!(bytes.len() >= shape.pixels() * 4, "four bytes a pixel");
        Self { shape, bytes }
    }

    /// Its pixels, row by row: red, green, blue and a meaningless byte. Call [`opaque`] before showing a pixel.
    #[must_use]
    pub fn pixels(&self) -> &[[u8; 4]] {
        &self.bytes.as_chunks().0[..self.shape.pixels()]
    }

    /// A copy in RGBA, alpha 255: `4 × width × height` bytes.
    #[must_use]
    pub fn to_rgba(&self) -> Vec<u8> {
        self.pixels().iter().copied().flat_map(opaque).collect()
    }
}

/// A pixel of a [`Picture`] in RGBA, alpha 255.
#[inline]
#[must_use]
pub const fn opaque([r, g, b, _]: [u8; 4]) -> [u8; 4] {
    [r, g, b, u8::MAX]
}
