//! Another scene, layout or memory, while it holds and while it plays.

use afterimage::picture::layout::Layout;
use afterimage::play::Command;

use crate::fake_opener::{Call, FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::{assert_pure, seek};

#[test]
fn another_scene_while_paused_is_rendered_from_the_held_frame_without_decoding() {
    without_deadlock(|| {
        let film = FakeVideo::of(3);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(1));
        window.until_shown(1);
        // Decoding goes on to the end of the film: then there is nothing left to decode.
        opener.await_calls(|calls| calls.last() == Some(&Call::Next(3)));
        let decoded = opener.decoded();
        let mut other = scene("film");
        other.panels.push("aes-256-ctr".parse().expect("a panel"));
        other.key = "ff".repeat(64).parse().expect("a key");
        window.send(Command::SetScene(other.clone()));
        window.until("shown the other scene", |it| {
            it.sheets.last().is_some_and(|sheet| sheet.panels.len() == other.panels.len())
        });
        assert_eq!(window.frame(), Some(1));
        assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        assert_eq!(opener.decoded(), decoded);
        // What was rendered ahead is in the new scene too.
        window.send(Command::StepForward);
        window.until_shown(2);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        window.session.join();
    });
}

#[test]
fn a_memory_reaches_back_however_a_frame_is_reached() {
    without_deadlock(|| {
        let film = FakeVideo::of(40);
        let opener = FakeOpener::of(&[("film", &film)]);
        let panels = ["plain", "aes-128-ecb:repeats", "aes-128-ecb:motion", "aes-128-ecb:outline"];
        let remembering = |memory: u32| afterimage::scene::Scene {
            panels: panels.map(|panel| panel.parse().expect("a panel")).into(),
            memory: memory.try_into().expect("not 0"),
            ..scene("film")
        };
        let mut window = FakeWindow::start(remembering(5), &opener);
        window.until_shown(0);
        for (command, frame) in [
            (seek(20), 20),
            (Command::StepForward, 21),
            (Command::StepBack, 20),
            (seek(2), 2),
            (seek(39), 39),
        ] {
            window.send(command);
            window.until_shown(frame);
            assert_pure(window.sheets.last().expect("a sheet"), &film, &remembering(5));
        }
        // A longer memory needs frames that are not held; a shorter one does not keep more than it needs.
        for memory in [9, 2, 1, 4] {
            let shown = window.sheets.len();
            window.send(Command::SetScene(remembering(memory)));
            window.until("shown with another memory", |it| it.sheets.len() > shown);
            assert_eq!(window.frame(), Some(39));
            assert_pure(window.sheets.last().expect("a sheet"), &film, &remembering(memory));
        }
        window.session.join();
    });
}

#[test]
fn another_layout_keeps_the_frame() {
    without_deadlock(|| {
        let film = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.send(seek(42));
        window.until_shown(42);
        for layout in Layout::ALL.into_iter().rev() {
            let other = afterimage::scene::Scene { layout, ..scene("film") };
            window.send(Command::SetScene(other.clone()));
            window.until("shown in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == layout)
            });
            assert_eq!(window.frame(), Some(42));
            assert_pure(window.sheets.last().expect("a sheet"), &film, &other);
        }
        window.session.join();
    });
}

#[test]
fn another_layout_right_after_a_seek_keeps_the_frame_sought() {
    without_deadlock(|| {
        let film = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("film", &film)]);
        let mut window = FakeWindow::start(scene("film"), &opener);
        window.until_shown(0);
        for (command, frame) in [(seek(30), 30), (Command::SeekTime(1.0), 50)] {
            window.send(command);
            for layout in [Layout::GRAY8, Layout::RGB24] {
                window.send(Command::SetScene(afterimage::scene::Scene { layout, ..scene("film") }));
            }
            window.until_shown(frame);
            window.until("shown in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == Layout::RGB24)
            });
            assert_eq!(window.frame(), Some(frame));
        }
        window.session.join();
    });
}

#[test]
fn scenes_that_change_while_playing_are_all_pure_and_the_last_one_stays() {
    without_deadlock(|| {
        let film = FakeVideo { frame_secs: 0.002, ..FakeVideo::of(400) };
        let opener = FakeOpener::of(&[("film", &film)]);
        let scenes = ["00", "11", "22", "33"].map(|key| afterimage::scene::Scene {
            key: key.repeat(32).parse().expect("a key"),
            ..scene("film")
        });
        let mut window = FakeWindow::start(scenes[0].clone(), &opener);
        window.send(Command::Play);
        for scene in scenes.iter().cycle().take(40) {
            window.send(Command::SetScene(scene.clone()));
            let before = window.sheets.len();
            window.until("shown something", |it| it.sheets.len() > before);
        }
        window.send(Command::Pause);
        window.send(Command::SetScene(scenes[2].clone()));
        window.send(seek(7));
        window.until_shown(7);
        assert_pure(window.sheets.last().expect("a sheet"), &film, &scenes[2]);
        window.session.join();
    });
}
