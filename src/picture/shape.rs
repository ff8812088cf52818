//! Width and height of a picture.

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

    /// True for pictures of more than 4 million pixels, such as 2160p: they are not copied or kept for speed, to save
    /// memory.
    #[must_use]
    pub const fn is_large(self) -> bool {
        self.pixels() > 4_000_000
    }
}
