//! Empty panels: wherever a lens leaves one even field, the panel says why, and nowhere else.

#[path = "common/frames.rs"]
mod frames;

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
use afterimage::render::{Job, Parts, PreparedSet, Range, Recent, RenderedPanel, Renderer, Sheet};
use afterimage::runtime::pool::Pool;
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;

const SCHEMES: [&str; 6] = [
    "aes-128-ecb",
    "aes-128-ecb+key-per-frame",
    "aes-128-cbc+fixed-iv",
    "aes-128-ctr+reused-nonce",
    "aes-128-xts+fixed-tweak",
    "aes-128-gcm",
];

/// Lenses that need nothing from elsewhere in the video.
const LENSES: [&str; 5] = ["repeats", "outline", "colours", "motion", "difference"];

/// A whole number of blocks in every layout, so that all pixels belong to one.
const SHAPE: Shape = Shape::new(64, 32);

fn scene(layout: Layout, memory: u32, panels: &[&str]) -> Scene {
    let panels = panels.iter().map(|panel| panel.parse::<Panel>().expect("a panel")).collect();
    let memory = NonZeroU32::new(memory).expect("a memory holds a frame");
    Scene { layout, memory, panels, ..Scene::of(Source::Demo) }
}

fn frame(layout: Layout, shape: Shape, n: u64, byte: impl FnMut(usize) -> u8) -> Arc<Frame> {
    let bytes: Vec<u8> = (0..layout.frame_bytes(shape)).map(byte).collect();
    frames::frame(layout, shape, n, bytes)
}

/// A byte that no other place has near it.
fn noise(seed: u64) -> impl FnMut(usize) -> u8 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    }
}

fn sheet(scene: &Scene, frames: &[Arc<Frame>]) -> Sheet {
    let mut renderer = Renderer::new(scene, &Pool::default()).expect("the demonstration key");
    let mut recent = Recent::default();
    for frame in frames {
        recent.push(Arc::clone(frame), scene.frames_needed());
    }
    renderer.render(&recent, &PreparedSet::default(), Parts::PICTURES).expect("there is a frame")
}

fn is_even(panel: &RenderedPanel) -> bool {
    let pixels = panel.picture.as_ref().expect("a picture").pixels();
    pixels.iter().all(|pixel| *pixel == pixels[0])
}

#[test]
fn a_panel_says_why_it_is_one_even_field_and_only_then() {
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
        // Grain over flat halves, the chroma planes included: some blocks repeat, most do not.
        let mixed = |n: u64| {
            let (mut byte, half) = (noise(n + 1), layout.frame_bytes(SHAPE) / 2);
            of(n, Box::new(move |at| if at < half { byte(at) } else { 9 }))
        };
        let films: [Vec<Arc<Frame>>; 9] = [
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
        for (film, frames) in films.iter().enumerate() {
            for memory in [1, 3] {
                for panel in sheet(&scene(layout, memory, &panels), frames).panels {
                    let (said, name) = (panel.why_empty(), panel.panel);
                    let place = format!("{name} of film {film} in {layout}, memory {memory}: {said:?}");
                    assert_eq!(said.is_some(), is_even(&panel), "{place}");
                    empty += usize::from(said.is_some());
                    full += usize::from(said.is_none());
                }
            }
        }
    }
    assert!(empty > 200 && full > 200, "both sides were met: {empty} and {full}");
}

#[test]
fn what_a_picture_shows_is_told_in_the_words_of_empty_panels() {
    let layout = Layout::RGBA32;
    let grain = |n: u64| frame(layout, SHAPE, n, noise(n + 1));
    let flat = |n: u64| frame(layout, SHAPE, n, |_| 7);
    // A flat box that moves before noise that is another one in every frame.
    let boxed = |n: u64| {
        let (mut byte, shape) = (noise(n + 1), Shape::new(320, 180));
        let left = if n == 0 { 40 } else { 48 };
        frame(layout, shape, n, move |at| {
            let (x, y) = (at / 4 % 320, at / 4 / 320);
            let noise = byte(at);
            if (left..left + 160).contains(&x) && (30..140).contains(&y) { 9 } else { noise }
        })
    };
    // The same before a ground that stands still.
    let drawn = |n: u64| {
        let left = if n == 0 { 40 } else { 48 };
        frame(layout, Shape::new(320, 180), n, move |at| {
            let (x, y) = (at / 4 % 320, at / 4 / 320);
            if (left..left + 160).contains(&x) && (30..140).contains(&y) { 9 } else { 200 }
        })
    };
    let shows = |panel: &str, frames: &[Arc<Frame>]| {
        let scene = scene(layout, 1, &[panel]);
        let mut renderer = Renderer::new(&scene, &Pool::default()).expect("the demonstration key");
        let mut recent = Recent::default();
        for frame in frames {
            recent.push(Arc::clone(frame), scene.frames_needed());
        }
        let sheet = renderer.render(&recent, &PreparedSet::default(), Parts::POSTER).expect("a frame");
        let panel = sheet.panels[0].clone();
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
        // Two keys, and the outlines are seen in the XOR of the two all the same.
        ("aes-128-ecb+key-per-frame:difference", vec![drawn(0), drawn(1)], Ok(Finding::Outlines)),
        ("aes-128-gcm:received", vec![drawn(0)], Err(Blank::AsSent)),
    ] {
        let panel = panel.replace(":received", ":received,untouched");
        assert_eq!(shows(&panel, &frames), Some(expected), "{panel}");
    }
    let of_original = shows("plain", &[drawn(0)]);
    assert_eq!(of_original, None);
    let pictures = sheet(&scene(layout, 1, &["aes-128-ecb"]), &[drawn(0)]);
    assert_eq!(pictures.panels[0].shows, None, "only where it is asked for");
}

