//! Sources that cannot be opened, break off or are damaged, and keys that are too short.

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
        window.until("reported", |it| it.session.status().error.is_some());
        let status = window.session.status();
        assert!(!status.loading && !status.playing, "{status:?}");
        assert!(status.error.is_some_and(|error| error.contains("bad")));
        // Asking for more of it changes nothing, and the reason stays to be read.
        for command in [Command::Play, seek(3), Command::StepForward, Command::StepBack] {
            window.send(command);
            window.until("given up", |it| {
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
fn a_source_that_breaks_off_is_shown_so_far_and_reported() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, fails_at: Some(20), ..FakeVideo::of(50) };
        let opener = FakeOpener::of(&[("film", &film), ("good", &FakeVideo::of(5))]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(Command::Play);
        window.until("stopped", |it| {
            let status = it.session.status();
            status.error.is_some() && !status.playing
        });
        assert!(window.session.status().error.is_some_and(|error| error.contains("failing")));
        assert_eq!(window.frame(), Some(19), "what could be read was shown");
        // Before the tear, all is well.
        window.send(seek(10));
        window.until_shown(10);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        window.send(Command::SetScene(scene("good")));
        window.until("shown the other", |it| {
            it.session.status().info.is_some_and(|info| info.source == "good")
                && it.frame() == Some(0)
                && !it.session.status().loading
        });
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn an_error_of_a_source_that_was_left_does_not_hit_the_new_one() {
    without_deadlock(|| {
        let failing = FakeVideo { fails_at: Some(1), ..FakeVideo::of(5) };
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::of(5) };
        let opener = FakeOpener::of(&[("failing", &failing), ("good", &film)]);
        failing.at_frame.close();
        let mut window = FakeWindow::start(scene("failing"), &opener);
        failing.at_frame.holds();
        window.send(Command::SetScene(scene("good")));
        window.send(Command::Play);
        failing.at_frame.open();
        // It plays, and it loops: nothing of the other source's end has come over.
        window.until("looped", |it| it.frames().windows(2).any(|pair| pair[1] < pair[0]));
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_key_that_is_too_short_is_reported_and_a_longer_one_goes_on() {
    without_deadlock(|| {
        let film = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("film", &film)]);
        let short = afterimage::scene::Scene { key: "00".parse().expect("a key"), ..scene("film") };
        let mut window = FakeWindow::start(short.clone(), &opener);
        window.until("reported", |it| it.session.status().error.is_some());
        assert!(window.session.status().error.is_some_and(|error| error.contains("16 bytes")));
        assert!(!window.session.status().loading);
        window.send(Command::SetScene(scene("film")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);

        // While playing: no sheet of another scene than the one set, and then on from where it stood.
        window.send(Command::Play);
        window.until("played", |it| it.frame().is_some_and(|frame| frame >= 3));
        window.send(Command::SetScene(short.clone()));
        window.until("reported", |it| it.session.status().error.is_some());
        window.send(Command::Reload);
        window.until("reported once more", |it| it.session.status().error.is_some());
        window.send(Command::SetScene(scene("film")));
        let before = window.sheets.len();
        window.until("gone on", |it| it.sheets.len() > before + 3);
        assert!(window.session.status().playing);
        assert_eq!(window.session.status().error, None);

        // A good key that follows at once leaves no error behind.
        window.send(Command::Pause);
        for _ in 0..50 {
            window.send(Command::SetScene(short.clone()));
            window.send(Command::SetScene(scene("film")));
            window.send(seek(5));
            window.until_shown(5);
            assert_eq!(window.session.status().error, None);
        }
        window.session.join();
    });
}

#[test]
fn a_memory_that_does_not_fit_is_refused_in_words_and_a_shorter_one_is_then_shown() {
    without_deadlock(|| {
        // Just under 1 MB a frame: some 200 fit.
        let film = FakeVideo { shape: Shape::new(512, 510), ..FakeVideo::of(3) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let remembering = |frames: u32| {
            let memory = NonZeroU32::new(frames).expect("not 0");
            afterimage::scene::Scene { memory, ..scene("film") }
        };
        let mut window = FakeWindow::start(remembering(2000), &opener);
        window.until("refused", |it| it.session.status().error.is_some());
        assert!(window.session.status().error.is_some_and(|error| error.contains("fit")));
        assert!(window.sheets.is_empty(), "nothing was rendered");
        window.send(Command::SetScene(remembering(2)));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        // From one that is shown to one that does not fit, which another panel does not change, and back.
        window.send(Command::SetScene(remembering(3000)));
        window.until("refused", |it| it.session.status().error.is_some());
        let mut fewer = remembering(3000);
        fewer.panels.pop();
        window.send(Command::SetScene(fewer));
        window.until("refused again", |it| it.session.status().error.is_some());
        window.send(Command::SetScene(remembering(2)));
        window.send(seek(1));
        window.until_shown(1);
        assert_eq!(window.session.status().error, None);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &remembering(2));
        window.session.join();
    });
}

#[test]
fn what_could_not_be_decoded_is_told() {
    without_deadlock(|| {
        let film = FakeVideo { damaged_at: Some(2), ..FakeVideo::of(5) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until("told", |it| !it.session.status().problems.is_empty());
        assert_eq!(window.session.status().problems, ["frame 2 is damaged"]);
        window.session.join();
    });
}
