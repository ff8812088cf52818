//! Sizes of packets: the lens `sizes` and the number `size_rho`.

use afterimage::payload::Target;
use afterimage::render::{Range, RenderedPanel};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;
use serde_json::Value;

use super::encoded::{film, number};
use crate::folder::Folder;
use crate::program::json;
use crate::sheets::{panels as panels_of, sheet, sheets};

/// The pixels of each panel of each frame in a range.
fn pictures(path: &str, panels: &[&str], range: Range<'_>) -> Vec<Vec<Vec<[u8; 4]>>> {
    let scene = Scene {
        target: Target::Packets,
        panels: panels_of(panels),
        ..Scene::of(path.parse().expect("a source"))
    };
    let pixels = |panel: &RenderedPanel| panel.picture.as_ref().expect("a picture").pixels().to_vec();
    let sheets = sheets(&scene, range).into_iter();
    sheets.map(|sheet| sheet.panels.iter().map(pixels).collect()).collect()
}

#[test]
fn sizes_are_drawn_under_every_mode_and_equal_messages_are_marked_where_ciphertexts_repeat() {
    let folder = Folder::new();
    // Frames that do not depend on each other. The second half are equal.
    let source = "color=c=teal:size=192x112:rate=12[sheet];color=c=orange:size=60x60:rate=12[box];\
                  [sheet][box]overlay=x='min(n,6)*8':y=20";
    let arguments = ["-f", "lavfi", "-i", source, "-frames:v", "12", "-c:v", "mjpeg", "-q:v", "3"];
    let path = folder.ffmpeg("still.mov", &arguments);
    let panels = ["aes-128-ecb:sizes", "aes-128-gcm:sizes", "aes-128-cbc+fixed-iv:sizes"];
    let all = pictures(&path, &panels, Range::All);
    assert_eq!(all.len(), 12);
    // Yellow, which is mixed with the dark ground in frames after the one shown.
    let is_mark = |pixel: &[u8; 4]| pixel[0] > pixel[2].saturating_add(50) && pixel[1] > pixel[0] / 10 * 8;
    // The marks are below the bars and above the labels, outside the legend.
    let marks = |picture: &[[u8; 4]]| picture[192 * 80..].iter().filter(|pixel| is_mark(pixel)).count();
    let bars = |picture: &[[u8; 4]]| -> Vec<[u8; 4]> { picture[192 * 32..192 * 80].to_vec() };
    for sheet in &all {
        let [ecb, gcm, fixed] = [0, 1, 2].map(|panel| &sheet[panel][..]);
        assert!(marks(ecb) > 0 && marks(gcm) == 0 && marks(fixed) == marks(ecb));
        assert!(bars(ecb) == bars(gcm), "the bars are the same under every mode");
    }
    assert!(all[0][1] != all[5][1], "the chart moves from frame to frame");
    for frame in [0, 5, 11] {
        let alone = pictures(&path, &panels, Range::frame(FrameIndex(frame)));
        assert!(alone[0] == all[usize::try_from(frame).expect("small")], "frame {frame}");
    }
}

#[test]
fn the_lens_sizes_says_why_it_is_empty_for_pixels_and_for_a_file() {
    let folder = Folder::new();
    let path = film(&folder, "film.mp4", &["-c:v", "libx264"]);
    for (target, reason) in [("pixels", "all have the same size"), ("file", "makes one message")] {
        let scene = Scene {
            target: target.parse().expect("a target"),
            panels: panels_of(&["aes-128-ecb:sizes"]),
            ..Scene::of(path.parse().expect("a source"))
        };
        let why = sheet(&scene, 3).panels[0].why_empty().unwrap_or_default();
        assert!(why.contains(reason), "{target}: {why}");
    }
}

/// Ranks from 1. Equal numbers have the mean of their ranks.
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
fn size_rho_is_the_rank_correlation_of_packet_sizes_and_changes_of_luma() {
    let folder = Folder::new();
    // A picture that moves by a different distance in each frame and does not move in the last third.
    let source = "testsrc2=size=96x64:rate=25,format=gray,\
                  scroll=h=0,crop=64:48:x='16+15*sin(n*n)*lt(n,170)':y=8";
    let x264 = ["-c:v", "libx264", "-bf", "0", "-tune", "zerolatency"];
    let options = [&["-f", "lavfi", "-i", source, "-frames:v", "250"][..], &x264].concat();
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
    assert_eq!(short["stream"][0]["word"], "noise", "fewer than 240 frames give no finding");
    // Uncompressed frames all have the same size.
    let path = film(&folder, "raw.mov", &["-c:v", "rawvideo", "-pix_fmt", "uyvy422"]);
    let raw = json(["measure", &path, "--target", "packets", "--size-rho", "--format", "json"]);
    let rows = raw["stream"].as_array().expect("two panels");
    let found: Vec<_> = rows.iter().map(|row| (&row["size_rho"], row["word"].as_str())).collect();
    assert_eq!(found, [(&Value::Null, Some("repeats")), (&Value::Null, Some("noise"))]);
}
