//! The lens `tone` from file to picture: both sides of its claim, and the same sheet however a frame was reached.

#[path = "common/frames.rs"]
mod frames;
#[path = "common/sheets.rs"]
mod sheets;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use afterimage::batch::{self, Event};
use afterimage::lens::GROUND;
use afterimage::media::{MediaError, Source};
use afterimage::picture::Shape;
use afterimage::picture::layout::Layout;
use afterimage::render::{BatchError, Job, Range, RenderedPanel};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;

use frames::pixels;
use sheets::{from_to, sheet, sheets};

fn scene(panels: &[&str]) -> Scene {
    Scene { panels: sheets::panels(panels), ..Scene::of(Source::Demo) }
}

/// The share of the pixels that are painted.
fn painted(panel: &RenderedPanel) -> f64 {
    let pixels = pixels(panel);
    pixels.iter().filter(|&&pixel| pixel != GROUND).count() as f64 / pixels.len() as f64
}

#[test]
fn shading_survives_ecb() {
    let panels = ["aes-128-ecb:tone", "aes-256-ecb+key-per-frame:tone"];
    for layout in [Layout::RGBA32, Layout::YUV420P] {
        let sheet = sheet(&Scene { layout, ..scene(&panels) }, 45);
        for (panel, name) in sheet.panels.iter().zip(panels) {
            assert!(panel.pending.is_none() && panel.note.is_none(), "{name} in {layout}");
            assert!(painted(panel) > 0.5, "{name} in {layout} paints {}", painted(panel));
            let leakage = panel.leakage;
            assert!(leakage.tone_painted.is_some_and(|painted| painted > 0.5), "{name} in {layout}");
            assert!(leakage.tone_r2.is_some_and(|r2| r2 > 0.25), "{name} in {layout}: {:?}", leakage.tone_r2);
        }
    }
}

#[test]
fn no_shading_survives_where_no_block_repeats() {
    let panels = [
        "aes-128-ctr:tone",
        "aes-128-gcm:tone",
        "aes-128-ctr+reused-nonce:tone",
        "aes-128-xts+fixed-tweak:tone",
    ];
    let scene = Scene { source: Source::DemoStill, ..scene(&panels) };
    let sheet = sheet(&scene, 0);
    for (panel, name) in sheet.panels.iter().zip(panels) {
        assert!(panel.pending.is_none(), "{name}");
        assert!(painted(panel) < f64::MIN_POSITIVE, "{name}");
        let note = panel.note.as_ref().map(ToString::to_string);
        assert!(note.is_some_and(|note| note.contains("no shading")), "{name}");
        let leakage = panel.leakage;
        assert_eq!(
            (leakage.tone_painted, leakage.tone_rho, leakage.tone_r2),
            (Some(0.0), None, None),
            "{name}"
        );
    }
}

#[test]
fn a_key_per_frame_hides_what_other_frames_would_add() {
    // The lens finds the shading of each frame separately, so unchanged areas change their colours from frame to frame.
    let scene = scene(&["aes-128-ecb:tone", "aes-128-ecb+key-per-frame:tone"]);
    let [one, next] = sheets(&scene, from_to(45, 46)).try_into().expect("two frames");
    let same = |panel: usize| {
        let pairs = pixels(&one.panels[panel]).iter().zip(pixels(&next.panels[panel]));
        pairs.filter(|(one, next)| one == next).count() as f64 / pixels(&one.panels[panel]).len() as f64
    };
    assert!(same(0) > 0.6 && same(1) < same(0), "{} {}", same(0), same(1));
}

#[test]
fn a_sheet_is_the_same_alone_in_a_range_and_on_any_number_of_threads() {
    let scene = scene(&["aes-128-ecb:tone", "aes-128-ecb:tone,vector=1,flip=yes,gaps=light"]);
    // The range crosses the end of a window.
    let range = sheets(&scene, from_to(237, 242));
    let alone = |n: u64| sheet(&scene, n);
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("a pool");
    let others = [threads(1).install(|| alone(238)), threads(3).install(|| alone(241))];
    for sheet in others {
        let same = range.iter().find(|it| it.frame.index == sheet.frame.index).expect("a frame of the range");
        for (one, other) in sheet.panels.iter().zip(&same.panels) {
            assert_eq!(one.leakage, other.leakage);
            assert!(pixels(one) == pixels(other), "{} of frame {}", one.panel, sheet.frame.index);
        }
    }
    assert!(range.iter().all(|sheet| sheet.frame.shape == Shape::new(1280, 720)));
}

/// True once the batch is to stop.
static STOPS: AtomicBool = AtomicBool::new(false);

#[test]
fn preparing_reports_progress_and_can_be_interrupted() {
    let scene = scene(&["aes-128-ecb:tone"]);
    let job = Job::new(&scene, Range::frame(FrameIndex(3)));
    let mut shares = Vec::new();
    batch::render_with(job, |event| {
        if let Event::Preparing(request, share) = event {
            assert_eq!(request.name(), "tone");
            shares.push(share);
        }
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
    assert!(shares.len() > 100 && shares.is_sorted() && shares.last().is_some_and(|&last| last <= 1.0));

    let interrupted = batch::render_with(job, |event| match event {
        Event::Preparing(_, share) if share > 0.2 => ControlFlow::Break(()),
        Event::Opened(_) | Event::Preparing(..) => ControlFlow::Continue(()),
        Event::Rendered(..) => panic!("preparing was interrupted before"),
    });
    assert!(matches!(interrupted, Err(BatchError::Media(MediaError::Interrupted))));

    let stopped = Job { keep_going: || !STOPS.load(Ordering::Relaxed), ..job };
    let stopped = batch::render_with(stopped, |event| {
        STOPS.store(matches!(event, Event::Preparing(..)), Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(matches!(stopped, Err(BatchError::Media(MediaError::Interrupted))));
}

#[test]
fn panels_that_need_no_preparation_are_not_prepared() {
    let scene = scene(&["plain", "aes-128-ecb:repeats", "aes-128-gcm"]);
    batch::render_with(Job::new(&scene, Range::frame(FrameIndex(3))), |event| {
        assert!(!matches!(event, Event::Preparing(..)));
        ControlFlow::Continue(())
    })
    .expect("the demo renders");
}
