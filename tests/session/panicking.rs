//! Panics in threads: a panic ends the work of its thread and is reported; the session continues.

use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::play::Command;
use afterimage::render::{BatchError, Job, Range, Sheet};

use crate::fake_opener::{FakeOpener, FakeVideo, Panics};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek};

fn video(panics: Panics) -> FakeVideo {
    FakeVideo { panics: Some(panics), ..FakeVideo::of(30) }
}

fn until_reported(window: &mut FakeWindow, what: &str) {
    window.until(&format!("a report of {what}"), |it| {
        let status = it.session.status();
        status.error.is_some_and(|error| error.contains(what)) && !status.loading
    });
}

#[test]
fn a_panic_while_decoding_is_reported_and_other_frames_are_shown() {
    without_deadlock(|| {
        let video = video(Panics::Frame(12));
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        window.send(Command::Play);
        until_reported(&mut window, "a panic at frame 12");
        window.until("a paused session", |it| !it.session.status().playing);
        assert_eq!(window.frame(), Some(11), "the last frame before the panic is shown");
        for frame in [20, 3] {
            window.send(seek(frame));
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &video, &scene("video"));
        }
        window.send(seek(12));
        window.until("a session that is neither loading nor playing", |it| !it.session.status().loading);
        window.session.join();
    });
}

#[test]
fn a_panic_while_opening_is_reported_and_another_source_opens() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("bad", &video(Panics::Open)), ("good", &FakeVideo::of(5))]);
        let mut window = FakeWindow::start(scene("bad"), &opener);
        until_reported(&mut window, "a panic while opening");
        window.send(Command::Play);
        window.send(Command::SetScene(scene("good")));
        window.until_shown(0);
        assert_eq!(window.session.status().error, None);
        window.session.join();
    });
}

#[test]
fn a_panic_while_counting_frames_is_reported_and_the_video_plays() {
    without_deadlock(|| {
        let video = video(Panics::Scan);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        until_reported(&mut window, "a panic while scanning");
        window.send(Command::Play);
        window.until("played frames", |it| it.frame().is_some_and(|frame| frame >= 5));
        window.session.join();
    });
}

#[test]
fn a_panic_while_finishing_a_sheet_is_reported_and_another_scene_is_rendered() {
    without_deadlock(|| {
        let video = FakeVideo::of(30);
        let opener = FakeOpener::of(&[("video", &video)]);
        let panics = |sheet: Sheet| {
            assert!(sheet.frame.index.0 != 7 || sheet.panels.len() == 2, "a panic at sheet 7");
            sheet
        };
        let mut window = FakeWindow::finishing(scene("video"), &opener, panics);
        window.send(Command::Play);
        until_reported(&mut window, "a panic at sheet 7");
        let mut fewer = scene("video");
        fewer.panels.pop();
        window.send(Command::Pause);
        window.send(Command::SetScene(fewer.clone()));
        window.send(seek(7));
        window.until_shown(7);
        assert_eq!(window.session.status().error, None);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &fewer);
        window.session.join();
    });
}

#[test]
fn a_panic_while_preparing_a_panel_is_reported_in_that_panel() {
    without_deadlock(|| {
        let video = FakeVideo { panics: Some(Panics::SecondFrame(2)), ..FakeVideo::shaded(150) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut scene = scene("video");
        scene.panels[1] = "aes-128-ecb:tone".parse().expect("a panel");
        let mut window = FakeWindow::start(scene, &opener);
        window.until("the report", |it| {
            let note = it.sheets.last().and_then(|sheet| sheet.panels[1].note.as_ref());
            note.is_some_and(|note| note.to_string().contains("a panic at frame 2"))
        });
        window.session.join();
    });
}

#[test]
fn a_batch_whose_decoder_panics_ends_with_an_error() {
    without_deadlock(|| {
        for (panics, frames) in [(Panics::Frame(7), 7), (Panics::Open, 0)] {
            let opener = FakeOpener::of(&[("video", &video(panics))]);
            let scene = scene("video");
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
