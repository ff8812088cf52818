//! Sessions that are dropped in the middle of things, and commands in any order.

use std::collections::HashSet;

use afterimage::picture::layout::Layout;
use afterimage::play::Command;

use crate::fake_opener::{FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek, wide_film};

#[test]
fn a_session_dropped_while_its_decoder_waits_for_room_ends() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("film", &wide_film(1000))]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        opener.await_calls(|calls| calls.len() >= 6);
        window.drop_and_wait(|| ());
    });
}

#[test]
fn a_session_dropped_while_it_decodes_ends_with_that_frame() {
    without_deadlock(|| {
        let film = FakeVideo::of(1000);
        let opener = FakeOpener::of(&[("film", &film)]);
        film.at_frame.close();
        let window = FakeWindow::start(scene("film"), &opener);
        film.at_frame.holds();
        window.drop_and_wait(|| film.at_frame.open());
        assert_eq!(opener.decoded(), 1);
    });
}

#[test]
fn a_session_dropped_while_it_opens_a_source_ends() {
    without_deadlock(|| {
        let film = FakeVideo::of(1000);
        let opener = FakeOpener::of(&[("film", &film)]);
        film.at_open.close();
        let window = FakeWindow::start(scene("film"), &opener);
        film.at_open.holds();
        window.drop_and_wait(|| film.at_open.open());
        assert_eq!(opener.decoded(), 0);
    });
}

#[test]
fn a_session_dropped_while_it_plays_ends() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.001, ..FakeVideo::of(100) };
        let opener = FakeOpener::of(&[("film", &film)]);
        for shown in 0..10 {
            let mut window = FakeWindow::start(scene("film"), &opener);
            window.send(Command::Play);
            window.until("played", |it| it.sheets.len() >= shown);
            window.drop_and_wait(|| ());
        }
    });
}

#[test]
fn commands_in_any_order_leave_a_session_that_still_obeys() {
    without_deadlock(|| {
        let (long, short) = (FakeVideo { frame_secs: 0.001, ..FakeVideo::of(300) }, FakeVideo::of(2));
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
