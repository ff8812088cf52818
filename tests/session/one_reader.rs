//! Frames that one reader decodes one at a time while the panels change.

use std::sync::atomic::{AtomicBool, Ordering};

use afterimage::media::MediaError;
use afterimage::render::{BatchError, Job, Parts, Range, SceneRenderer};
use afterimage::scene::Scene;
use afterimage::units::FrameIndex;

use crate::assert_pure;
use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{scene, without_deadlock};
use crate::sheets::panels;

#[test]
fn every_sheet_equals_that_of_a_batch_and_the_source_is_opened_once() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("video", &video)]);
        let scene = scene("video");
        let job = Job { opener: Some(&*opener), ..Job::new(&scene, Range::frame(FrameIndex(130))) };
        let (mut renderer, first) = SceneRenderer::open(job).expect("the source opens");
        assert_eq!(first, FrameIndex(130));
        let rows = [
            &["plain"][..],
            &["aes-128-ecb", "aes-128-ecb:tone", "aes-128-ecb+key-per-frame:tone", "aes-128-ctr:tone"],
            &["aes-128-ecb:codebook,known=3-5", "aes-128-ecb:received,replay=7", "aes-256-ecb:motion"],
        ];
        for frame in [130, 131, 5, 0, 299] {
            for row in rows {
                renderer.set_panels(panels(row));
                let sheet = renderer.render_at(FrameIndex(frame), Parts::PICTURES).expect("a frame");
                let shown = Scene { panels: panels(row), ..scene.clone() };
                assert!(sheet.panels.iter().all(|panel| panel.pending.is_none()));
                assert_pure(&sheet, &video, &shown);
            }
        }
        assert_eq!(opener.opened(), 1);
        let past = renderer.render_at(FrameIndex(300), Parts::NUMBERS).expect_err("there is no frame 300");
        assert!(matches!(past, BatchError::Media(MediaError::NoSuchFrame { frames: 300, .. })), "{past}");
    });
}

#[test]
fn many_panels_are_prepared_in_one_pass_over_the_frames() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("video", &video)]);
        let scene = scene("video");
        let job = Job { opener: Some(&*opener), ..Job::new(&scene, Range::frame(FrameIndex(10))) };
        let (mut renderer, shown) = SceneRenderer::open(job).expect("the source opens");
        let all = panels(&[
            "aes-128-ecb:tone",
            "aes-256-ecb:tone",
            "aes-128-cbc:tone",
            "aes-128-gcm+reused-nonce:tone",
            "aes-128-xts:tone",
        ]);
        renderer.prepare(&all, shown).expect("preparing succeeds");
        // A window has 120 frames. The reader also decodes the next frame before it stops.
        assert!((100..=122).contains(&opener.decoded()), "{}", opener.decoded());
        for &panel in &all {
            renderer.set_panels(vec![panel]);
            let sheet = renderer.render_at(shown, Parts::PICTURES).expect("a frame");
            assert_pure(&sheet, &video, &Scene { panels: vec![panel], ..scene.clone() });
        }
        assert!(opener.decoded() <= 124, "since then only the frame and the previous one were read");
    });
}

#[test]
fn preparing_ends_when_keep_going_returns_false() {
    static IS_WANTED: AtomicBool = AtomicBool::new(true);
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("video", &video)]);
        let scene = scene("video");
        let job = Job::new(&scene, Range::frame(FrameIndex(10)));
        let job = Job { opener: Some(&*opener), keep_going: || IS_WANTED.load(Ordering::Relaxed), ..job };
        let (mut renderer, shown) = SceneRenderer::open(job).expect("the source opens");
        IS_WANTED.store(false, Ordering::Relaxed);
        let all = panels(&["aes-128-ecb:tone", "aes-128-gcm:tone"]);
        let ended = renderer.prepare(&all, shown).expect_err("preparing was interrupted");
        assert!(matches!(ended, BatchError::Media(MediaError::Interrupted)), "{ended}");
    });
}
