//! The program as a process on a virtual display: it plays, and every panel on the screen shows what its caption says.
#![cfg(target_os = "linux")]

mod display;
mod pictures;
mod process;
#[path = "../common/program.rs"]
mod program;
#[path = "../common/sheets.rs"]
mod sheets;
mod user;

use std::time::Instant;

use afterimage::payload::Target;
use afterimage::scene::{Panel, Scene};
use image::GrayImage;

use display::{Display, TIMEOUT};
use pictures::{correlation, edges, reduced, reduced_picture, reference};
use process::App;
use user::use_window;

#[test]
fn the_program_plays_and_every_panel_shows_what_its_caption_says() {
    let display = Display::start(1280, 800);
    let settings = tempfile::tempdir().expect("a folder for settings");
    let mut app = App::start(&display, settings.path(), &["demo", "--verbose"]);
    // On a machine without a GPU the renderer is OpenGL or Vulkan in software.
    app.line("renderer ");
    let reference = reference(&Panel::defaults(), 0);
    let panels: Vec<Panel> = reference.iter().map(|(panel, _)| *panel).collect();
    let expected: Vec<Vec<f64>> = reference.iter().map(|(_, picture)| reduced_picture(picture)).collect();
    let seen = |app: &mut App, shot: &GrayImage| -> Vec<Vec<f64>> {
        app.places(&panels).into_iter().map(|place| reduced(shot, place)).collect()
    };

    // The video plays: the first panel shows the demo, and then a different frame of it.
    let mut first = Vec::new();
    display.wait_for("the demo", |shot| {
        first = seen(&mut app, shot).swap_remove(0);
        correlation(&first, &expected[0]) > 0.5
    });
    display.wait_for("movement in the first panel", |shot| {
        let now = &seen(&mut app, shot)[0];
        *now != first && correlation(now, &expected[0]) > 0.5
    });

    // Paused at frame 0, every panel shows the picture that was rendered without a window.
    display.key("space");
    display.key("Home");
    let mut held = Vec::new();
    display.wait_for("frame 0 in all panels", |shot| {
        held = seen(&mut app, shot);
        let agreements = held.iter().zip(&expected).map(|(seen, expected)| correlation(seen, expected));
        agreements.zip([0.99, 0.9, 0.95, 0.7]).all(|(agreement, least)| agreement > least)
    });
    // Both sides of the claim: under ECB the lens tone shows shading, perhaps as a negative, and its gaps are the edges. Under
    // GCM it shows neither.
    let edges = edges(&expected[0]);
    let shading = |panel: usize| correlation(&held[panel], &expected[0]).abs();
    let gaps = |panel: usize| -correlation(&held[panel], &edges);
    assert!(shading(2) > 0.2, "tone under ECB shows no shading: the correlation is {}", shading(2));
    assert!(gaps(2) > 0.1, "its gaps are not the edges: the correlation is {}", gaps(2));
    for by in [shading(3), gaps(3).abs()] {
        assert!(by < 0.08, "GCM correlates with shading or edges by {by}");
    }

    use_window(&display, &mut app, &panels, settings.path());

    // The thread of the window has the highest priority.
    let window = app.nice_values("afterimage");
    for thread in ["decode", "render", "share 0"] {
        let values = app.nice_values(thread);
        assert!(!values.is_empty() && values.iter().all(|value| *value >= 2), "{thread}: {values:?}");
        assert!(values.iter().min() >= window.iter().min(), "{thread}: {values:?}, window: {window:?}");
    }

    // Closing the window ends the program.
    display.key("ctrl+q");
    let deadline = Instant::now() + TIMEOUT;
    while app.process.0.try_wait().expect("its status").is_none() {
        assert!(Instant::now() < deadline, "the program runs on after its window was closed");
        std::thread::yield_now();
    }
}

/// Where the last lessons stand once the list of lessons is scrolled to its end: the one of the key of a whole meeting.
const LESSON_OF_ONE_KEY: (u32, u32) = (160, 365);

