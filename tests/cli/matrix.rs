//! Posters: their cells, and what they say of themselves.

use crate::figure::Figure;
use crate::program::{Folder, afterimage, refused, stdout};

#[test]
fn a_cell_holds_the_bytes_of_its_scheme_enlarged_by_whole_pixels() {
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
fn a_poster_says_how_it_is_made_again_and_what_was_found() {
    let folder = Folder::new();
    let out = folder.at("poster.png");
    stdout(["matrix", "demo:still", "--lenses", "outline", "--layout", "gray8", "--tiles", "-o", &out]);
    let poster = Figure::read(&folder.read("poster.png"));
    let again = poster.text("Comment").replace("POSTER.png", "-");
    assert!(again.starts_with("afterimage matrix demo:still --layout gray8 --tiles --frame 0"), "{again}");
    let output = afterimage(again.split(' ').skip(1)).assert().success().get_output().stdout.clone();
    assert!(output == folder.read("poster.png"), "the command in the file makes the file");
    let found = poster.text("Description");
    let of =
        |scheme: &str| found.lines().find(|line| line.starts_with(&format!("{scheme}: "))).expect(scheme);
    assert!(of("AES-128-ECB").contains("outlines: ") && of("AES-128-GCM").contains("noise: "), "{found}");
}

#[test]
fn a_cell_whose_lens_shows_nothing_is_empty_and_the_others_are_not() {
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
fn a_poster_is_kept_as_a_scene() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 64, 48);
    let (out, again, scene) = (folder.at("poster.png"), folder.at("again.png"), folder.at("poster.toml"));
    let secret = folder.write("my.key", "c0ffee".repeat(22));
    let more = [
        "--schemes",
        "aes-128-xts+fixed-tweak",
        "aes-192-ecb",
        "--lenses",
        "motion",
        "colours,palette=viridis",
    ];
    let kept =
        ["matrix", &film, "--at", "0.5", "--memory", "4", "--key-file", &secret, "--save-scene", &scene];
    stdout(kept.iter().chain(&more).chain(&["-o", &out]));
    stdout(["matrix", &scene, "-o", &again]);
    assert!(folder.read("poster.png") == folder.read("again.png"));
    let poster = Figure::read(&folder.read("poster.png"));
    assert!(poster.texts.iter().all(|(_, text)| !text.contains("c0ffee")), "{:?}", poster.texts);
    stdout(["matrix", &scene, "--lenses", "ciphertext", "-o", &again]);
    assert_eq!(Figure::read(&folder.read("again.png")).panels().len(), 2, "options go before the scene");
}

#[test]
fn what_a_poster_cannot_be_is_refused() {
    let folder = Folder::new();
    let out = folder.at("poster.png");
    for (code, args, named) in [
        (2, &["--schemes", "rot13"][..], "aes-128-ecb"),
        (2, &["--lenses", "xray"], "repeats"),
        (2, &["--key", "00"], "16 bytes"),
        (1, &["--frame", "9"], "no frame 9"),
    ] {
        let said = refused(code, ["matrix", "demo:still", "-o", &out].iter().chain(args));
        assert!(said.contains(named), "{args:?}: {said}");
    }
    assert!(refused(2, ["matrix", "demo:still", "-o", "poster.jpg"]).contains(".png"));
    assert!(refused(2, ["matrix", "demo:still"]).contains("--output"));
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}
