//! How Y, U and V become colours.

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
