//! Wrong arguments, and folders that must not be lost.

use std::fs;
use std::process::{Command, Stdio};

use crate::folder::Folder;
use crate::program::{PROGRAM, afterimage, refused, stdout};

const SMALL: [&str; 4] = ["call", "pattern:bars@64x48", "--seconds", "0.5"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SMALL[..], more].concat()
}

#[test]
fn wrong_arguments_say_what_to_do() {
    for (arguments, said) in [
        (&["call", "--all-links"][..], "--output"),
        (&["call", "--key", "00112233445566778899aabbccddeeff"], "demonstration key"),
        (&["call", "-o", "-"], "name a folder"),
        (&["call", "--table", "--seconds", "0"], "0.5 to 600 seconds"),
        (&["call", "--table", "--seconds", "61"], "for a table at most 60"),
        (&["call", "--table", "--party", "ada=demo"], "from 2 to 16 parties"),
        (&["call", "--table", "--party", "ada=demo", "--party", "Ada=demo"], "its own name"),
        (&["call", "--table", "--party", "a/b=demo"], "letters"),
        (&["call", "--table", "--party", "demo"], "NAME=SOURCE"),
        (&["call", "--table", "--leaves", "alice"], "any party but alice"),
        (&["call", "--table", "--leaves", "zoe"], "there are alice, bob, carol"),
        (&["call", "--table", "--leaves", "bob@10"], "before the call ends after 10 s"),
        (&["call", "--table", "--leaves", "bob@soon"], "a number of seconds"),
        (&["call", "--table", "--key-server", "74"], "from 1 to 73"),
        (&["call", "--theme", "dark"], "--table"),
        (&["call", "--table", "--format", "json", "-o", "x.png"], "leave --format out"),
        (&["call", "demo", "--table", "--party", "ada=demo"], "cannot be used with"),
        (&["call", "--table", "--media", "vp9"], "there are h264, raw, mjpeg"),
        (&["call", "--table", "--protection", "rot13"], "one-key-ecb"),
        (&["call", "--table", "--observer", "me"], "key-server"),
        (&["call", "-o", "x", "--media", "h264,raw"], "one value to --media"),
        (&["call", "-o", "x", "--format", "json"], "--table"),
        (&["call", "--table", "--key", "xyz"], "hexadecimal"),
    ] {
        let message = refused(2, arguments);
        assert!(message.contains(said), "{arguments:?}: {message}");
    }
    let message = refused(1, ["call", "missing.mp4", "--table", "--media", "h264"]);
    assert!(message.contains("alice cannot send") && message.contains("missing.mp4"), "{message}");
}

#[test]
fn only_empty_folders_and_calls_are_replaced() {
    let folder = Folder::new();
    let call = folder.at("call");
    assert!(stdout(with(&["-o", &call])).is_empty());
    assert!(refused(1, with(&["-o", &call, "--no-clobber"])).contains("exists already"));
    folder.write("call/payload.bin", "of a command of the README");
    folder.write("call/alice-video.mkv", "of another");
    afterimage(with(&["-o", &call, "--protection", "srtp"])).assert().success();
    assert!(folder.path("call/alice-video-srtp.sdp").exists());
    assert!(!folder.path("call/payload.bin").exists());
    folder.write("call/thesis.txt", "mine");
    let message = refused(1, with(&["-o", &call]));
    assert!(message.contains("other files"), "{message}");
    assert_eq!(folder.read_text("call/thesis.txt"), "mine");
    fs::create_dir(folder.path("empty")).expect("room");
    afterimage(with(&["-o", &folder.at("empty/")])).assert().success();
    assert!(folder.path("empty/call.pcapng").exists());
    let file = folder.write("file", "mine");
    assert!(refused(1, with(&["-o", &file])).contains("this is none"));
    assert!(refused(1, with(&["-o", &folder.at("no/such/call")])).contains("cannot write"));
    let mut left = folder.names();
    left.sort();
    assert_eq!(left, ["call", "empty", "file"]);
}

#[test]
fn a_source_that_fails_leaves_no_folder() {
    let folder = Folder::new();
    let broken = folder.write("broken.mp4", "no video");
    let message = refused(1, ["call", &broken, "-o", &folder.at("call")]);
    assert!(message.contains("alice cannot send"), "{message}");
    assert_eq!(folder.names(), ["broken.mp4"]);
}

/// True if a folder holds a part of an output that is being written.
#[cfg(unix)]
fn has_part(folder: &Folder) -> bool {
    folder.names().iter().any(|name| name.starts_with(".afterimage-"))
}

#[cfg(unix)]
#[test]
fn a_call_that_is_stopped_leaves_no_folder() {
    let folder = Folder::new();
    let to = folder.at("call");
    let arguments = ["call", "demo", "--media", "mjpeg", "--seconds", "600", "-o", &to];
    let mut child = Command::new(PROGRAM).args(arguments).stderr(Stdio::null()).spawn().expect("the program");
    while !has_part(&folder) {
        assert!(child.try_wait().expect("a child").is_none(), "it runs");
        std::thread::yield_now();
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.is_ok_and(|status| status.success()));
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn a_table_goes_to_a_file_and_never_over_a_source() {
    let folder = Folder::new();
    let choice = ["--table", "--media", "h264", "--format", "csv", "--protection", "srtp"];
    let file = folder.at("table.csv");
    assert!(stdout(with(&[&choice[..], &["-o", &file]].concat())).is_empty());
    assert!(folder.read_text("table.csv").starts_with("protection,media,"));
    let party = format!("ada={file}");
    let message = refused(2, ["call", "--table", "--party", &party, "--party", "bo=demo", "-o", &file]);
    assert!(message.contains("overwritten"), "{message}");
}
