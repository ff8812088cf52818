//! Clips: read again by the program's own reader, and looked at.

use std::path::Path;
use std::process::Command as Process;

use afterimage::media::{self, Limits, Source};
use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;

use crate::figure::Figure;
use crate::program::{Folder, afterimage, refused, stdout};

/// Every frame of a file.
fn frames(path: &Path) -> Vec<Frame> {
    let source = Source::File(path.into());
    let mut reader =
        media::open(&source, Layout::RGB24, Limits::default(), &Pool::default()).expect("it is a video");
    std::iter::from_fn(|| reader.next_frame().expect("it decodes")).collect()
}

fn brightness([r, g, b]: [u8; 3]) -> f64 {
    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
}

/// A film of ten frames, the later ones shown twice as long.
fn uneven_film(folder: &Folder) -> String {
    let film = "testsrc2=size=481x35:rate=10:duration=1,setpts='if(lt(N,5),N,2*N-5)/10/TB'";
    let vfr = ["-f", "lavfi", "-i", film, "-fps_mode", "vfr", "-pix_fmt", "yuv444p", "-c:v", "ffv1"];
    folder.ffmpeg("film.mkv", &vfr)
}

#[test]
fn a_clip_holds_the_figures_of_its_frames_each_at_its_time() {
    let folder = Folder::new();
    let film = uneven_film(&folder);
    let panels = ["plain", "aes-128-ecb", "aes-128-gcm"];
    let (out, scene) = (folder.at("clip.mp4"), folder.at("clip.toml"));
    let told = ["--frames", "3-7", "-o", &out, "--save-scene", &scene];
    stdout(["clip", &film].iter().chain(&panels).chain(&told));
    let clip = frames(&folder.path("clip.mp4"));
    let source = frames(&folder.path("film.mkv"));
    let times: Vec<f64> = clip.iter().map(|frame| frame.time_secs).collect();
    let expected = source[3..=7].iter().map(|frame| frame.time_secs - source[3].time_secs);
    assert_eq!(times.len(), 5);
    for (time, expected) in times.iter().zip(expected) {
        assert!((time - expected).abs() < 1e-3, "{times:?}");
    }
    assert!((clip[4].duration_secs - 0.2).abs() < 1e-3, "the last one lasts until frame 8 would come");

    let png = folder.at("figure.png");
    for (at, frame) in [(0, "3"), (4, "7")] {
        let told = ["--frame", frame, "--theme", "dark", "-o", &png];
        stdout(["figure", &film].iter().chain(&panels).chain(&told));
        let figure = Figure::read(&folder.read("figure.png"));
        let (width, height) = (clip[at].shape.width, clip[at].shape.height);
        assert!(width % 2 == 0 && height % 2 == 0, "players take even sizes");
        let shown = Figure::of(width as usize, clip[at].bytes.to_vec());
        for (place, panel) in figure.panels().iter().zip(panels) {
            let [drawn, shown] =
                [&figure, &shown].map(|it| it.pixels(place).into_iter().map(brightness).collect::<Vec<_>>());
            let mean = |it: &mut dyn Iterator<Item = f64>| it.sum::<f64>() / drawn.len() as f64;
            let off = mean(&mut drawn.iter().zip(&shown).map(|(one, other)| (one - other).abs()));
            // Noise is what codecs are worst at; other noise would be off by fifty.
            assert!(off < 14.0, "{panel} of frame {frame} is off by {off}");
        }
        let word = figure.text("Description").contains("AES-128-GCM as ciphertext: noise");
        assert!(word, "what is compared with is a figure of noise");
    }
    assert!(String::from_utf8_lossy(&folder.read("clip.toml")).contains("frame = 3"));
}

