//! Posters: their cells and the texts in their files.

use super::figure::Figure;
use crate::folder::Folder;
use crate::program::{afterimage, refused, stdout};

#[test]
fn a_cell_has_the_bytes_of_its_scheme_enlarged_by_whole_pixels() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let (out, cipher) = (folder.at("poster.png"), folder.at("cipher"));
    let axes = ["--schemes", "aes-128-ecb", "aes-128-ctr", "--lenses", "repeats", "ciphertext"];
    stdout(["matrix", &film, "--frame", "4", "-o", &out].iter().chain(&axes));
    let poster = Figure::read(&folder.read("poster.png"));
    let places = poster.panels();
    let names: Vec<_> = places.iter().map(|place| place["panel"].as_str().expect("a panel")).collect();
    assert_eq!(names, ["aes-128-ecb:repeats", "aes-128-ecb", "aes-128-ctr:repeats", "aes-128-ctr"]);
    for (place, scheme) in [(&places[1], "aes-128-ecb"), (&places[3], "aes-128-ctr")] {
        stdout(["encrypt", &film, scheme, "--frame", "4", "-o", &cipher]);
        let bytes = folder.read("cipher");
        assert_eq!((&place["width"], &place["height"]), (&320.into(), &240.into()));
        for (at, pixel) in poster.pixels(place).iter().enumerate() {
            let (x, y) = (at % 320 / 5, at / 320 / 5);
            assert_eq!(pixel[..], bytes[(y * 64 + x) * 4..][..3], "{scheme} at {x}, {y}");
        }
    }
}

#[test]
fn a_poster_states_its_command_and_its_findings() {
    let folder = Folder::new();
    let out = folder.at("poster.png");
    stdout(["matrix", "demo:still", "--lenses", "outline", "--layout", "gray8", "--tiles", "-o", &out]);
    let poster = Figure::read(&folder.read("poster.png"));
    let command = poster.text("Comment").replace("POSTER.png", "-");
    assert!(
        command.starts_with("afterimage matrix demo:still --layout gray8 --tiles --frame 0"),
        "{command}"
    );
    let output = afterimage(command.split(' ').skip(1)).assert().success().get_output().stdout.clone();
    assert!(output == folder.read("poster.png"), "the command in the file makes the file");
    let found = poster.text("Description");
    let of =
        |scheme: &str| found.lines().find(|line| line.starts_with(&format!("{scheme}: "))).expect(scheme);
    assert!(of("AES-128-ECB").contains("outlines: ") && of("AES-128-GCM").contains("noise: "), "{found}");
}

#[test]
fn only_the_cells_of_lenses_that_find_nothing_are_empty() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 128, 96);
    let out = folder.at("poster.png");
    let axes =
        ["--schemes", "aes-128-ecb", "aes-128-gcm", "--lenses", "ciphertext", "repeats", "outline", "motion"];
    stdout(["matrix", &film, "--frame", "4", "--theme", "light", "-o", &out].iter().chain(&axes));
    let poster = Figure::read(&folder.read("poster.png"));
    for place in poster.panels() {
        let panel = place["panel"].as_str().expect("a panel").to_owned();
        let is_empty = poster.pixels(&place).iter().all(|pixel| *pixel == [255; 3]);
        let is_expected =
            matches!(&panel[..], "aes-128-gcm:repeats" | "aes-128-gcm:outline" | "aes-128-gcm:motion");
        assert_eq!(is_empty, is_expected, "{panel}");
    }
}

#[test]
fn a_poster_can_be_saved_as_a_scene() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let (out, again, scene) = (folder.at("poster.png"), folder.at("again.png"), folder.at("poster.toml"));
    let secret = folder.write("my.key", "c0ffee".repeat(22));
    let schemes = ["--schemes", "aes-128-xts+fixed-tweak", "aes-192-ecb"];
    let lenses = ["--lenses", "motion", "colours,palette=viridis"];
    let kept =
        ["matrix", &film, "--at", "0.5", "--memory", "4", "--key-file", &secret, "--save-scene", &scene];
    stdout(kept.iter().chain(&schemes).chain(&lenses).chain(&["-o", &out]));
    stdout(["matrix", &scene, "-o", &again]);
    assert!(folder.read("poster.png") == folder.read("again.png"));
    let poster = Figure::read(&folder.read("poster.png"));
    assert!(poster.texts.iter().all(|(_, text)| !text.contains("c0ffee")), "{:?}", poster.texts);
    stdout(["matrix", &scene, "--lenses", "ciphertext", "-o", &again]);
    assert_eq!(
        Figure::read(&folder.read("again.png")).panels().len(),
        2,
        "options take precedence over the scene"
    );
}

#[test]
fn a_wrong_poster_is_refused_and_no_file_is_left() {
    let folder = Folder::new();
    let out = folder.at("poster.png");
    for (code, args, named) in [
        (2, &["--schemes", "rot13"][..], "aes-128-ecb"),
        (2, &["--lenses", "xray"], "repeats"),
        (2, &["--key", "00"], "16 bytes"),
        (1, &["--frame", "9"], "no frame 9"),
    ] {
        let message = refused(code, ["matrix", "demo:still", "-o", &out].iter().chain(args));
        assert!(message.contains(named), "{args:?}: {message}");
    }
    assert!(refused(2, ["matrix", "demo:still", "-o", "poster.jpg"]).contains(".png"));
    assert!(refused(2, ["matrix", "demo:still"]).contains("--output"));
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn the_poster_of_targets_shows_one_frame_raw_and_as_encoders_write_it() {
    let folder = Folder::new();
    let source = "testsrc2=s=320x192:r=10[sheet];[sheet]trim=end_frame=1,loop=11:1[still];\
                  color=c=orange:s=60x60:r=10[box];[still][box]overlay=x=n*16:y=64";
    let film = folder.ffmpeg("film.mov", &["-f", "lavfi", "-i", source, "-frames:v", "12", "-c:v", "ffv1"]);
    let out = folder.at("poster.png");
    stdout(["matrix", &film, "--targets", "--frame", "5", "-o", &out]);
    let poster = Figure::read(&folder.read("poster.png"));
    let command = poster.text("Comment").replace("POSTER.png", "-");
    assert!(command.contains("--frame 5 --targets"), "{command}");
    let output = afterimage(command.split(' ').skip(1)).assert().success().get_output().stdout.clone();
    assert!(output == folder.read("poster.png"), "the command in the file makes the file");
    let found = poster.text("Description");
    for row in ["Raw pixels", "Screen codec", "Motion JPEG", "ProRes"] {
        assert!(found.lines().any(|line| line.starts_with(&format!("{row}: "))), "{row}: {found}");
    }
    // A scene's own target has no effect.
    let scene = folder.write(
        "scene.toml",
        format!("version = 1\nsource = '{film}'\ntarget = 'packets'\npanels = ['plain']\n"),
    );
    stdout(["matrix", &scene, "--targets", "--frame", "5", "-o", &folder.at("again.png")]);
    assert!(folder.read("again.png") == folder.read("poster.png"));
    let none = folder.at("none.png");
    for wrong in [&["--lenses", "repeats"][..], &["--target", "packets"], &["--encode", "mpeg4"]] {
        let arguments = [&["matrix", &film, "--targets", "-o", &none], wrong].concat();
        let message = refused(2, arguments);
        assert!(message.contains("--targets") && message.contains(wrong[0]), "{message}");
    }
    assert!(!folder.path("none.png").exists());
}
