//! A command never writes to its input or twice to the same file, and a replaced file keeps its rights.

use std::fs;

use crate::folder::Folder;
use crate::program::{PROGRAM, refused, stdout};

/// Another name of a path: through the parent folder.
fn roundabout(folder: &Folder, name: &str) -> String {
    let own_name = folder.root().file_name().expect("a name").to_string_lossy().into_owned();
    folder.at(&format!("../{own_name}/{name}"))
}

#[test]
fn an_output_that_is_an_input_is_refused_and_the_input_stays() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let key = folder.write("my.key", "00112233445566778899aabbccddeeff");
    let scene = folder.write(
        "scene.toml",
        "version = 1\nsource = \"film.mkv\"\nkey_file = \"my.key\"\npanels = [\"plain\"]\n",
    );
    let before = ["film.mkv", "my.key", "scene.toml"].map(|name| folder.read(name));
    fs::hard_link(&film, folder.path("hard.mkv")).expect("a link");
    let hard = folder.at("hard.mkv");
    let mut names = vec![film.clone(), roundabout(&folder, "film.mkv"), hard.clone()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("film.mkv", folder.path("soft.mkv")).expect("a link");
        names.push(folder.at("soft.mkv"));
    }
    for name in &names {
        for args in [
            &["clip", &film, "plain", "-o", name][..],
            &["encrypt", &film, "-o", name],
            &["encrypt", &film, "-o", "other", "--plaintext", name],
            &["encrypt", &scene, "aes-128-ecb", "-o", name],
            &["measure", &film, "-o", name],
            &["decrypt", &film, "--scheme", "aes-128-ctr", "--frame", "0", "-o", name],
        ] {
            let message = refused(2, args);
            assert!(
                message.contains("itself") && message.contains("name another file"),
                "{args:?}: {message}"
            );
        }
    }
    for args in [
        &["encrypt", &film, "--key-file", &key, "-o", &key][..],
        &["encrypt", &scene, "aes-128-ecb", "-o", &key],
        &["measure", &scene, "-o", &scene],
        &["figure", &scene, "-o", &folder.at("x.png"), "--save-scene", &roundabout(&folder, "scene.toml")],
        &["matrix", &scene, "-o", &folder.at("x.png"), "--save-scene", &scene],
        &[&scene, "--save-scene", &scene],
    ] {
        let message = refused(2, args);
        assert!(message.contains("itself"), "{args:?}: {message}");
    }
    let picture = folder.ffmpeg("photo.png", &["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1"]);
    let bytes = folder.read("photo.png");
    for command in ["figure", "matrix"] {
        assert!(refused(2, [command, &picture, "-o", &picture]).contains("the source itself"));
    }
    assert_eq!(folder.read("photo.png"), bytes);
    assert!(before == ["film.mkv", "my.key", "scene.toml"].map(|name| folder.read(name)), "no input changed");
}

