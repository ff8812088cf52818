//! What a picture is, and how pixels, bytes and blocks follow from each other.
//!
//! A [`Frame`] is what a cipher takes: samples in the bytes of a [`Layout`](layout::Layout). A [`Picture`] is what a
//! screen takes: red, green, blue and one unused byte a pixel. A [`Drawing`](drawing::Drawing) is made of marks.

mod averaged;
pub mod drawing;
mod frame;
pub mod layout;
mod shape;

pub use averaged::{Rows, average_part, averaged};
pub use frame::{Colour, Frame, Matrix, Picture, opaque};
pub use shape::Shape;
