//! The lens `footprint` and its numbers: against a second computation from `packets` and FFmpeg's own frames, and both sides of its claim.

use afterimage::lens::{Blank, GROUND};
use afterimage::payload::Target;
use afterimage::picture::layout::Layout;
use afterimage::render::RenderedPanel;
use afterimage::scene::Scene;
use serde_json::Value;

use super::encoded::number;
use crate::encryption::films::{KEY, encrypted};
use crate::encryption::own::by_ffmpeg;
use crate::ffmpeg::{ffmpeg, ffmpeg_that_may_fail};
use crate::folder::Folder;
use crate::program::json;
use crate::{reading, sheets};

/// A picture with as much detail as its distance from the top left corner: noise on a ramp, which moves slowly.
const UNEVEN: &str =
    "nullsrc=s=640x368:r=10,geq=lum='110+(X+Y)/9*(random(1)-0.5)+8*sin(X/40+N)':cb=128:cr=128";

/// Three frames as `ProRes` with slices of at most this number of macroblocks, and bits enough for any detail.
fn prores(folder: &Folder, name: &str, source: &str, macroblocks: &str) -> String {
    let encoder = ["-c:v", "prores_ks", "-mbs_per_slice", macroblocks, "-bits_per_mb", "8000"];
    let input = ["-f", "lavfi", "-i", source, "-frames:v", "3"];
    folder.ffmpeg(name, &[&input[..], &encoder].concat())
}

fn measured(source: &str, more: &[&str]) -> Vec<Value> {
    let arguments = [&["measure", source, "--format", "json", "--layout", "gray8"], more].concat();
    json(arguments)["frames"].as_array().expect("a list").clone()
}

