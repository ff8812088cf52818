//! The lens `player`: what FFmpeg's decoders make of ciphertext without the key.

use std::path::Path;
use std::time::{Duration, Instant};

use afterimage::lens::Blank;
use afterimage::media::Source;
use afterimage::picture::Picture;
use afterimage::picture::layout::Layout;
use afterimage::render::{Job, Parts, RenderedPanel};
use afterimage::scene::Scene;
use serde_json::Value;

use super::films::{KEY, encrypted, film, made};
use crate::ffmpeg::ffmpeg;
use crate::folder::Folder;
use crate::program::{json, stdout};
use crate::sheets::{from_to, panels, run, sheet, sheets};

fn scene(path: &str, target: &str, names: &[&str]) -> Scene {
    let target = target.parse().expect("a target");
    Scene { target, panels: panels(names), ..Scene::of(Source::File(path.into())) }
}

fn picture(panel: &RenderedPanel) -> &Picture {
    panel.picture.as_ref().unwrap_or_else(|| panic!("{:?}", panel.why_empty()))
}

/// Pearson's correlation of the brightness of two pictures, by squares of 8 × 8 pixels.
fn correlation(one: &Picture, other: &Picture) -> f64 {
    let squares = |picture: &Picture| -> Vec<f64> {
        let (width, pixels) = (picture.shape.columns(), picture.pixels());
        let square = |at: (usize, usize)| -> f64 {
            let inside = (0..64).map(|n| pixels[(at.1 * 8 + n / 8) * width + at.0 * 8 + n % 8]);
            inside.map(|[r, g, b, _]| f64::from(r) + f64::from(g) + f64::from(b)).sum()
        };
        let rows = 0..picture.shape.rows() / 8;
        rows.flat_map(|y| (0..width / 8).map(move |x| (x, y))).map(square).collect()
    };
    let centred = |values: Vec<f64>| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let [one, other] = [one, other].map(|picture| centred(squares(picture)));
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let scale = (product(&one, &one) * product(&other, &other)).sqrt();
    if scale == 0.0 { 0.0 } else { product(&one, &other) / scale }
}

/// A street of 320 × 180 pixels: a picture with shapes of every size.
fn street(folder: &Folder, codec: &[&str], name: &str) -> String {
    let source = ["-f", "lavfi", "-i", "mandelbrot=size=320x192:rate=25", "-frames:v", "30", "-an"];
    folder.ffmpeg(name, &[&source[..], codec].concat())
}

const H264: [&str; 6] = ["-c:v", "libx264", "-g", "15", "-x264-params", "slices=4"];

#[test]
fn clear_headers_give_a_picture_that_does_not_resemble_the_original() {
    let folder = Folder::new();
    let path = street(&folder, &H264, "street.mp4");
    for (target, schemes) in [
        ("slices", &["aes-128-ctr", "aes-128-gcm"][..]),
        ("cenc", &["aes-128-ctr"]),
        ("cbcs", &["aes-128-cbc+fixed-iv"]),
    ] {
        let names: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}:player")).collect();
        let names: Vec<&str> = std::iter::once("plain").chain(names.iter().map(String::as_str)).collect();
        for sheet in sheets(&scene(&path, target, &names), from_to(14, 17)) {
            let [plain, players @ ..] = &sheet.panels[..] else { panic!("panels") };
            assert!(correlation(picture(plain), picture(plain)) > 0.999);
            for player in players {
                let alike = correlation(picture(plain), picture(player)).abs();
                assert!(alike < 0.25, "{} of {target}, frame {}: {alike}", player.panel, sheet.frame.index);
                assert_eq!((player.why_empty(), player.leakage.word), (None, None), "no measure");
            }
        }
    }
}

#[test]
fn whole_packets_give_no_picture_and_the_panel_says_so() {
    let folder = Folder::new();
    let path = made(&folder, "film.mp4", &[&H264[..], &["-c:a", "aac"]].concat());
    for (target, panel, reason) in [
        ("packets", "aes-128-gcm:player", "the decoder makes no picture of this ciphertext"),
        ("pixels", "aes-128-gcm:player", "pixels are decoded already"),
        ("file", "aes-128-gcm:player", "encrypted as a whole"),
        ("samples", "aes-128-gcm:player", "sound has none"),
        ("packets", "aes-128-gcm:player,stream=a:0", "sound has none"),
    ] {
        let sheet = sheet(&scene(&path, target, &["plain", panel]), 2);
        let why = sheet.panels[1].why_empty().unwrap_or_default();
        assert!(why.contains(reason), "{panel} of {target}: {why}");
    }
}

#[test]
fn a_poster_says_that_the_picture_is_no_measure_and_numbers_need_no_player() {
    let folder = Folder::new();
    let path = street(&folder, &H264, "street.mp4");
    let scene = scene(&path, "slices", &["aes-128-ctr:player"]);
    let poster = run(Job { parts: Parts::POSTER, ..Job::new(&scene, from_to(3, 3)) }).expect("a sheet");
    assert_eq!(poster[0].panels[0].shows, Some(Err(Blank::Concealed)));
    let report = json([
        "measure",
        &path,
        "aes-128-ctr:player",
        "--target",
        "slices",
        "--frames",
        "3",
        "--format",
        "json",
    ]);
    let row = &report["frames"][0]["panels"][0];
    assert_eq!((&row["word"], row["messages"].as_u64()), (&Value::Null, Some(4)), "{row}");
}

