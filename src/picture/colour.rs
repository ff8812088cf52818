//! How Y, U and V are converted to colours.

/// Luma and chroma weights as stated by the stream (ITU-T H.273, matrix coefficients).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matrix {
    /// ITU-R BT.601. FFmpeg also assumes it if a stream states nothing.
    #[default]
    Bt601,
    /// ITU-R BT.709.
    Bt709,
    /// ITU-R BT.2020, non-constant luminance.
    Bt2020,
}

/// How Y, U and V are converted to colours on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colour {
    /// The weights of the primaries.
    pub matrix: Matrix,
    /// True if luma spans 0–255 instead of 16–235.
    pub full_range: bool,
}
