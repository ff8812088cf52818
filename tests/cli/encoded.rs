//! `measure` and `figure` on what an encoder wrote, against counts made here from the bytes of the file.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::payload::Target;
use afterimage::render::{Job, Range, RenderedPanel};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;
use serde_json::Value;

use crate::program::{Folder, json, refused, stdout};

/// Twelve frames of flat areas that move, in a codec of MP4 or MOV files.
fn film(folder: &Folder, name: &str, options: &[&str]) -> String {
    let source = "color=c=teal:size=192x112:rate=12[sheet];color=c=orange:size=60x60:rate=12[box];\
                  [sheet][box]overlay=x=n*4:y=20";
    folder.ffmpeg(name, &[&["-f", "lavfi", "-i", source, "-frames:v", "12"][..], options].concat())
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a number: {value}"))
}

#[test]
fn counts_are_those_of_the_bytes_in_the_file() {
    let folder = Folder::new();
    let mut repeats = HashMap::new();
    for (name, options) in [
        ("prores.mov", &["-c:v", "prores"][..]),
        ("mjpeg.mov", &["-c:v", "mjpeg"]),
        ("qtrle.mov", &["-c:v", "qtrle"]),
        ("png.mov", &["-c:v", "png"]),
        ("raw.mov", &["-c:v", "rawvideo", "-pix_fmt", "uyvy422"]),
        ("mpeg4.mov", &["-c:v", "mpeg4"]),
        ("mpeg2.mov", &["-c:v", "mpeg2video"]),
        ("h264.mp4", &["-c:v", "libx264", "-bf", "2"]),
        ("vp9.mp4", &["-c:v", "libvpx-vp9"]),
    ] {
        let path = film(&folder, name, options);
        let file = std::fs::read(&path).expect("the film");
        let listed = json(["packets", &path, "--format", "json"]);
        let mut packets: HashMap<u64, Vec<&[u8]>> = HashMap::new();
        for message in listed["messages"].as_array().expect("a list") {
            let [offset, bytes] =
                ["offset", "bytes"].map(|name| usize::try_from(number(&message[name])).expect("small"));
            packets.entry(number(&message["frame"])).or_default().push(&file[offset..offset + bytes]);
        }
        let arguments =
            ["measure", &path, "aes-128-ecb", "aes-128-gcm", "--target", "packets", "--format", "json"];
        let measured = json(arguments);
        assert_eq!(measured["scene"]["target"], "packets", "{name}");
        let frames = measured["frames"].as_array().expect("a list");
        assert_eq!(frames.len(), 12, "{name}");
        let mut all: HashMap<&[u8], u64> = HashMap::new();
        for block in packets.values().flatten().flat_map(|packet| packet.chunks_exact(16)) {
            *all.entry(block).or_default() += 1;
        }
        let stream = &measured["stream"][0];
        let again: u64 = all.values().filter(|&&count| count > 1).sum();
        assert_eq!(number(&stream["blocks"]), all.values().sum::<u64>(), "{name}");
        assert_eq!(
            (number(&stream["distinct"]), number(&stream["repeated"])),
            (all.len() as u64, again),
            "{name}"
        );
        assert_eq!(number(&stream["largest_class"]), all.values().copied().max().unwrap_or(0), "{name}");
        let unlike: HashSet<&[u8]> = packets.values().flatten().copied().collect();
        let listed = listed["messages"].as_array().expect("a list").len();
        assert_eq!(number(&stream["messages"]), listed as u64, "{name}");
        assert_eq!(number(&stream["identical_messages"]), (listed - unlike.len()) as u64, "{name}");
        for frame in frames {
            let own = &packets[&number(&frame["frame"])];
            let mut counts: HashMap<&[u8], u64> = HashMap::new();
            for block in own.iter().flat_map(|packet| packet.chunks_exact(16)) {
                *counts.entry(block).or_default() += 1;
            }
            let blocks: u64 = counts.values().sum();
            let repeated: u64 = counts.values().filter(|&&count| count > 1).sum();
            let [ecb, gcm] = [0, 1].map(|at| &frame["panels"][at]);
            let place = format!("{name}, frame {}", frame["frame"]);
            assert_eq!(number(&ecb["blocks"]), blocks, "{place}");
            assert_eq!(number(&ecb["distinct"]), counts.len() as u64, "{place}");
            assert_eq!(number(&ecb["repeated"]), repeated, "{place}");
            assert_eq!(number(&ecb["largest_class"]), counts.values().copied().max().unwrap_or(0), "{place}");
            assert_eq!(number(&ecb["messages"]), own.len() as u64, "{place}");
            let bytes: usize = own.iter().map(|packet| packet.len()).sum();
            let rests: usize = own.iter().map(|packet| packet.len() % 16).sum();
            assert_eq!(
                (number(&ecb["bytes"]), number(&ecb["clear_bytes"])),
                (bytes as u64, rests as u64),
                "{place}"
            );
            assert_eq!((number(&gcm["repeated"]), number(&gcm["clear_bytes"])), (0, 0), "{place}");
            assert_eq!(gcm["word"], "noise", "{place}");
            assert_eq!(ecb["word"], if repeated > 0 { "repeats" } else { "noise" }, "{place}");
            for nothing in ["left_equal", "same_as_previous", "outline_f1", "tone_r2"] {
                assert!(ecb[nothing].is_null(), "{nothing} of {place}");
            }
            *repeats.entry(name).or_insert(0) += repeated;
        }
    }
    assert!(repeats["raw.mov"] > 1000 && repeats["qtrle.mov"] > 0, "{repeats:?}");
}

