//! Frames and pictures, and how pixels, bytes and blocks are converted to each other.
//!
//! A [`Frame`] is input of a cipher: samples in the bytes of a [`Layout`](layout::Layout). A [`Picture`] is output for
//! a screen: red, green, blue and one unused byte per pixel. A [`BlockGrid`] gives the places where the blocks of a
//! ciphertext are painted. A [`Drawing`](drawing::Drawing) is a list of marks.

mod area;
mod averaged;
mod carpet;
mod chart;
mod colour;
pub mod drawing;
mod frame;
mod grid;
pub mod layout;
mod shape;
pub mod waveform;

pub use area::{Area, FieldRows, Orientation};
pub use averaged::{Rows, average_part, averaged};
pub use carpet::Carpet;
pub use chart::{Anchor, Label, Rectangle, write_labels};
pub use colour::{Colour, Matrix};
pub use frame::{Frame, Picture, opaque};
pub use grid::{BlockGrid, PixelGrid};
pub use shape::Shape;
