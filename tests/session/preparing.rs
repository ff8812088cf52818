//! Preparing in the background what panels need of other frames of the video.

use afterimage::picture::layout::Layout;
use afterimage::play::Command;
use afterimage::scene::Scene;

use crate::fake_opener::{Call, FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::sheets::panels;
use crate::{assert_pure, seek};

/// A scene with panels whose lens `tone` needs many frames.
fn toned() -> Scene {
    let names = ["plain", "aes-128-ecb:tone", "aes-128-ecb:tone,vector=2", "aes-128-ctr:tone"];
    Scene { panels: panels(&names), ..scene("video") }
}

/// Takes sheets until this frame is on display and all its panels are prepared.
fn until_whole(window: &mut FakeWindow, frame: u64) {
    window.until(&format!("all panels of frame {frame}"), |it| {
        it.frame() == Some(frame) && !it.session.status().loading && is_whole(it)
    });
}

/// True if all panels on display are prepared.
fn is_whole(window: &FakeWindow) -> bool {
    window.sheets.last().is_some_and(|sheet| sheet.panels.iter().all(|panel| panel.pending.is_none()))
}

#[test]
fn a_frame_is_shown_at_once_and_again_when_its_panels_are_prepared() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        video.at_second_frame.close();
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        assert!(!is_whole(&window), "no panel is prepared yet");
        video.at_second_frame.wait_until_held();
        let preparing = window.session.status().preparing.expect("a panel is being prepared");
        assert!(window.sheets[0].panels.iter().any(|panel| panel.pending == Some(preparing.request)));
        assert_pure(&window.sheets[0], &video, &toned());
        video.at_second_frame.open();
        until_whole(&mut window, 0);
        let sheet = window.sheets.last().expect("a sheet");
        assert_pure(sheet, &video, &toned());
        assert!(sheet.panels[1].note.is_none(), "ECB shows shading");
        assert!(sheet.panels[3].note.is_some(), "CTR shows none, and the panel says so");
        window.until("the end of preparing", |it| it.session.status().preparing.is_none());
        assert_eq!(opener.opened(), 2, "one reader shows the video, and one prepares all panels in turn");
        window.session.join();
    });
}

#[test]
fn a_prepared_sheet_is_the_same_however_the_frame_was_reached() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(600);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        for frame in [10, 99, 100, 350, 119, 120, 599, 11] {
            window.send(seek(frame));
            until_whole(&mut window, frame);
            assert_pure(window.sheets.last().expect("a sheet"), &video, &toned());
        }
        window.send(Command::StepForward);
        until_whole(&mut window, 12);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &toned());
        window.session.join();
    });
}

#[test]
fn a_prepared_window_is_used_again() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        until_whole(&mut window, 0);
        let readers = opener.opened();
        for frame in [7, 110, 3] {
            window.send(seek(frame));
            until_whole(&mut window, frame);
        }
        // Other options of the lens need no new preparation.
        let mut scene = toned();
        scene.panels[1] = "aes-128-ecb:tone,flip=yes,gaps=light".parse().expect("a panel");
        window.send(Command::SetScene(scene.clone()));
        window.until("the other scene", |it| {
            it.sheets.last().is_some_and(|sheet| sheet.panels[1].panel == scene.panels[1])
        });
        assert!(is_whole(&window));
        assert_eq!(opener.opened(), readers);
        window.session.join();
    });
}

#[test]
fn another_key_or_layout_is_prepared_again() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(120);
        let opener = FakeOpener::of(&[("video", &video)]);
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
            window.until("the other scene", |it| {
                it.sheets.len() > before
                    && it.frame() == Some(50)
                    && it.sheets.last().is_some_and(|sheet| sheet.frame.layout == scene.layout)
                    && is_whole(it)
                    && it.session.status().preparing.is_none()
            });
            assert_pure(window.sheets.last().expect("a sheet"), &video, &scene);
        }
        window.session.join();
    });
}

#[test]
fn a_seek_interrupts_preparing_that_is_no_longer_needed() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(1000);
        video.at_second_frame.close();
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        video.at_second_frame.wait_until_held();
        window.send(seek(800));
        video.at_second_frame.open();
        until_whole(&mut window, 800);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &toned());
        // The decoder reads ahead a little, but not to the end of the first window.
        assert!(!opener.calls().contains(&Call::Next(100)), "the first window was read to its end");
        window.session.join();
    });
}

#[test]
fn while_playing_the_next_window_is_prepared_ahead() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::shaded(500) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        until_whole(&mut window, 0);
        window.send(Command::Play);
        // The loop plays until both later windows are prepared.
        window.until("the prepared last window", |it| {
            is_whole(it) && it.frame().is_some_and(|frame| frame > 480)
        });
        window.send(Command::Pause);
        let last = window.sheets.len().saturating_sub(40);
        for sheet in window.sheets[last..].iter().step_by(7) {
            assert_pure(sheet, &video, &toned());
        }
        window.session.join();
    });
}

#[test]
fn after_the_command_to_stop_no_panel_is_prepared_until_the_command_to_prepare() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(300);
        video.at_second_frame.close();
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        video.at_second_frame.wait_until_held();
        window.send(Command::StopPreparing);
        let status = window.session.status();
        assert!(status.preparing.is_none() && status.preparing_stopped);
        video.at_second_frame.open();
        window.send(seek(20));
        window.until_shown(20);
        assert!(!is_whole(&window));
        assert!(window.session.status().preparing.is_none());
        window.send(Command::Prepare);
        until_whole(&mut window, 20);
        assert!(!window.session.status().preparing_stopped);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &toned());
        window.session.join();
    });
}

#[test]
fn a_source_that_fails_in_the_middle_is_prepared_up_to_there() {
    without_deadlock(|| {
        let video = FakeVideo { fails_at: Some(40), ..FakeVideo::shaded(300) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.send(seek(30));
        until_whole(&mut window, 30);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &toned());
        window.session.join();
    });
}

#[test]
fn a_session_dropped_while_it_prepares_ends() {
    without_deadlock(|| {
        let video = FakeVideo::shaded(1000);
        video.at_second_frame.close();
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(toned(), &opener);
        window.until_shown(0);
        video.at_second_frame.wait_until_held();
        window.drop_and_wait(|| video.at_second_frame.open());
        assert!(!opener.calls().contains(&Call::Next(100)), "the first window was read to its end");
    });
}

#[test]
fn no_panel_is_prepared_that_needs_no_preparation() {
    without_deadlock(|| {
        let opener = FakeOpener::of(&[("video", &FakeVideo::shaded(50))]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(seek(20));
        window.until_shown(20);
        assert!(is_whole(&window));
        assert_eq!(opener.opened(), 1);
        window.session.join();
    });
}
