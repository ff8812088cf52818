//! Preparing in the background: what panels need from elsewhere in the video.

use afterimage::picture::layout::Layout;
use afterimage::play::Command;
use afterimage::scene::Scene;

use crate::fake_opener::{Call, FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek};

/// A scene with panels that need a whole shot.
fn toned() -> Scene {
    let panels = ["plain", "aes-128-ecb:tone", "aes-128-ecb:tone,vector=2", "aes-128-ctr:tone"];
    Scene { panels: panels.map(|panel| panel.parse().expect("a panel")).into(), ..scene("film") }
}

/// Shows what comes until this frame is there and nothing of it is missing.
fn until_whole(window: &mut FakeWindow, frame: u64) {
    window.until(&format!("shown all of frame {frame}"), |it| {
        it.frame() == Some(frame) && !it.session.status().loading && is_whole(it)
    });
}

/// The sheet on display lacks nothing.
fn is_whole(window: &FakeWindow) -> bool {
    window.sheets.last().is_some_and(|sheet| sheet.panels.iter().all(|panel| panel.pending.is_none()))
}

#[test]
fn a_frame_is_shown_at_once_and_drawn_when_its_shot_is_prepared() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        film.at_second_frame.close();
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        assert!(!is_whole(&window), "nothing is prepared yet");
        film.at_second_frame.holds();
        let preparing = window.session.status().preparing.expect("it is being prepared");
        assert!(window.sheets[0].panels.iter().any(|panel| panel.pending == Some(preparing.request)));
        assert_pure(&window.sheets[0], &film, &toned());
        film.at_second_frame.open();
        until_whole(&mut window, 0);
        let sheet = window.sheets.last().expect("a sheet");
        assert_pure(sheet, &film, &toned());
        assert!(sheet.panels[1].note.is_none(), "shading is found under ECB");
        assert!(sheet.panels[3].note.is_some(), "and nothing under CTR, which it says");
        window.until("done", |it| it.session.status().preparing.is_none());
        assert_eq!(opener.opened(), 2, "to show it, and to prepare one thing after the other");
        window.session.join();
    });
}

#[test]
fn the_sheet_is_the_same_however_the_frame_was_reached() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(600);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        for frame in [10, 99, 100, 350, 119, 120, 599, 11] {
            window.send(seek(frame));
            until_whole(&mut window, frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &toned());
        }
        window.send(Command::StepForward);
        until_whole(&mut window, 12);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &toned());
        window.session.join();
    });
}

#[test]
fn what_was_prepared_is_used_again() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        until_whole(&mut window, 0);
        let readers = opener.opened();
        for frame in [7, 110, 3] {
            window.send(seek(frame));
            until_whole(&mut window, frame);
        }
        // Other options of the lens need nothing new.
        let mut scene = toned();
        scene.panels[1] = "aes-128-ecb:tone,flip=yes,gaps=light".parse().expect("a panel");
        window.send(Command::SetScene(scene.clone()));
        window.until("shown in the other scene", |it| {
            it.sheets.last().is_some_and(|sheet| sheet.panels[1].panel == scene.panels[1])
        });
        assert!(is_whole(&window));
        assert_eq!(opener.opened(), readers);
        window.session.join();
    });
}

#[test]
fn another_key_or_layout_is_prepared_anew() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(120);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        until_whole(&mut window, 0);
        window.send(seek(50));
        for scene in [
            Scene { key: "ff".repeat(64).parse().expect("a key"), ..toned() },
            Scene { layout: Layout::GRAY8, ..toned() },
            Scene { layout: Layout::YUV420P, ..toned() },
            toned(),
        ] {
            let before = window.sheets.len();
            window.send(Command::SetScene(scene.clone()));
            window.until("shown in the other scene", |it| {
                it.sheets.len() > before
                    && it.frame() == Some(50)
                    && it.sheets.last().is_some_and(|sheet| sheet.frame.layout == scene.layout)
                    && is_whole(it)
                    && it.session.status().preparing.is_none()
            });
            assert_pure(window.sheets.last().expect("a sheet"), &film, &scene);
        }
        window.session.join();
    });
}

#[test]
fn a_seek_breaks_off_what_is_no_longer_wanted() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(1000);
        film.at_second_frame.close();
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        film.at_second_frame.holds();
        window.send(seek(800));
        film.at_second_frame.open();
        until_whole(&mut window, 800);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &toned());
        // The decoder reads ahead a little; nobody read on to the end of the first window.
        assert!(!opener.calls().contains(&Call::Next(100)), "it was prepared to its end");
        window.session.join();
    });
}

#[test]
fn playing_on_finds_the_next_window_prepared_and_every_sheet_is_pure() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::shaded(500) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        until_whole(&mut window, 0);
        window.send(Command::Play);
        // Round and round, until both later windows are prepared.
        window.until("shown all of the last window", |it| {
            is_whole(it) && it.frame().is_some_and(|frame| frame > 480)
        });
        window.send(Command::Pause);
        let last = window.sheets.len().saturating_sub(40);
        for sheet in window.sheets[last..].iter().step_by(7) {
            assert_pure(sheet, &film, &toned());
        }
        window.session.join();
    });
}

#[test]
fn broken_off_by_the_owner_nothing_is_prepared_until_asked_again() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(300);
        film.at_second_frame.close();
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        film.at_second_frame.holds();
        window.send(Command::StopPreparing);
        let status = window.session.status();
        assert!(status.preparing.is_none() && status.preparing_stopped);
        film.at_second_frame.open();
        window.send(seek(20));
        window.until_shown(20);
        assert!(!is_whole(&window));
        assert!(window.session.status().preparing.is_none());
        window.send(Command::Prepare);
        until_whole(&mut window, 20);
        assert!(!window.session.status().preparing_stopped);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &toned());
        window.session.join();
    });
}

#[test]
fn a_source_that_breaks_off_is_prepared_as_far_as_it_goes() {
    without_deadlock(|| {
        let film = FakeVideo { fails_at: Some(40), ..FakeVideo::shaded(300) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.send(seek(30));
        until_whole(&mut window, 30);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &toned());
        window.session.join();
    });
}

#[test]
fn a_session_dropped_while_it_prepares_ends() {
    without_deadlock(|| {
        let film = FakeVideo::shaded(1000);
        film.at_second_frame.close();
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        film.at_second_frame.holds();
        window.drop_and_wait(|| film.at_second_frame.open());
        assert!(!opener.calls().contains(&Call::Next(100)), "it was prepared to its end");
    });
}

#[test]
fn where_no_panel_needs_it_nothing_is_prepared() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("film", &FakeVideo::shaded(50))]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(20));
        window.until_shown(20);
        assert!(is_whole(&window));
        assert_eq!(opener.opened(), 1);
        window.session.join();
    });
}
