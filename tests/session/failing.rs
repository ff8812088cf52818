//! Sources that cannot be opened, cannot be read to the end or are damaged; keys that are too short; memories that are too
//! large.

use std::num::NonZeroU32;

use afterimage::picture::Shape;
use afterimage::play::Command;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek};

#[test]
fn a_source_that_cannot_be_opened_is_reported_and_another_one_then_works() {
    without_deadlock(|| {
        let bad = FakeVideo { unreadable: true, ..FakeVideo::of(5) };
        let opener = FakeOpener::of(&[("bad", &bad), ("good", &FakeVideo::of(5))]);
        let mut window = FakeWindow::start(scene("bad"), &opener);
        window.until("a reported error", |it| it.session.status().error.is_some());
        let status = window.session.status();
        assert!(!status.loading && !status.playing, "{status:?}");
        assert!(status.error.is_some_and(|error| error.contains("bad")));
        // Further commands change nothing, and the error stays.
        for command in [Command::Play, seek(3), Command::StepForward, Command::StepBack] {
            window.send(command);
            window.until("a session that is neither loading nor playing", |it| {
                let status = it.session.status();
                !status.loading && !status.playing
            });
            assert!(window.session.status().error.is_some());
        }
        let mut other = scene("bad");
        other.panels.pop();
        window.send(Command::SetScene(other));
        assert!(window.session.status().error.is_some(), "another panel does not open the source");
        window.send(Command::SetScene(scene("good")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_source_that_fails_in_the_middle_is_shown_up_to_there_and_reported() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, fails_at: Some(20), ..FakeVideo::of(50) };
        let opener = FakeOpener::of(&[("video", &video), ("good", &FakeVideo::of(5))]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(Command::Play);
        window.until("a stopped session with an error", |it| {
            let status = it.session.status();
            status.error.is_some() && !status.playing
        });
        assert!(window.session.status().error.is_some_and(|error| error.contains("failing")));
        assert_eq!(window.frame(), Some(19), "the last frame before the error is shown");
        // Frames before the error can be shown.
        window.send(seek(10));
        window.until_shown(10);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
        window.send(Command::SetScene(scene("good")));
        window.until("the other source", |it| {
            it.session.status().info.is_some_and(|info| info.source == "good")
                && it.frame() == Some(0)
                && !it.session.status().loading
        });
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn an_error_of_the_previous_source_does_not_affect_the_new_one() {
    without_deadlock(|| {
        let failing = FakeVideo { fails_at: Some(1), ..FakeVideo::of(5) };
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::of(5) };
        let opener = FakeOpener::of(&[("failing", &failing), ("good", &video)]);
        failing.at_frame.close();
        let mut window = FakeWindow::start(scene("failing"), &opener);
        failing.at_frame.wait_until_held();
        window.send(Command::SetScene(scene("good")));
        window.send(Command::Play);
        failing.at_frame.open();
        // The new source plays and loops: it is not affected by the error of the other.
        window.until("a second round of the loop", |it| it.frames().windows(2).any(|pair| pair[1] < pair[0]));
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_key_that_is_too_short_is_reported_and_a_longer_one_works() {
    without_deadlock(|| {
        let video = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("video", &video)]);
        let short = afterimage::scene::Scene { key: "00".parse().expect("a key"), ..scene("video") };
        let mut window = FakeWindow::start(short.clone(), &opener);
        window.until("a reported error", |it| it.session.status().error.is_some());
        assert!(window.session.status().error.is_some_and(|error| error.contains("16 bytes")));
        assert!(!window.session.status().loading);
        window.send(Command::SetScene(scene("video")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);

        // While playing, the error stops the sheets. With a good key, playing continues from the same frame.
        window.send(Command::Play);
        window.until("played frames", |it| it.frame().is_some_and(|frame| frame >= 3));
        window.send(Command::SetScene(short.clone()));
        window.until("a reported error", |it| it.session.status().error.is_some());
        window.send(Command::Reload);
        window.until("the error again", |it| it.session.status().error.is_some());
        window.send(Command::SetScene(scene("video")));
        let before = window.sheets.len();
        window.until("further frames", |it| it.sheets.len() > before + 3);
        assert!(window.session.status().playing);
        assert_eq!(window.session.status().error, None);

        // A good key right after a short one leaves no error.
        window.send(Command::Pause);
        for _ in 0..50 {
            window.send(Command::SetScene(short.clone()));
            window.send(Command::SetScene(scene("video")));
            window.send(seek(5));
            window.until_shown(5);
            assert_eq!(window.session.status().error, None);
        }
        window.session.join();
    });
}

#[test]
fn a_memory_that_does_not_fit_is_refused_and_a_shorter_one_works() {
    without_deadlock(|| {
        // Just under 1 MB per frame: about 200 frames fit.
        let video = FakeVideo { shape: Shape::new(512, 510), ..FakeVideo::of(3) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let remembering = |frames: u32| {
            let memory = NonZeroU32::new(frames).expect("not 0");
            afterimage::scene::Scene { memory, ..scene("video") }
        };
        let mut window = FakeWindow::start(remembering(2000), &opener);
        window.until("a refusal", |it| it.session.status().error.is_some());
        assert!(window.session.status().error.is_some_and(|error| error.contains("fit")));
        assert!(window.sheets.is_empty(), "no sheet was rendered");
        window.send(Command::SetScene(remembering(2)));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        // From a memory that fits to one that does not, even with fewer panels, and back.
        window.send(Command::SetScene(remembering(3000)));
        window.until("a refusal", |it| it.session.status().error.is_some());
        let mut fewer = remembering(3000);
        fewer.panels.pop();
        window.send(Command::SetScene(fewer));
        window.until("the refusal again", |it| it.session.status().error.is_some());
        window.send(Command::SetScene(remembering(2)));
        window.send(seek(1));
        window.until_shown(1);
        assert_eq!(window.session.status().error, None);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &remembering(2));
        window.session.join();
    });
}

#[test]
fn a_damaged_frame_is_reported() {
    without_deadlock(|| {
        let video = FakeVideo { damaged_at: Some(2), ..FakeVideo::of(5) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until("the report", |it| !it.session.status().problems.is_empty());
        assert_eq!(window.session.status().problems, ["frame 2 is damaged"]);
        window.session.join();
    });
}
