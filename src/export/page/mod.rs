//! The parts that figures and posters share: theme, text, chips, pixels placed on a page, and PNG.

pub(super) mod chip;
mod error;
pub(super) mod lettering;
pub(super) mod origin;
pub(super) mod pixels;
pub(super) mod png;
mod theme;

pub use error::FigureError;
pub use theme::Theme;
