//! The window as a user has it: found by name, clicked, typed into and looked at.
//!
//! Frames come from an opener of our own, so nothing here depends on a decoder, but where a file is damaged. Snapshots are of held
//! frames; `UPDATE_SNAPSHOTS=1 cargo test --test window` takes them anew.

#![expect(clippy::unwrap_used, reason = "a test that panics says where")]

mod arranging;
mod closely;
mod drawing;
mod driver;
mod failing;
mod fake;
mod fast;
mod frame_times;
mod graph;
mod looking;
mod looks;
mod menus;
mod messages;
mod opening;
mod panicking;
mod playing;
mod remaining;
mod rounding;
mod saving;
mod scaling;
mod settings;
mod taking;
mod tampering;
mod targets;
mod teaching;
