//! Frames and times past the end of a source.

use crate::folder::Folder;
use crate::program::{refused, stdout};

#[test]
fn a_frame_past_the_end_is_refused_with_the_number_of_frames() {
    let folder = Folder::new();
    let (film, out) = (folder.film("film.mkv", 16, 16), folder.at("out.png"));
    for frame in ["10", "11", "5000000000"] {
        let message = refused(1, ["figure", &film, "--frame", frame, "-o", &out]);
        assert!(message.contains(&format!("no frame {frame}")) && message.contains("10 frames"), "{message}");
    }
    let message = refused(1, ["encrypt", "demo:still", "--frame", "1", "-o", &out]);
    assert!(message.contains("no frame 1"), "{message}");
    let message = refused(1, ["measure", &film, "--frames", "5-10", "-o", &out]);
    assert!(message.contains("10 frames"), "{message}");
    assert_eq!(folder.names(), ["film.mkv"]);
}

#[test]
fn a_time_past_the_end_is_refused_with_the_time_of_the_end() {
    let folder = Folder::new();
    let (film, out) = (folder.film("film.mkv", 16, 16), folder.at("out.png"));
    let past = ["--at", "1.1"];
    for command in ["figure", "matrix", "encrypt", "measure", "clip"] {
        let out = folder.at(if command == "clip" { "out.mkv" } else { "out.png" });
        let message = refused(1, [command, &film, past[0], past[1], "-o", &out]);
        assert!(
            message.contains("1.1 s") && message.contains("10 frames and ends at 1.000 s"),
            "{command}: {message}"
        );
    }
    for range in [&["--from", "2"][..], &["--to", "2"], &["--from", "0.5", "--to", "01:00"]] {
        let message = refused(1, ["measure", &film].iter().chain(range).chain(&["-o", &out]));
        assert!(message.contains("ends at 1.000 s"), "{range:?}: {message}");
    }
    let message = refused(1, ["figure", "demo:still", "--at", "1", "-o", &out]);
    assert!(message.contains("1 frames"), "{message}");
    assert_eq!(folder.names(), ["film.mkv"]);
    assert!(
        stdout(["measure", &film, "--at", "1"]).contains("frame 9 at 0.900 s"),
        "the time of the end means the last frame"
    );
}

#[test]
fn a_list_with_a_frame_past_the_end_is_refused_with_that_frame() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    for (frames, number) in [("3,12,5", 12), ("0-10", 10), ("10-", 10), ("0,2,8-11", 11)] {
        let message = refused(1, ["measure", &film, "--frames", frames, "-o", &folder.at("out.txt")]);
        assert!(
            message.contains(&format!("no frame {number}")) && message.contains("10 frames"),
            "{frames}: {message}"
        );
    }
    assert_eq!(folder.names(), ["film.mkv"]);
}