#[test]
fn the_player_of_an_encrypted_file_shows_what_the_program_decodes_without_the_key() {
    let folder = Folder::new();
    let path = encrypted(&folder, &film(&folder), "cenc");
    let arguments = "-threads 1 -i FILE -an -frames:v 20 -fps_mode passthrough -pix_fmt rgba -sws_flags bicubic -f rawvideo -";
    let arguments = arguments.split(' ').map(|part| if part == "FILE" { &*path } else { part });
    let output =
        std::process::Command::new("ffmpeg").args(["-v", "quiet"]).args(arguments).output().expect("ffmpeg");
    let decoded: Vec<&[u8]> = output.stdout.chunks_exact(160 * 96 * 4).collect();
    assert_eq!(decoded.len(), 20, "the program gives pictures");
    for (sheet, expected) in
        sheets(&scene(&path, "packets", &["own:player"]), from_to(0, 19)).iter().zip(decoded)
    {
        let own = picture(&sheet.panels[0]).to_rgba();
        assert!(own == expected, "frame {}", sheet.frame.index);
    }
}

#[test]
fn with_the_content_key_the_original_is_shown_beside_the_player() {
    let folder = Folder::new();
    let clear = film(&folder);
    let path = encrypted(&folder, &clear, "cbcs");
    let keyed = Source::File(path.into()).with_key(Some(KEY.parse().expect("a key")));
    let names = ["plain", "own:player", "aes-128-ctr:player"];
    let both = Scene { source: keyed, ..scene(&clear, "packets", &names) };
    let original = Scene { layout: Layout::RGBA32, ..scene(&clear, "packets", &["plain"]) };
    let (shown, expected) = (sheet(&both, 7), sheet(&original, 7));
    let [plain, own, other] = &shown.panels[..] else { panic!("three panels") };
    assert!(picture(plain).to_rgba() == picture(&expected.panels[0]).to_rgba());
    assert!(correlation(picture(plain), picture(own)).abs() < 0.25);
    assert!(other.why_empty().is_some_and(|why| why.contains("no picture")), "whole packets");
}

/// Encoders with the ending of a file, and targets.
const CODECS: [(&str, &str, &[&str]); 9] = [
    ("libx264 -g 10", "mp4", &["packets", "nal", "slices", "cbcs"]),
    ("libx265 -g 10", "mp4", &["packets", "nal", "cenc"]),
    ("libaom-av1 -cpu-used 8 -g 10", "mkv", &["packets", "nal", "cenc"]),
    ("libvpx-vp9 -g 10", "webm", &["packets", "cenc"]),
    ("mpeg4 -g 10", "mp4", &["packets", "cenc"]),
    ("mjpeg", "mov", &["packets", "slices"]),
    ("mjpeg -q:v 2 -pix_fmt yuvj444p", "avi", &["packets", "slices"]),
    ("prores_ks", "mov", &["packets", "slices"]),
    ("png", "mov", &["packets", "cenc"]),
];

/// The most memory of this process so far, in bytes.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[test]
fn players_of_random_packets_neither_crash_nor_take_much_time_or_memory() {
    let folder = Folder::new();
    let (start, before) = (Instant::now(), peak_bytes());
    let mut played = 0;
    for (n, (codec, ending, targets)) in CODECS.iter().enumerate() {
        let name = format!("film-{n}.{ending}");
        let codec: Vec<&str> = ["-c:v"].into_iter().chain(codec.split(' ')).collect();
        let source = ["-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "20"];
        let path = folder.ffmpeg(&name, &[&source[..], &codec].concat());
        for target in *targets {
            let panels: &[&str] = match *target {
                "cenc" => &["aes-128-ctr:player"],
                "cbcs" => &["aes-128-cbc+fixed-iv:player"],
                _ => &["aes-128-ctr:player", "aes-128-ecb:player", "aes-256-gcm:player"],
            };
            for sheet in sheets(&scene(&path, target, panels), from_to(0, 19)) {
                for panel in &sheet.panels {
                    let is_told = panel.note.is_some() || picture(panel).shape == sheet.frame.shape;
                    assert!(is_told, "{codec:?} {target}: {:?}", panel.note);
                    played += 1;
                }
            }
        }
    }
    assert!(played >= 300, "{played} packets");
    assert!(start.elapsed() < Duration::from_mins(5), "{:?}", start.elapsed());
    // Decoders of 160 × 96 pixels and their tables; other tests run in this process, too.
    let grown = peak_bytes() - before;
    assert!(grown < 1 << 30, "{grown} bytes");
}

#[test]
fn figures_clips_and_scenes_take_the_lens() {
    let folder = Folder::new();
    let path = street(&folder, &H264, "street.mp4");
    let (figure, clip) = (folder.at("figure.png"), folder.at("clip.mp4"));
    let panels = ["plain", "aes-128-ctr:player,target=slices"];
    stdout([&["figure", &path][..], &panels, &["--frame", "4", "-o", &figure]].concat());
    assert!(folder.read("figure.png").starts_with(b"\x89PNG"));
    stdout([&["clip", &path][..], &panels, &["--frames", "0-9", "-o", &clip]].concat());
    let frames = ffmpeg(["-i", &clip, "-f", "framemd5", "-"], &[]).stdout;
    let frames = String::from_utf8(frames).expect("text");
    assert_eq!(frames.lines().filter(|line| !line.starts_with('#')).count(), 10);
}
