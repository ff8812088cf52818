//! What travels between the rooms: decoded frames in, pictures out.

use std::sync::Arc;

use crate::layout::Layout;
use crate::pool::Buffer;
use crate::units::FrameIndex;

/// Width and height of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Shape {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Shape {
    /// A shape of `width` × `height` pixels.
    #[must_use]
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn columns(self) -> usize {
        self.width as usize
    }

    /// Rows.
    #[must_use]
    pub const fn rows(self) -> usize {
        self.height as usize
    }

    /// Pixels in the picture.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.columns() * self.rows()
    }
}

/// Which luma and chroma weights the stream states (ITU-T H.273, matrix coefficients).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matrix {
    /// ITU-R BT.601, also FFmpeg's assumption where nothing is stated.
    #[default]
    Bt601,
    /// ITU-R BT.709.
    Bt709,
    /// ITU-R BT.2020, non-constant luminance.
    Bt2020,
}

/// How Y, U and V become colours on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colour {
    /// The weights of the primaries.
    pub matrix: Matrix,
    /// True where luma spans 0–255 and not 16–235.
    pub full_range: bool,
}

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
    /// Which bytes stand for the picture and in which order.
    pub layout: Layout,
    /// How `yuv420p` is shown; no part of what is encrypted.
    pub colour: Colour,
    /// True where no pixel of an `rgba32` frame can be transparent.
    pub opaque: bool,
    /// Exactly [`Layout::frame_bytes`] bytes.
    pub bytes: Arc<Buffer>,
}

/// A picture to look at: RGBA, 8 bits a channel, rows tightly packed, alpha always 255.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Width and height in pixels.
    pub shape: Shape,
    /// `4 × width × height` bytes. Shared with the frame where they are the same bytes.
    pub rgba: Arc<Buffer>,
}
