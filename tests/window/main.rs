//! Tests of the window as a user sees it: widgets are found by name, clicked and typed into.
//!
//! Most tests show a made-up video, so that only the tests of real files depend on a decoder. Snapshots show paused
//! frames; `UPDATE_SNAPSHOTS=1 cargo test --test window` updates them.

#![expect(clippy::unwrap_used, reason = "a test that panics says where")]

mod appearance;
mod driver;
#[path = "../common/excerpt.rs"]
mod excerpt;
#[path = "../common/fake_opener/mod.rs"]
mod fake_opener;
mod fake_video;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
#[path = "../common/folder.rs"]
mod folder;
mod interface;
mod panels;
mod playback;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/reading.rs"]
mod reading;
mod saving;
mod sources;
mod timeline;
