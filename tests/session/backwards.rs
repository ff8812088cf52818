//! Playing backwards: the same sheets, in the other order.

use afterimage::play::Command;
use afterimage::scene::Scene;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_film};

/// Shows frame `from` and plays backwards from there; what was shown before is forgotten.
fn backwards(window: &mut FakeWindow, from: u64) {
    window.send(seek(from));
    window.until_shown(from);
    window.sheets.clear();
    window.send(Command::PlayBackwards);
}

fn goes_down(frames: &[u64]) -> bool {
    frames.is_sorted_by(|one, next| one > next)
}

#[test]
fn it_goes_down_to_the_first_frame_and_holds_there() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::of(130) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let remembering = Scene { memory: 5.try_into().expect("not 0"), ..scene("film") };
        for scene in [scene("film"), remembering] {
            let mut window = FakeWindow::start(scene.clone(), &opener);
            window.send(Command::SetLooped(false));
            backwards(&mut window, 129);
            window.until("at the start", |it| {
                it.frame() == Some(0) && !it.session.status().playing && !it.session.status().loading
            });
            let frames = window.frames();
            assert_eq!(frames[0], 129);
            // Held, the first frame is shown once more, with those after it to follow.
            let played = frames.iter().position(|&frame| frame == 0).expect("it was shown");
            assert!(goes_down(&frames[..=played]) && played > 20, "{frames:?}");
            for sheet in &window.sheets {
                assert_pure(sheet, &film, &scene);
            }
            window.send(Command::StepForward);
            window.until_shown(1);
            window.session.join();
        }
    });
}

#[test]
fn a_loop_goes_on_with_the_last_frame() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.004, ..FakeVideo::of(12) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        backwards(&mut window, 5);
        window.until("come round three times", |it| {
            it.frames().windows(2).filter(|pair| pair[1] > pair[0]).count() >= 3
        });
        assert!(window.session.status().playing && window.session.status().backwards);
        for sheet in &window.sheets {
            assert_pure(sheet, &film, &scene("film"));
        }
        window.session.join();
    });
}

#[test]
fn it_turns_where_it_is_and_steps_lead_on_as_ever() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.003, ..FakeVideo::of(2000) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(1000));
        window.until_shown(1000);
        for _ in 0..3 {
            for (command, goes_up) in [(Command::Play, true), (Command::PlayBackwards, false)] {
                window.sheets.clear();
                window.send(command);
                window.until("played", |it| it.sheets.len() > 6);
                // The frame on screen may be shown again where it turns.
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
        window.until("played", |it| it.frame().is_some_and(|frame| frame < held));
        let held = window.frame().expect("a frame");
        window.send(Command::StepBack);
        window.until_shown(held - 1);
        assert!(!window.session.status().playing);
        window.session.join();
    });
}

#[test]
fn frames_are_decoded_by_the_stretch_and_not_one_by_one_and_no_more_are_kept_than_there_is_room_for() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::of(300) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(Command::SetLooped(false));
        window.send(seek(299));
        window.until_shown(299);
        let (decoded, sought) = (opener.decoded(), opener.sought());
        window.send(Command::PlayBackwards);
        window.until("at the start", |it| it.frame() == Some(0));
        let (decoded, sought) = (opener.decoded() - decoded, opener.sought() - sought);
        assert!(decoded < 330 && sought < 60, "{decoded} decoded, {sought} sought");
        window.session.join();
        // Sixteen megabytes a frame: eight are kept, and four wait.
        let plain = Scene { panels: vec!["plain".parse().expect("a panel")], ..scene("film") };
        let opener = FakeOpener::of(&[("film", &wide_film(1000))]);
        let mut window = FakeWindow::start(plain, &opener);
        backwards(&mut window, 900);
        window.until("played", |it| it.frame().is_some_and(|frame| frame < 900));
        window.send(seek(2));
        window.until("there", |it| it.frame().is_some_and(|shown| shown <= 2));
        assert!(opener.decoded() < 60, "decoding runs ahead without a bound: {}", opener.decoded());
        window.session.join();
    });
}

#[test]
fn the_last_frame_and_the_first_are_where_it_ends_and_a_still_has_nowhere_to_go() {
    without_deadlock(|| {
        for (frames, unindexable) in [(1, false), (2, false), (1, true), (30, true)] {
            let film = FakeVideo { unindexable, ..FakeVideo::of(frames) };
            let opener = FakeOpener::of(&[("film", &film)]);
            let mut window = FakeWindow::start(scene("film"), &opener);
            window.until_shown(0);
            window.send(Command::SetLooped(false));
            window.send(Command::PlayBackwards);
            window.until("holding", |it| {
                !it.session.status().playing && !it.session.status().loading && it.frame() == Some(0)
            });
            window.session.join();
        }
    });
}
