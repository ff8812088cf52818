//! The state of the window, its commands, and every type that a command carries.
//!
//! ```text
//! Command ──▶ State::apply ──▶ Effect
//! ```
//!
//! This folder has the types: one file or folder for each room of the window, with its part of the state and its
//! commands. [`state`] carries out the commands, one file for each room. Nothing here draws, waits, reads a file or
//! starts a thread.

pub mod call_view;
pub mod captured;
pub(crate) mod command;
pub mod drawing;
pub(crate) mod editing;
pub(crate) mod effect;
pub mod encoding;
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
