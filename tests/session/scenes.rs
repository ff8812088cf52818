//! Changes of the scene, the layout and the memory, while paused and while playing.

use afterimage::picture::layout::Layout;
use afterimage::play::Command;

use crate::fake_opener::{Call, FakeOpener, FakeVideo};
use crate::fake_window::{FakeWindow, scene, without_deadlock};
use crate::sheets::panels;
use crate::{assert_pure, seek};

#[test]
fn another_scene_while_paused_is_rendered_without_decoding_again() {
    without_deadlock(|| {
        let video = FakeVideo::of(3);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(seek(1));
        window.until_shown(1);
        // Wait until the decoder has read ahead to the end of the video.
        opener.await_calls(|calls| calls.last() == Some(&Call::Next(3)));
        let decoded = opener.decoded();
        let mut other = scene("video");
        other.panels.push("aes-256-ctr".parse().expect("a panel"));
        other.key = "ff".repeat(64).parse().expect("a key");
        window.send(Command::SetScene(other.clone()));
        window.until("the other scene", |it| {
            it.sheets.last().is_some_and(|sheet| sheet.panels.len() == other.panels.len())
        });
        assert_eq!(window.frame(), Some(1));
        assert_pure(window.sheets.last().expect("a sheet"), &video, &other);
        assert_eq!(opener.decoded(), decoded);
        // The next frame, rendered ahead, has the new scene too.
        window.send(Command::StepForward);
        window.until_shown(2);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &other);
        window.session.join();
    });
}

#[test]
fn the_memory_holds_the_same_frames_however_a_frame_was_reached() {
    without_deadlock(|| {
        let video = FakeVideo::of(40);
        let opener = FakeOpener::of(&[("video", &video)]);
        let panels = panels(&["plain", "aes-128-ecb:repeats", "aes-128-ecb:motion", "aes-128-ecb:outline"]);
        let remembering = |memory: u32| afterimage::scene::Scene {
            panels: panels.clone(),
            memory: memory.try_into().expect("not 0"),
            ..scene("video")
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
            assert_pure(window.sheets.last().expect("a sheet"), &video, &remembering(5));
        }
        // A longer memory needs frames that are no longer kept. A shorter one uses only the frames that it needs.
        for memory in [9, 2, 1, 4] {
            let shown = window.sheets.len();
            window.send(Command::SetScene(remembering(memory)));
            window.until("a sheet with the other memory", |it| it.sheets.len() > shown);
            assert_eq!(window.frame(), Some(39));
            assert_pure(window.sheets.last().expect("a sheet"), &video, &remembering(memory));
        }
        window.session.join();
    });
}

#[test]
fn another_layout_keeps_the_frame() {
    without_deadlock(|| {
        let video = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.send(seek(42));
        window.until_shown(42);
        for layout in Layout::ALL.into_iter().rev() {
            let other = afterimage::scene::Scene { layout, ..scene("video") };
            window.send(Command::SetScene(other.clone()));
            window.until("a sheet in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == layout)
            });
            assert_eq!(window.frame(), Some(42));
            assert_pure(window.sheets.last().expect("a sheet"), &video, &other);
        }
        window.session.join();
    });
}

#[test]
fn another_layout_right_after_a_seek_keeps_the_target_of_the_seek() {
    without_deadlock(|| {
        let video = FakeVideo::of(100);
        let opener = FakeOpener::of(&[("video", &video)]);
        let mut window = FakeWindow::start(scene("video"), &opener);
        window.until_shown(0);
        for (command, frame) in [(seek(30), 30), (Command::SeekTime(1.0), 50)] {
            window.send(command);
            for layout in [Layout::GRAY8, Layout::RGB24] {
                window.send(Command::SetScene(afterimage::scene::Scene { layout, ..scene("video") }));
            }
            window.until_shown(frame);
            window.until("a sheet in the other layout", |it| {
                it.sheets.last().is_some_and(|sheet| sheet.frame.layout == Layout::RGB24)
            });
            assert_eq!(window.frame(), Some(frame));
        }
        window.session.join();
    });
}

#[test]
fn after_many_changes_of_the_scene_while_playing_the_last_one_is_shown() {
    without_deadlock(|| {
        let video = FakeVideo { frames_per_second: 500.0, ..FakeVideo::of(400) };
        let opener = FakeOpener::of(&[("video", &video)]);
        let scenes = ["00", "11", "22", "33"].map(|key| afterimage::scene::Scene {
            key: key.repeat(32).parse().expect("a key"),
            ..scene("video")
        });
        let mut window = FakeWindow::start(scenes[0].clone(), &opener);
        window.send(Command::Play);
        for scene in scenes.iter().cycle().take(40) {
            window.send(Command::SetScene(scene.clone()));
            let before = window.sheets.len();
            window.until("a new sheet", |it| it.sheets.len() > before);
        }
        window.send(Command::Pause);
        window.send(Command::SetScene(scenes[2].clone()));
        window.send(seek(7));
        window.until_shown(7);
        assert_pure(window.sheets.last().expect("a sheet"), &video, &scenes[2]);
        window.session.join();
    });
}
