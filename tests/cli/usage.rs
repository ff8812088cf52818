//! Wrong usage ends with 2 and says what would be right; what cannot be done ends with 1.

use crate::common::{Desk, afterimage, refused, stdout};

#[test]
fn unknown_names_are_answered_with_those_there_are() {
    for (args, named) in [
        (&["measure", "demo", "rot13"][..], "aes-128-ecb"),
        (&["measure", "demo", "aes-128-ecb:xray"], "repeats"),
        (&["measure", "demo", "--panel", "aes-128-ecb+reused-nonce"], "key-per-frame"),
        (&["measure", "demo", "--layout", "cmyk"], "yuv420p"),
        (&["measure", "pattern:plaid"], "moving-box"),
        (&["encrypt", "demo", "des", "-o", "x"], "aes-128-ecb"),
        (&["decrypt", "x", "--scheme", "des", "--frame", "0", "-o", "y"], "aes-128-ecb"),
        (&["measure", "demo", "--format", "xml"], "json"),
        (&["measure", "demo", "--at", "noon"], "[HH:]MM:SS"),
        (&["measure", "demo", "--frames", "9-3"], "smaller number first"),
        (&["measure", "demo", "--frames", "3,x"], "3,7,20-25"),
        (&["measure", "demo", "--from", "9", "--to", "3"], "--from"),
        (&["figure", "demo", "--frame", "1", "--at", "1", "-o", "x.png"], "--at"),
    ] {
        let said = refused(2, args);
        assert!(said.starts_with("error: ") && said.contains(named), "{args:?}: {said}");
    }
}

#[test]
fn a_command_that_makes_a_file_says_that_it_needs_one() {
    for args in [
        &["figure", "demo"][..],
        &["matrix", "demo"],
        &["encrypt", "demo"],
        &["decrypt", "demo", "--scheme", "aes-128-ecb", "--frame", "0"],
    ] {
        let said = refused(2, args);
        assert!(said.contains("--output <FILE>"), "{said}");
    }
}

#[test]
fn a_bad_key_is_refused_and_never_repeated() {
    let desk = Desk::new();
    let short = desk.write("short", "abcdef\n");
    for (args, named) in [
        (&["--key", "abcdefgh"][..], "hexadecimal"),
        (&["--key", ""], "empty"),
        (&["--key", "abcdef"], "16 bytes (32 hex digits), but only 3"),
        (&["--key-file", &short], "16 bytes"),
        (&["--key-file", &short, "--key", "abcdef"], "--key"),
    ] {
        let said = refused(2, ["measure", "demo"].iter().chain(args));
        assert!(said.contains(named) && !said.contains("abcdef"), "{args:?}: {said}");
    }
    let said = refused(2, ["measure", "demo", "aes-128-xts", "--key", &"ab".repeat(64)]);
    assert!(said.contains("aes-128-xts") && !said.contains("abab"), "{said}");
    let missing = desk.at("missing");
    let said = refused(1, ["measure", "demo", "--key-file", &missing]);
    assert!(said.contains("cannot read the key") && said.contains("missing"), "{said}");
}

#[test]
fn a_word_that_is_neither_command_nor_file_is_told_the_commands() {
    let said = refused(2, ["inof"]);
    assert!(said.contains("inof") && said.contains("info") && said.contains("measure"), "{said}");
    let said = refused(1, ["no-such-film.mp4"]);
    assert!(said.contains("cannot read the file") && said.contains("no-such-film.mp4"), "{said}");
}

#[test]
fn output_that_cannot_be_written_is_named_and_nothing_stays_behind() {
    let desk = Desk::new();
    desk.write("file", "");
    for name in ["no-such-folder/out.png", "file/out.png", ""] {
        let out = desk.at(name);
        for command in ["encrypt", "measure"] {
            let said = refused(1, [command, "pattern:bars", "--frame", "0", "-o", &out]);
            assert!(said.contains("folder that exists") && said.contains(&out), "{said}");
        }
    }
    let out = desk.at("file/out.png");
    assert!(refused(1, ["figure", "pattern:bars", "-o", &out]).contains(&out));
    assert_eq!(desk.names(), ["file"]);
}

#[test]
fn a_frame_past_the_end_is_told_how_many_there_are() {
    let desk = Desk::new();
    let (film, out) = (desk.film("film.mkv", 16, 16), desk.at("out.png"));
    for frame in ["10", "11", "5000000000"] {
        let said = refused(1, ["figure", &film, "--frame", frame, "-o", &out]);
        assert!(said.contains(&format!("no frame {frame}")) && said.contains("10 frames"), "{said}");
    }
    let said = refused(1, ["encrypt", "demo:still", "--frame", "1", "-o", &out]);
    assert!(said.contains("no frame 1"), "{said}");
    let said = refused(1, ["measure", &film, "--frames", "5-10", "-o", &out]);
    assert!(said.contains("10 frames"), "{said}");
    assert_eq!(desk.names(), ["film.mkv"]);
}

#[test]
fn a_time_past_the_end_is_told_where_that_is() {
    let desk = Desk::new();
    let (film, out) = (desk.film("film.mkv", 16, 16), desk.at("out.png"));
    let past = ["--at", "1.1"];
    for command in ["figure", "matrix", "encrypt", "measure", "clip"] {
        let out = desk.at(if command == "clip" { "out.mkv" } else { "out.png" });
        let said = refused(1, [command, &film, past[0], past[1], "-o", &out]);
        assert!(
            said.contains("1.1 s") && said.contains("10 frames and ends at 1.000 s"),
            "{command}: {said}"
        );
    }
    for range in [&["--from", "2"][..], &["--to", "2"], &["--from", "0.5", "--to", "01:00"]] {
        let said = refused(1, ["measure", &film].iter().chain(range).chain(&["-o", &out]));
        assert!(said.contains("ends at 1.000 s"), "{range:?}: {said}");
    }
    let said = refused(1, ["figure", "demo:still", "--at", "1", "-o", &out]);
    assert!(said.contains("1 frames"), "{said}");
    assert_eq!(desk.names(), ["film.mkv"]);
    assert!(
        stdout(["measure", &film, "--at", "1"]).contains("frame 9 at 0.900 s"),
        "the very end is its last frame"
    );
}

#[test]
fn frames_of_a_list_past_the_end_are_told() {
    let desk = Desk::new();
    let film = desk.film("film.mkv", 16, 16);
    for (frames, number) in [("3,12,5", 12), ("0-10", 10), ("10-", 10), ("0,2,8-11", 11)] {
        let said = refused(1, ["measure", &film, "--frames", frames, "-o", &desk.at("out.txt")]);
        assert!(
            said.contains(&format!("no frame {number}")) && said.contains("10 frames"),
            "{frames}: {said}"
        );
    }
    assert_eq!(desk.names(), ["film.mkv"]);
}

#[test]
fn help_is_no_error_and_teaches_the_words() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["figure", "--help"],
        &["matrix", "--help"],
        &["measure", "--help"],
        &["encrypt", "--help"],
    ] {
        let help = afterimage(args).assert().code(0).stderr("").get_output().stdout.clone();
        let help = String::from_utf8(help).expect("text");
        assert!(help.contains("Examples:") && help.contains("SOURCE"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    afterimage(["--version"]).assert().code(0);
}
