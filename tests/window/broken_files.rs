//! Files that are deleted, damaged or not writable: the window reports the error and goes on.

use std::path::{Path, PathBuf};

use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

/// A file with a few seconds of real video, changed by `change`.
fn film(folder: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let path = folder.join("film.mp4");
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4");
    let mut bytes = std::fs::read(data).unwrap();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Checks that another source can be opened and plays.
#[track_caller]
fn goes_on(window: &mut Window) {
    window.type_source("pattern:bars");
    window.until("the next source", |app| {
        let is_it = app.state().scene.source.to_string() == "pattern:bars";
        is_it && app.displayed().is_some() && app.status().playing
    });
    assert_eq!(window.app().status().error, None);
}

#[test]
fn a_source_that_is_deleted_while_open_is_reported_when_it_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), |_| ());
    let mut window = Window::open_real(&path.display().to_string());
    std::fs::remove_file(&path).unwrap();
    // On some systems a deleted file stays readable while it is open; opened again, it is gone.
    window.type_source(&path.display().to_string());
    window.until("the error", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says("film.mp4") && window.says("check that it exists"));
    assert!(window.app().displayed().is_some(), "what is shown stays");
    goes_on(&mut window);
}

#[test]
fn the_decodable_part_of_a_damaged_file_plays_and_the_rest_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = film(folder.path(), |bytes| {
        let (from, to) = (bytes.len() * 4 / 10, bytes.len() * 5 / 10);
        bytes[from..to].fill(0x55);
    });
    let mut window = Window::open_real(&path.display().to_string());
    window.until("the damage", |app| !app.status().problems.is_empty());
    window.settle();
    let button = window.harness.get_by_label_contains("while decoding");
    button.click();
    window.settle();
    let problem = window.app().status().problems[0].clone();
    assert!(window.says(&problem));
    window.press(Key::Escape);
    goes_on(&mut window);
}

#[test]
fn a_truncated_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    // The index of the file is at its end.
    let path = film(folder.path(), |bytes| bytes.truncate(bytes.len() / 3));
    let mut window = Window::open_real("pattern:checker");
    window.type_source(&path.display().to_string());
    window.until("the error", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says("film.mp4"));
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:checker");
    goes_on(&mut window);
}

#[test]
fn a_read_only_folder_is_reported_in_the_form() {
    let folder = tempfile::tempdir().unwrap();
    // The parent is a file: not even root can write below it.
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "a file").unwrap();
    let mut window = Window::holding(1);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.settle();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(blocked.join("scene.toml").display().to_string()));
    window.settle();
    window.click("Save");
    window.until("it is told", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.problem.is_some())
    });
    window.settle();
    assert!(window.says("That folder does not exist: "));
    window.click("Cancel");
    goes_on(&mut window);
}

#[test]
fn half_a_picture_is_shown_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.jpg");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=160x96", "-frames:v", "1"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let window = Window::open_real(&path.display().to_string());
    assert!(window.app().displayed().is_some());
    let problems = &window.app().status().problems;
    assert!(problems.len() == 1 && problems[0].contains("a part of the picture is missing"), "{problems:?}");
}
