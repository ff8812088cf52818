//! Playing backwards: the same sheets, in descending order.

use afterimage::play::Command;
use afterimage::scene::Scene;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_video};

/// Shows frame `from` and plays backwards from there. The list of sheets starts anew.
fn play_backwards_from(window: &mut FakeWindow, from: u64) {
    window.send(seek(from));
    window.until_shown(from);
    window.sheets.clear();
    window.send(Command::PlayBackwards);
}

fn is_descending(frames: &[u64]) -> bool {
    frames.is_sorted_by(|one, next| one > next)
}

#[test]
fn playing_backwards_ends_paused_at_the_first_frame() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::of(130) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let remembering = Scene { memory: 5.try_into().expect("not 0"), ..scene("video") };
        for scene in [scene("video"), remembering] {
            let mut window = FakeWindow::start(scene.clone(), &opener);
            window.send(Command::SetLooped(false));
            play_backwards_from(&mut window, 129);
            window.until("the paused first frame", |it| {
                it.frame() == Some(0) && !it.session.status().playing && !it.session.status().loading
            });
            let frames = window.frames();
            assert_eq!(frames[0], 129);
            // When the session pauses, it shows the first frame again and decodes the frames after it.
            let played = frames.iter().position(|&frame| frame == 0).expect("frame 0 was shown");
            assert!(is_descending(&frames[..=played]) && played > 20, "{frames:?}");
            for sheet in &window.sheets {
                assert_pure(sheet, &video, &scene);
            }
            window.send(Command::StepForward);
            window.until_shown(1);
            window.session.join();
        }
    });
}

#[test]
fn a_loop_played_backwards_continues_with_the_last_frame() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 250.0, ..FakeVideo::of(12) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        play_backwards_from(&mut window, 5);
        window.until("three rounds of the loop", |it| {
            it.frames().windows(2).filter(|pair| pair[1] > pair[0]).count() >= 3
        });
        assert!(window.session.status().playing && window.session.status().backwards);
        for sheet in &window.sheets {
            assert_pure(sheet, &video, &scene("video"));
        }
        window.session.join();
    });
}

#[test]
fn changing_direction_continues_from_the_frame_on_screen_and_steps_still_work() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 333.0, ..FakeVideo::of(2000) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(seek(1000));
        window.until_shown(1000);
        for _ in 0..3 {
            for (command, goes_up) in [(Command::Play, true), (Command::PlayBackwards, false)] {
                window.sheets.clear();
                window.send(command);
                window.until("played frames", |it| it.sheets.len() > 6);
                // Where the direction changes, the frame on screen may be shown again.
                let frames = window.frames();
                let follow = |one: &u64, next: &u64| if goes_up { one <= next } else { one >= next };
                assert!(frames.is_sorted_by(follow), "{frames:?}");
                assert_eq!(window.session.status().backwards, !goes_up);
            }
        }
        let held = window.frame().expect("a frame");
        window.send(Command::Pause);
        assert!(!window.session.status().backwards);
        window.send(Command::StepForward);
        window.until_shown(held + 1);
        window.send(Command::StepBack);
        window.until_shown(held);
        window.send(Command::PlayBackwards);
        window.until("played frames", |it| it.frame().is_some_and(|frame| frame < held));
        let held = window.frame().expect("a frame");
        window.send(Command::StepBack);
        window.until_shown(held - 1);
        assert!(!window.session.status().playing);
        window.session.join();
    });
}

#[test]
fn playing_backwards_decodes_frames_in_chunks_and_keeps_a_bounded_number() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::of(300) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(Command::SetLooped(false));
        window.send(seek(299));
        window.until_shown(299);
        let (decoded, sought) = (opener.decoded(), opener.sought());
        window.send(Command::PlayBackwards);
        window.until("the paused first frame", |it| it.frame() == Some(0));
        let (decoded, sought) = (opener.decoded() - decoded, opener.sought() - sought);
        assert!(decoded < 330 && sought < 60, "{decoded} decoded, {sought} sought");
        window.session.join();
        // 16 MB per frame: eight frames are kept, and four wait in the queue.
        let plain = Scene { panels: vec!["plain".parse().expect("a panel")], ..scene("video") };
        let opener = FakeOpener::of(&[("video", &wide_video(1000))]);
        let mut window = FakeWindow::start(plain, &opener);
        play_backwards_from(&mut window, 900);
        window.until("played frames", |it| it.frame().is_some_and(|frame| frame < 900));
        window.send(seek(2));
        window.until("frame 2 or an earlier one", |it| it.frame().is_some_and(|shown| shown <= 2));
        assert!(opener.decoded() < 60, "the decoder runs too far ahead: {} frames", opener.decoded());
        window.session.join();
    });
}

#[test]
fn playing_a_short_video_or_a_still_backwards_ends_paused_at_frame_0() {
    without_deadlock(|| {
        for (frames, unindexable) in [(1, false), (2, false), (1, true), (30, true)] {
            let video = FakeVideo { unindexable, ..FakeVideo::of(frames) };
            let opener = FakeOpener::of(&[("video", &video)]);
            let mut window = FakeWindow::start(scene("video"), &opener);
            window.until_shown(0);
            window.send(Command::SetLooped(false));
            window.send(Command::PlayBackwards);
            window.until("a paused session", |it| {
                !it.session.status().playing && !it.session.status().loading && it.frame() == Some(0)
            });
            window.session.join();
        }
    });
}
