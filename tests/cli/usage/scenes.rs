//! Scenes: saved, opened again, changed by options, and refused with a message.

use std::fs;

use crate::folder::Folder;
use crate::program::{json, refused, stdout, warnings};

/// Makes a figure of a film with options and saves its scene in `scenes/scene.toml`. Returns the path of the scene.
fn save(folder: &Folder, more: &[&str]) -> String {
    let film = folder.film("film.mkv", 64, 48);
    fs::create_dir_all(folder.path("scenes")).expect("room for a folder");
    let (figure, scene) = (folder.at("saved.png"), folder.at("scenes/scene.toml"));
    stdout(["figure", &film, "-o", &figure, "--save-scene", &scene].iter().chain(more));
    scene
}

#[test]
fn a_saved_scene_makes_the_same_picture() {
    let folder = Folder::new();
    let options = ["plain", "aes-256-ctr+reused-nonce:difference", "aes-128-ecb:repeats"];
    let options =
        [&options[..], &["--at", "0.45", "--layout", "gray8", "--tiles", "--posterize", "4"]].concat();
    let scene = save(&folder, &[&options[..], &["--memory", "3"]].concat());
    let text = folder.read_text("scenes/scene.toml");
    assert!(text.contains("source = \"../film.mkv\"") && text.contains("frame = 4\n"), "{text}");
    let again = folder.at("again.png");
    stdout(["figure", &scene, "-o", &again]);
    let pixels = |name: &str| image::open(folder.path(name)).expect("a figure").into_rgb8();
    assert!(pixels("saved.png") == pixels("again.png"));

    // The scene that is saved again in another folder has the same text.
    let copy = folder.at("copy.toml");
    stdout(["figure", &scene, "-o", &again, "--save-scene", &copy]);
    let copied = folder.read_text("copy.toml");
    assert_eq!(copied, text.replace("../film.mkv", "film.mkv"));
}

#[test]
fn every_command_takes_a_scene_and_options_take_precedence() {
    let folder = Folder::new();
    let scene = save(&folder, &["aes-128-cbc", "plain", "--frame", "7", "--layout", "rgb24"]);
    let film = folder.at("film.mkv");
    let measured = |args: &[&str]| {
        let mut measured = json(["measure"].iter().chain(args).chain(&["--format", "json"]));
        measured["scene"]["source"].take();
        measured
    };
    let given = ["--layout", "rgb24", "--panels", "aes-128-cbc", "plain"];
    assert_eq!(
        measured(&[&scene]),
        measured(&[&[&film[..]], &given[..]].concat()),
        "without a range, all frames are measured"
    );
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
    // An option can turn off the tiles of a scene.
    let tiled = save(&folder, &["--tiles"]);
    assert!(measured(&[&tiled, "--tiles=false", "--layout", "rgb24"])["scene"].get("tiles").is_none());
    assert!(refused(2, ["measure", &tiled, "--layout", "rgb24"]).contains("--tiles"));
}

#[test]
fn the_users_key_is_written_only_on_request() {
    let folder = Folder::new();
    let secret = "c0ffee".repeat(8);
    let key = folder.write("my.key", &secret);
    let (out, scene) = (folder.at("out.png"), folder.at("scene.toml"));
    let figure = ["figure", "demo:still", "-o", &out, "--save-scene", &scene];
    let message = refused(2, figure.iter().chain(&["--key", &secret]));
    assert!(
        message.contains("--key-file") && message.contains("--save-key") && !message.contains("c0ffee"),
        "{message}"
    );
    assert_eq!(folder.names(), ["my.key"]);

    stdout(figure.iter().chain(&["--key-file", &key]));
    let text = || folder.read_text("scene.toml");
    assert!(text().contains("key_file = \"my.key\"") && !text().contains("c0ffee"), "{}", text());
    let (one, other) = (folder.at("one"), folder.at("other"));
    stdout(["encrypt", &scene, "-o", &one]);
    stdout(["encrypt", "demo:still", "--key", &secret, "-o", &other]);
    assert!(folder.read("one") == folder.read("other"), "the scene reads the key from its file");

    let message = warnings(figure.iter().chain(&["--key", &secret, "--save-key"]));
    assert!(message.contains("holds your key") && !message.contains("c0ffee"), "{message}");
    assert!(text().contains(&secret));
}