#[test]
fn messages_that_equal_earlier_ones_are_counted_within_the_memory() {
    let folder = Folder::new();
    // Nothing moves, so that each picture of a codec without memory is the same.
    let still = ["-f", "lavfi", "-i", "color=c=teal:size=64x48:rate=5", "-frames:v", "5", "-c:v", "png"];
    let path = folder.ffmpeg("still.mov", &still);
    for (memory, expected) in [("1", [0, 0, 0, 0, 0]), ("2", [0, 1, 1, 1, 1])] {
        for (scheme, is_equal) in
            [("aes-128-ecb", true), ("aes-128-ctr", false), ("aes-128-ctr+reused-nonce", true)]
        {
            let arguments =
                ["measure", &path, scheme, "--target", "packets", "--memory", memory, "--format", "json"];
            let measured = json(arguments);
            let identical = measured["frames"].as_array().expect("a list").iter();
            let identical: Vec<u64> =
                identical.map(|frame| number(&frame["panels"][0]["identical_messages"])).collect();
            let expected = if is_equal { expected.to_vec() } else { vec![0; 5] };
            assert_eq!(identical, expected, "{scheme}, memory {memory}");
        }
    }
}

#[test]
fn pictures_of_messages_show_what_repeats_and_lenses_of_pixels_say_why_they_do_not() {
    let folder = Folder::new();
    let path = film(&folder, "raw.mov", &["-c:v", "rawvideo", "-pix_fmt", "uyvy422"]);
    let figure = folder.at("figure.png");
    let panels = ["aes-128-ecb:repeats", "aes-128-gcm:repeats", "aes-128-ecb:outline"];
    stdout(
        [&["figure", &path][..], &panels, &["--target", "packets", "--frame", "3", "-o", &figure]].concat(),
    );
    let picture = image::open(&figure).expect("a picture").into_rgb8();
    let colours = |third: u32| -> HashSet<[u8; 3]> {
        let width = picture.width() / 3;
        let part = picture.enumerate_pixels().filter(|(x, y, _)| {
            x / width == third && (picture.height() / 5..picture.height() / 2).contains(y)
        });
        part.map(|(_, _, pixel)| pixel.0).collect()
    };
    assert!(colours(0).len() > 2, "blocks by how often they occur");
    let table = stdout(["measure", &path, "aes-128-ecb", "--target", "packets", "--frame", "3"]);
    assert!(table.contains("target packets") && !table.contains("nothing to compare"), "{table}");
    let wrong = refused(1, ["figure", &path, "aes-128-ecb", "--target", "nal", "-o", &figure]);
    assert!(wrong.contains("takes H.264, HEVC and AV1"), "{wrong}");
}

