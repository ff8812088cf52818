//! The `ffmpeg` program, which makes the sources of the tests and states what their frames are.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs the program with `input` on its standard input.
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
        .expect("the ffmpeg program; Debian has it in the package ffmpeg");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_vec();
    // On a thread of its own: the program may write before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("ffmpeg ends");
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    writer.join().expect("the writer ends").expect("ffmpeg reads all");
    output
}
