//! Files that are damaged, deleted or not writable: the window reports the error and continues.

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::excerpt::EXCERPT;
use crate::folder::Folder;

/// A copy of the excerpt with changed bytes. Returns its path.
fn film(folder: &Folder, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = std::fs::read(EXCERPT).unwrap();
    change(&mut bytes);
    folder.write("film.mp4", bytes)
}

#[test]
fn a_source_that_is_deleted_while_open_is_reported_when_it_is_read_again() {
    let folder = Folder::new();
    let path = film(&folder, |_| ());
    let mut window = Window::open_real(&path);
    std::fs::remove_file(&path).unwrap();
    // On some systems a deleted file stays readable while it is open. Opened again, it is gone.
    window.type_source(&path);
    window.until_error();
    assert!(window.says("film.mp4") && window.says("check that it exists"));
    assert!(window.app().displayed().is_some(), "the frame stays on screen");
    window.opens_another_source();
}

#[test]
fn the_decodable_part_of_a_damaged_file_plays_and_the_rest_is_reported() {
    let folder = Folder::new();
    let path = film(&folder, |bytes| {
        let (from, to) = (bytes.len() * 4 / 10, bytes.len() * 5 / 10);
        bytes[from..to].fill(0x55);
    });
    let mut window = Window::open_real(&path);
    window.until("the damage", |app| !app.status().problems.is_empty());
    window.settle();
    window.harness.get_by_label_contains("while decoding").click();
    window.settle();
    let problem = window.app().status().problems[0].clone();
    assert!(window.says(&problem));
    window.press(Key::Escape);
    window.opens_another_source();
}

#[test]
fn a_truncated_file_is_reported() {
    let folder = Folder::new();
    // The index of the file is at its end.
    let path = film(&folder, |bytes| bytes.truncate(bytes.len() / 3));
    let mut window = Window::open_real("pattern:checker");
    window.type_source(&path);
    window.until_error();
    assert!(window.says("film.mp4"));
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:checker");
    window.opens_another_source();
}

#[test]
fn a_read_only_folder_is_reported_in_the_form() {
    let folder = Folder::new();
    // The parent is a file: not even root can write below it.
    folder.write("blocked", "a file");
    let mut window = Window::holding(1);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.settle();
    window.retype_path(&folder.path("blocked/scene.toml"));
    window.click("Save");
    window.until_form_reports_a_problem();
    assert!(window.says("That folder does not exist: "));
    window.click("Cancel");
    window.opens_another_source();
}

#[test]
fn half_a_picture_is_shown_with_a_warning() {
    let folder = Folder::new();
    let path = folder.ffmpeg("half.jpg", &["-f", "lavfi", "-i", "testsrc2=size=160x96", "-frames:v", "1"]);
    let whole = folder.read("half.jpg");
    folder.write("half.jpg", &whole[..whole.len() / 2]);
    let window = Window::open_real(&path);
    assert!(window.app().displayed().is_some());
    let problems = &window.app().status().problems;
    assert!(problems.len() == 1 && problems[0].contains("a part of the picture is missing"), "{problems:?}");
}
