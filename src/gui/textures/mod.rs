//! Turns sheets into pixels ready to upload, on the render thread, so that the window computes nothing.

pub(crate) mod byte_cells;
pub mod difference;
pub(crate) mod display_frame;
mod scaling;
pub(crate) mod texture;
pub mod texture_prep;
pub mod visible_area;
