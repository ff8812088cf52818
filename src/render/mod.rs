//! From frames to sheets.
//!
//! [`Renderer::render`] is the pure core: the same scene and frames give the same [`Sheet`], whether the frame was
//! reached by playing, by seeking or from the command line. It has two halves, so that one frame can be painted while
//! the next is analyzed: neither half keeps all cores busy. The results that a panel needs from other frames of the
//! video are [prepared] first. A [`SceneRenderer`] renders single frames of one source with one reader;
//! [`batch`](crate::batch) renders ranges in order, and [`play`](crate::play) in time.

mod attack;
mod background_opener;
mod ciphertext_history;
mod encrypt;
mod equality_group;
mod footage;
pub(super) mod frame_snapshot;
pub mod job;
mod moment;
mod opener;
mod panel;
mod player;
pub mod prepared;
mod received;
mod renderer;
mod scene_renderer;
mod sheet;
mod undecoded;

pub use background_opener::{BackgroundOpener, PausingOpener};
pub use ciphertext_history::{Ciphertext, Wire};
pub use encrypt::{MessageEncryption, encrypt_messages};
pub use footage::{Footage, PreparationProgress};
pub use frame_snapshot::FrameSnapshot;
pub use job::{BatchError, Job, Range};
pub use moment::{Moment, Payloads};
pub use opener::{MediaOpener, Opener};
pub use player::{NoPicture, PlayerKey};
pub use prepared::{PreparationRequest, PreparedSet};
pub use received::CannotTamper;
pub use renderer::{Analysis, Recent, Renderer};
pub use scene_renderer::SceneRenderer;
pub use sheet::{Attack, Note, Numbers, Parts, RenderedPanel, Sheet};
