//! Panics in threads: the window reports them and continues.

use eframe::egui::{Key, Modifiers};

use crate::driver::Window;
use crate::fake_opener::{FakeVideo, Panics};
use crate::fake_video::fake_video;
use crate::folder::Folder;

fn start(panics: Panics) -> Window {
    Window::start(&FakeVideo { panics: Some(panics), ..fake_video() })
}

#[test]
fn a_panic_while_counting_or_reading_frames_is_reported() {
    for (panics, message) in
        [(Panics::Scan, "a panic while scanning"), (Panics::Thread("decode"), "a panic while reading")]
    {
        let mut window = start(panics);
        window.until("the error", |app| app.status().error.is_some());
        window.settle();
        assert!(window.says(message) && window.says("please report it"), "{panics:?}");
    }
}

#[test]
fn a_panic_of_the_thumbnails_or_the_scan_is_reported_and_the_video_plays() {
    let mut window = start(Panics::Thread("thumbnails"));
    window.until_error();
    assert!(window.says("The timeline has no thumbnails") && window.says("a panic while reading"));
    let mut window = start(Panics::Thread("video scan"));
    window.until("the first frame", |app| app.displayed().is_some());
    window.press(Key::M);
    window.until("the report", |app| {
        let problem = app.findings().and_then(|found| found.curves.problem.clone());
        problem.is_some_and(|problem| problem.contains("a panic while reading"))
    });
    window.until_it_plays();
}

#[test]
fn a_panic_while_saving_a_clip_leaves_no_file_and_the_window_open() {
    let folder = Folder::new();
    let mut window = start(Panics::Clip);
    window.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    window.retype_path(&folder.path("clip.mp4"));
    window.press(Key::Enter);
    window.until("the report", |app| {
        app.state().notices.error.as_ref().is_some_and(|message| message.contains("a panic while reading"))
    });
    assert!(folder.names().is_empty());
    assert!(!window.app().closes());
}
