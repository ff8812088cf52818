//! Videos for the tests, which the `ffmpeg` program makes of the pattern with a frame counter.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use afterimage::media::{self, Frames, Pattern, pattern};
use afterimage::picture::Shape;
use afterimage::picture::layout::{Layout, Samples};
use afterimage::units::FrameIndex;
use tempfile::TempDir;

use crate::excerpt::EXCERPT;
use crate::reading;

pub use crate::reading::rest;

/// Size of the clips: the squares of the counter have sides of 8 pixels.
pub const SHAPE: Shape = Shape::new(320, 180);

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary folder"));

/// A path in the temporary folder of the tests.
pub fn path(name: &str) -> PathBuf {
    FOLDER.path().join(name)
}

/// The excerpt of real footage.
pub fn footage() -> PathBuf {
    EXCERPT.into()
}

/// Frames of the counter as RGBA.
fn counter(frames: u64) -> Vec<u8> {
    let picture_bytes = SHAPE.pixels() * 4;
    let mut all = vec![0; picture_bytes * usize::try_from(frames).expect("few frames")];
    for (rgba, index) in all.chunks_exact_mut(picture_bytes).zip(0..) {
        pattern::draw(Pattern::FrameCounter, SHAPE, FrameIndex(index), rgba);
    }
    all
}

/// The standard output of the `ffmpeg` program.
pub fn ffmpeg<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Vec<u8> {
    crate::ffmpeg::ffmpeg(arguments, input).stdout
}

/// The major version of the FFmpeg that the tests are linked to.
pub fn release_of_ffmpeg() -> u32 {
    // "FFmpeg 7.1.5-0+deb13u1 (libavcodec …"
    let name = media::ffmpeg_versions();
    let digits = name.trim_start_matches(|it: char| !it.is_ascii_digit()).split('.').next();
    digits.and_then(|digits| digits.parse().ok()).expect("a major version")
}

/// Encodes frames of the counter with `arguments` into a file called `name`.
pub fn encode(name: &str, frames: u64, arguments: &[&str]) -> PathBuf {
    let path = path(name);
    let mut all = vec!["-f", "rawvideo", "-pix_fmt", "rgba", "-s", "320x180", "-r", "30", "-i", "-"];
    all.extend(arguments);
    all.push(path.to_str().expect("a plain path"));
    ffmpeg(all, &counter(frames));
    path
}

/// Makes a file called `name` of another, with the options `before` for the input and `after` for the output.
pub fn remake(name: &str, from: &Path, before: &[&str], after: &[&str]) -> PathBuf {
    let path = path(name);
    let from = ["-i", from.to_str().expect("a plain path")];
    let all = before.iter().chain(&from).chain(after).copied().map(OsStr::new);
    ffmpeg(all.chain([path.as_os_str()]), &[]);
    path
}

/// The bytes of all frames of a file in a layout, as the program writes them.
pub fn program_bytes(path: &Path, layout: Layout) -> Vec<u8> {
    program_bytes_with(&[], path, layout)
}

/// The same with options for the input.
pub fn program_bytes_with(options: &[&str], path: &Path, layout: Layout) -> Vec<u8> {
    let format = match layout.samples() {
        Samples::Rgba32 => "rgba",
        Samples::Rgb24 => "rgb24",
        Samples::Gray8 => "gray",
        Samples::Yuv420p => "yuv420p",
    };
    let path = path.to_str().expect("a plain path");
    let output = ["-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", format, "-"];
    ffmpeg(options.iter().chain(&output), &[])
}

/// A reader of a file.
pub fn reader(path: &Path, layout: Layout) -> Box<dyn Frames> {
    reading::reader(path, layout)
}

/// A copy of a file whose bytes `change` changed.
pub fn damaged(name: &str, from: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = std::fs::read(from).expect("a clip");
    change(&mut bytes);
    let path = path(name);
    std::fs::write(&path, bytes).expect("room for a clip");
    path
}
