//! `measure` and `figure` on encoded packets, against counts of the bytes in the file.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::folder::Folder;
use crate::program::{json, refused, stdout};

/// Twelve frames of a flat box that moves over a flat area.
pub fn film(folder: &Folder, name: &str, options: &[&str]) -> String {
    let source = "color=c=teal:size=192x112:rate=12[sheet];color=c=orange:size=60x60:rate=12[box];\
                  [sheet][box]overlay=x=n*4:y=20";
    folder.ffmpeg(name, &[&["-f", "lavfi", "-i", source, "-frames:v", "12"][..], options].concat())
}

pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a number: {value}"))
}

#[test]
fn the_counts_are_those_of_the_bytes_in_the_file() {
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
        let repeated: u64 = all.values().filter(|&&count| count > 1).sum();
        assert_eq!(number(&stream["blocks"]), all.values().sum::<u64>(), "{name}");
        assert_eq!(
            (number(&stream["distinct"]), number(&stream["repeated"])),
            (all.len() as u64, repeated),
            "{name}"
        );
        assert_eq!(number(&stream["largest_class"]), all.values().copied().max().unwrap_or(0), "{name}");
        let distinct: HashSet<&[u8]> = packets.values().flatten().copied().collect();
        let listed = listed["messages"].as_array().expect("a list").len();
        assert_eq!(number(&stream["messages"]), listed as u64, "{name}");
        assert_eq!(number(&stream["identical_messages"]), (listed - distinct.len()) as u64, "{name}");
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
            let remainders: usize = own.iter().map(|packet| packet.len() % 16).sum();
            assert_eq!(
                (number(&ecb["bytes"]), number(&ecb["clear_bytes"])),
                (bytes as u64, remainders as u64),
                "{place}"
            );
            assert_eq!((number(&gcm["repeated"]), number(&gcm["clear_bytes"])), (0, 0), "{place}");
            assert_eq!(gcm["word"], "noise", "{place}");
            assert_eq!(ecb["word"], if repeated > 0 { "repeats" } else { "noise" }, "{place}");
            for name in ["left_equal", "same_as_previous", "outline_f1", "tone_r2"] {
                assert!(ecb[name].is_null(), "{name} of {place}");
            }
            *repeats.entry(name).or_insert(0) += repeated;
        }
    }
    assert!(repeats["raw.mov"] > 1000 && repeats["qtrle.mov"] > 0, "{repeats:?}");
}

#[test]
fn messages_equal_to_remembered_ones_are_counted() {
    let folder = Folder::new();
    // Nothing moves, and the codec encodes each picture by itself: all packets are equal.
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
fn packets_are_shown_in_figures_and_tables_and_a_target_for_other_codecs_is_refused() {
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
    assert!(colours(0).len() > 2, "blocks have colours by how often they occur");
    let table = stdout(["measure", &path, "aes-128-ecb", "--target", "packets", "--frame", "3"]);
    assert!(table.contains("target packets") && !table.contains("nothing to compare"), "{table}");
    let wrong = refused(1, ["figure", &path, "aes-128-ecb", "--target", "nal", "-o", &figure]);
    assert!(wrong.contains("takes H.264, HEVC and AV1"), "{wrong}");
}

#[test]
fn a_scene_keeps_its_target_and_its_stream() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4", &["-c:v", "libx264"]);
    let [scene, one, other] = ["scene.toml", "one.png", "other.png"].map(|name| folder.at(name));
    let arguments =
        ["figure", &path, "aes-128-ecb:repeats", "--target", "nal", "--stream", "v:0", "--frame", "2"];
    stdout([&arguments[..], &["--save-scene", &scene, "-o", &one]].concat());
    let text = folder.read_text("scene.toml");
    assert!(text.contains("target = \"nal\"") && text.contains("stream = \"v:0\""), "{text}");
    stdout(["figure", &scene, "-o", &other]);
    assert!(folder.read("one.png") == folder.read("other.png"));
}