#[test]
fn the_ending_says_what_the_video_becomes() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    for (ending, codec) in [("mkv", "h264"), ("webm", "vp9"), ("gif", "gif")] {
        let out = folder.at(&format!("clip.{ending}"));
        stdout(["clip", &film, "plain", "--frames", "0-2", "-o", &out]);
        let source = Source::File(out.into());
        let open = media::open(&source, Layout::RGB24, Limits::default(), &Pool::default());
        assert_eq!(open.expect("a video").info().codec, codec);
        let frames = frames(&folder.path(&format!("clip.{ending}")));
        assert_eq!(frames.len(), 3, "{ending}");
        assert!((frames[2].time_secs - 0.2).abs() < 0.011, "{ending}");
    }
    for name in ["clip.avi", "clip", "mp4"] {
        let said = refused(2, ["clip", &film, "-o", &folder.at(name)]);
        assert!(said.contains(".mp4, .mkv, .webm, .gif") && said.contains(name), "{said}");
    }
    let piped = afterimage(["clip", &film, "plain", "--frames", "0-1", "-o", "-"]).assert().success();
    assert_eq!(piped.get_output().stdout[..4], [0x1a, 0x45, 0xdf, 0xa3], "Matroska goes through a pipe");
}

#[test]
fn a_still_is_shown_for_a_while() {
    let folder = Folder::new();
    let picture = folder.ffmpeg("still.png", &["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1"]);
    stdout(["clip", &picture, "plain", "-o", &folder.at("still.mp4")]);
    let frames = frames(&folder.path("still.mp4"));
    assert_eq!(frames.len(), 1);
    assert!((frames[0].duration_secs - 1.0).abs() < 1e-3, "{}", frames[0].duration_secs);
}

