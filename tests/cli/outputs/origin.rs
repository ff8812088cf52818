//! The command and the scene that a file states make the same file, byte for byte.

use serde_json::Value;

use super::figure::Figure;
use crate::ffmpeg::{ffmpeg, ffprobe};
use crate::folder::Folder;
use crate::program::{refused, run_line, stdout};

/// A text in a container, as ffprobe reads it.
fn tag(folder: &Folder, name: &str, tag: &str) -> String {
    let entry = format!("format_tags={tag}");
    // `-count_frames`: ffprobe finds the comment of a GIF only when it reads the pictures.
    let options = ["-v", "error", "-count_frames", "-show_entries", &entry, "-of", "default=nw=1:nk=1"];
    ffprobe([&options[..], &[&folder.at(name)]].concat()).trim_end().to_owned()
}

#[test]
fn the_command_and_the_scene_that_a_clip_states_make_the_same_clip() {
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

        let line = comment.replace(&format!("CLIP.{ending}"), &format!("again.{ending}"));
        run_line(folder.root(), &line);
        assert!(
            folder.read(&format!("again.{ending}")) == bytes,
            "{ending}: the command makes a different file"
        );
        let text = folder.read_text("scene.toml");
        assert!(text.contains("frames = \"3-5\"\n"), "{text}");
        let again = folder.at(&format!("scene.{ending}"));
        stdout(["clip", &scene, "-o", &again]);
        let picture = |name: &str| frames(&folder, name);
        assert!(
            picture(&format!("scene.{ending}")) == picture(&name),
            "{ending}: the scene makes a different clip"
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
fn a_clip_never_states_the_users_key() {
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
fn a_saved_scene_has_the_frames_of_the_given_times() {
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
        let text = folder.read_text("scene.toml");
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
    assert_eq!(rows.lines().count(), 3, "the command line takes precedence over the scene");
}

#[test]
fn the_command_that_a_figure_of_a_drawing_states_makes_the_same_figure() {
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
            run_line(folder.root(), &made.text("Comment").replace(file, "again.png"));
            assert!(folder.read("again.png") == bytes, "{command}");
            let about: Value = serde_json::from_str(made.text("Afterimage")).expect("JSON");
            let drawing = about["scene"]["drawing"].as_str().expect("the drawing");
            assert!(drawing.trim() == marks.trim(), "{command}");
        }
    }
}

#[test]
fn a_drawing_is_refused_for_other_sources_than_canvas() {
    let message = refused(2, ["figure", "demo", "--drawing", "penguin", "-o", "x.png"]);
    assert!(message.contains("canvas"), "{message}");
    let message = refused(2, ["figure", "canvas", "--drawing", "circle", "-o", "x.png"]);
    assert!(message.contains("line 1 of the drawing"), "{message}");
}
