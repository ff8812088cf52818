//! A window closes only when all files are complete.

use std::path::Path;

use afterimage::gui::App;
use eframe::egui::{Key, ViewportCommand, ViewportEvent, ViewportId};

use super::open_clip_form;
use crate::driver::Window;
use crate::folder::Folder;

/// Requests closing as the system does. Returns the commands that the window sends to the system.
fn close(window: &mut Window) -> Vec<ViewportCommand> {
    let root = ViewportId::ROOT;
    window.harness.input_mut().viewports.get_mut(&root).unwrap().events.push(ViewportEvent::Close);
    window.harness.step();
    let commands = window.harness.output().viewport_output[&root].commands.clone();
    window.harness.input_mut().viewports.get_mut(&root).unwrap().events.clear();
    commands
}

/// A window that saves a clip. Saving waits until the gate is opened.
fn saving_a_clip(path: &Path) -> Window {
    let mut window = Window::holding(0);
    window.press(Key::I);
    for frame in 1..=2 {
        window.press(Key::ArrowRight);
        window.until_frame(frame);
    }
    window.press(Key::O);
    window.until_quiet();
    window.open_gate.close();
    open_clip_form(&mut window);
    window.retype_path(path);
    window.press(Key::Enter);
    window.until_form_closes();
    window
}

#[test]
fn closing_the_window_waits_for_a_clip_and_says_so() {
    let folder = Folder::new();
    let path = folder.path("clip.mp4");
    let mut window = saving_a_clip(&path);
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    assert!(window.says("clip.mp4 is being written. The window closes when it is whole."));
    assert!(!window.app().closes() && !path.exists());
    window.open_gate.open();
    window.until("the closed window", App::closes);
    assert!(path.metadata().unwrap().len() > 1000);
    assert_eq!(folder.names().len(), 1, "the clip is the only file");
    assert!(!close(&mut window).contains(&ViewportCommand::CancelClose));
}

#[test]
fn a_closing_window_offers_to_stop_saving_and_to_stay_open() {
    let folder = Folder::new();
    let path = folder.path("clip.mp4");
    let mut window = saving_a_clip(&path);
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    window.click("Keep the window open");
    assert!(!window.says("is being written") && !window.app().closes());
    assert!(close(&mut window).contains(&ViewportCommand::CancelClose));
    window.settle();
    window.click("Stop and close");
    window.until("the closed window", App::closes);
    window.open_gate.open();
    window.until("an empty folder", |_| folder.names().is_empty());
}

#[test]
fn a_window_that_saves_nothing_closes_at_once() {
    let mut window = Window::holding(0);
    assert!(!close(&mut window).contains(&ViewportCommand::CancelClose));
    assert!(window.app().closes());
}
