//! The largest pictures that are decoded.

use crate::picture::Shape;

/// The largest pictures that a source may have.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest width and largest height in pixels.
    pub side: u32,
    /// Largest width × height.
    pub pixels: u64,
}

impl Default for Limits {
    /// 16,384 pixels a side and 64 million pixels in all: 8K is allowed, a decompression bomb is not.
    fn default() -> Self {
        Self { side: 16_384, pixels: 64_000_000 }
    }
}

impl Limits {
    /// Checks the size of a picture.
    ///
    /// # Errors
    /// [`TooLarge`], which names both sizes.
    pub fn check(self, shape: Shape) -> Result<(), TooLarge> {
        let pixels = u64::from(shape.width) * u64::from(shape.height);
        if shape.width > self.side || shape.height > self.side || pixels > self.pixels {
            return Err(TooLarge { shape, limits: self });
        }
        Ok(())
    }
}

/// A picture larger than the limits.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "the picture is too large: {} × {} pixels; at most {} a side and {} in all are allowed; scale it down first",
    shape.width, shape.height, limits.side, limits.pixels
)]
pub struct TooLarge {
    /// The size of the picture.
    pub shape: Shape,
    /// The limits.
    pub limits: Limits,
}
