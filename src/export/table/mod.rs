//! Tables: the numbers of every frame and panel, and their summary.
//!
//! Each frame is written when it comes, and only a summary is kept, so that memory does not grow with the length of a
//! video.

mod course;
mod csv;
mod json;
mod stream;
mod summary;
mod text;

use std::io::{self, Write};

pub use csv::Csv;
pub use json::Json;
pub use text::Text;

use crate::render::Sheet;
use crate::scene::Scene;

/// A format of tables: `begin` once, `frame` for each frame in order, `end` once.
pub trait Table {
    /// Writes the part before the first frame.
    ///
    /// # Errors
    /// Those of `out`.
    fn begin(&mut self, scene: &Scene, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the numbers of one frame.
    ///
    /// # Errors
    /// Those of `out`.
    fn frame(&mut self, sheet: &Sheet, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the part after the last frame.
    ///
    /// # Errors
    /// Those of `out`.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()>;
}