/// Ranks of numbers, equal ones at their mean.
fn ranks(numbers: &[f64]) -> Vec<f64> {
    let rank = |number: &f64| {
        let below = numbers.iter().filter(|other| *other < number).count();
        let equal = numbers.iter().filter(|other| other.total_cmp(number).is_eq()).count();
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    numbers.iter().map(rank).collect()
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let [of_one, of_other] = [mean(one), mean(other)];
    let product = |one: &[f64], other: &[f64], [a, b]: [f64; 2]| -> f64 {
        one.iter().zip(other).map(|(x, y)| (x - a) * (y - b)).sum()
    };
    product(one, other, [of_one, of_other])
        / (product(one, one, [of_one; 2]) * product(other, other, [of_other; 2])).sqrt()
}

/// The rank correlation of the slices that `packets` lists for a frame with the detail of that frame as FFmpeg decodes it. The slices
/// must be whole macroblocks in one row each.
fn second_rho(path: &str, frame: usize, (width, height): (usize, usize)) -> (usize, f64) {
    let luma = ffmpeg(["-i", path, "-pix_fmt", "gray", "-f", "rawvideo", "-"], &[]).stdout;
    let luma = &luma[frame * width * height..][..width * height];
    let at = |x: isize, y: isize| {
        let [x, y] =
            [(x, width), (y, height)].map(|(at, end)| at.clamp(0, end.cast_signed() - 1).cast_unsigned());
        f64::from(luma[y * width + x])
    };
    let magnitude = |x: usize, y: usize| {
        let (x, y) = (x.cast_signed(), y.cast_signed());
        let column = |dx: isize| at(x + dx, y - 1) + 2.0 * at(x + dx, y) + at(x + dx, y + 1);
        let row = |dy: isize| at(x - 1, y + dy) + 2.0 * at(x, y + dy) + at(x + 1, y + dy);
        (column(1) - column(-1)).hypot(row(1) - row(-1))
    };
    let range = frame.to_string();
    let listed = json(["packets", path, "--target", "slices", "--frames", &range, "--format", "json"]);
    let (mut sizes, mut details) = (Vec::new(), Vec::new());
    for slice in listed["messages"].as_array().expect("a list") {
        let of = |name: &str| usize::try_from(number(&slice[name])).expect("small");
        let (x, y, pixels) = (of("first_pixel_x"), of("first_pixel_y"), of("pixels"));
        let rows = 16.min(height - y);
        let columns = pixels / rows;
        sizes.push((of("bytes") - of("clear_bytes")) as f64 / pixels as f64);
        let places = (y..y + rows).flat_map(|y| (x..x + columns).map(move |x| (x, y)));
        details.push(places.map(|(x, y)| magnitude(x, y)).sum::<f64>() / pixels as f64);
    }
    (sizes.len(), correlation(&ranks(&sizes), &ranks(&details)))
}

/// The panels of a frame of a source.
fn rendered(source: &str, panels: &[&str], target: Target, frame: u64) -> Vec<RenderedPanel> {
    let source = source.parse().expect("a source");
    let scene = Scene { panels: sheets::panels(panels), target, ..Scene::of(source) };
    sheets::sheet(&scene, frame).panels
}

/// The pixels of a panel's picture.
fn pixels(panel: &RenderedPanel) -> &[[u8; 4]] {
    panel.picture.as_ref().expect("a picture").pixels()
}

#[test]
fn sizes_of_slices_follow_the_picture_as_a_second_computation_finds() {
    let folder = Folder::new();
    for (macroblocks, slices) in [("1", 40 * 23), ("2", 20 * 23), ("8", 5 * 23)] {
        let path = prores(&folder, &format!("uneven-{macroblocks}.mov"), UNEVEN, macroblocks);
        let frames = measured(&path, &["aes-128-ecb", "aes-128-gcm", "--target", "slices"]);
        for (index, frame) in frames.iter().enumerate() {
            let (count, rho) = second_rho(&path, index, (640, 368));
            for panel in frame["panels"].as_array().expect("a list") {
                assert_eq!(
                    (number(&panel["footprint_pieces"]), count as u64),
                    (slices, slices),
                    "{macroblocks}"
                );
                let found = panel["footprint_rho"].as_f64().expect("a number");
                assert!((found - rho).abs() < 1e-6, "{macroblocks}: {found} and {rho}");
                assert!(found >= 0.85, "{macroblocks}: {found}");
                assert_eq!(panel["word"], "footprint", "{}", panel["panel"]);
            }
        }
    }
}

#[test]
fn a_gray_frame_has_a_flat_footprint_and_noise_has_none() {
    let folder = Folder::new();
    // 1080 rows are not whole macroblocks.
    let gray = prores(&folder, "gray.mov", "color=c=gray:s=320x1080:r=10", "1");
    for frame in measured(&gray, &["aes-128-ecb", "aes-128-gcm", "--target", "slices"]) {
        for panel in frame["panels"].as_array().expect("a list") {
            assert_eq!(number(&panel["footprint_pieces"]), 20 * 68);
            assert_ne!(panel["word"], "footprint");
        }
    }
    for panel in rendered(&gray, &["aes-128-ecb:footprint", "aes-128-gcm:footprint"], Target::Slices, 1) {
        assert_eq!(panel.blank, Some(Blank::SlicesAlike));
        assert!(pixels(&panel).iter().all(|pixel| pixel == &pixels(&panel)[0]));
    }
    let noise = prores(&folder, "noise.mov", "color=c=gray:s=640x368:r=10,noise=alls=60:allf=t", "1");
    for frame in measured(&noise, &["aes-128-gcm", "--target", "slices"]) {
        let panel = &frame["panels"][0];
        assert_eq!(panel["word"], "noise", "{}", panel["footprint_rho"]);
    }
}

#[test]
fn the_picture_is_the_same_under_every_scheme_and_where_boundaries_are_encrypted_there_is_none() {
    let folder = Folder::new();
    let path = prores(&folder, "uneven.mov", UNEVEN, "2");
    let panels = ["aes-128-ecb:footprint", "aes-128-gcm:footprint", "chacha20-poly1305:footprint"];
    let all = rendered(&path, &panels, Target::Slices, 1);
    assert!(all.iter().all(|panel| panel.blank.is_none() && panel.why_empty().is_none()));
    assert!(all.windows(2).all(|pair| pixels(&pair[0]) == pixels(&pair[1])));
    // Slices of two macroblocks: a picture of at most 20 × 23 different cells.
    for (at, pixel) in pixels(&all[0]).iter().enumerate() {
        let (x, y) = (at % 640, at / 640);
        assert_eq!(pixel, &pixels(&all[0])[y / 16 * 16 * 640 + x / 32 * 32]);
    }
    for target in [Target::Packets, Target::File] {
        let [panel] = &rendered(&path, &["aes-128-gcm:footprint"], target, 1)[..] else {
            panic!("one panel")
        };
        let why = panel.why_empty().expect("a reason");
        assert!(why.contains("where slices begin") && why.contains(target.name()), "{why}");
    }
    let refused = rendered(&path, &["aes-128-gcm:footprint"], Target::Pixels, 1);
    assert!(refused[0].why_empty().is_some_and(|why| why.contains("messages")));
}

/// H.264 with slices of four macroblocks, of a still background and a box that moves.
fn h264(folder: &Folder) -> String {
    let source = "testsrc2=s=320x192:r=10[sheet];color=c=white:s=64x64:r=10,noise=alls=80:allf=t[box];\
                  [sheet]trim=end_frame=1,loop=9:1[still];[still][box]overlay=x=n*16:y=64";
    let x264 = ["-c:v", "libx264", "-x264-params", "slice-max-mbs=4:bframes=0:keyint=20:aq-mode=0"];
    let input = ["-f", "lavfi", "-i", source, "-frames:v", "8", "-pix_fmt", "yuv420p"];
    folder.ffmpeg("h264.mp4", &[&input[..], &x264].concat())
}

#[test]
fn slices_of_h264_draw_the_picture_in_slices_and_in_common_encryption_alike() {
    let folder = Folder::new();
    let path = h264(&folder);
    let of_slices = measured(&path, &["aes-128-ecb", "--target", "slices"]);
    for (target, scheme) in [("cenc", "aes-128-ctr"), ("cbcs", "aes-128-cbc+fixed-iv")] {
        let frames = measured(&path, &[scheme, "--target", target]);
        assert_eq!(frames.len(), of_slices.len());
        for (frame, of_slices) in frames.iter().zip(&of_slices) {
            for name in ["footprint_pieces", "footprint_rho"] {
                assert_eq!(frame["panels"][0][name], of_slices["panels"][0][name], "{target} {name}");
            }
        }
    }
    let key = &of_slices[0]["panels"][0];
    assert_eq!(number(&key["footprint_pieces"]), 60);
    let (count, rho) = second_rho(&path, 0, (320, 192));
    assert_eq!(count, 60);
    assert!((key["footprint_rho"].as_f64().expect("a number") - rho).abs() < 1e-6);
}

#[test]
fn changed_slices_are_those_of_what_moves() {
    let folder = Folder::new();
    let path = h264(&folder);
    let panels = ["aes-128-ecb:footprint,change=yes", "aes-128-gcm:footprint,change=yes"];
    // Macroblocks of frame 4 that the box covers there or in frame 3, and those that are far from it.
    let is_near = |x: usize, y: usize| (32..144).contains(&x) && (48..144).contains(&y);
    for panel in rendered(&path, &panels, Target::Slices, 4) {
        let painted: Vec<usize> = pixels(&panel)
            .iter()
            .enumerate()
            .filter(|(_, pixel)| **pixel != GROUND)
            .map(|(at, _)| at)
            .collect();
        let near = painted.iter().filter(|&&at| is_near(at % 320, at / 320)).count();
        assert!(near > 2000, "{}: {near} near the box", panel.panel);
        // Slices are 64 pixels wide, and some macroblocks next to the box differ too.
        let far = painted.iter().filter(|&&at| !(0..208).contains(&(at % 320)) || at / 320 < 32).count();
        assert!(far * 5 < painted.len(), "{}: {far} of {} far from the box", panel.panel, painted.len());
    }
    let first = rendered(&path, &panels[..1], Target::Slices, 0);
    assert_eq!(first[0].blank, Some(Blank::FirstFrame));
}

#[test]
fn encrypted_files_show_the_footprint_if_their_slice_headers_are_clear() {
    let folder = Folder::new();
    let path = h264(&folder);
    let clear = rendered(&path, &["aes-128-ctr:footprint"], Target::Slices, 0);
    for target in ["cenc", "cbcs"] {
        let encrypted = encrypted(&folder, &path, target);
        let own = rendered(&encrypted, &["own:footprint"], Target::Packets, 0);
        assert_eq!(pixels(&own[0]), pixels(&clear[0]), "{target}");
        let without_key = measured(&encrypted, &["own"]);
        let panel = &without_key[0]["panels"][0];
        assert_eq!(
            (number(&panel["footprint_pieces"]), &panel["footprint_rho"]),
            (60, &Value::Null),
            "{target}"
        );
        let with_key = measured(&encrypted, &["own", "--content-key", KEY]);
        let rho = with_key[0]["panels"][0]["footprint_rho"].as_f64().expect("the original is known");
        let expected =
            measured(&path, &["aes-128-ecb", "--target", "slices"])[0]["panels"][0]["footprint_rho"].clone();
        assert_eq!(Some(rho), expected.as_f64(), "{target}");
    }
    let whole = by_ffmpeg(&folder, &path, KEY);
    let own = rendered(&whole, &["own:footprint"], Target::Packets, 0);
    assert_eq!(own[0].blank, Some(Blank::NoSlices), "the headers of slices are encrypted");
    assert_eq!(number(&measured(&whole, &["own"])[0]["panels"][0]["footprint_pieces"]), 0);
}

#[test]
fn restart_intervals_of_jpeg_have_a_footprint_and_one_slice_has_none() {
    let folder = Folder::new();
    let restart = ["-c:v", "mjpeg", "-slices", "8", "-threads", "8", "-thread_type", "slice", "-q:v", "2"];
    let source = "nullsrc=s=320x192:r=10,geq=lum='110+Y/2*(random(1)-0.5)':cb=128:cr=128";
    let input = ["-f", "lavfi", "-i", source, "-frames:v", "2", "-pix_fmt", "yuvj420p"];
    let path = folder.ffmpeg("restart.mov", &[&input[..], &restart].concat());
    let [panel] = &rendered(&path, &["aes-128-gcm:footprint"], Target::Slices, 1)[..] else { panic!("one") };
    let levels: Vec<u8> = (0..8).map(|band| pixels(panel)[(band * 24 + 4) * 320][0]).collect();
    assert!(levels.is_sorted() && levels[0] < 60 && levels[7] > 200, "more noise below: {levels:?}");
    let whole = folder.ffmpeg("whole.mov", &[&input[..], &["-c:v", "mjpeg", "-threads", "1"]].concat());
    let one = rendered(&whole, &["aes-128-gcm:footprint"], Target::Slices, 1);
    assert_eq!(one[0].blank, Some(Blank::OneSlice));
}

#[test]
fn a_memory_of_several_frames_averages_what_the_encoder_varies() {
    let folder = Folder::new();
    let path = prores(&folder, "uneven.mov", UNEVEN, "1");
    let scene = |memory: u32| Scene {
        panels: sheets::panels(&["aes-128-gcm:footprint"]),
        target: Target::Slices,
        memory: memory.try_into().expect("not 0"),
        ..Scene::of(path.parse().expect("a source"))
    };
    // The noise of neighbouring slices differs, their detail does not: the picture of three frames is smoother.
    let roughness = |memory: u32| {
        let sheet = sheets::sheet(&scene(memory), 2);
        let levels: Vec<f64> = pixels(&sheet.panels[0]).iter().map(|pixel| f64::from(pixel[0])).collect();
        let step = |at: usize| (levels[at] - levels[at + 16]).abs();
        (0..368 / 16)
            .flat_map(|row| (0..39).map(move |column| row * 16 * 640 + column * 16))
            .map(step)
            .sum::<f64>()
    };
    let [one, three] = [roughness(1), roughness(3)];
    assert!(three < 0.8 * one, "{three} and {one}");
}

/// The film with a display matrix that turns it clockwise.
fn turned(folder: &Folder, flat: &str, degrees: &str) -> String {
    let name = format!("turned-{degrees}.mp4");
    let counterclockwise = (360 - degrees.parse::<u32>().expect("degrees")).to_string();
    let path = folder.at(&name);
    // FFmpeg 6.0 has the option; before, a tag makes the matrix.
    let output = ffmpeg_that_may_fail([
        "-v",
        "error",
        "-y",
        "-display_rotation",
        &counterclockwise,
        "-i",
        flat,
        "-c",
        "copy",
        &path,
    ]);
    if !output.status.success() {
        let tag = format!("rotate={degrees}");
        return folder.ffmpeg(&name, &["-i", flat, "-c", "copy", "-metadata:s:v", &tag]);
    }
    path
}

#[test]
fn the_footprint_of_a_turned_film_is_turned_with_it() {
    let folder = Folder::new();
    let flat = h264(&folder);
    let rho = |path: &str| {
        let frames = measured(path, &["aes-128-ecb", "--target", "slices", "--frames", "0"]);
        frames[0]["panels"][0]["footprint_rho"].as_f64().expect("a number")
    };
    let upright = rendered(&flat, &["aes-128-ecb:footprint"], Target::Slices, 0);
    let mut seen = Vec::new();
    for name in ["90", "180", "270"] {
        let path = turned(&folder, &flat, name);
        let degrees = reading::reader(&path, Layout::GRAY8).info().rotation_degrees;
        seen.push(degrees);
        // Where a pixel of the upright picture of 320 x 192 is in the turned one.
        let place = |x: usize, y: usize| match degrees {
            90 => (191 - y, x),
            180 => (319 - x, 191 - y),
            _ => (y, 319 - x),
        };
        let panel = rendered(&path, &["aes-128-ecb:footprint"], Target::Slices, 0).remove(0);
        let width = if degrees == 180 { 320 } else { 192 };
        let is_same = |(at, pixel): (usize, &[u8; 4])| {
            let (x, y) = place(at % 320, at / 320);
            pixels(&panel)[y * width + x] == *pixel
        };
        assert!(pixels(&upright[0]).iter().enumerate().all(is_same), "{name}");
        assert!((rho(&path) - rho(&flat)).abs() < 0.02, "{name}: {} and {}", rho(&path), rho(&flat));
    }
    seen.sort_unstable();
    assert_eq!(seen, [90, 180, 270]);
}