#[test]
fn a_wrong_scene_is_refused_with_a_message() {
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
        let message = refused(code, ["figure", &scene(&text), "-o", &folder.at("out.png")]);
        assert!(message.starts_with("error: ") && message.contains(named), "{text}: {message}");
    }
    let later = folder.write("later.toml", "version = 2\nshape = \"round\"\n");
    for command in [&["figure", "-o", "out.png"][..], &["measure"], &["encrypt", "-o", "out"], &["info"], &[]]
    {
        let message = refused(2, command.iter().chain(&[&later[..]]));
        assert!(message.contains("version 2") && message.contains("later.toml"), "{command:?}: {message}");
    }
    let missing = refused(1, ["measure", &folder.at("missing.toml")]);
    assert!(missing.contains("cannot read the scene") && missing.contains("missing.toml"), "{missing}");
    let noise = folder.write("noise.toml", [0xff; 99]);
    assert!(refused(1, ["measure", &noise]).contains("noise.toml"));
}

#[test]
fn a_scene_is_written_completely_or_not_at_all() {
    let folder = Folder::new();
    let out = folder.at("out.png");
    let message = refused(2, ["figure", "demo:still", "-o", &out, "--save-scene", &out]);
    assert!(message.contains(".toml"), "the name of a scene ends in .toml: {message}");
    let message = refused(2, ["figure", "demo:still", "-o", "-", "--save-scene", "-"]);
    assert!(message.contains("--output and --save-scene"), "{message}");
    let nowhere = folder.at("no-such-folder/scene.toml");
    let message = refused(1, ["figure", "demo:still", "-o", &out, "--save-scene", &nowhere]);
    assert!(message.contains("folder that exists") && message.contains(&nowhere), "{message}");
    let scene = folder.at("scene.toml");
    refused(1, ["figure", "demo:still", "--frame", "9", "-o", &out, "--save-scene", &scene]);
    assert!(folder.names().is_empty(), "neither the figure nor the scene is written: {:?}", folder.names());
}

#[test]
fn lists_have_one_line_or_one_object_per_item() {
    for (list, named) in
        [("schemes", "aes-128-xts+fixed-tweak"), ("lenses", "repeats"), ("layouts", "gray8 --tiles")]
    {
        let lines = stdout([list]);
        let items = json([list, "--format", "json"]);
        let items = items.as_array().expect("an array");
        assert_eq!(lines.lines().count(), items.len(), "one line per item");
        assert!(items.iter().any(|item| item["name"] == named), "{named} in {items:?}");
        for (line, item) in lines.lines().zip(items) {
            let (name, about) =
                (item["name"].as_str().expect("a name"), item["about"].as_str().expect("a line"));
            assert!(line.starts_with(name) && line.contains(about) && !about.is_empty(), "{line}");
        }
    }
}

#[test]
fn a_drawing_in_a_scene_is_a_source_and_a_wrong_mark_is_reported() {
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
    assert_eq!(measured["frames"][0]["panels"][1]["distinct"], 2, "two colours give two distinct blocks");
    let wrong = scene("canvas", "rectangle #0072b2 0,0 639,719\ncircle #0072b2 1,2 3,4");
    let message = refused(2, ["measure", &wrong]);
    assert!(message.contains("line 2 of the drawing") && message.contains("drawn.toml"), "{message}");
    let message = refused(2, ["measure", &scene("demo", "penguin")]);
    assert!(message.contains("canvas"), "{message}");
}
