//! Films that cannot be encrypted to MP4, are damaged, or whose encryption is interrupted.

use super::films::{KEY, VIDEO, contents, encrypted, film, made};
use crate::folder::Folder;
use crate::program::{json, refused, stdout, warnings};

#[test]
fn with_a_frame_its_messages_are_written_whatever_the_ending() {
    let folder = Folder::new();
    let film = film(&folder);
    let (mp4, bin) = (folder.at("frame.mp4"), folder.at("frame.bin"));
    stdout(["encrypt", &film, "--target", "cenc", "--frame", "3", "-o", &mp4]);
    stdout(["encrypt", &film, "--target", "cenc", "--frame", "3", "-o", &bin]);
    assert!(folder.read("frame.mp4") == folder.read("frame.bin"));
}

#[test]
fn a_film_that_cannot_be_encrypted_is_refused_before_a_file_is_written() {
    let folder = Folder::new();
    let hevc = made(&folder, "hevc.mp4", &["-c:v", "libx265", "-x265-params", "log-level=error", "-an"]);
    let raw = folder.ffmpeg("raw.avi", &[&VIDEO[..], &["-t", "0.2", "-c:v", "rawvideo"]].concat());
    let film = film(&folder);
    let twice = encrypted(&folder, &film, "cenc");
    let text = folder.ffmpeg("text.srt", &["-f", "lavfi", "-i", "anullsrc=duration=0.1", "-f", "ffmetadata"]);
    let out = folder.at("out.mp4");
    for (code, arguments, parts) in [
        (1, &[&*hevc, "--target", "cbcs"][..], &["stream 0", "cbcs", "H.264", "hevc"][..]),
        (1, &[&raw, "--target", "cenc"], &["stream 0", "rawvideo", "MP4", "encode it anew", "raw.avi"]),
        (1, &[&twice, "--target", "cenc"], &["encrypted already", "encrypted.mp4"]),
        (1, &[&text, "--target", "cenc"], &["text.srt"]),
        (2, &[&film, "--target", "cenc", "--stream", "a:0"], &["--stream", "--frame"]),
        (2, &[&film, "--target", "cenc", "--plaintext", "plain.bin"], &["--plaintext", "--frame"]),
    ] {
        let error = refused(code, [&["encrypt"], arguments, &["-o", &out]].concat());
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        assert!(!folder.names().contains(&"out.mp4".to_owned()), "no file is written");
    }
    assert!(folder.names().iter().all(|name| !name.contains("part")), "{:?}", folder.names());
}

#[test]
fn a_slice_whose_header_cannot_be_parsed_is_refused_and_does_not_stay_clear() {
    let folder = Folder::new();
    let film = film(&folder);
    let mut bytes = folder.read("film.mp4");
    let listed = json(["packets", &film, "--target", "slices", "--frame", "30", "--format", "json"]);
    // The start of the slice's header, after its length and the unit's header: a picture parameter set that does not exist.
    let offset = usize::try_from(listed["messages"][0]["offset"].as_u64().expect("a number")).expect("small");
    bytes[offset + 5..offset + 8].copy_from_slice(&[0, 0, 1]);
    let damaged = folder.write("damaged.mp4", bytes);
    let error = refused(1, ["encrypt", &damaged, "--target", "cenc", "-o", &folder.at("out.mp4")]);
    assert!(error.contains("of stream 0 cannot be parsed") && error.contains("stay clear"), "{error}");
}

#[test]
fn a_truncated_film_is_encrypted_to_its_end_and_reported_as_damaged() {
    let folder = Folder::new();
    let film = film(&folder);
    folder.ffmpeg("whole.mkv", &["-i", &film, "-c", "copy"]);
    let whole = folder.read("whole.mkv");
    let source = folder.write("broken.mkv", &whole[..whole.len() / 2]);
    let out = folder.at("out.mp4");
    let warning = warnings(["encrypt", &source, "--target", "cenc", "-o", &out]);
    assert!(warning.contains("damaged") && warning.contains("broken.mkv"), "{warning}");
    let own = contents(&["-i", &source, "-c", "copy"]);
    assert!(own.len() > 100);
    assert_eq!(contents(&["-decryption_key", KEY, "-i", &out, "-c", "copy"]), own);
}

#[cfg(unix)]
#[test]
fn an_interrupted_encryption_leaves_no_file() {
    let (sources, folder) = (Folder::new(), Folder::new());
    let film = film(&sources);
    let long = sources.ffmpeg("long.mkv", &["-stream_loop", "150", "-i", &film, "-c", "copy"]);
    let work = ["encrypt", &long, "--target", "cenc", "-o", &folder.at("out.mp4")];
    crate::outputs::stopped::assert_interruptible(&work, &folder);
}

#[test]
fn the_help_shows_how_a_whole_film_is_encrypted() {
    let help = stdout(["encrypt", "--help"]);
    assert!(help.contains("--target cenc -o encrypted.mp4"), "{help}");
}
