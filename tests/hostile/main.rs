//! Damaged and forged input: videos, pictures, scenes, drawings and panels with bytes changed, cut and put together
//! anew. Whatever it is, the library ends with frames or an error: without a crash or a panic, within
//! [`PATIENCE`] and within [`MEMORY_BYTES`].
//!
//! ```text
//! seeds ──mutate(number)──▶ case ──file──▶ child process: tries its cases one by one, and names each before
//! made on the fly                          parent: waits for the next name, or says which case was the last
//! ```
//!
//! Each case follows from its number alone (and from the seeds, which the `ffmpeg` program at hand makes). 300 of
//! each kind are tried; `AFTERIMAGE_HOSTILE_CASES=10000` tries more, `AFTERIMAGE_HOSTILE_FIRST=4711` begins
//! elsewhere. The input of a case that fails is kept, and named.

#![cfg(unix)]

mod attempt;
mod children;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod mutate;
mod seeds;

use children::Kind;

/// How long one case may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Address space that the process may take which tries the cases: what the program itself, the C libraries and the
/// stacks of threads take before the first case (about 1 GB, most of it never touched), and what pictures within
/// the limits of [`attempt`] need.
const MEMORY_BYTES: u64 = 3 << 30;

/// Cases of each kind, unless told otherwise.
const CASES: u64 = 300;

#[test]
fn damaged_media_give_frames_or_an_error() {
    children::try_all(Kind::Media);
}

#[test]
fn damaged_scenes_drawings_and_panels_read_back_or_are_refused() {
    children::try_all(Kind::Text);
}

/// Not a test by itself: what a child process does, which tries the cases of a folder.
#[test]
#[ignore = "it is started by the tests beside it"]
fn child() {
    if let Some((kind, folder)) = children::asked() {
        children::work_through(kind, &folder);
    }
}