#[test]
fn a_scene_keeps_target_and_stream() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4", &["-c:v", "libx264"]);
    let [scene, one, other] = ["scene.toml", "one.png", "other.png"].map(|name| folder.at(name));
    let arguments =
        ["figure", &path, "aes-128-ecb:repeats", "--target", "nal", "--stream", "v:0", "--frame", "2"];
    stdout([&arguments[..], &["--save-scene", &scene, "-o", &one]].concat());
    let text = std::fs::read_to_string(&scene).expect("a scene");
    assert!(text.contains("target = \"nal\"") && text.contains("stream = \"v:0\""), "{text}");
    stdout(["figure", &scene, "-o", &other]);
    assert!(folder.read("one.png") == folder.read("other.png"));
}

/// The pictures of panels of frames in a range, each as pixels.
fn pictures(path: &str, panels: &[&str], range: Range<'_>) -> Vec<Vec<Vec<[u8; 4]>>> {
    let scene = Scene {
        target: Target::Packets,
        panels: panels.iter().map(|panel| panel.parse().expect("a panel")).collect(),
        ..Scene::of(path.parse().expect("a source"))
    };
    let mut sheets = Vec::new();
    batch::render(Job::new(&scene, range), |sheet, _| {
        let pixels = |panel: &RenderedPanel| panel.picture.as_ref().expect("a picture").pixels().to_vec();
        sheets.push(sheet.panels.iter().map(pixels).collect());
        ControlFlow::Continue(())
    })
    .expect("a film");
    sheets
}

#[test]
fn sizes_are_drawn_under_every_mode_and_equal_messages_are_marked_under_ecb_alone() {
    let folder = Folder::new();
    // Uncompressed frames, the second half of them equal.
    let source = "color=c=teal:size=192x112:rate=12[sheet];color=c=orange:size=60x60:rate=12[box];\
                  [sheet][box]overlay=x='min(n,6)*8':y=20";
    let arguments = ["-f", "lavfi", "-i", source, "-frames:v", "12", "-c:v", "mjpeg", "-q:v", "3"];
    let path = folder.ffmpeg("still.mov", &arguments);
    let panels = ["aes-128-ecb:sizes", "aes-128-gcm:sizes", "aes-128-cbc+fixed-iv:sizes"];
    let all = pictures(&path, &panels, Range::All);
    assert_eq!(all.len(), 12);
    // Yellow, in frames after the one shown mixed with the dark ground.
    let is_mark = |pixel: &[u8; 4]| pixel[0] > pixel[2].saturating_add(50) && pixel[1] > pixel[0] / 10 * 8;
    // Below the bars and above the labels, where no legend is.
    let marks = |picture: &[[u8; 4]]| picture[192 * 80..].iter().filter(|pixel| is_mark(pixel)).count();
    let bars = |picture: &[[u8; 4]]| -> Vec<[u8; 4]> { picture[192 * 32..192 * 80].to_vec() };
    for sheet in &all {
        let [ecb, gcm, fixed] = [0, 1, 2].map(|panel| &sheet[panel][..]);
        assert!(marks(ecb) > 0 && marks(gcm) == 0 && marks(fixed) == marks(ecb));
        assert!(bars(ecb) == bars(gcm), "no mode hides sizes");
    }
    assert!(all[0][1] != all[5][1], "the chart moves along");
    for frame in [0, 5, 11] {
        let alone = pictures(&path, &panels, Range::frame(FrameIndex(frame)));
        assert!(alone[0] == all[usize::try_from(frame).expect("small")], "frame {frame}");
    }
}

#[test]
fn sizes_of_pixels_and_of_a_file_say_why_there_are_none() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4", &["-c:v", "libx264"]);
    for (target, reason) in [("pixels", "all have the same size"), ("file", "makes one message")] {
        let scene = Scene {
            target: target.parse().expect("a target"),
            panels: vec!["aes-128-ecb:sizes".parse().expect("a panel")],
            ..Scene::of(path.parse().expect("a source"))
        };
        batch::render(Job::new(&scene, Range::frame(FrameIndex(3))), |sheet, _| {
            let why = sheet.panels[0].why_empty().unwrap_or_default();
            assert!(why.contains(reason), "{target}: {why}");
            ControlFlow::Continue(())
        })
        .expect("a film");
    }
}

