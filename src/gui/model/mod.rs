//! What the window is set to, and every type that a command carries.
//!
//! ```text
//! Command ──▶ State::apply ──▶ Effect
//! ```
//!
//! Types stand in this folder; what commands do to them stands in [`state`], one file for each subject. Nothing here
//! draws, waits, reads a file or starts a thread.

pub(crate) mod command;
pub(crate) mod comparison;
pub mod drawing;
pub(crate) mod effect;
mod form_state;
pub mod goto;
pub(crate) mod history;
pub(crate) mod inspector;
pub(crate) mod key;
pub mod lesson_folder;
pub mod lessons;
pub(crate) mod loop_range;
pub(crate) mod opening;
pub(crate) mod playback;
pub(crate) mod presets;
pub(crate) mod save;
pub mod state;
pub(crate) mod tampering;
pub mod view;
pub mod viewport;
