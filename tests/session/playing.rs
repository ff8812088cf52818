//! Playing, looping, seeking and stepping.

use afterimage::play::Command;
use afterimage::units::FrameIndex;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_film};

#[test]
fn it_starts_paused_at_frame_0() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("film", &FakeVideo::of(9))]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        let status = window.session.status();
        assert!(!status.playing && status.error.is_none());
        assert_eq!(status.shown, Some((FrameIndex(0), 0.0)));
        assert_eq!(status.info.expect("it is open").source, "film");
        window.session.join();
    });
}

#[test]
fn playing_goes_forward_and_ends_paused_at_the_last_frame() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::of(60) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(Command::SetLooped(false));
        window.send(Command::Play);
        window.until("ended", |it| it.frame() == Some(59) && !it.session.status().playing);
        assert!(window.frames().is_sorted_by(|one, next| one < next), "{:?}", window.frames());
        for sheet in &window.sheets {
            assert_pure(sheet, &film, &scene("film"));
        }
        // And from the start, when asked again.
        window.send(Command::Play);
        window.until("started again", |it| it.frame().is_some_and(|frame| frame < 59));
        window.session.join();
    });
}

#[test]
fn a_loop_goes_back_to_the_start_and_frame_0_has_no_frame_before_it() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.004, ..FakeVideo::of(12) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(Command::Play);
        window.until("come round three times", |it| {
            it.frames().windows(2).filter(|pair| pair[1] < pair[0]).count() >= 3
        });
        assert!(window.session.status().playing);
        for sheet in &window.sheets {
            assert_pure(sheet, &film, &scene("film"));
        }
        window.session.join();
    });
}

#[test]
fn a_still_does_not_loop() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("still", &FakeVideo::of(1))]);
        let mut window = FakeWindow::start(scene("still"), &opener);
        window.until_shown(0);
        window.send(Command::Play);
        window.until("paused", |it| !it.session.status().playing);
        assert!(opener.decoded() <= 4, "{:?}", opener.calls());
        window.session.join();
    });
}

#[test]
fn a_seek_shows_that_very_frame_with_the_numbers_of_playing_to_it() {
    without_deadlock(|| {
        let film = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        for frame in [37, 36, 99, 0, 98, 1, 50] {
            window.send(seek(frame));
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        }
        window.send(Command::SeekTime(0.67));
        window.until_shown(33);
        window.session.join();
    });
}

#[test]
fn past_the_end_is_the_last_frame_with_its_own_numbers() {
    without_deadlock(|| {
        let film = FakeVideo::of(10);
        for asked in [10, 11, 1000, u64::MAX] {
            let opener = FakeOpener::of(&[("film", &film)]);
            let mut window = FakeWindow::start(scene("film"), &opener);
            window.until_shown(0);
            window.send(seek(asked));
            window.until_shown(9);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
            window.session.join();
        }
    });
}

#[test]
fn a_seek_works_without_an_index() {
    without_deadlock(|| {
        let film = FakeVideo { unindexable: true, ..FakeVideo::of(30) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(20));
        window.until_shown(20);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        window.session.join();
    });
}

#[test]
fn steps_lead_to_exactly_the_next_frame_and_the_one_before() {
    without_deadlock(|| {
        let film = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(50));
        window.until_shown(50);
        for (command, frame) in [
            (Command::StepForward, 51),
            (Command::StepForward, 52),
            (Command::StepBack, 51),
            (Command::StepBack, 50),
            (Command::StepForward, 51),
        ] {
            window.send(command);
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        }
        // Commands that follow each other faster than frames come.
        for (commands, frame) in [
            (vec![Command::StepForward; 5], 56),
            (vec![Command::StepBack; 5], 51),
            (vec![Command::StepForward, Command::StepForward, Command::StepBack], 52),
            (vec![seek(70), Command::StepForward], 71),
            (vec![seek(70), Command::StepBack, Command::StepBack], 68),
            (vec![seek(0), Command::StepBack], 0),
        ] {
            for command in commands {
                window.send(command);
            }
            window.until_shown(frame);
        }
        window.session.join();
    });
}

#[test]
fn a_step_while_playing_pauses_at_the_next_frame() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.001, ..FakeVideo::of(5000) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        for _ in 0..5 {
            window.send(Command::Play);
            let before = window.sheets.len();
            window.until("played", |it| it.sheets.len() > before + 3);
            let held = window.frame().expect("a frame");
            window.send(Command::StepForward);
            window.until_shown(held + 1);
            assert!(!window.session.status().playing);
        }
        window.session.join();
    });
}

#[test]
fn seeks_that_come_faster_than_frames_coalesce() {
    without_deadlock(|| {
        let film = FakeVideo::of(200);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        window.until("indexed", |it| it.session.status().index.is_some());
        film.at_frame.close();
        window.send(seek(3));
        film.at_frame.holds();
        let before = opener.sought();
        (10..150).for_each(|frame| window.send(seek(frame)));
        film.at_frame.open();
        window.until_shown(149);
        assert!(opener.sought() - before <= 2, "{:?}", opener.calls());
        assert!(!window.frames().iter().any(|frame| (10..149).contains(frame)), "{:?}", window.frames());
        window.session.join();
    });
}

#[test]
fn a_seek_reaches_a_decoder_that_waits_for_room() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("film", &wide_film(1000))]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        // The source is opened and sought in; one frame is held, three fill the queue, and there is no room for
        // another.
        window.until("indexed", |it| it.session.status().index.is_some());
        opener.await_calls(|calls| calls.len() >= 6);
        for frame in [500, 2, 900] {
            window.send(seek(frame));
            window.until_shown(frame);
        }
        assert!(opener.decoded() < 60, "decoding runs ahead without a bound: {}", opener.decoded());
        window.session.join();
    });
}
