//! Empty panels: a panel whose pixels are all equal says why, and no other panel does.

#[path = "common/frames.rs"]
mod frames;
#[path = "common/random.rs"]
mod random;
#[path = "common/sheets.rs"]
mod sheets;

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;

use afterimage::batch;
use afterimage::export::figure::Figure;
use afterimage::export::page::Theme;
use afterimage::leak::Finding;
use afterimage::lens::{Blank, Lens};
use afterimage::media::Source;
use afterimage::picture::layout::Layout;
use afterimage::picture::{Frame, Shape};
use afterimage::render::{Job, Parts, Range, RenderedPanel, Sheet};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;

use random::XorShift;

const SCHEMES: [&str; 6] = [
    "aes-128-ecb",
    "aes-128-ecb+key-per-frame",
    "aes-128-cbc+fixed-iv",
    "aes-128-ctr+reused-nonce",
    "aes-128-xts+fixed-tweak",
    "aes-128-gcm",
];

/// Lenses that need no other frames of the video than the remembered ones.
const LENSES: [&str; 5] = ["repeats", "outline", "colours", "motion", "difference"];

/// A shape that fills whole blocks in every layout.
const SHAPE: Shape = Shape::new(64, 32);

fn scene(layout: Layout, memory: u32, panels: &[&str]) -> Scene {
    let memory = NonZeroU32::new(memory).expect("a memory has at least one frame");
    Scene { layout, memory, panels: sheets::panels(panels), ..Scene::of(Source::Demo) }
}

fn frame(layout: Layout, shape: Shape, n: u64, byte: impl FnMut(usize) -> u8) -> Arc<Frame> {
    let bytes: Vec<u8> = (0..layout.frame_bytes(shape)).map(byte).collect();
    frames::frame(layout, shape, n, bytes)
}

/// Random bytes.
fn noise(seed: u64) -> impl FnMut(usize) -> u8 {
    let mut random = XorShift::of(seed);
    move |_| random.next().to_le_bytes()[3]
}

fn sheet(scene: &Scene, frames: &[Arc<Frame>]) -> Sheet {
    frames::rendered(scene, frames, Parts::PICTURES)
}

fn is_even(panel: &RenderedPanel) -> bool {
    let pixels = frames::pixels(panel);
    pixels.iter().all(|pixel| *pixel == pixels[0])
}

#[test]
fn a_panel_says_why_it_is_empty_and_only_then() {
    let panels: Vec<String> =
        SCHEMES.iter().flat_map(|scheme| LENSES.map(|lens| format!("{scheme}:{lens}"))).collect();
    let panels: Vec<&str> = panels.iter().map(String::as_str).collect();
    let (mut empty, mut full) = (0, 0);
    for layout in [Layout::RGBA32, Layout::RGB24, Layout::GRAY8, Layout::YUV420P] {
        let of = |n, byte: Box<dyn FnMut(usize) -> u8>| frame(layout, SHAPE, n, byte);
        let flat = |n, value: u8| of(n, Box::new(move |_| value));
        let drawn =
            |n: u64| of(n, Box::new(move |at| if at / 96 % 5 < 2 { 200 } else { n.to_le_bytes()[0] }));
        let grain = |n: u64| of(n, Box::new(noise(n + 1)));
        // Half grain, half flat, in the chroma planes as well: some blocks repeat, most do not.
        let mixed = |n: u64| {
            let (mut byte, half) = (noise(n + 1), layout.frame_bytes(SHAPE) / 2);
            of(n, Box::new(move |at| if at < half { byte(at) } else { 9 }))
        };
        let videos: [Vec<Arc<Frame>>; 9] = [
            vec![flat(0, 0)],
            vec![flat(0, 0), flat(1, 0)],
            vec![flat(0, 0), flat(1, 200)],
            vec![drawn(0)],
            vec![drawn(0), drawn(1)],
            vec![grain(0)],
            vec![grain(0), grain(1)],
            vec![mixed(0), mixed(1)],
            vec![frame(layout, Shape::new(32, 32), 0, noise(5)), grain(1)],
        ];
        for (video, frames) in videos.iter().enumerate() {
            for memory in [1, 3] {
                for panel in sheet(&scene(layout, memory, &panels), frames).panels {
                    let (reason, name) = (panel.why_empty(), panel.panel);
                    let place = format!("{name} of video {video} in {layout}, memory {memory}: {reason:?}");
                    assert_eq!(reason.is_some(), is_even(&panel), "{place}");
                    empty += usize::from(reason.is_some());
                    full += usize::from(reason.is_none());
                }
            }
        }
    }
    assert!(empty > 200 && full > 200, "the test has empty and other panels: {empty} and {full}");
}

