use std::num::NonZeroU32;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::picture::layout::{Layout, Posterize};
use crate::scene::Panel;
use crate::scene::file::*;

fn panels(names: &[&str]) -> Vec<Panel> {
    names.iter().map(|name| name.parse().expect("a panel")).collect()
}

/// The message for a scene with this text, which is wrong.
fn refused(text: &str) -> String {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("scene.toml");
    fs::write(&path, text).expect("room for a scene");
    let message = SceneFile::read(&path).expect_err(text).to_string();
    assert!(message.ends_with(&format!(": {}", path.display())), "the path comes last: {message}");
    message
}

#[test]
fn a_scene_file_is_easy_to_read_and_change() {
    let scene = Scene {
        layout: Layout::GRAY8.posterized(Posterize::to_bits(3).expect("3 bits")).in_tiles().expect("tiles"),
        memory: NonZeroU32::new(8).expect("not 0"),
        panels: panels(&["plain", "aes-128-ecb:colours,palette=viridis", "aes-128-ctr+reused-nonce"]),
        ..Scene::of(Source::Demo)
    };
    let frames = Some("45-59,70-".parse().expect("frames"));
    let file = SceneFile { frame: Some(FrameIndex(45)), frames, ..SceneFile::of(scene) };
    insta::assert_snapshot!(file.to_toml(Path::new("")).expect("text"), @r#"
    # A scene of Afterimage. To open it: afterimage FILE.toml
    version = 1
    source = "demo"
    frame = 45
    frames = "45-59,70-"
    layout = "gray8"
    posterize = 3
    tiles = true
    memory = 8
    panels = [
        "plain",
        "aes-128-ecb:colours,palette=viridis",
        "aes-128-ctr+reused-nonce",
    ]
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_scene_reads_back(
        source in 0usize..9, layout in 0usize..7, bits in 1i64..=8, memory in 1u32..100,
        frame in prop::option::of(any::<u32>()), key in 0usize..3, count in 1usize..5,
    ) {
        let folder = TempDir::new().expect("a temporary folder");
        let root = fs::canonicalize(folder.path()).expect("it is there");
        let below = root.join("scenes");
        fs::create_dir_all(below.join("films")).expect("room for folders");
        let source = match source {
            0 => Source::Demo,
            1 => Source::DemoStill,
            2 => "pattern:noise".parse().expect("a pattern"),
            3 => Source::File(below.join("demo")),
            4 => Source::File(below.join("films/a film.mp4")),
            5 => Source::File(root.join("above \"quoted\".png")),
            6 => Source::File(below.join("pattern:noise")),
            7 => Source::File("/film.mkv".into()),
            _ => Source::File(below.join("Überblick\\1.mov")),
        };
        let layout = [&Layout::ALL[..], &Layout::TILED].concat()[layout];
        let layout = layout.posterized(Posterize::to_bits(bits).expect("1 to 8"));
        let memory = NonZeroU32::new(memory).expect("not 0");
        let names = ["aes-256-gcm:motion", "plain", "aes-128-ecb:colours,palette=spectrum", "aes-128-xts"];
        let mut scene = Scene { source, layout, memory, panels: panels(&names[..count]), ..Scene::of(Source::Demo) };
        let secret = "c0ffee".repeat(22);
        let mut key_file = None;
        if key > 0 {
            scene.key = secret.parse().expect("hex");
        }
        if key > 1 {
            let path = root.join("key.hex");
            fs::write(&path, &secret).expect("room for a key");
            key_file = Some(path);
        }
        let frame = frame.map(|frame| FrameIndex(frame.into()));
        let frames = frame.map(|frame| FrameList::span(frame, frame.0.is_multiple_of(2).then_some(frame)));
        let file = SceneFile { scene, frame, frames, key_file };

        let text = file.to_toml(&below).expect("text");
        prop_assert_eq!(text.contains("c0ffee"), file.holds_secret_key());
        let path = below.join("scene.toml");
        fs::write(&path, &text).expect("room for a scene");
        let read = SceneFile::read(&path).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let real = |path: &Path| fs::canonicalize(path.parent().expect("a folder")).expect("it is there");
        if let (Some(one), Some(other)) = (&read.key_file, &file.key_file) {
            prop_assert_eq!(real(one), real(other));
        }
        let found = match (&read.scene.source, &file.scene.source) {
            (Source::File(one), Source::File(other)) => {
                prop_assert_eq!(real(one), real(other));
                one.file_name() == other.file_name()
            }
            (one, other) => one == other,
        };
        prop_assert!(found, "{} in {}", read.scene.source, text);
        let source = file.scene.source.clone();
        prop_assert_eq!(Scene { source, ..read.scene }, file.scene);
        prop_assert_eq!((read.frame, read.frames), (file.frame, file.frames));
    }
}

#[test]
fn paths_in_a_scene_are_relative_to_its_folder() {
    let folder = TempDir::new().expect("a temporary folder");
    let root = fs::canonicalize(folder.path()).expect("it is there");
    fs::create_dir_all(root.join("scenes")).expect("room for a folder");
    let scene = Scene::of(Source::File(root.join("scenes/../film.mp4")));
    let source = |folder: &Path| {
        let text = SceneFile::of(scene.clone()).to_toml(folder).expect("text");
        text.lines().find(|line| line.starts_with("source")).expect("a source").to_owned()
    };
    assert_eq!(source(&root.join("scenes")), r#"source = "../film.mp4""#);
    assert_eq!(source(&root), r#"source = "film.mp4""#);
    assert_eq!(source(Path::new("/")), format!(r#"source = "{}""#, root.join("film.mp4").display()));
}

#[test]
fn the_message_names_the_line_that_is_wrong() {
    let good = "version = 1\nsource = \"demo\"\npanels = [\"plain\"]\n";
    for (text, line, named) in [
        (format!("{good}colour = \"red\"\n"), 4, "colour"),
        (format!("{good}layout = \"cmyk\"\n"), 4, "yuv420p"),
        (format!("{good}\nposterize = 9\n"), 5, "1 to 8"),
        (format!("{good}memory = 0\n"), 4, "nonzero"),
        (format!("{good}frames = \"9-3\"\n"), 4, "smaller number first"),
        (format!("{good}tiles = \"yes\"\n"), 4, "boolean"),
        (format!("{good}key = \"xyz\"\n"), 4, "hexadecimal"),
        (format!("{good}[lens]\n"), 4, "lens"),
        (good.replace("\"plain\"", "\n  \"plain\",\n  \"rot13\",\n"), 3, "rot13"),
        (good.replace("demo", "pattern:plaid"), 2, "plaid"),
        (good.replace("\"demo\"", "demo"), 2, ""),
        (good.replace("version = 1", "version = 2\ncolour = \"red\""), 1, "version 2"),
        (good.replace("version = 1", "# mine\nversion = \"one\""), 2, "version \"one\""),
    ] {
        let message = refused(&text);
        assert!(
            message.starts_with(&format!("line {line} of the scene: ")) && message.contains(named),
            "{text}{message}"
        );
    }
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    let with = |more: &str| format!("version = 1\nsource = \"demo\"\n{more}");
    for (text, named) in [
        ("source = \"demo\"\npanels = [\"plain\"]".to_owned(), "version = 1"),
        (with("panels = []"), "aes-128-ecb"),
        (with("panels = [\"plain\"]\nlayout = \"rgb24\"\ntiles = true"), "rgb24"),
        (with("panels = [\"plain\"]\nkey = \"00\"\nkey_file = \"key.hex\""), "key_file"),
        (with(""), "panels"),
        (String::new(), "version = 1"),
    ] {
        let message = refused(&text);
        assert!(message.contains(named), "{text}: {message}");
    }
}

#[test]
fn a_key_file_is_found_in_the_folder_of_the_scene() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("scene.TOML");
    assert!(SceneFile::is_name(&path) && !SceneFile::is_name(Path::new("toml")));
    fs::write(&path, "version = 1\nsource = \"demo\"\npanels = [\"plain\"]\nkey_file = \"my.key\"\n")
        .expect("room for a scene");
    let missing = SceneFile::read(&path).expect_err("no key").to_string();
    assert!(missing.contains("cannot read the key") && missing.ends_with("my.key"), "{missing}");
    fs::write(folder.path().join("my.key"), "no digits").expect("room for a key");
    let wrong = SceneFile::read(&path).expect_err("no key").to_string();
    assert!(wrong.contains("hexadecimal") && !wrong.contains("digits at"), "{wrong}");
    fs::write(folder.path().join("my.key"), "00112233\n").expect("room for a key");
    assert_eq!(SceneFile::read(&path).expect("a scene").scene.key.to_hex(), "00112233");
}
