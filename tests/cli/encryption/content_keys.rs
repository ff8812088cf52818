//! Content keys of encrypted films: right, wrong, saved and kept secret.

use afterimage::media::Source;
use afterimage::payload::Target;
use afterimage::render::{Job, Parts, Range, RenderedPanel, SceneRenderer, Sheet};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;

use super::films::{KEY, encrypted, film};
use super::own::by_ffmpeg;
use crate::folder::Folder;
use crate::program::{afterimage, refused, stdout};
use crate::sheets::{panels, sheet};

/// A key that is not the demonstration key. No picture may contain it.
const SECRET: &str = "c0ffee00c0ffee11c0ffee22c0ffee33";

#[test]
fn a_source_that_does_not_fit_the_scheme_own_is_refused_and_a_wrong_key_is_reported() {
    let folder = Folder::new();
    let film = film(&folder);
    let path = by_ffmpeg(&folder, &film, KEY);
    let wrong = KEY.replace('f', "e");
    for (code, arguments, parts) in [
        (1, &["measure", &film, "own"][..], &["nothing in this stream is encrypted", "film.mp4"][..]),
        (1, &["measure", "pattern:bars", "own"], &["no file", "pattern:bars"]),
        (1, &["measure", &path], &["encrypted already", "--content-key", "own", "by-ffmpeg.mp4"]),
        (1, &["measure", &path, "aes-128-ecb", "--target", "packets"], &["encrypted already"]),
        (2, &["measure", &path, "own", "--target", "nal"], &["own", "packets", "nal"]),
        (2, &["measure", &path, "own", "--target", "pixels"], &["own", "packets", "pixels"]),
        (2, &["measure", &path, "--content-key", &wrong[2..]], &["32 hex digits"]),
        (1, &["encrypt", &path, "-o", &folder.at("out")], &["encrypted already", "--content-key"]),
        (1, &["encrypt", &path, "--target", "packets", "-o", &folder.at("out")], &["encrypted already"]),
        (2, &["encrypt", &path, "own", "-o", &folder.at("out")], &["own", "encrypts nothing"]),
        (2, &["measure", "demo", "--content-key", KEY], &["only a file", "demo"]),
    ] {
        let error = refused(code, arguments);
        assert!(parts.iter().all(|part| error.contains(part)), "{arguments:?}: {error}");
        assert!(!error.contains(&wrong[2..]), "{error}");
    }
    // With a wrong key, a decoder gives either no picture or wrong pictures.
    for path in [&path, &encrypted(&folder, &film, "cenc"), &encrypted(&folder, &film, "cbcs")] {
        let output = afterimage(["measure", path, "--content-key", &wrong]).output().expect("it runs");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{message}");
        assert!(message.contains("content key"), "{message}");
    }
}

#[test]
fn a_content_key_is_saved_only_with_save_key_and_never_in_a_picture() {
    let folder = Folder::new();
    let film = film(&folder);
    let path = by_ffmpeg(&folder, &film, SECRET);
    let (picture, scene) = (folder.at("x.png"), folder.at("x.toml"));
    let figure =
        ["figure", &path, "plain", "own", "--content-key", SECRET, "-o", &picture, "--save-scene", &scene];
    let error = refused(2, figure);
    assert!(error.contains("--save-key") && !error.contains(SECRET), "{error}");
    stdout([&figure[..], &["--save-key", "-q"]].concat());
    let has_key = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|it| it == SECRET.as_bytes());
    assert!(has_key(&folder.read("x.toml")) && !has_key(&folder.read("x.png")));
    let again = folder.at("again.png");
    stdout(["figure", &scene, "-o", &again]);
    assert!(folder.read("x.png") == folder.read("again.png"), "the scene makes the same picture");
    let measured = stdout(["measure", &scene, "--format", "json", "--frames", "0-1"]);
    assert!(!has_key(measured.as_bytes()), "{measured}");
}

#[test]
fn a_renderer_can_switch_from_the_decrypted_film_to_its_own_ciphertext() {
    let folder = Folder::new();
    let path = encrypted(&folder, &film(&folder), "cenc");
    let source = Source::File(path.into()).with_key(Some(KEY.parse().expect("a key")));
    let scene = |panel: &str| Scene {
        target: Target::Packets,
        panels: panels(&[panel]),
        ..Scene::of(source.clone())
    };
    let (clear, own) = (scene("aes-128-ecb"), scene("own"));
    let job = Job::new(&clear, Range::frame(FrameIndex(4)));
    let (mut renderer, frame) = SceneRenderer::open(job).expect("the film");
    let bytes = |sheet: &Sheet| sheet.panels[0].wire.as_ref().expect("a ciphertext").bytes.to_vec();
    let first = bytes(&renderer.render_at(frame, Parts::PICTURES).expect("the frame"));
    renderer.set_panels(own.panels.clone());
    let then = bytes(&renderer.render_at(frame, Parts::PICTURES).expect("the same frame"));
    let alone = bytes(&sheet(&own, frame.0));
    assert!(!then.is_empty() && then == alone && then != first);
}

#[test]
fn without_a_content_key_the_original_of_a_file_and_its_sound_say_that_they_are_encrypted() {
    let folder = Folder::new();
    let film = film(&folder);
    let path = by_ffmpeg(&folder, &film, KEY);
    let scene = Scene {
        target: Target::File,
        panels: panels(&["plain", "aes-128-ecb:repeats"]),
        ..Scene::of(path.parse().expect("a source"))
    };
    let whys: Vec<_> = sheet(&scene, 0).panels.iter().map(RenderedPanel::why_empty).collect();
    assert!(whys[0].as_ref().is_some_and(|why| why.contains("--content-key")), "{whys:?}");
    assert_ne!(whys[0], whys[1]);
    let picture = folder.at("x.png");
    let arguments = ["figure", &path, "own", "--stream", "a:0", "-o", &picture];
    let output = afterimage(arguments).output().expect("it runs");
    let warning = String::from_utf8(output.stderr).expect("text");
    assert!(warning.contains("encrypted in the file") && warning.contains("--content-key"), "{warning}");
}
