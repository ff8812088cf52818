//! Scenes: kept, opened again, changed by options, and refused in words.

use std::fs;

use crate::program::{Folder, afterimage, json, refused, stdout};

/// Makes a figure of a film with options, and keeps its scene in `scenes/scene.toml`.
fn keep(folder: &Folder, more: &[&str]) -> String {
    let film = folder.film("film.mkv", 64, 48);
    fs::create_dir_all(folder.path("scenes")).expect("room for a folder");
    let (figure, scene) = (folder.at("kept.png"), folder.at("scenes/scene.toml"));
    stdout(["figure", &film, "-o", &figure, "--save-scene", &scene].iter().chain(more));
    scene
}

#[test]
fn a_scene_that_was_kept_makes_the_same_picture_again() {
    let folder = Folder::new();
    let options = ["plain", "aes-256-ctr+reused-nonce:difference", "aes-128-ecb:repeats"];
    let options =
        [&options[..], &["--at", "0.45", "--layout", "gray8", "--tiles", "--posterize", "4"]].concat();
    let scene = keep(&folder, &[&options[..], &["--memory", "3"]].concat());
    let text = String::from_utf8(folder.read("scenes/scene.toml")).expect("text");
    assert!(text.contains("source = \"../film.mkv\"") && text.contains("frame = 4\n"), "{text}");
    let again = folder.at("again.png");
    stdout(["figure", &scene, "-o", &again]);
    let pixels = |name: &str| image::open(folder.path(name)).expect("a figure").into_rgb8();
    assert!(pixels("kept.png") == pixels("again.png"));

    // Kept once more, from another folder, it says the same.
    let copy = folder.at("copy.toml");
    stdout(["figure", &scene, "-o", &again, "--save-scene", &copy]);
    let copied = String::from_utf8(folder.read("copy.toml")).expect("text");
    assert_eq!(copied, text.replace("../film.mkv", "film.mkv"));
}

#[test]
fn every_command_takes_a_scene_and_options_go_before_it() {
    let folder = Folder::new();
    let scene = keep(&folder, &["aes-128-cbc", "plain", "--frame", "7", "--layout", "rgb24"]);
    let film = folder.at("film.mkv");
    let measured = |args: &[&str]| {
        let mut measured = json(["measure"].iter().chain(args).chain(&["--format", "json"]));
        measured["scene"]["source"].take();
        measured
    };
    let given = ["--layout", "rgb24", "--panels", "aes-128-cbc", "plain"];
    assert_eq!(measured(&[&scene]), measured(&[&[&film[..]], &given[..]].concat()), "all frames, as ever");
    assert_eq!(measured(&[&scene, "aes-128-ecb", "--layout", "gray8"])["scene"]["layout"], "gray8");

    let (cipher, other) = (folder.at("cipher"), folder.at("other"));
    let parameters = json(["encrypt", &scene, "-o", &cipher, "--format", "json"]);
    assert_eq!((&parameters["scheme"], &parameters["frame"]), (&"aes-128-cbc".into(), &7.into()));
    stdout(["encrypt", &film, "aes-128-cbc", "--layout", "rgb24", "--frame", "7", "-o", &other]);
    assert!(folder.read("cipher") == folder.read("other"));
    let parameters =
        json(["encrypt", &scene, "aes-128-gcm", "--frame", "2", "-o", &cipher, "--format", "json"]);
    assert_eq!((&parameters["scheme"], &parameters["frame"]), (&"aes-128-gcm".into(), &2.into()));
    assert_eq!(json(["info", &scene, "--format", "json"])["frames"], 10);
    // Tiles can be taken back where a scene asks for them.
    let tiled = keep(&folder, &["--tiles"]);
    assert!(measured(&[&tiled, "--tiles=false", "--layout", "rgb24"])["scene"].get("tiles").is_none());
    assert!(refused(2, ["measure", &tiled, "--layout", "rgb24"]).contains("--tiles"));
}

#[test]
fn a_key_of_ones_own_is_written_only_on_demand() {
    let folder = Folder::new();
    let secret = "c0ffee".repeat(8);
    let key = folder.write("my.key", &secret);
    let (out, scene) = (folder.at("out.png"), folder.at("scene.toml"));
    let figure = ["figure", "demo:still", "-o", &out, "--save-scene", &scene];
    let said = refused(2, figure.iter().chain(&["--key", &secret]));
    assert!(said.contains("--key-file") && said.contains("--save-key") && !said.contains("c0ffee"), "{said}");
    assert_eq!(folder.names(), ["my.key"]);

    stdout(figure.iter().chain(&["--key-file", &key]));
    let text = || String::from_utf8(folder.read("scene.toml")).expect("text");
    assert!(text().contains("key_file = \"my.key\"") && !text().contains("c0ffee"), "{}", text());
    let (one, other) = (folder.at("one"), folder.at("other"));
    stdout(["encrypt", &scene, "-o", &one]);
    stdout(["encrypt", "demo:still", "--key", &secret, "-o", &other]);
    assert!(folder.read("one") == folder.read("other"), "the key is read from its file");

    let output = afterimage(figure.iter().chain(&["--key", &secret, "--save-key"])).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("holds your key") && !said.contains("c0ffee"), "{said}");
    assert!(text().contains(&secret));
}