#[test]
fn where_nothing_can_be_written_that_is_said_and_nothing_is_left() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    let said = refused(1, ["clip", &film, "-o", &folder.at("no/such/clip.mp4")]);
    assert!(said.contains("name a file in a folder that exists"), "{said}");
    let said = refused(1, ["clip", &film, "plain", "--frames", "5-50", "-o", &folder.at("clip.mp4")]);
    assert!(said.contains("there is no frame 50"), "{said}");
    assert_eq!(folder.names(), ["film.mkv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    std::os::unix::fs::symlink("/dev/full", folder.path("full.mp4")).expect("a link");
    let said = refused(1, ["clip", &film, "plain", "--frames", "0-1", "-o", &folder.at("full.mp4")]);
    assert!(said.contains("full.mp4") && said.contains("No space left"), "{said}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_a_clip() {
    let folder = Folder::new();
    let mut work = std::process::Command::new(env!("CARGO_BIN_EXE_afterimage"));
    work.args(["clip", "pattern:noise", "plain", "aes-128-ctr", "-o", &folder.at("clip.mp4")]);
    crate::stopped::interrupted(&mut work, "-INT", &folder);
}

/// How long each picture of a file is shown, in hundredths of a second, as the ffmpeg program reads it.
fn hundredths(folder: &Folder, name: &str) -> Vec<f64> {
    let entries = ["-v", "error", "-show_entries", "packet=duration_time", "-of", "csv=p=0"];
    let told =
        Process::new("ffprobe").args(entries).arg(folder.path(name)).output().expect("the ffprobe program");
    let told = String::from_utf8(told.stdout).expect("text");
    let secs = told.lines().map(|line| line.trim_end_matches(',').parse::<f64>().expect("a duration"));
    secs.map(|secs| (secs * 100.0).round()).collect()
}

/// A GIF whose pictures are shown for so many hundredths of a second. The delays are written here: each version of the
/// program takes other options for them.
fn gif_with_delays(folder: &Folder, name: &str, delays: &[u16]) -> String {
    let film = format!("testsrc2=size=32x32:rate=10:duration={}", delays.len() as f64 / 10.0);
    folder.ffmpeg(name, &["-f", "lavfi", "-i", &film]);
    let mut bytes = folder.read(name);
    // The graphic control extension: its introducer, label and length, flags, and the delay.
    let starts = bytes.windows(3).enumerate().filter(|(_, it)| it == b"\x21\xf9\x04").map(|(at, _)| at);
    let starts: Vec<usize> = starts.collect();
    assert_eq!(starts.len(), delays.len());
    for (at, delay) in starts.into_iter().zip(delays) {
        bytes[at + 4..at + 6].copy_from_slice(&delay.to_le_bytes());
    }
    folder.write(name, bytes)
}

#[test]
fn a_gif_keeps_the_delays_of_its_source_to_the_last() {
    let folder = Folder::new();
    gif_with_delays(&folder, "quick.gif", &[200, 1, 50]);
    let made = hundredths(&folder, "quick.gif");
    assert!([10.0, 1.0].contains(&made[1]), "a delay of one is ten to FFmpeg up to version 8: {made:?}");
    let source = gif_with_delays(&folder, "source.gif", &[200, 2, 50]);
    assert_eq!(hundredths(&folder, "source.gif"), [200.0, 2.0, 50.0]);
    stdout(["clip", &source, "plain", "-o", &folder.at("clip.gif")]);
    assert_eq!(hundredths(&folder, "clip.gif"), [200.0, 2.0, 50.0]);
}

#[test]
fn a_gif_runs_in_real_time_with_no_delay_that_players_would_stretch() {
    let folder = Folder::new();
    for rate in ["24000/1001", "30", "50", "60000/1001", "60", "100", "240"] {
        let film = format!("testsrc2=size=32x32:rate={rate}:duration=1");
        let film = folder.ffmpeg("film.mkv", &["-f", "lavfi", "-i", &film, "-c:v", "ffv1"]);
        stdout(["clip", &film, "plain", "-o", &folder.at("clip.gif")]);
        let delays = hundredths(&folder, "clip.gif");
        assert!(delays.iter().all(|&delay| delay >= 2.0), "{rate}: {delays:?}");
        let (all, of) = (delays.iter().sum::<f64>(), frames(&folder.path("film.mkv")));
        let secs = of.last().map_or(0.0, |last| last.time_secs + last.duration_secs);
        assert!((all / 100.0 - secs).abs() <= 0.01 * secs + 0.005, "{rate}: {all} hundredths of {secs} s");
        assert!(delays.len() >= of.len().min(48), "{rate}: {} of {} pictures", delays.len(), of.len());
    }
}

#[test]
fn the_frames_of_a_list_play_one_after_the_other_each_for_its_time() {
    let folder = Folder::new();
    let film = uneven_film(&folder);
    stdout(["clip", &film, "plain", "--frames", "8,2,5-6", "-o", &folder.at("clip.mp4")]);
    let (clip, source) = (frames(&folder.path("clip.mp4")), frames(&folder.path("film.mkv")));
    let mut due_secs = 0.0;
    assert_eq!(clip.len(), 4);
    for (shown, frame) in clip.iter().zip([2, 5, 6, 8]) {
        let lasts_secs = source[frame + 1].time_secs - source[frame].time_secs;
        assert!((shown.time_secs - due_secs).abs() < 2e-3, "frame {frame} at {}", shown.time_secs);
        assert!((shown.duration_secs - lasts_secs).abs() < 2e-3, "{frame} for {}", shown.duration_secs);
        due_secs += lasts_secs;
    }
}

#[test]
fn a_picture_whose_shape_changes_on_the_way_keeps_its_proportions() {
    let folder = Folder::new();
    // Red, which nothing else of a figure is.
    let parts = ["160x96", "96x160", "640x96"].map(|size| {
        let film = format!("color=red:size={size}:rate=25:duration=0.12");
        folder.ffmpeg(&format!("{size}.h264"), &["-f", "lavfi", "-i", &film, "-c:v", "libx264"]);
        folder.read(&format!("{size}.h264"))
    });
    let film = folder.write("film.h264", parts.concat());
    let out = folder.at("clip.mkv");
    stdout(["clip", &film, "plain", "-o", &out]);
    let shown: Vec<(usize, usize)> = frames(&folder.path("clip.mkv"))
        .iter()
        .map(|frame| {
            let is_red = |pixel: &[u8; 3]| pixel[0] > 150 && pixel[1] < 90 && pixel[2] < 90;
            let rows = frame.bytes.as_chunks::<3>().0.chunks_exact(frame.shape.width as usize);
            let reds: Vec<usize> = rows.map(|row| row.iter().filter(|pixel| is_red(pixel)).count()).collect();
            let widest = reds.iter().copied().max().unwrap_or(0);
            (widest, reds.iter().filter(|&&red| red * 2 > widest && red > 0).count())
        })
        .collect();
    assert_eq!(shown.len(), 9);
    // The first fixes the panels, three pixels for one.
    for (at, (width, height)) in [(0, (480, 288)), (4, (96, 160)), (8, (480, 72))] {
        let (found_width, found_height) = shown[at];
        let is_near = found_width.abs_diff(width) <= 4 && found_height.abs_diff(height) <= 4;
        assert!(is_near, "frame {at} is drawn {found_width} × {found_height}, not {width} × {height}");
    }
}