#[test]
fn the_reason_is_the_one_that_holds() {
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
    // Bytes that are shown as they are may be even: there is nothing to explain.
    assert_eq!(blank("aes-128-gcm", &[flat(0)]), None);
    // A scheme that cannot take the frame says so.
    let panels =
        sheet(&scene(layout, 1, &["aes-128-xts"]), &[frame(layout, Shape::new(3, 1), 0, |_| 7)]).panels;
    assert!(panels[0].why_empty().is_some_and(|said| said.contains("XTS takes 16 or more")));
}

fn rendered(source: &str, frame: u64, panels: &[&str]) -> Sheet {
    let scene = Scene { source: source.parse().expect("a source"), ..scene(Layout::RGBA32, 1, panels) };
    let mut sheet = None;
    let job = Job::new(&scene, Range::frame(FrameIndex(frame)));
    let made = batch::render(job, |made, _| {
        sheet = Some(made);
        ControlFlow::Continue(())
    });
    made.expect("it renders");
    sheet.expect("a frame")
}

#[test]
fn lenses_that_look_elsewhere_say_it_too() {
    let panels = [
        "aes-128-ecb:tone",
        "aes-128-gcm:tone",
        "aes-128-gcm:codebook,known=0-0",
        "aes-128-ecb:codebook,known=0-0",
        "aes-128-gcm:received,flip=40.3",
        "aes-128-ecb:received,flip=40.3",
    ];
    let sheet = rendered("pattern:frame-counter@320x180", 3, &panels);
    let said: Vec<Option<String>> = sheet.panels.iter().map(RenderedPanel::why_empty).collect();
    for (panel, said) in sheet.panels.iter().zip(&said) {
        assert_eq!(said.is_some(), is_even(panel), "{}: {said:?}", panel.panel);
    }
    assert_eq!(said[1..].iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, true, false]);
    assert_eq!(said[2].as_deref(), Some("nothing follows from the known frames"));
    let noise = rendered("pattern:noise@64x32", 1, &["aes-128-ecb:codebook,known=0-0"]).panels;
    assert_eq!(noise[0].blank, Some(Blank::NothingFollows), "{:?}", noise[0].note);
    assert!(Lens::ALL.len() == 10, "a new lens has its reasons, too: say them here");
}

#[test]
fn a_figure_writes_the_reason_over_the_panel_and_leaves_the_others_alone() {
    let source = "pattern:noise@320x180";
    let sheet = rendered(source, 0, &["aes-128-ecb", "aes-128-ecb:repeats"]);
    let scene = Scene {
        source: source.parse().expect("a source"),
        ..scene(Layout::RGBA32, 1, &["aes-128-ecb", "aes-128-ecb:repeats"])
    };
    let job = Job::new(&scene, Range::frame(FrameIndex(0)));
    let info = batch::render(job, |_, _| ControlFlow::Continue(())).expect("it renders").info;
    let drawn = |sheet: &Sheet| {
        let mut png = Vec::new();
        let figure = Figure { scene: &scene, sheet, info: &info, theme: Theme::Light };
        figure.write_png(&mut png).expect("a vector takes all");
        image::load_from_memory(&png).expect("a PNG").into_rgb8()
    };
    let mut silent = sheet.clone();
    silent.panels[1].blank = None;
    let (said, silent) = (drawn(&sheet), drawn(&silent));
    let changed: Vec<(u32, u32)> = said
        .enumerate_pixels()
        .filter(|(x, y, pixel)| silent.get_pixel(*x, *y) != *pixel)
        .map(|(x, y, _)| (x, y))
        .collect();
    assert!(changed.len() > 500, "{} pixels of words", changed.len());
    assert!(changed.iter().all(|&(x, _)| x > said.width() / 2), "only the second panel has words");
}
