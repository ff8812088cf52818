//! The `ffmpeg` and `ffprobe` programs, which make the sources of the tests and state what their frames are.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const IS_MISSING: &str = "the ffmpeg and ffprobe programs; Debian has them in the package ffmpeg";

/// Runs `ffmpeg` with `input` on its standard input.
///
/// # Panics
/// With its messages if it fails.
pub fn ffmpeg<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Output {
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect(IS_MISSING);
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_vec();
    // On a separate thread: the program may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("ffmpeg ends");
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    writer.join().expect("the writer ends").expect("ffmpeg reads all");
    output
}

/// Runs `ffmpeg` with these arguments alone. It may fail.
pub fn ffmpeg_that_may_fail<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    Command::new("ffmpeg").args(arguments).stdin(Stdio::null()).output().expect(IS_MISSING)
}

/// The standard output of `ffprobe`. It may fail.
pub fn ffprobe<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> String {
    let output = Command::new("ffprobe").args(arguments).output().expect(IS_MISSING);
    String::from_utf8(output.stdout).expect("text")
}
