//! Faults of the program: a panic in a thread ends the work that it was at, is told, and the rest goes on.

use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::play::Command;
use afterimage::render::{BatchError, Job, Range, Sheet};

use crate::fake_opener::{FakeOpener, FakeVideo, Panics};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek};

fn film(panics: Panics) -> FakeVideo {
    FakeVideo { panics: Some(panics), ..FakeVideo::of(30) }
}

fn told(window: &mut FakeWindow, what: &str) {
    window.until(&format!("told that {what}"), |it| {
        let status = it.session.status();
        status.error.is_some_and(|error| error.contains(what)) && !status.loading
    });
}

#[test]
fn a_panic_while_a_frame_is_decoded_is_told_and_other_frames_come() {
    without_deadlock(|| {
        let film = film(Panics::Frame(12));
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        window.send(Command::Play);
        told(&mut window, "a panic at frame 12");
        window.until("held", |it| !it.session.status().playing);
        assert_eq!(window.frame(), Some(11), "what was decoded before is shown");
        for frame in [20, 3] {
            window.send(seek(frame));
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene("film"));
        }
        window.send(seek(12));
        window.until("given up", |it| !it.session.status().loading);
        window.session.join();
    });
}

#[test]
fn a_panic_while_a_source_is_opened_is_told_and_another_source_opens() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("bad", &film(Panics::Open)), ("good", &FakeVideo::of(5))]);
        let mut window = FakeWindow::start(scene("bad"), &opener);
        told(&mut window, "a panic while opening");
        window.send(Command::Play);
        window.send(Command::SetScene(scene("good")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_panic_while_frames_are_counted_is_told_and_the_video_plays() {
    without_deadlock(|| {
        let film = film(Panics::Scan);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        told(&mut window, "a panic while scanning");
        window.send(Command::Play);
        window.until("played", |it| it.frame().is_some_and(|frame| frame >= 5));
        window.session.join();
    });
}

#[test]
fn a_panic_while_a_sheet_is_made_is_told_once_and_another_scene_is_rendered() {
    without_deadlock(|| {
        let film = FakeVideo::of(30);
        let opener = FakeOpener::of(&[("film", &film)]);
        let panics = |sheet: Sheet| {
            assert!(sheet.frame.index.0 != 7 || sheet.panels.len() == 2, "a panic at sheet 7");
            sheet
        };
        let mut window = FakeWindow::finishing(scene("film"), &opener, panics);
        window.send(Command::Play);
        told(&mut window, "a panic at sheet 7");
        let mut fewer = scene("film");
        fewer.panels.pop();
        window.send(Command::Pause);
        window.send(Command::SetScene(fewer.clone()));
        window.send(seek(7));
        window.until_shown(7);
        assert_eq!(window.session.status().error, None);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &fewer);
        window.session.join();
    });
}

#[test]
fn a_panic_while_a_panel_is_prepared_is_told_in_its_place() {
    without_deadlock(|| {
        let film = FakeVideo { panics: Some(Panics::SecondFrame(2)), ..FakeVideo::shaded(150) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut scene = scene("film");
        scene.panels[1] = "aes-128-ecb:tone".parse().expect("a panel");
        let mut window = FakeWindow::start(scene, &opener);
        window.until("told", |it| {
            let note = it.sheets.last().and_then(|sheet| sheet.panels[1].note.as_ref());
            note.is_some_and(|note| note.to_string().contains("a panic at frame 2"))
        });
        window.session.join();
    });
}

#[test]
fn a_batch_ends_with_an_error_where_its_decoder_panics() {
    without_deadlock(|| {
        for (panics, frames) in [(Panics::Frame(7), 7), (Panics::Open, 0)] {
            let opener = FakeOpener::of(&[("film", &film(panics))]);
            let scene = scene("film");
            let job = Job { opener: Some(&*opener), ..Job::new(&scene, Range::All) };
            let mut count = 0;
            let ended = batch::render(job, |_, _| {
                count += 1;
                ControlFlow::Continue(())
            });
            assert!(matches!(ended, Err(BatchError::Panicked(_))), "{ended:?}");
            assert_eq!(count, frames);
        }
    });
}
