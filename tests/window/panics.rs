//! Panics in threads: the window reports them and goes on.

use crate::driver::Window;
use crate::fake::{FakeOpener, Panics};
use eframe::egui::{Key, Modifiers};

fn open(panics: Panics) -> Window {
    Window::start(FakeOpener { panics: Some(panics), ..FakeOpener::default() })
}

#[test]
fn a_panic_while_counting_or_reading_frames_is_reported() {
    for (panics, message) in [(Panics::Scan, "the abacus breaks"), (Panics::Read("decode"), "the reel snaps")]
    {
        let mut window = open(panics);
        window.until("the error", |app| app.status().error.is_some());
        window.settle();
        assert!(window.says(message) && window.says("please report it"), "{panics:?}");
    }
}

#[test]
fn a_panic_of_the_thumbnails_or_the_scan_is_reported_and_the_video_plays() {
    let mut window = open(Panics::Read("thumbnails"));
    window.until("it is told", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says("The timeline has no thumbnails") && window.says("the reel snaps"));
    let mut window = open(Panics::Read("video scan"));
    window.until("the first frame", |app| app.displayed().is_some());
    window.press(Key::M);
    window.until("it is told", |app| {
        let problem = app.findings().and_then(|found| found.curves.problem.clone());
        problem.is_some_and(|problem| problem.contains("the reel snaps"))
    });
    let frame = window.frame();
    window.until("it plays", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 != frame));
}

#[test]
fn a_panic_while_saving_a_clip_leaves_no_file_and_the_window_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(Panics::Clip);
    window.until("the first frame", |app| app.displayed().is_some() && app.status().index.is_some());
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(eframe::egui::Event::Text(folder.path().join("clip.mp4").display().to_string()));
    window.settle();
    window.press(Key::Enter);
    window.until("it is told", |app| {
        app.state().notices.error.as_ref().is_some_and(|message| message.contains("snaps"))
    });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(!window.app().closes());
}
