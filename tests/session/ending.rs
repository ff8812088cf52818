//! Sessions that are dropped while they work, and commands in random order.

use std::collections::HashSet;

use afterimage::picture::layout::Layout;
use afterimage::play::Command;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_video};

#[test]
fn a_session_dropped_while_its_decoder_waits_for_the_queue_ends() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("video", &wide_video(1000))]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        opener.await_calls(|calls| calls.len() >= 6);
        window.drop_and_wait(|| ());
    });
}

#[test]
fn a_session_dropped_while_it_decodes_ends_after_that_frame() {
    without_deadlock(|| {
        let video = FakeVideo::of(1000);
        let opener = FakeOpener::of(&[("video", &video)]);
        video.at_frame.close();
        let window = FakeWindow::start(scene("video"), &opener);
        video.at_frame.wait_until_held();
        window.drop_and_wait(|| video.at_frame.open());
        assert_eq!(opener.decoded(), 1);
    });
}

#[test]
fn a_session_dropped_while_it_opens_a_source_ends() {
    without_deadlock(|| {
        let video = FakeVideo::of(1000);
        let opener = FakeOpener::of(&[("video", &video)]);
        video.at_open.close();
        let window = FakeWindow::start(scene("video"), &opener);
        video.at_open.wait_until_held();
        window.drop_and_wait(|| video.at_open.open());
        assert_eq!(opener.decoded(), 0);
    });
}

#[test]
fn a_session_dropped_while_it_plays_ends() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 1000.0, ..FakeVideo::of(100) };
        let opener = FakeOpener::of(&[("video", &video)]);
        for shown in 0..10 {
            let mut window = FakeWindow::start(scene("video"), &opener);
            window.send(Command::Play);
            window.until("played frames", |it| it.sheets.len() >= shown);
            window.drop_and_wait(|| ());
        }
    });
}

#[test]
fn after_commands_in_random_order_the_session_still_works() {
    without_deadlock(|| {
        let (long, short) = (FakeVideo { frames_per_second: 1000.0, ..FakeVideo::of(300) }, FakeVideo::of(2));
        let failing = FakeVideo { fails_at: Some(4), ..FakeVideo::of(9) };
        let opener = FakeOpener::of(&[("long", &long), ("short", &short), ("failing", &failing)]);
        let mut window = FakeWindow::start(scene("long"), &opener);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut seen = HashSet::new();
        for _ in 0..600 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let names = ["long", "long", "long", "short", "failing", "none"];
            let gray = |name| afterimage::scene::Scene { layout: Layout::GRAY8, ..scene(name) };
            let name = names[(state >> 32) as usize % names.len()];
            let command = match state % 13 {
                0 | 1 => Command::Play,
                2 => Command::Pause,
                3 | 4 => seek(state >> 8 & 511),
                5 => Command::SeekTime((state >> 8 & 511) as f64 / 1000.0),
                6 => Command::StepForward,
                7 => Command::StepBack,
                8 => Command::SetSpeed(0.5 + (state >> 8 & 3) as f64),
                9 => Command::SetLooped(state & 256 == 0),
                10 => Command::SetScene(scene(name)),
                11 => Command::SetScene(gray(name)),
                _ => Command::Reload,
            };
            seen.insert(std::mem::discriminant(&command));
            window.send(command);
            let shown = window.session.shown(std::time::Instant::now());
            window.sheets.extend(shown.sheet);
        }
        assert!(seen.len() >= 10);
        window.send(Command::SetScene(scene("short")));
        window.send(Command::SetScene(scene("long")));
        window.send(Command::Pause);
        window.send(seek(123));
        window.until_shown(123);
        assert_pure(window.sheets.last().expect("a sheet"), &long, &scene("long"));
        assert_eq!(window.session.status().error, None);
        window.drop_and_wait(|| ());
    });
}