#[test]
fn a_panel_of_a_poster_states_its_finding_or_why_it_is_empty() {
    let layout = Layout::RGBA32;
    let grain = |n: u64| frame(layout, SHAPE, n, noise(n + 1));
    let flat = |n: u64| frame(layout, SHAPE, n, |_| 7);
    // A flat box that moves in front of noise that is different in every frame.
    let boxed = |n: u64| {
        let (mut byte, shape) = (noise(n + 1), Shape::new(320, 180));
        let left = if n == 0 { 40 } else { 48 };
        frame(layout, shape, n, move |at| {
            let (x, y) = (at / 4 % 320, at / 4 / 320);
            let noise = byte(at);
            if (left..left + 160).contains(&x) && (30..140).contains(&y) { 9 } else { noise }
        })
    };
    // The same box in front of an unchanged background.
    let drawn = |n: u64| {
        let left = if n == 0 { 40 } else { 48 };
        frame(layout, Shape::new(320, 180), n, move |at| {
            let (x, y) = (at / 4 % 320, at / 4 / 320);
            if (left..left + 160).contains(&x) && (30..140).contains(&y) { 9 } else { 200 }
        })
    };
    let shows = |panel: &str, frames: &[Arc<Frame>]| {
        let scene = scene(layout, 1, &[panel]);
        let panel = frames::rendered(&scene, frames, Parts::POSTER).panels[0].clone();
        assert!(
            panel.blank.is_none()
                || panel.shows.is_some_and(|shows| shows.err() == panel.blank || shows.is_ok()),
            "{}: {:?} and {:?}",
            panel.panel,
            panel.blank,
            panel.shows
        );
        panel.shows
    };
    for (panel, frames, expected) in [
        ("aes-128-ecb", vec![boxed(0)], Ok(Finding::Outlines)),
        ("aes-128-ecb", vec![grain(0)], Err(Blank::Noise)),
        ("aes-128-ecb", vec![flat(0)], Ok(Finding::Flat)),
        ("aes-128-gcm", vec![boxed(0)], Err(Blank::Noise)),
        ("aes-128-ecb:repeats", vec![boxed(0)], Ok(Finding::Outlines)),
        ("aes-128-ecb:repeats", vec![flat(0)], Err(Blank::AllEqual)),
        ("aes-128-gcm:colours", vec![boxed(0)], Err(Blank::NothingRepeats)),
        ("aes-128-ecb:outline", vec![boxed(0)], Ok(Finding::Outlines)),
        ("aes-128-ecb:outline", vec![flat(0)], Err(Blank::AllEqual)),
        ("aes-128-ecb:motion", vec![drawn(0)], Err(Blank::FirstFrame)),
        ("aes-128-ecb:motion", vec![drawn(0), drawn(1)], Ok(Finding::Movement)),
        ("aes-128-ecb:motion", vec![flat(0), flat(1)], Ok(Finding::IdenticalFrames)),
        ("aes-128-gcm:motion", vec![flat(0), flat(1)], Err(Blank::AllChanged)),
        ("aes-128-cbc+fixed-iv:motion", vec![drawn(0), drawn(1)], Ok(Finding::Prefix)),
        ("aes-128-ctr+reused-nonce:difference", vec![drawn(0), drawn(1)], Ok(Finding::Movement)),
        ("aes-128-ctr+reused-nonce:difference", vec![flat(0), flat(1)], Ok(Finding::IdenticalFrames)),
        ("aes-128-gcm:difference", vec![drawn(0), drawn(1)], Err(Blank::Noise)),
        // Two keys: the outlines are visible in the XOR of the two ciphertexts.
        ("aes-128-ecb+key-per-frame:difference", vec![drawn(0), drawn(1)], Ok(Finding::Outlines)),
        ("aes-128-gcm:received", vec![drawn(0)], Err(Blank::AsSent)),
    ] {
        let panel = panel.replace(":received", ":received,untouched");
        assert_eq!(shows(&panel, &frames), Some(expected), "{panel}");
    }
    let of_original = shows("plain", &[drawn(0)]);
    assert_eq!(of_original, None);
    let pictures = sheet(&scene(layout, 1, &["aes-128-ecb"]), &[drawn(0)]);
    assert_eq!(pictures.panels[0].shows, None, "only posters compute what a panel shows");
}

