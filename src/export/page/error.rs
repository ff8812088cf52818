//! Why a figure cannot be made.

use crate::picture::Shape;

/// Why a figure or poster cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The sheet was rendered without pictures.
    #[error("the panels hold no pictures; render all parts of the sheet")]
    NoPictures,
    /// More pixels than the bound.
    #[error("the figure would have {} × {} pixels, which is too large; give fewer panels", .0.width, .0.height)]
    TooLarge(Shape),
    /// The SVG of the page cannot be parsed.
    #[error("the captions cannot be set")]
    Lettering(#[from] resvg::usvg::Error),
    /// The bytes cannot be written.
    #[error("the picture cannot be written")]
    Write(#[source] std::io::Error),
    /// The PNG encoder failed.
    #[error("the picture cannot be made")]
    Encode(#[source] png::EncodingError),
}

impl From<png::EncodingError> for FigureError {
    /// Extracts an error of the output from that of the encoder, which does not report it as its source.
    fn from(error: png::EncodingError) -> Self {
        match error {
            png::EncodingError::IoError(error) => Self::Write(error),
            error => Self::Encode(error),
        }
    }
}
