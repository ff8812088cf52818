//! Tests of the window as a user sees it: widgets are found by name, clicked and typed into.
//!
//! Frames come from an opener of the test, so that only the tests of damaged files depend on a decoder. Snapshots
//! show paused frames; `UPDATE_SNAPSHOTS=1 cargo test --test window` updates them.

#![expect(clippy::unwrap_used, reason = "a test that panics says where")]

mod broken_files;
mod bytes_and_overview;
mod copying;
mod drawing;
mod driver;
mod event_batches;
mod fake;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod frame_times;
mod graph;
mod inspecting;
mod lessons;
mod menus;
mod messages;
mod opening;
mod panels;
mod panics;
mod playing;
mod rounding;
mod saving;
mod scaling;
mod settings;
mod snapshots;
mod tampering;
mod targets;
mod view_keys;
