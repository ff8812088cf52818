//! What the window is set to, and every type that a command carries.
//!
//! ```text
//! Command ──▶ State::apply ──▶ Effect
//! ```
//!
//! Types stand in this folder, one file or folder for each room of the window: its part of the state, and its commands.
//! What commands do stands in [`state`], one file for each room. Nothing here draws, waits, reads a file or starts a
//! thread.

pub(crate) mod command;
pub mod drawing;
pub(crate) mod editing;
pub(crate) mod effect;
pub(crate) mod inspector;
pub mod lessons;
pub mod notices;
pub(crate) mod opening;
pub mod panels;
pub mod playback;
pub(crate) mod save;
pub mod state;
pub mod timeline;
pub mod window;
