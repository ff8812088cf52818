//! Work that is stopped by a signal or by a closed pipe.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::folder::Folder;
use crate::program::PROGRAM;

/// Work that takes seconds: measuring every frame of noise under nine schemes.
pub fn long_work() -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["measure", "pattern:noise", "--format", "csv", "--panels", "plain"]);
    for size in [128, 192, 256] {
        command.args(["ecb", "ctr", "gcm"].map(|mode| format!("aes-{size}-{mode}")));
    }
    command
}

/// Asserts that the program with these arguments, which writes to the folder, ends after Ctrl+C and leaves no file.
pub fn assert_interruptible(arguments: &[&str], folder: &Folder) {
    assert_ends_after(Command::new(PROGRAM).args(arguments), "-INT", folder, 130);
}

/// Sends a signal to work that writes to the folder, once it has started. The work ends with the code and leaves no file.
fn assert_ends_after(work: &mut Command, signal: &str, folder: &Folder, code: i32) {
    let mut work = work.stderr(Stdio::piped()).spawn().expect("the program starts");
    while folder.names().is_empty() {
        assert!(work.try_wait().expect("its status").is_none(), "the work ended by itself");
        std::thread::yield_now();
    }
    // The command of the shell: the program `kill` is not on every system.
    let kill = format!("kill {signal} {}", work.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(sent.success());
    let exit_code = work.wait().expect("the work ends").code();
    let mut message = String::new();
    work.stderr.take().expect("its messages").read_to_string(&mut message).expect("text");
    assert_eq!((exit_code, message.as_str()), (Some(code), "error: interrupted\n"));
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn each_signal_ends_the_program_with_its_code_and_leaves_no_file() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let folder = Folder::new();
        assert_ends_after(long_work().args(["-o", &folder.at("numbers.csv")]), signal, &folder, code);
    }
}

#[test]
fn a_pipe_that_closes_early_is_no_error() {
    let mut work =
        long_work().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(work.stdout.take().expect("its output")).read_line(&mut first).expect("a line");
    assert!(first.starts_with("frame,time_secs,panel,"), "{first}");
    let output = work.wait_with_output().expect("the work ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
