//! From frames to sheets.
//!
//! ```text
//!  decode thread ──Frame n──▶ queue ──▶ render thread (+ rayon) ──Sheet n──▶ queue ──▶ window
//!  owns the reader            bounded, knows the generation        newest sheet whose time has come
//! ```
//!
//! [`Renderer::render`] is the pure core: the same scene and frames give the same sheet, whether the frame
//! was reached by playing, by seeking or from the command line. It has two halves, so that one frame can be
//! drawn while the next is looked at: neither half has work for all cores all the time. [`Session`] plays: it
//! may drop frames that come too late, before they are encrypted. [`batch`] never drops one. What a panel has
//! to know from frames elsewhere in the video is prepared beforehand or beside it ([`knowledge`]).

mod backwards;
pub mod batch;
mod board;
mod channel;
mod clock;
mod elsewhere;
mod family;
mod held;
pub mod knowledge;
mod preparing;
mod queue;
mod render;
mod scene_renderer;
mod session;
mod tampered;
mod way;

pub use channel::{Ciphertext, Wire};
pub use clock::Clock;
pub use elsewhere::Attack;
pub use held::Held;
pub use knowledge::{Knowledge, Request};
pub use preparing::Preparing;
pub use render::{Looked, Note, Numbers, Parts, Recent, RenderedPanel, Renderer, Sheet};
pub use scene_renderer::SceneRenderer;
pub use session::{Command, MediaOpener, Opener, Session, Shown, Status};
pub use tampered::CannotTamper;