/// Ranks from 1, equal numbers at the mean of theirs, counted pair by pair.
fn ranks(numbers: &[f64]) -> Vec<f64> {
    let rank = |own: &f64| {
        let below = numbers.iter().filter(|other| *other < own).count();
        let equal = numbers.iter().filter(|other| other.total_cmp(own).is_eq()).count();
        below as f64 + f64::midpoint(equal as f64, 1.0)
    };
    numbers.iter().map(rank).collect()
}

fn spearman(one: &[f64], other: &[f64]) -> f64 {
    let centred = |numbers: &[f64]| -> Vec<f64> {
        let ranks = ranks(numbers);
        let mean = ranks.iter().sum::<f64>() / ranks.len() as f64;
        ranks.iter().map(|rank| rank - mean).collect()
    };
    let [one, other] = [centred(one), centred(other)];
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    product(&one, &other) / (product(&one, &one) * product(&other, &other)).sqrt()
}

#[test]
fn size_rho_is_the_rank_correlation_of_bytes_and_changes_of_luma() {
    let folder = Folder::new();
    // A picture that moves by another distance at each frame, and stands still in the last third.
    let source = "testsrc2=size=96x64:rate=25,format=gray,\
                  scroll=h=0,crop=64:48:x='16+15*sin(n*n)*lt(n,170)':y=8";
    let options = [
        "-f",
        "lavfi",
        "-i",
        source,
        "-frames:v",
        "250",
        "-c:v",
        "libx264",
        "-bf",
        "0",
        "-tune",
        "zerolatency",
    ];
    let path = folder.ffmpeg("film.mp4", &options);
    let arguments =
        ["measure", &path, "aes-128-gcm", "--target", "packets", "--layout", "gray8", "--format", "json"];
    let measured = json([&arguments[..], &["--size-rho"]].concat());
    let stream = &measured["stream"][0];
    let raw = folder
        .ffmpeg("raw", &["-i", &path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray"]);
    let luma = std::fs::read(raw).expect("frames");
    let frames: Vec<&[u8]> = luma.chunks_exact(64 * 48).collect();
    assert_eq!(frames.len(), 250);
    let changes: Vec<f64> = frames
        .windows(2)
        .map(|pair| pair[0].iter().zip(pair[1]).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>())
        .collect();
    let listed = json(["packets", &path, "--format", "json"]);
    let mut sizes = vec![0.0; 250];
    for message in listed["messages"].as_array().expect("a list") {
        let frame = usize::try_from(number(&message["frame"])).expect("small");
        sizes[frame] += number(&message["bytes"]) as f64;
    }
    let expected = spearman(&sizes[1..], &changes);
    let found = stream["size_rho"].as_f64().expect("a number");
    assert!((found - expected).abs() < 1e-9, "{found}: {expected}");
    assert!(expected > 0.6, "{expected}");
    assert_eq!(stream["word"], "sizes");
    let without = json(arguments);
    assert_eq!(
        (&without["stream"][0]["size_rho"], &without["stream"][0]["word"]),
        (&Value::Null, &"noise".into())
    );
    let short = json([&arguments[..], &["--size-rho", "--frames", "0-200"]].concat());
    assert_eq!(short["stream"][0]["word"], "noise", "under 240 frames nothing is said");
    // Uncompressed frames all have one size.
    let path = film(&folder, "raw.mov", &["-c:v", "rawvideo", "-pix_fmt", "uyvy422"]);
    let raw = json(["measure", &path, "--target", "packets", "--size-rho", "--format", "json"]);
    let rows = raw["stream"].as_array().expect("two panels");
    let found: Vec<_> = rows.iter().map(|row| (&row["size_rho"], row["word"].as_str())).collect();
    assert_eq!(found, [(&Value::Null, Some("repeats")), (&Value::Null, Some("noise"))]);
}
