//! Output of the program: figures, posters, clips, tables, and numbers in words.
//!
//! ```text
//! Sheet ──▶ figure: the panels with captions, in one PNG
//!       ──▶ clip:   figures one after the other, in one video
//!       ──▶ poster: a row per scheme, a column per lens, in one PNG
//!       ──▶ table:  a line per frame and panel, or a summary, as text, CSV or JSON
//! rows of a call ──▶ call_poster: who sees what under which protection, in one PNG
//! packets ──▶ encrypted_mp4: all packets of a file in Common Encryption, in one MP4
//! ```
//!
//! Exporters write to any `io::Write`, such as [`AtomicFile`], and know neither files nor arguments. Their output
//! depends on scene and sheet only: the same input gives the same bytes. It contains no key but the demonstration key.

mod atomic_file;
mod call_poster;
pub mod clip;
mod destination;
pub mod encrypted_mp4;
pub mod figure;
pub mod page;
mod part;
pub mod poster;
pub mod table;
pub mod words;

pub use atomic_file::{AtomicFile, WriteOptions};
pub use call_poster::CallPoster;
pub use destination::Destination;
