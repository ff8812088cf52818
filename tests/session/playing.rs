//! Playing, looping, seeking and stepping.

use afterimage::play::Command;
use afterimage::units::FrameIndex;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_video};

#[test]
fn a_session_starts_paused_at_frame_0() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("video", &FakeVideo::of(9))]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        let status = window.session.status();
        assert!(!status.playing && status.error.is_none());
        assert_eq!(status.shown, Some((FrameIndex(0), 0.0)));
        assert_eq!(status.info.expect("the source is open").source, "video");
        window.session.join();
    });
}

#[test]
fn playing_ends_paused_at_the_last_frame() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::of(60) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(Command::SetLooped(false));
        window.send(Command::Play);
        window.until("the paused last frame", |it| it.frame() == Some(59) && !it.session.status().playing);
        assert!(window.frames().is_sorted_by(|one, next| one < next), "{:?}", window.frames());
        for sheet in &window.sheets {
            assert_pure(sheet, &video, &scene("video"));
        }
        // Playing again starts from the first frame.
        window.send(Command::Play);
        window.until("frames from the start", |it| it.frame().is_some_and(|frame| frame < 59));
        window.session.join();
    });
}

#[test]
fn a_loop_continues_with_frame_0_which_has_no_previous_frame() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 250.0, ..FakeVideo::of(12) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(Command::Play);
        window.until("three rounds of the loop", |it| {
            it.frames().windows(2).filter(|pair| pair[1] < pair[0]).count() >= 3
        });
        assert!(window.session.status().playing);
        for sheet in &window.sheets {
            assert_pure(sheet, &video, &scene("video"));
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
        window.until("a paused session", |it| !it.session.status().playing);
        assert!(opener.decoded() <= 4, "{:?}", opener.calls());
        window.session.join();
    });
}

#[test]
fn a_seek_shows_exactly_that_frame_with_the_same_numbers_as_playing_to_it() {
    without_deadlock(|| {
        let video = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        for frame in [37, 36, 99, 0, 98, 1, 50] {
            window.send(seek(frame));
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
        }
        window.send(Command::SeekTime(0.67));
        window.until_shown(33);
        window.session.join();
    });
}

#[test]
fn a_seek_past_the_end_shows_the_last_frame() {
    without_deadlock(|| {
        let video = FakeVideo::of(10);
        for asked in [10, 11, 1000, u64::MAX] {
            let opener = FakeOpener::of(&[("video", &video)]);
            let mut window = FakeWindow::start(scene("video"), &opener);
            window.until_shown(0);
            window.send(seek(asked));
            window.until_shown(9);
            assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
            window.session.join();
        }
    });
}

#[test]
fn a_seek_works_without_an_index() {
    without_deadlock(|| {
        let video = FakeVideo { unindexable: true, ..FakeVideo::of(30) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(seek(20));
        window.until_shown(20);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
        window.session.join();
    });
}

#[test]
fn steps_show_exactly_the_next_or_the_previous_frame() {
    without_deadlock(|| {
        let video = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
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
            assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
        }
        // Commands that follow each other faster than frames are shown.
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
        let video = FakeVideo { frames_per_second: 1000.0, ..FakeVideo::of(5000) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        for _ in 0..5 {
            window.send(Command::Play);
            let before = window.sheets.len();
            window.until("played frames", |it| it.sheets.len() > before + 3);
            let held = window.frame().expect("a frame");
            window.send(Command::StepForward);
            window.until_shown(held + 1);
            assert!(!window.session.status().playing);
        }
        window.session.join();
    });
}

#[test]
fn seeks_that_come_faster_than_frames_are_merged() {
    without_deadlock(|| {
        let video = FakeVideo::of(200);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        window.until("the index", |it| it.session.status().index.is_some());
        video.at_frame.close();
        window.send(seek(3));
        video.at_frame.wait_until_held();
        let before = opener.sought();
        (10..150).for_each(|frame| window.send(seek(frame)));
        video.at_frame.open();
        window.until_shown(149);
        assert!(opener.sought() - before <= 2, "{:?}", opener.calls());
        assert!(!window.frames().iter().any(|frame| (10..149).contains(frame)), "{:?}", window.frames());
        window.session.join();
    });
}

#[test]
fn a_seek_reaches_a_decoder_that_waits_for_the_queue() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("video", &wide_video(1000))]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        // Two calls open the source and seek. One frame is on display, three fill the queue, and the next has no room.
        window.until("the index", |it| it.session.status().index.is_some());
        opener.await_calls(|calls| calls.len() >= 6);
        for frame in [500, 2, 900] {
            window.send(seek(frame));
            window.until_shown(frame);
        }
        assert!(opener.decoded() < 60, "the decoder runs too far ahead: {} frames", opener.decoded());
        window.session.join();
    });
}