#[test]
fn a_lesson_on_a_call_shows_the_picture_to_who_has_the_key_and_outlines_to_the_listener() {
    let display = Display::start(1280, 800);
    let settings = tempfile::tempdir().expect("a folder for settings");
    let mut app = App::start(&display, settings.path(), &["pattern:bars", "--verbose"]);
    app.line("renderer ");
    app.line("panel 4 ");
    let source = "call:media=raw";
    let panels: Vec<Panel> = ["plain", "own:repeats,observer=participant", "own:repeats,observer=wire"]
        .map(|panel| panel.parse().expect("a panel"))
        .to_vec();
    let list = (10, 90, 310, 590);
    display.changing(list, || display.key("n"));
    display.changing(list, || display.point((160, 400), &["click", "--repeat", "40", "5"]));
    display.wait_until_still(list);
    display.changing(list, || display.point(LESSON_OF_ONE_KEY, &["click", "1"]));
    // The original alone, until the question is answered.
    let frame = 10;
    let scene = scene_of_call(source, &panels);
    let sheet = sheets::sheet(&scene, frame);
    let expected: Vec<Vec<f64>> = sheet
        .panels
        .iter()
        .map(|panel| reduced_picture(panel.picture.as_ref().expect("a picture")))
        .collect();
    display.wait_for("the original", |shot| {
        let place = app.places(&panels[..1])[0];
        correlation(&reduced(shot, place), &expected[0]) > 0.5
    });
    display.key("Next");
    display.wait_for("the picture for the participant, and outlines for the listener", |shot| {
        let places = app.places(&panels);
        let seen: Vec<_> = places.into_iter().map(|place| reduced(shot, place)).collect();
        // It plays: other frames of the same call are much like this one.
        let has_picture = [0, 1].iter().all(|&at| correlation(&seen[at], &expected[0]) > 0.5);
        let outlines = correlation(&seen[2], &expected[2]).abs();
        has_picture && outlines > 0.3 && correlation(&seen[2], &seen[0]) < 0.9
    });
    // A click on the listener in the diagram says why.
    let beside = (960, 100, 300, 150);
    display.changing(beside, || display.point((605, 220), &["click", "1"]));
    display.key("ctrl+q");
    let deadline = Instant::now() + TIMEOUT;
    while app.process.0.try_wait().expect("its status").is_none() {
        assert!(Instant::now() < deadline, "the program runs on after its window was closed");
        std::thread::yield_now();
    }
}

/// A call with these panels.
fn scene_of_call(source: &str, panels: &[Panel]) -> Scene {
    let source = afterimage::scene::named_source(source).expect("a call");
    Scene { panels: panels.to_vec(), target: Target::Packets, ..Scene::of(source) }
}

#[test]
fn a_large_picture_uses_a_bounded_amount_of_memory() {
    // 36 million pixels take the same code paths as 48 million, in less time.
    const SIDE: u32 = 6000;
    let display = Display::start(1280, 800);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.png");
    let shades = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [across, down] = [x, y].map(|at| u8::try_from(at / 32).expect("at most 250"));
        image::Rgb([across, down, across / 2 + down / 2])
    });
    shades.save(&path).expect("the picture can be saved");
    let expected = reduced(&image::DynamicImage::ImageRgb8(shades).into_luma8(), (0, 0, SIDE, SIDE));
    let picture = path.to_str().expect("a path in UTF-8");
    let mut app = App::start(&display, folder.path(), &[picture, "--verbose"]);
    app.line("renderer ");
    let panels = Panel::defaults();
    // The last panel to be drawn is that of the lens tone, which has to be prepared. It may be a negative.
    display.wait_for("the original and the lens tone", |shot| {
        let places = app.places(&panels);
        let [original, tones] = [0, 2].map(|at| correlation(&reduced(shot, places[at]), &expected).abs());
        original > 0.95 && tones > 0.5
    });
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", app.process.0.id())).expect("a running process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak = peak.and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok()).expect("a number") * 1024;
    // The frame, two ciphertexts, the picture of the lens tone, a quarter of a frame per ciphertext for counting its blocks, and
    // the window, whose software renderer needs 65 MB.
    let frame = u64::from(SIDE) * u64::from(SIDE) * 4;
    assert!((4 * frame..5 * frame + (300 << 20)).contains(&peak), "{peak} bytes");
}
