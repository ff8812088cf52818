//! The player: frames in time, for the window.
//!
//! ```text
//!  decode thread ──Frame n──▶ queue ──▶ render thread (+ rayon) ──Sheet n──▶ queue ──▶ window
//!  owns the reader            bounded, knows the generation        newest sheet that is due
//! ```
//!
//! A [`Session`] starts the threads and takes commands. The threads share one plain value behind one lock (`state`, in
//! `shared`), which decides what each thread does next and is tested without threads. Frames that come too late are
//! dropped before they are encrypted. What panels need from other frames of the video is prepared on a thread of its
//! own (`prepare_thread`), in the order that `preparation_queue` decides.

mod backwards;
mod clock;
mod decode_thread;
mod direction;
mod messages;
mod preparation_queue;
mod prepare_thread;
mod queue;
mod render_thread;
mod session;
mod shared;
pub(super) mod state;

pub use clock::Clock;
pub use preparation_queue::Preparing;
pub use session::{Command, Session, Shown, Status};
