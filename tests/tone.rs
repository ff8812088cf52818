//! The `tone` lens from file to picture: both sides of its claim, and the same sheet however a frame was
//! reached.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use afterimage::batch::{self, Event};
use afterimage::lens::GROUND;
use afterimage::media::{MediaError, Source};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::render::{BatchError, Job, Range, RenderedPanel, Sheet};
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;

fn scene(panels: &[&str]) -> Scene {
    let panels = panels.iter().map(|panel| panel.parse::<Panel>().expect("a panel")).collect();
    Scene { panels, ..Scene::of(Source::Demo) }
}

fn frames(scene: &Scene, first: u64, last: u64) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let range = Range::Frames(FrameIndex(first), Some(FrameIndex(last)));
    batch::render(Job::new(scene, range), |sheet, _| {
        sheets.push(sheet);
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
    sheets
}

fn pixels(panel: &RenderedPanel) -> &[[u8; 4]] {
    panel.picture.as_ref().expect("a picture").pixels()
}

/// Share of the picture that is painted.
fn painted(panel: &RenderedPanel) -> f64 {
    let pixels = pixels(panel);
    pixels.iter().filter(|&&pixel| pixel != GROUND).count() as f64 / pixels.len() as f64
}

#[test]
fn shading_survives_ecb() {
    let panels = ["aes-128-ecb:tone", "aes-256-ecb+key-per-frame:tone"];
    for layout in [Layout::RGBA32, Layout::YUV420P] {
        let sheet = frames(&Scene { layout, ..scene(&panels) }, 45, 45).remove(0);
        for (panel, name) in sheet.panels.iter().zip(panels) {
            assert!(panel.pending.is_none() && panel.note.is_none(), "{name} in {layout}");
            assert!(painted(panel) > 0.5, "{name} in {layout} paints {}", painted(panel));
            let told = panel.leakage;
            assert!(told.tone_painted.is_some_and(|painted| painted > 0.5), "{name} in {layout}");
            assert!(told.tone_r2.is_some_and(|r2| r2 > 0.25), "{name} in {layout}: {:?}", told.tone_r2);
        }
    }
}

#[test]
fn nothing_survives_where_nothing_repeats() {
    let panels = [
        "aes-128-ctr:tone",
        "aes-128-gcm:tone",
        "aes-128-ctr+reused-nonce:tone",
        "aes-128-xts+fixed-tweak:tone",
    ];
    let scene = Scene { source: Source::DemoStill, ..scene(&panels) };
    let sheet = frames(&scene, 0, 0).remove(0);
    for (panel, name) in sheet.panels.iter().zip(panels) {
        assert!(panel.pending.is_none(), "{name}");
        assert!(painted(panel) < f64::MIN_POSITIVE, "{name}");
        let note = panel.note.as_ref().map(ToString::to_string);
        assert!(note.is_some_and(|note| note.contains("no shading")), "{name}");
        let told = panel.leakage;
        assert_eq!((told.tone_painted, told.tone_rho, told.tone_r2), (Some(0.0), None, None), "{name}");
    }
}

#[test]
fn a_key_a_frame_hides_what_other_frames_would_tell() {
    // Each frame tells its own shading, so its colours do not stay put: the lens is not fooled into more.
    let scene = scene(&["aes-128-ecb:tone", "aes-128-ecb+key-per-frame:tone"]);
    let [one, next] = frames(&scene, 45, 46).try_into().expect("two frames");
    let same = |panel: usize| {
        let pairs = pixels(&one.panels[panel]).iter().zip(pixels(&next.panels[panel]));
        pairs.filter(|(one, next)| one == next).count() as f64 / pixels(&one.panels[panel]).len() as f64
    };
    assert!(same(0) > 0.6 && same(1) < same(0), "{} {}", same(0), same(1));
}

#[test]
fn a_frame_is_the_same_alone_and_in_a_range_and_on_any_number_of_threads() {
    let scene = scene(&["aes-128-ecb:tone", "aes-128-ecb:tone,vector=1,flip=yes,gaps=light"]);
    // Across the end of a window.
    let range = frames(&scene, 237, 242);
    let alone = |n: u64| frames(&scene, n, n).remove(0);
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("a pool");
    let others = [threads(1).install(|| alone(238)), threads(3).install(|| alone(241))];
    for sheet in others {
        let same = range.iter().find(|it| it.frame.index == sheet.frame.index).expect("it is in the range");
        for (one, other) in sheet.panels.iter().zip(&same.panels) {
            assert_eq!(one.leakage, other.leakage);
            assert!(pixels(one) == pixels(other), "{} of frame {}", one.panel, sheet.frame.index);
        }
    }
    assert!(range.iter().all(|sheet| sheet.frame.shape == Shape::new(1280, 720)));
}

/// Somebody asked the batch to stop.
static ASKED: AtomicBool = AtomicBool::new(false);

#[test]
fn preparing_is_told_and_can_be_broken_off() {
    let scene = scene(&["aes-128-ecb:tone"]);
    let job = Job::new(&scene, Range::frame(FrameIndex(3)));
    let mut told = Vec::new();
    batch::render_with(job, |event| {
        if let Event::Preparing(request, share) = event {
            assert_eq!(request.name(), "tone");
            told.push(share);
        }
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
    assert!(told.len() > 100 && told.is_sorted() && told.last().is_some_and(|&last| last <= 1.0));

    let broken = batch::render_with(job, |event| match event {
        Event::Preparing(_, share) if share > 0.2 => ControlFlow::Break(()),
        Event::Opened(_) | Event::Preparing(..) => ControlFlow::Continue(()),
        Event::Rendered(..) => panic!("it was broken off before"),
    });
    assert!(matches!(broken, Err(BatchError::Media(MediaError::Interrupted))));

    let stopped = Job { keep_going: || !ASKED.load(Ordering::Relaxed), ..job };
    let stopped = batch::render_with(stopped, |event| {
        ASKED.store(matches!(event, Event::Preparing(..)), Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(matches!(stopped, Err(BatchError::Media(MediaError::Interrupted))));
}

#[test]
fn nothing_is_prepared_that_nobody_asked_for() {
    let scene = scene(&["plain", "aes-128-ecb:repeats", "aes-128-gcm"]);
    batch::render_with(Job::new(&scene, Range::frame(FrameIndex(3))), |event| {
        assert!(!matches!(event, Event::Preparing(..)));
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
}
