//! Stopped by the user, or by whoever reads the output.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::program::Folder;

/// Work that takes seconds: every frame of noise under nine schemes.
fn long_work() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterimage"));
    command.args(["measure", "pattern:noise", "--format", "csv", "--panels", "plain"]);
    for size in [128, 192, 256] {
        command.args(["ecb", "ctr", "gcm"].map(|mode| format!("aes-{size}-{mode}")));
    }
    command
}

/// Stops work that writes to the folder by SIGINT or SIGTERM, once it has started; nothing may be left there.
pub fn interrupted(work: &mut Command, signal: &str, folder: &Folder) {
    ended(work, &[signal], folder, if signal == "-TERM" { 143 } else { 130 });
}

/// Sends signals to work that writes to the folder, once it has started. It ends with the code, and leaves nothing.
fn ended(work: &mut Command, signals: &[&str], folder: &Folder, code: i32) {
    let mut work = work.stderr(Stdio::piped()).spawn().expect("the program starts");
    while folder.names().is_empty() {
        assert!(work.try_wait().expect("it can be asked").is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    for signal in signals {
        // The shell's own command: the program of that name is not on every system.
        let kill = format!("kill {signal} {}", work.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(sent.success());
    }
    let ended = work.wait().expect("it ends").code();
    let mut said = String::new();
    work.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
    assert_eq!((ended, said.as_str()), (Some(code), "error: interrupted\n"));
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn each_signal_ends_with_its_code_and_leaves_nothing_behind() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let folder = Folder::new();
        ended(long_work().args(["-o", &folder.at("numbers.csv")]), &[signal], &folder, code);
    }
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let mut work =
        long_work().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(work.stdout.take().expect("its output")).read_line(&mut first).expect("a line");
    assert!(first.starts_with("frame,time_secs,panel,"), "{first}");
    let output = work.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
