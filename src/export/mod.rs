//! What leaves the program: figures, tables, and numbers in words.
//!
//! ```text
//! Sheet ──▶ figure: the panels with captions, in one PNG
//!       ──▶ clip:   figures one after the other, in one video
//!       ──▶ matrix: the poster, schemes against lenses
//!       ──▶ table:  a line a frame and panel, or their summary, as text, CSV or JSON
//! ```
//!
//! Exporters write to any `io::Write` and know neither files nor arguments; [`WholeFile`] is one to write to.
//! What they write follows from scene and sheet alone: the same twice, byte for byte. A key leaves only if it is the
//! demonstration key.

mod atomic_file;
pub mod clip;
mod destination;
pub mod figure;
pub mod page;
mod part;
pub mod poster;
pub mod table;
pub mod words;

pub use atomic_file::{Making, WholeFile};
pub use destination::Destination;
