//! The player: frames in time, for the window.
//!
//! ```text
//!  decode thread ──Frame n──▶ queue ──▶ render thread (+ rayon) ──Sheet n──▶ queue ──▶ window
//!  owns the reader            bounded, knows the generation        newest sheet whose time has come
//! ```
//!
//! A [`Session`] starts the threads and takes commands. What they share is one plain value behind one lock (`state`),
//! which decides what each of them does next and is tested without threads. Frames that come too late are dropped
//! before they are encrypted. What panels need from frames elsewhere in the video is prepared on a thread of its own
//! (`preparation_queue`).

mod backwards;
mod clock;
mod decode_thread;
mod direction;
mod messages;
mod preparation_queue;
mod queue;
mod render_thread;
mod session;
pub(super) mod state;

pub use clock::Clock;
pub use preparation_queue::Preparing;
pub use session::{Command, Session, Shown, Status};
