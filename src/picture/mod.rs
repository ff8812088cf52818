//! What a picture is, and how pixels, bytes and blocks follow from each other.
//!
//! A [`Frame`] is what a cipher takes: samples in the bytes of a [`Layout`](layout::Layout). A [`Picture`] is what a
//! screen takes: red, green, blue and one unused byte a pixel. A [`BlockGrid`] says where the blocks
//! of a ciphertext are painted. A [`Drawing`](drawing::Drawing) is made of marks.

mod averaged;
mod chart;
mod colour;
pub mod drawing;
mod frame;
mod grid;
pub mod layout;
mod shape;
pub mod waveform;

pub use averaged::{Rows, average_part, averaged};
pub use chart::{Anchor, Label, Rectangle, write_labels};
pub use colour::{Colour, Matrix};
pub use frame::{Frame, Picture, opaque};
pub use grid::{BlockGrid, Carpet, PixelGrid};
pub use shape::Shape;
