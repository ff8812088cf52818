//! Damaged input: videos, pictures, captures, scenes, drawings and panels with bytes that were changed, cut and recombined. Whatever the
//! input, the library gives frames or an error: without a crash or a panic, within [`TIMEOUT`] and within [`MEMORY_BYTES`].
//!
//! ```text
//! seeds ──mutate(number)──▶ case ──file──▶ child process: runs its cases one by one and prints the name of each first
//! made on the fly                          parent: waits for the next name; reports the last name if the child fails
//! ```
//!
//! A case depends only on its number and on the seeds, which the `ffmpeg` program makes. 300 cases of each kind run;
//! `AFTERIMAGE_HOSTILE_CASES=10000` runs more, `AFTERIMAGE_HOSTILE_FIRST=4711` starts at another number. The input of a case
//! that fails is kept and named.

#![cfg(unix)]

mod attempt;
mod captures;
mod children;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod mutate;
#[path = "../common/random.rs"]
mod random;
mod seeds;

use children::Kind;

/// The longest time of a case.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);

/// The address space of a child process: the program, the C libraries and the stacks of threads need about 1 GB before the
/// first case, most of which is never touched; the rest is for pictures within the limits of [`attempt`].
const MEMORY_BYTES: u64 = 3 << 30;

/// Cases of each kind, unless a variable sets another number.
const CASES: u64 = 300;

#[test]
fn damaged_media_give_frames_or_an_error() {
    children::run_all(Kind::Media);
}

#[test]
fn damaged_scenes_drawings_and_panels_read_back_or_are_refused() {
    children::run_all(Kind::Text);
}

#[test]
fn damaged_captures_give_streams_or_an_error() {
    children::run_all(Kind::Capture);
}

/// Not a test: the child process, which runs the cases of a folder.
#[test]
#[ignore = "the other tests start it"]
fn child() {
    if let Some((kind, folder)) = children::of_this_process() {
        children::run_folder(kind, &folder);
    }
}