#[test]
fn what_a_scene_says_wrongly_is_refused_in_words() {
    let folder = Folder::new();
    let scene = |text: &str| folder.write("scene.toml", format!("version = 1\n{text}"));
    let plain = "source = \"demo:still\"\npanels = [\"plain\"]\n";
    for (text, code, named) in [
        (format!("{plain}colour = \"red\"\n"), 2, "line 4 of the scene: unknown field `colour`"),
        (format!("{plain}posterize = 0\n"), 2, "1 to 8"),
        (plain.replace("plain", "aes-128-ecb:xray"), 2, "repeats"),
        (plain.replace("demo:still", "gone.mp4"), 1, "gone.mp4"),
        (format!("{plain}key_file = \"gone.key\"\n"), 1, "gone.key"),
        (format!("{plain}frame = 5\n"), 1, "no frame 5"),
    ] {
        let said = refused(code, ["figure", &scene(&text), "-o", &folder.at("out.png")]);
        assert!(said.starts_with("error: ") && said.contains(named), "{text}: {said}");
    }
    let later = folder.write("later.toml", "version = 2\nshape = \"round\"\n");
    for command in [&["figure", "-o", "out.png"][..], &["measure"], &["encrypt", "-o", "out"], &["info"], &[]]
    {
        let said = refused(2, command.iter().chain(&[&later[..]]));
        assert!(said.contains("version 2") && said.contains("later.toml"), "{command:?}: {said}");
    }
    let missing = refused(1, ["measure", &folder.at("missing.toml")]);
    assert!(missing.contains("cannot read the scene") && missing.contains("missing.toml"), "{missing}");
    let noise = folder.write("noise.toml", [0xff; 99]);
    assert!(refused(1, ["measure", &noise]).contains("noise.toml"));
}

#[test]
fn a_scene_appears_whole_or_not_at_all() {
    let folder = Folder::new();
    let out = folder.at("out.png");
    let said = refused(2, ["figure", "demo:still", "-o", &out, "--save-scene", &out]);
    assert!(said.contains(".toml"), "a scene by another name would not be found again: {said}");
    let said = refused(2, ["figure", "demo:still", "-o", "-", "--save-scene", "-"]);
    assert!(said.contains("--output and --save-scene"), "{said}");
    let nowhere = folder.at("no-such-folder/scene.toml");
    let said = refused(1, ["figure", "demo:still", "-o", &out, "--save-scene", &nowhere]);
    assert!(said.contains("folder that exists") && said.contains(&nowhere), "{said}");
    let scene = folder.at("scene.toml");
    refused(1, ["figure", "demo:still", "--frame", "9", "-o", &out, "--save-scene", &scene]);
    assert!(folder.names().is_empty(), "neither figure nor scene: {:?}", folder.names());
}

#[test]
fn lists_say_what_there_is_in_lines_and_objects() {
    for (list, named) in
        [("schemes", "aes-128-xts+fixed-tweak"), ("lenses", "repeats"), ("layouts", "gray8 --tiles")]
    {
        let lines = stdout([list]);
        let items = json([list, "--format", "json"]);
        let items = items.as_array().expect("an array");
        assert_eq!(lines.lines().count(), items.len(), "a line each");
        assert!(items.iter().any(|item| item["name"] == named), "{named} in {items:?}");
        for (line, item) in lines.lines().zip(items) {
            let (name, about) =
                (item["name"].as_str().expect("a name"), item["about"].as_str().expect("a line"));
            assert!(line.starts_with(name) && line.contains(about) && !about.is_empty(), "{line}");
        }
    }
}

#[test]
fn a_drawing_in_a_scene_is_a_source_like_any_other_and_what_is_no_mark_is_told() {
    let folder = Folder::new();
    let scene = |source: &str, drawing: &str| {
        let text = format!(
            "version = 1\nsource = \"{source}\"\npanels = [\"plain\", \"aes-128-ecb\"]\ndrawing = \"\"\"\n{drawing}\n\"\"\"\n"
        );
        let path = folder.at("drawn.toml");
        fs::write(&path, text).expect("room for a scene");
        path
    };
    let drawn = scene("canvas", "rectangle #0072b2 0,0 639,719");
    let plaintext = folder.at("drawn.rgba");
    stdout(["encrypt", &drawn, "aes-128-ecb", "-o", &folder.at("cipher"), "--plaintext", &plaintext]);
    let rgba = folder.read("drawn.rgba");
    assert_eq!(rgba.len(), 1280 * 720 * 4);
    assert_eq!((&rgba[..4], &rgba[640 * 4..][..4]), (&[0, 114, 178, 255][..], &[255; 4][..]));
    let measured = json(["measure", &drawn, "--format", "json"]);
    assert_eq!(measured["frames"][0]["panels"][1]["distinct"], 2, "two colours, two blocks");
    let wrong = scene("canvas", "rectangle #0072b2 0,0 639,719\ncircle #0072b2 1,2 3,4");
    let said = refused(2, ["measure", &wrong]);
    assert!(said.contains("line 2 of the drawing") && said.contains("drawn.toml"), "{said}");
    let said = refused(2, ["measure", &scene("demo", "penguin")]);
    assert!(said.contains("canvas"), "{said}");
}
