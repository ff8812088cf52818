//! What files say of themselves makes them again, byte for byte.

use std::process::Command;

use serde_json::Value;

use crate::ffmpeg::ffmpeg;
use crate::figure::Figure;
use crate::program::{Folder, stdout};

/// What the ffprobe program finds of a text in a container.
fn tag(folder: &Folder, name: &str, tag: &str) -> String {
    let entry = format!("format_tags={tag}");
    let output = Command::new("ffprobe")
        // The comment of a GIF is met while its pictures are read.
        .args(["-v", "error", "-count_frames", "-show_entries", &entry, "-of", "default=nw=1:nk=1"])
        .arg(folder.path(name))
        .output()
        .expect("the ffprobe program");
    String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
}

/// Runs a command line in a shell, with the program in place of its name and `to` in place of the file it names.
fn run(folder: &Folder, line: &str, from: &str, to: &str) {
    let line = line.replacen("afterimage ", "\"$A\" ", 1).replace(from, to);
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", &line]).env("A", env!("CARGO_BIN_EXE_afterimage"));
    let output = shell.current_dir(folder.root()).output().expect("a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_clip_states_its_command_and_its_scene_and_both_make_the_same_bytes() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    for ending in ["mp4", "mkv", "webm", "gif"] {
        let name = format!("clip.{ending}");
        let (out, scene) = (folder.at(&name), folder.at("scene.toml"));
        let options = ["--frames", "3-5", "--layout", "gray8", "--memory", "2", "--save-scene", &scene];
        stdout(["clip", &film, "plain", "aes-128-ecb:repeats", "-o", &out].iter().chain(&options));
        let bytes = folder.read(&name);

        let (comment, description) = if ending == "gif" {
            let text = tag(&folder, &name, "comment");
            let (comment, description) = text.split_once('\n').expect("two lines");
            (comment.to_owned(), description.to_owned())
        } else {
            assert_eq!(tag(&folder, &name, "title"), "film.mkv");
            (tag(&folder, &name, "comment"), tag(&folder, &name, "description"))
        };
        assert!(comment.contains(" --frames 3-5 ") && comment.contains(&film), "{comment}");
        let about: Value = serde_json::from_str(&description).expect("JSON");
        assert_eq!(about["scene"]["frames"], "3-5", "{about}");
        assert_eq!(about["scene"]["panels"][1], "aes-128-ecb:repeats");

        run(&folder, &comment, &format!("CLIP.{ending}"), &format!("again.{ending}"));
        assert!(folder.read(&format!("again.{ending}")) == bytes, "{ending}: the command makes other bytes");
        let text = String::from_utf8(folder.read("scene.toml")).expect("text");
        assert!(text.contains("frames = \"3-5\"\n"), "{text}");
        let again = folder.at(&format!("scene.{ending}"));
        stdout(["clip", &scene, "-o", &again]);
        let picture = |name: &str| frames(&folder, name);
        assert!(
            picture(&format!("scene.{ending}")) == picture(&name),
            "{ending}: the scene makes another clip"
        );
    }
}

/// A checksum of each frame of a file, by the ffmpeg program.
fn frames(folder: &Folder, name: &str) -> Vec<u8> {
    let sums = ffmpeg(["-i", &folder.at(name), "-f", "framemd5", "-"], &[]).stdout;
    assert!(!sums.is_empty());
    sums
}

#[test]
fn a_clip_never_states_a_key_of_ones_own() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let secret = "c0ffee".repeat(8);
    for ending in ["mp4", "mkv", "webm", "gif"] {
        let name = format!("clip.{ending}");
        stdout(["clip", &film, "aes-128-ecb", "--frames", "0-1", "--key", &secret, "-o", &folder.at(&name)]);
        let bytes = folder.read(&name);
        assert!(!bytes.windows(12).any(|part| part == b"c0ffeec0ffee"), "{ending}");
        assert!(tag(&folder, &name, "comment").contains("--key-file KEY"), "{ending}");
    }
}

#[test]
fn times_become_the_frames_that_they_mean() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let scene = folder.at("scene.toml");
    for (options, stated) in [
        (&["--from", "0.35", "--to", "0.5"][..], Some("frames = \"3-5\"\n")),
        (&["--from", "0.5"], Some("frames = \"5-\"\n")),
        (&["--at", "0.2"], Some("frames = \"2\"\n")),
        (&["--frame", "7"], Some("frames = \"7\"\n")),
        (&[], None),
    ] {
        let clip = ["clip", &film, "plain", "-o", &folder.at("clip.mkv"), "--save-scene", &scene];
        stdout(clip.iter().chain(options));
        let text = String::from_utf8(folder.read("scene.toml")).expect("text");
        match stated {
            Some(stated) => assert!(text.contains(stated), "{options:?}: {text}"),
            None => assert!(!text.contains("frames"), "{text}"),
        }
    }
    stdout(["clip", &film, "plain", "--frames", "4-6", "-o", &folder.at("clip.mkv"), "--save-scene", &scene]);
    let rows = stdout(["measure", &scene, "--format", "csv"]);
    assert_eq!(
        rows.lines().skip(1).filter_map(|row| row.split(',').next()).collect::<Vec<_>>(),
        ["4", "5", "6"]
    );
    let rows = stdout(["measure", &scene, "--format", "csv", "--frames", "0-1"]);
    assert_eq!(rows.lines().count(), 3, "what the command line asks for goes before");
}

#[test]
fn the_command_that_a_figure_of_a_drawing_states_makes_it_again() {
    let folder = Folder::new();
    let long = (0..3000).map(|at| format!("line #e69f00 6 {},{} 640,360\n", at % 1280, at % 720));
    let long: String = long.collect();
    let marks =
        "smooth\nrectangle #0072b2 0,0 639,719\ntext #000000 48 100,200 It's \"Hello\" $HOME\npenguin";
    for marks in [marks, &long, ""] {
        let scene = format!(
            "version = 1\nsource = \"canvas\"\npanels = [\"plain\", \"aes-128-ecb\"]\ndrawing = '''\n{marks}\n'''\n"
        );
        let scene = folder.write("drawn.toml", scene);
        let cell = ["--schemes", "aes-128-ecb", "--lenses", "repeats"];
        for (command, file, more) in [("figure", "FIGURE.png", &[][..]), ("matrix", "POSTER.png", &cell)] {
            let made = [command, &scene, "-o", &folder.at("made.png"), "--theme", "dark"];
            stdout(made.iter().chain(more));
            let bytes = folder.read("made.png");
            let made = Figure::read(&bytes);
            run(&folder, made.text("Comment"), file, "again.png");
            assert!(folder.read("again.png") == bytes, "{command}");
            let about: Value = serde_json::from_str(made.text("Afterimage")).expect("JSON");
            let told = about["scene"]["drawing"].as_str().expect("the drawing");
            assert!(told.trim() == marks.trim(), "{command}");
        }
    }
}

#[test]
fn only_a_canvas_takes_a_drawing() {
    let said = crate::program::refused(2, ["figure", "demo", "--drawing", "penguin", "-o", "x.png"]);
    assert!(said.contains("canvas"), "{said}");
    let said = crate::program::refused(2, ["figure", "canvas", "--drawing", "circle", "-o", "x.png"]);
    assert!(said.contains("line 1 of the drawing"), "{said}");
}
