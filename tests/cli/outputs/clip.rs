//! Clips, read by the program's own reader.

use std::path::Path;

use afterimage::picture::Frame;
use afterimage::picture::layout::Layout;

use super::figure::Figure;
use crate::folder::Folder;
use crate::program::{afterimage, refused, stdout};
use crate::reading::{self, reader};

/// Every frame of a file.
fn frames(path: &Path) -> Vec<Frame> {
    reading::frames(path, Layout::RGB24)
}

fn brightness([r, g, b]: [u8; 3]) -> f64 {
    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
}

/// A film of ten frames. The later ones are shown twice as long.
fn uneven_film(folder: &Folder) -> String {
    let film = "testsrc2=size=481x35:rate=10:duration=1,setpts='if(lt(N,5),N,2*N-5)/10/TB'";
    let vfr = ["-f", "lavfi", "-i", film, "-fps_mode", "vfr", "-pix_fmt", "yuv444p", "-c:v", "ffv1"];
    folder.ffmpeg("film.mkv", &vfr)
}

#[test]
fn a_clip_has_the_figures_of_its_frames_at_their_times() {
    let folder = Folder::new();
    let film = uneven_film(&folder);
    let panels = ["plain", "aes-128-ecb", "aes-128-gcm"];
    let (out, scene) = (folder.at("clip.mp4"), folder.at("clip.toml"));
    let options = ["--frames", "3-7", "-o", &out, "--save-scene", &scene];
    stdout(["clip", &film].iter().chain(&panels).chain(&options));
    let clip = frames(&folder.path("clip.mp4"));
    let source = frames(&folder.path("film.mkv"));
    let times: Vec<f64> = clip.iter().map(|frame| frame.time_secs).collect();
    let expected = source[3..=7].iter().map(|frame| frame.time_secs - source[3].time_secs);
    assert_eq!(times.len(), 5);
    for (time, expected) in times.iter().zip(expected) {
        assert!((time - expected).abs() < 1e-3, "{times:?}");
    }
    assert!((clip[4].duration_secs - 0.2).abs() < 1e-3, "the last frame lasts until the time of frame 8");

    let png = folder.at("figure.png");
    for (at, frame) in [(0, "3"), (4, "7")] {
        let options = ["--frame", frame, "--theme", "dark", "-o", &png];
        stdout(["figure", &film].iter().chain(&panels).chain(&options));
        let figure = Figure::read(&folder.read("figure.png"));
        let (width, height) = (clip[at].shape.width, clip[at].shape.height);
        assert!(width % 2 == 0 && height % 2 == 0, "players need even sizes");
        let shown = Figure::of(width as usize, clip[at].bytes.to_vec());
        for (place, panel) in figure.panels().iter().zip(panels) {
            let [drawn, shown] =
                [&figure, &shown].map(|it| it.pixels(place).into_iter().map(brightness).collect::<Vec<_>>());
            let mean = |it: &mut dyn Iterator<Item = f64>| it.sum::<f64>() / drawn.len() as f64;
            let off = mean(&mut drawn.iter().zip(&shown).map(|(one, other)| (one - other).abs()));
            // Codecs change noise most. Another frame's noise would differ by 50.
            assert!(off < 14.0, "{panel} of frame {frame} is off by {off}");
        }
        let is_noise = figure.text("Description").contains("AES-128-GCM as ciphertext: noise");
        assert!(is_noise, "the last panel of the figure is noise");
    }
    assert!(folder.read_text("clip.toml").contains("frame = 3"));
}

#[test]
fn the_ending_of_the_name_selects_the_format() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    for (ending, codec) in [("mkv", "h264"), ("webm", "vp9"), ("gif", "gif")] {
        let out = folder.at(&format!("clip.{ending}"));
        stdout(["clip", &film, "plain", "--frames", "0-2", "-o", &out]);
        assert_eq!(reader(&out, Layout::RGB24).info().codec, codec);
        let frames = frames(&folder.path(&format!("clip.{ending}")));
        assert_eq!(frames.len(), 3, "{ending}");
        assert!((frames[2].time_secs - 0.2).abs() < 0.011, "{ending}");
    }
    for name in ["clip.avi", "clip", "mp4"] {
        let message = refused(2, ["clip", &film, "-o", &folder.at(name)]);
        assert!(message.contains(".mp4, .mkv, .webm, .gif") && message.contains(name), "{message}");
    }
    let piped = afterimage(["clip", &film, "plain", "--frames", "0-1", "-o", "-"]).assert().success();
    assert_eq!(piped.get_output().stdout[..4], [0x1a, 0x45, 0xdf, 0xa3], "a clip to a pipe is Matroska");
}

#[test]
fn a_clip_of_a_still_lasts_one_second() {
    let folder = Folder::new();
    let picture = folder.ffmpeg("still.png", &["-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1"]);
    stdout(["clip", &picture, "plain", "-o", &folder.at("still.mp4")]);
    let frames = frames(&folder.path("still.mp4"));
    assert_eq!(frames.len(), 1);
    assert!((frames[0].duration_secs - 1.0).abs() < 1e-3, "{}", frames[0].duration_secs);
}

#[test]
fn a_clip_that_cannot_be_written_is_an_error_and_no_file_is_left() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    let message = refused(1, ["clip", &film, "-o", &folder.at("no/such/clip.mp4")]);
    assert!(message.contains("name a file in a folder that exists"), "{message}");
    let message = refused(1, ["clip", &film, "plain", "--frames", "5-50", "-o", &folder.at("clip.mp4")]);
    assert!(message.contains("there is no frame 50"), "{message}");
    assert_eq!(folder.names(), ["film.mkv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = Folder::new();
    let film = folder.film("film.mkv", 96, 64);
    std::os::unix::fs::symlink("/dev/full", folder.path("full.mp4")).expect("a link");
    let message = refused(1, ["clip", &film, "plain", "--frames", "0-1", "-o", &folder.at("full.mp4")]);
    assert!(message.contains("full.mp4") && message.contains("No space left"), "{message}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_clip_leaves_no_file() {
    let folder = Folder::new();
    let work = ["clip", "pattern:noise", "plain", "aes-128-ctr", "-o", &folder.at("clip.mp4")];
    super::stopped::assert_interruptible(&work, &folder);
}

#[test]
fn the_frames_of_a_list_play_one_after_the_other_for_their_durations() {
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
fn a_frame_of_another_shape_keeps_its_aspect_ratio() {
    let folder = Folder::new();
    // Red: a figure has nothing else in red.
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
    // The first shape fixes the size of the panels: three pixels for each pixel of the video.
    for (at, (width, height)) in [(0, (480, 288)), (4, (96, 160)), (8, (480, 72))] {
        let (found_width, found_height) = shown[at];
        let is_near = found_width.abs_diff(width) <= 4 && found_height.abs_diff(height) <= 4;
        assert!(is_near, "frame {at} is drawn {found_width} × {found_height}, not {width} × {height}");
    }
}
