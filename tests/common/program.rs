//! Runs the program as a process.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::ffi::OsStr;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

/// The path of the program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_afterimage");

/// The program with arguments.
pub fn afterimage<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args);
    command
}

/// The standard output of the program, which must succeed.
pub fn stdout<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = afterimage(args).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
}

/// The standard output of the program as JSON.
pub fn json<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> serde_json::Value {
    serde_json::from_str(&stdout(args)).expect("JSON")
}

/// The standard error of the program, which must succeed.
pub fn warnings<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = afterimage(args).assert().success().get_output().stderr.clone();
    String::from_utf8(output).expect("text")
}

/// The standard error of the program, which must end with `code` and print nothing on standard output.
pub fn refused<S: AsRef<OsStr>>(code: i32, args: impl IntoIterator<Item = S>) -> String {
    let output = afterimage(args).assert().code(code).stdout("").get_output().stderr.clone();
    String::from_utf8(output).expect("text")
}

/// What a shell does with a script in a folder, where `afterimage` is the program.
pub fn shell(folder: &Path, script: &str) -> Output {
    let script = format!("afterimage() {{ \"$PROGRAM\" \"$@\"; }}\n{script}");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).env("PROGRAM", PROGRAM).current_dir(folder);
    shell.output().expect("a shell")
}

/// Runs a command line of the program in a folder. It must succeed.
pub fn run_line(folder: &Path, line: &str) {
    let output = shell(folder, line);
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}
