//! Frames rendered one at a time under changing panels, by one reader.

use std::sync::atomic::{AtomicBool, Ordering};

use afterimage::media::MediaError;
use afterimage::render::{BatchError, Job, Parts, Range, SceneRenderer};
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;

use crate::assert_pure;
use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{scene, without_deadlock};

fn panels(names: &[&str]) -> Vec<Panel> {
    names.iter().map(|name| name.parse().expect("a panel")).collect()
}

#[test]
fn every_sheet_is_that_of_a_batch_and_the_source_is_opened_once() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("film", &film)]);
        let scene = scene("film");
        let job = Job { opener: Some(&*opener), ..Job::new(&scene, Range::frame(FrameIndex(130))) };
        let (mut renderer, first) = SceneRenderer::open(job).expect("it opens");
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
                assert_pure(&sheet, &film, &shown);
            }
        }
        assert_eq!(opener.opened(), 1);
        let past = renderer.render_at(FrameIndex(300), Parts::NUMBERS).expect_err("there is none");
        assert!(matches!(past, BatchError::Media(MediaError::NoSuchFrame { frames: 300, .. })), "{past}");
    });
}

#[test]
fn what_many_panels_need_is_prepared_by_one_pass_over_the_frames() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("film", &film)]);
        let scene = scene("film");
        let job = Job { opener: Some(&*opener), ..Job::new(&scene, Range::frame(FrameIndex(10))) };
        let (mut renderer, shown) = SceneRenderer::open(job).expect("it opens");
        let all = panels(&[
            "aes-128-ecb:tone",
            "aes-256-ecb:tone",
            "aes-128-cbc:tone",
            "aes-128-gcm+reused-nonce:tone",
            "aes-128-xts:tone",
        ]);
        renderer.prepare(&all, shown).expect("it can be prepared");
        // A window has 120 frames. Reading ends with the frame after it, which no queue takes any more.
        assert!((100..=122).contains(&opener.decoded()), "{}", opener.decoded());
        for &panel in &all {
            renderer.set_panels(vec![panel]);
            let sheet = renderer.render_at(shown, Parts::PICTURES).expect("a frame");
            assert_pure(&sheet, &film, &Scene { panels: vec![panel], ..scene.clone() });
        }
        assert!(opener.decoded() <= 124, "only the frame itself and the one before it were read since");
    });
}

#[test]
fn a_pass_that_is_no_longer_wanted_ends() {
    static IS_WANTED: AtomicBool = AtomicBool::new(true);
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("film", &film)]);
        let scene = scene("film");
        let job = Job::new(&scene, Range::frame(FrameIndex(10)));
        let job = Job { opener: Some(&*opener), keep_going: || IS_WANTED.load(Ordering::Relaxed), ..job };
        let (mut renderer, shown) = SceneRenderer::open(job).expect("it opens");
        IS_WANTED.store(false, Ordering::Relaxed);
        let all = panels(&["aes-128-ecb:tone", "aes-128-gcm:tone"]);
        let ended = renderer.prepare(&all, shown).expect_err("it was broken off");
        assert!(matches!(ended, BatchError::Media(MediaError::Interrupted)), "{ended}");
    });
}
