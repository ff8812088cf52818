//! Faults of the program: a panic in a thread ends the work that it was at, is told, and the rest goes on.

use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::play::Command;
use afterimage::render::{BatchError, Job, Range, Sheet};

use crate::film::{Archive, Film, Panics, Projector, scene, without_deadlock};
use crate::{assert_pure, seek};

fn film(panics: Panics) -> Film {
    Film { panics: Some(panics), ..Film::of(30) }
}

fn told(window: &mut Projector, what: &str) {
    window.until(&format!("told that {what}"), |it| {
        let status = it.session.status();
        status.error.is_some_and(|error| error.contains(what)) && !status.loading
    });
}

#[test]
fn a_panic_while_a_frame_is_decoded_is_told_and_other_frames_come() {
    without_deadlock(|| {
        let film = film(Panics::Frame(12));
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        window.until_shown(0);
        window.send(Command::Play);
        told(&mut window, "frame 12 bites");
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
        let archive = Archive::of(&[("bad", &film(Panics::Open)), ("good", &Film::of(5))]);
        let mut window = Projector::start(scene("bad"), &archive);
        told(&mut window, "the lid is stuck");
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
        let archive = Archive::of(&[("film", &film)]);
        let mut window = Projector::start(scene("film"), &archive);
        told(&mut window, "the counter is stuck");
        window.send(Command::Play);
        window.until("played", |it| it.frame().is_some_and(|frame| frame >= 5));
        window.session.join();
    });
}

#[test]
fn a_panic_while_a_sheet_is_made_is_told_once_and_another_scene_is_rendered() {
    without_deadlock(|| {
        let film = Film::of(30);
        let archive = Archive::of(&[("film", &film)]);
        let bites = |sheet: Sheet| {
            assert!(sheet.frame.index.0 != 7 || sheet.panels.len() == 2, "sheet 7 bites");
            sheet
        };
        let mut window = Projector::finishing(scene("film"), &archive, bites);
        window.send(Command::Play);
        told(&mut window, "sheet 7 bites");
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
        let film = Film { panics: Some(Panics::SecondFrame(2)), ..Film::shaded(150) };
        let archive = Archive::of(&[("film", &film)]);
        let mut scene = scene("film");
        scene.panels[1] = "aes-128-ecb:tone".parse().expect("a panel");
        let mut window = Projector::start(scene, &archive);
        window.until("told", |it| {
            let note = it.sheets.last().and_then(|sheet| sheet.panels[1].note.as_ref());
            note.is_some_and(|note| note.to_string().contains("frame 2 bites"))
        });
        window.session.join();
    });
}

#[test]
fn a_batch_ends_with_an_error_where_its_decoder_panics() {
    without_deadlock(|| {
        for (panics, frames) in [(Panics::Frame(7), 7), (Panics::Open, 0)] {
            let archive = Archive::of(&[("film", &film(panics))]);
            let scene = scene("film");
            let job = Job { opener: Some(&*archive), ..Job::new(&scene, Range::All) };
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