#[cfg(unix)]
#[test]
fn standard_output_that_is_an_input_is_refused() {
    use std::process::Command;

    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let bytes = folder.read("film.mkv");
    for target in ["-", "/dev/stdout"] {
        let onto = fs::File::options().append(true).open(&film).expect("a film");
        let mut command = Command::new(PROGRAM);
        let output =
            command.args(["encrypt", &film, "-o", target]).stdout(onto).output().expect("the program starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && message.contains("the source itself"), "{message}");
        let mut command = Command::new(PROGRAM);
        command.args(["decrypt", "-", "--scheme", "aes-128-ctr", "--frame", "0", "-o", &film]);
        let output =
            command.stdin(fs::File::open(&film).expect("a film")).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(folder.read("film.mkv"), bytes);
}

#[test]
fn two_outputs_that_are_one_file_are_refused() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let new = folder.at("x.bin");
    for exists in [false, true] {
        if exists {
            folder.write("x.bin", "");
        }
        let message =
            refused(2, ["encrypt", &film, "-o", &new, "--plaintext", &roundabout(&folder, "x.bin")]);
        assert!(message.contains("--output and --plaintext name the same file"), "{message}");
    }
    let message = refused(2, ["encrypt", &film, "-o", "-", "--plaintext", "-"]);
    assert!(message.contains("--output and --plaintext"), "{message}");
    // Names that differ in case are two files on some systems and one file on others.
    let (small, large) = (folder.at("case.bin"), folder.at("CASE.bin"));
    fs::write(folder.path("probe"), "").expect("room");
    let ignores_case = folder.path("PROBE").exists();
    if ignores_case {
        assert!(
            refused(2, ["encrypt", &film, "-o", &small, "--plaintext", &large]).contains("the same file")
        );
    } else {
        stdout(["encrypt", &film, "-o", &small, "--plaintext", &large]);
        assert_eq!(folder.read("case.bin").len(), folder.read("CASE.bin").len() + 16);
    }
    #[cfg(unix)]
    {
        for (link, to) in [("dangling.toml", "none.toml"), ("other.toml", "none.toml")] {
            std::os::unix::fs::symlink(to, folder.path(link)).expect("a link");
        }
        let (one, other) = (folder.at("dangling.toml"), folder.at("other.toml"));
        let message = refused(2, ["encrypt", &film, "-o", &one, "--plaintext", &other]);
        assert!(message.contains("name the same file"), "{message}");
        stdout(["encrypt", &film, "-o", "/dev/null", "--plaintext", "/dev/null"]);
    }
}

#[test]
fn with_no_clobber_an_existing_file_is_an_error() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 16, 16);
    let (cipher, png, clip) = (folder.at("cipher"), folder.at("x.png"), folder.at("x.mkv"));
    let (table, scene) = (folder.at("table.csv"), folder.at("scene.toml"));
    let commands = [
        &["encrypt", &film, "-o", &cipher][..],
        &["decrypt", &cipher, "--scheme", "aes-128-ecb", "--frame", "0", "-o", &folder.at("back")],
        &["figure", &film, "plain", "-o", &png, "--save-scene", &scene],
        &["clip", &film, "plain", "-o", &clip],
        &["measure", &film, "-o", &table],
        &["matrix", &film, "--schemes", "aes-128-ecb", "--lenses", "repeats", "-o", &folder.at("poster.png")],
    ];
    for args in commands {
        stdout(args.iter().chain(&["--no-clobber"]));
        let message = refused(1, args.iter().chain(&["--no-clobber"]));
        assert!(message.contains("exists already") && message.contains("--no-clobber"), "{message}");
    }
    let saved = folder.read("scene.toml");
    let message =
        refused(1, ["figure", &film, "-o", &folder.at("new.png"), "--save-scene", &scene, "--no-clobber"]);
    assert!(message.contains("scene.toml") && !folder.path("new.png").exists(), "{message}");
    assert_eq!(folder.read("scene.toml"), saved);
    stdout(["encrypt", &film, "-o", &cipher]);
}

#[cfg(unix)]
mod rights {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(folder: &Folder, name: &str) -> u32 {
        fs::metadata(folder.path(name)).expect(name).permissions().mode() & 0o777
    }

    fn set_mode(folder: &Folder, name: &str, mode: u32) {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).expect(name);
    }

    #[test]
    fn a_replaced_file_keeps_its_mode() {
        let folder = Folder::new();
        let film = folder.film("film.mkv", 16, 16);
        let cipher = folder.write("cipher", "");
        for kept in [0o600, 0o640, 0o644, 0o755, 0o666] {
            set_mode(&folder, "cipher", kept);
            stdout(["encrypt", &film, "-o", &cipher]);
            assert_eq!((mode(&folder, "cipher"), folder.read("cipher").len()), (kept, 16 * 16 * 4 + 16));
        }
    }

    #[test]
    fn a_scene_with_the_users_key_is_readable_only_by_its_owner() {
        let folder = Folder::new();
        let key = "c0ffee".repeat(8);
        let (out, scene) = (folder.at("x.png"), folder.at("scene.toml"));
        let figure = ["figure", "pattern:bars@64x48", "plain", "-o", &out, "--save-scene", &scene];
        let with_key = || stdout(figure.iter().chain(&["--key", &key, "--save-key", "-q"]));
        with_key();
        assert_eq!(mode(&folder, "scene.toml"), 0o600);
        for (wider, kept) in [(0o666, 0o600), (0o444, 0o400), (0o700, 0o700)] {
            set_mode(&folder, "scene.toml", wider);
            with_key();
            assert_eq!(mode(&folder, "scene.toml"), kept);
        }
        set_mode(&folder, "scene.toml", 0o644);
        stdout(figure);
        assert_eq!(mode(&folder, "scene.toml"), 0o644, "the demonstration key is no secret");
    }

    #[test]
    fn an_output_through_a_link_keeps_the_link_and_writes_its_target() {
        let folder = Folder::new();
        let film = folder.film("film.mkv", 16, 16);
        fs::create_dir(folder.path("sub")).expect("room for a folder");
        symlink("sub/none.bin", folder.path("link.bin")).expect("a link");
        for _ in ["dangling", "leading to a file"] {
            stdout(["encrypt", &film, "-o", &folder.at("link.bin")]);
            assert!(folder.path("link.bin").is_symlink());
            assert_eq!(folder.read("sub/none.bin").len(), 16 * 16 * 4 + 16);
        }
        assert_eq!(
            fs::read_dir(folder.path("sub")).expect("a folder").count(),
            1,
            "no temporary file is left"
        );
    }
}