#[test]
fn each_empty_panel_has_the_right_reason() {
    let layout = Layout::RGBA32;
    let blank =
        |panel: &str, frames: &[Arc<Frame>]| sheet(&scene(layout, 1, &[panel]), frames).panels[0].blank;
    let grain = |n: u64| frame(layout, SHAPE, n, noise(n + 1));
    let flat = |n: u64| frame(layout, SHAPE, n, |_| 7);
    let small = frame(layout, Shape::new(3, 1), 1, |_| 7);
    let other = frame(layout, Shape::new(32, 32), 0, noise(9));
    for (panel, frames, expected) in [
        ("aes-128-ecb:difference", vec![grain(0)], Blank::FirstFrame),
        ("aes-128-ecb:motion", vec![grain(0)], Blank::FirstFrame),
        ("aes-128-ecb:motion", vec![other, grain(1)], Blank::OtherSize),
        ("aes-128-ecb:repeats", vec![grain(0)], Blank::NothingRepeats),
        ("aes-128-gcm:colours", vec![flat(0)], Blank::NothingRepeats),
        ("aes-128-ecb:outline", vec![grain(0)], Blank::NothingRepeats),
        ("aes-128-ecb:outline", vec![flat(0)], Blank::AllEqual),
        ("aes-128-ecb:repeats", vec![flat(0)], Blank::AllEqual),
        ("aes-128-ecb:motion", vec![flat(0), flat(1)], Blank::NothingChanged),
        ("aes-128-ecb:difference", vec![flat(0), flat(1)], Blank::NothingChanged),
        ("aes-128-gcm:motion", vec![flat(0), flat(1)], Blank::AllChanged),
        ("aes-128-ecb:repeats", vec![small], Blank::TooSmall),
    ] {
        assert_eq!(blank(panel, &frames), Some(expected), "{panel}");
    }
    // The lens ciphertext shows the bytes themselves, so equal pixels need no explanation.
    assert_eq!(blank("aes-128-gcm", &[flat(0)]), None);
    // A scheme that cannot encrypt the frame says so.
    let panels =
        sheet(&scene(layout, 1, &["aes-128-xts"]), &[frame(layout, Shape::new(3, 1), 0, |_| 7)]).panels;
    assert!(panels[0].why_empty().is_some_and(|reason| reason.contains("XTS takes 16 or more")));
}

fn rendered(source: &str, frame: u64, panels: &[&str]) -> Sheet {
    let scene = Scene { source: source.parse().expect("a source"), ..scene(Layout::RGBA32, 1, panels) };
    sheets::sheet(&scene, frame)
}

#[test]
fn lenses_that_need_other_frames_also_say_why_they_are_empty() {
    let panels = [
        "aes-128-ecb:tone",
        "aes-128-gcm:tone",
        "aes-128-gcm:codebook,known=0-0",
        "aes-128-ecb:codebook,known=0-0",
        "aes-128-gcm:received,flip=40.3",
        "aes-128-ecb:received,flip=40.3",
        "aes-128-gcm:player",
        "aes-128-gcm:tint,known=0-0",
        "aes-128-ecb:tint,known=0-0",
    ];
    let sheet = rendered("pattern:frame-counter@320x180", 3, &panels);
    let reasons: Vec<Option<String>> = sheet.panels.iter().map(RenderedPanel::why_empty).collect();
    for (panel, reason) in sheet.panels.iter().zip(&reasons) {
        assert_eq!(reason.is_some(), is_even(panel), "{}: {reason:?}", panel.panel);
    }
    assert_eq!(
        reasons[1..].iter().map(Option::is_some).collect::<Vec<_>>(),
        [true, true, false, true, false, true, true, false]
    );
    assert!(reasons[6].as_deref().is_some_and(|reason| reason.contains("pixels are decoded already")));
    assert_eq!(reasons[2].as_deref(), Some("nothing follows from the known frames"));
    let noise = rendered("pattern:noise@64x32", 1, &["aes-128-ecb:codebook,known=0-0"]).panels;
    assert_eq!(noise[0].blank, Some(Blank::NothingFollows), "{:?}", noise[0].note);
    assert_eq!(reasons[7].as_deref(), Some("nothing follows from the known frames"));
    assert!(Lens::ALL.len() == 13, "a new lens: add its reasons to this test");
}

#[test]
fn a_figure_writes_the_reason_into_the_empty_panel_only() {
    let source = "pattern:noise@320x180";
    let sheet = rendered(source, 0, &["aes-128-ecb", "aes-128-ecb:repeats"]);
    let scene = Scene {
        source: source.parse().expect("a source"),
        ..scene(Layout::RGBA32, 1, &["aes-128-ecb", "aes-128-ecb:repeats"])
    };
    let job = Job::new(&scene, Range::frame(FrameIndex(0)));
    let info = batch::render(job, |_, _| ControlFlow::Continue(())).expect("the scene renders").info;
    let drawn = |sheet: &Sheet| {
        let mut png = Vec::new();
        let figure = Figure { scene: &scene, sheet, info: &info, theme: Theme::Light };
        figure.write_png(&mut png).expect("a vector takes all bytes");
        image::load_from_memory(&png).expect("a PNG").into_rgb8()
    };
    let mut silent = sheet.clone();
    silent.panels[1].blank = None;
    let (with_reason, without) = (drawn(&sheet), drawn(&silent));
    let changed: Vec<(u32, u32)> = with_reason
        .enumerate_pixels()
        .filter(|(x, y, pixel)| without.get_pixel(*x, *y) != *pixel)
        .map(|(x, y, _)| (x, y))
        .collect();
    assert!(changed.len() > 500, "{} pixels of text", changed.len());
    assert!(changed.iter().all(|&(x, _)| x > with_reason.width() / 2), "only the second panel has a text");
}
