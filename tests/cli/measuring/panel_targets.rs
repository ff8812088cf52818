//! Panels with a target or a stream of their own, beside panels of the scene's target.

use serde_json::Value;

use crate::ffmpeg::ffmpeg;
use crate::folder::Folder;
use crate::program::{json, refused, stdout};

/// Half a second at ten frames a second, with a tone.
fn film(folder: &Folder) -> String {
    let video = "testsrc2=size=96x64:rate=10:duration=1.5";
    let tone = "aevalsrc=0.4*sin(660*t*PI):s=44100:d=1.5";
    let inputs = ["-f", "lavfi", "-i", video, "-f", "lavfi", "-i", tone];
    folder.ffmpeg("film.mp4", &[&inputs[..], &["-c:v", "libx264", "-bf", "2", "-c:a", "aac"]].concat())
}

/// The rows of each frame, and those of the stream, without what depends on the panels beside them.
fn rows(table: &Value) -> Vec<Vec<Value>> {
    let frames = table["frames"].as_array().expect("frames").iter().map(|frame| &frame["panels"]);
    let lists = frames.chain([&table["stream"]]).map(|rows| rows.as_array().cloned().unwrap_or_default());
    let without = |mut row: Value| {
        // Frames are decoded only where a panel needs pixels.
        for key in ["panel", "size_rho", "word"] {
            row.as_object_mut().expect("a row").remove(key);
        }
        row
    };
    lists.map(|rows| rows.into_iter().map(without).collect()).collect()
}

#[test]
fn a_panel_with_its_own_target_has_the_numbers_of_a_scene_of_that_target() {
    let folder = Folder::new();
    let film = film(&folder);
    let panels = [
        ("aes-128-ecb", &[][..]),
        ("aes-128-ecb,target=packets", &["--target", "packets"]),
        ("aes-128-gcm,target=nal", &["--target", "nal"]),
        ("aes-128-ecb,target=slices", &["--target", "slices"]),
        ("aes-128-ctr,target=cenc", &["--target", "cenc"]),
        ("aes-128-cbc+fixed-iv,target=cbcs", &["--target", "cbcs"]),
        ("aes-128-ecb,target=file", &["--target", "file"]),
        ("aes-128-ecb,target=packets,stream=a:0", &["--target", "packets", "--stream", "a:0"]),
        ("aes-128-ecb,target=samples", &["--target", "samples"]),
    ];
    let measure = ["measure", &film, "--frames", "0-9", "--format", "json"];
    let together = json(measure.iter().copied().chain(panels.iter().map(|(panel, _)| *panel)));
    let together = rows(&together);
    assert_eq!(together.len(), 11, "ten frames and the stream");
    for (at, (panel, target)) in panels.into_iter().enumerate() {
        let scheme = panel.split(',').next().expect("a scheme");
        let alone = rows(&json(measure.iter().chain(&[scheme]).chain(target).copied()));
        for (frame, (together, alone)) in together.iter().zip(&alone).enumerate() {
            // Pixels, the first panel, are not in the list of streams.
            let place = if frame == 10 { at.checked_sub(1) } else { Some(at) };
            assert_eq!(place.map(|at| &together[at]), alone.first(), "{panel} in frame {frame}");
        }
    }
}

#[test]
fn the_pictures_of_a_panel_with_its_own_target_are_those_of_a_scene_of_that_target() {
    let folder = Folder::new();
    let film = film(&folder);
    let pixels = |name: &str| {
        let png = folder.at(name);
        ffmpeg(["-i", &png, "-f", "rawvideo", "-pix_fmt", "rgba", "-"], &[]).stdout
    };
    // One column: the panels stand one below the other, and only their captions differ.
    let mut own = vec!["figure", &film, "aes-128-ecb:repeats,target=packets", "--frame", "3", "-o"];
    let mut scene = vec!["figure", &film, "aes-128-ecb:repeats", "--target", "packets", "--frame", "3", "-o"];
    let (one, other) = (folder.at("own.png"), folder.at("scene.png"));
    own.push(&one);
    scene.push(&other);
    stdout(own);
    stdout(scene);
    let (one, other) = (pixels("own.png"), pixels("scene.png"));
    assert_eq!(one.len(), other.len());
    let equal = one.iter().zip(&other).filter(|(one, other)| one == other).count();
    assert!(equal * 100 > one.len() * 90, "only the words differ: {equal} of {}", one.len());
}

#[test]
fn a_scene_keeps_the_targets_of_its_panels() {
    let folder = Folder::new();
    let film = film(&folder);
    let panels =
        ["plain", "aes-128-ecb", "aes-128-ecb:sizes,target=packets", "aes-128-gcm:repeats,target=slices"];
    let (scene, png, again) = (folder.at("scene.toml"), folder.at("one.png"), folder.at("two.png"));
    let figure = ["figure", &film, "--frame", "4", "--save-scene", &scene, "-o", &png];
    stdout(figure.iter().copied().chain(panels));
    stdout(["figure", &scene, "-o", &again]);
    assert!(folder.read("one.png") == folder.read("two.png"), "the scene makes the same bytes");
    let text = String::from_utf8(folder.read("scene.toml")).expect("text");
    assert!(text.contains("aes-128-gcm:repeats,target=slices"), "{text}");
}

#[test]
fn a_scheme_that_the_target_of_its_panel_does_not_take_is_refused_by_name() {
    for (code, panel, told) in [
        (2, "aes-128-gcm,target=cenc", "the target cenc is encrypted with aes-128-ctr"),
        (2, "aes-128-xts,target=packets", "choose another scheme for the target packets"),
        (2, "aes-128-ecb,target=frames", "there is no target \"frames\""),
        (2, "aes-128-ecb,target=packets,stream=x", "\"x\" is not a stream"),
        (1, "aes-128-ecb,target=packets,stream=a:0", "there is no stream a:0"),
        (2, "plain,target=packets", "plain takes no options"),
    ] {
        let error = refused(code, ["measure", "demo", "--frame", "0", panel]);
        assert!(error.contains(told), "{panel}: {error}");
    }
}
