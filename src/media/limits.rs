//! How large a picture may be that is decoded.

use crate::picture::Shape;

/// What a source may cost before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest width and largest height in pixels.
    pub side: u32,
    /// Largest width × height.
    pub pixels: u64,
}

impl Default for Limits {
    /// 16,384 pixels a side and 64 million pixels in all: 8K passes, a decompression bomb does not.
    fn default() -> Self {
        Self { side: 16_384, pixels: 64_000_000 }
    }
}

impl Limits {
    /// Refuses a picture past the limits.
    ///
    /// # Errors
    /// [`TooLarge`] names both sizes.
    pub fn check(self, shape: Shape) -> Result<(), TooLarge> {
        let pixels = u64::from(shape.width) * u64::from(shape.height);
        if shape.width > self.side || shape.height > self.side || pixels > self.pixels {
            return Err(TooLarge { shape, limits: self });
        }
        Ok(())
    }
}

/// A picture past the limits.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "the picture is too large: {} × {} pixels, where at most {} a side and {} in all are read; scale it down first",
    shape.width, shape.height, limits.side, limits.pixels
)]
pub struct TooLarge {
    /// Its size.
    pub shape: Shape,
    /// The limits in force.
    pub limits: Limits,
}
