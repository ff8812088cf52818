//! Saving and copying pictures, clips and scenes, and copying command lines.

use std::path::Path;

use afterimage::media::{self, Limits, Source};
use afterimage::picture::layout::Layout;
use afterimage::runtime::pool::Pool;
use eframe::egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

/// Types a path into the form and saves.
fn save_as(window: &mut Window, path: &Path, button: &str) {
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.settle();
    window.click(button);
}

#[test]
fn the_panels_are_saved_with_captions_and_no_file_is_replaced_without_confirmation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.png");
    let mut window = Window::holding(2);
    window.press_with(Modifiers::COMMAND, Key::S);
    window.settle();
    assert!(window.says("Save the panels as a picture"));
    save_as(&mut window, &path, "Save");
    window.until("it is saved", |app| app.state().notices.confirmation.is_some());
    let picture = image::open(&path).unwrap();
    assert!(picture.width() > 2 * 320 && picture.height() > 2 * 180);
    window.settle();
    assert!(window.says("Saved "));

    let first = std::fs::read(&path).unwrap();
    window.click("Menu of panel 2");
    window.click("Save as a picture…");
    save_as(&mut window, &path, "Save");
    window.until("it says that there is one", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.replace)
    });
    assert_eq!(std::fs::read(&path).unwrap(), first);
    window.settle();
    window.click("Replace");
    window.until("it is replaced", |app| app.state().saving.form.is_none());
    assert!(image::open(&path).unwrap().width() < picture.width(), "one panel alone");
}

#[test]
fn a_missing_folder_is_reported_in_the_form_and_another_path_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::holding(1);
    window.press_with(Modifiers::COMMAND, Key::S);
    window.settle();
    save_as(&mut window, &folder.path().join("no/such/folder.png"), "Save");
    window.until("it is told", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.problem.is_some())
    });
    window.settle();
    assert!(window.says("That folder does not exist: "));
    window.harness.get_by_label("File").focus();
    window.harness.step();
    let path = folder.path().join("there");
    save_as(&mut window, &path, "Save");
    window.until("it is saved", |app| app.state().saving.form.is_none());
    assert!(path.with_extension("png").exists(), "pictures are PNG");
}

#[test]
fn the_looped_part_is_saved_as_a_video_while_the_window_plays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("looped.mp4");
    let mut window = Window::holding(1);
    window.press(Key::I);
    for frame in 2..=4 {
        window.press(Key::ArrowRight);
        window.until_frame(frame);
    }
    window.press(Key::O);
    window.click("Menu");
    window.harness.get_by_label_contains("Save the clip…").click();
    window.settle();
    assert!(window.says("The looped part, frames 1 to 4"));
    save_as(&mut window, &path, "Save");
    window.until("it is being made", |app| app.state().saving.form.is_none());
    window.press(Key::ArrowLeft);
    window.until_frame(3);
    window.until("it is saved", |app| app.state().notices.confirmation.is_some());
    window.settle();
    assert!(window.says("Saved "));
    let source = Source::File(path.clone());
    let mut clip = media::open(&source, Layout::RGB24, Limits::default(), &Pool::default()).unwrap();
    let frames: Vec<_> = std::iter::from_fn(|| clip.next_frame().unwrap()).collect();
    assert_eq!(frames.len(), 4);
    assert!((frames[3].time_secs - 0.1).abs() < 1e-3 && frames[0].shape.width > 2 * 320);

    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    save_as(&mut window, &path, "Save");
    window.until("it says that there is one", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.replace)
    });
}

#[test]
fn a_cancelled_clip_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::holding(0);
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    assert!(window.says("The whole video"));
    save_as(&mut window, &folder.path().join("clip"), "Save");
    window.until("it is being made", |app| app.state().saving.form.is_none());
    window.settle();
    assert!(window.says("Saving the clip: "));
    window.click("Cancel");
    window.until("it is given up", |app| app.state().notices.confirmation.is_some());
    window.settle();
    assert!(window.says("No clip was saved.") && !window.says("Saving the clip: "));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    // Where nothing can be written, the form stays and says so.
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
    save_as(&mut window, &folder.path().join("no/such/clip.mp4"), "Save");
    window.until("it is told", |app| {
        app.state().saving.form.as_ref().is_some_and(|form| form.problem.is_some())
    });
}

#[test]
fn a_scene_is_saved_and_opened_again_by_its_path_at_its_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.toml");
    let mut window = Window::holding(7);
    window.choose("Panels", "Classic trio");
    window.until_frame(7);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.settle();
    assert!(window.says("Save the scene"));
    save_as(&mut window, &path, "Save");
    window.until("it is saved", |app| app.state().notices.confirmation.is_some());

    let mut other = Window::holding(1);
    other.type_source(&path.display().to_string());
    other.until("its panels", |app| app.state().scene.panels.len() == 3);
    other.until_frame(7);
    std::fs::write(&path, "version = 1\npanels = [\"rot13\"]\n").unwrap();
    other.type_source(&path.display().to_string());
    other.until("what is wrong with it", |app| app.state().notices.error.is_some());
    assert_eq!(other.frame(), 7, "what is there stays");
}

#[test]
fn the_picture_and_the_command_line_go_to_the_clipboard() {
    let mut window = Window::holding(2);
    window.harness.event(Event::Copy);
    window.until("it is copied", |app| app.state().notices.confirmation.is_some());
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    let copied = window.harness.output().platform_output.commands.iter().any(|command| {
        matches!(command, OutputCommand::CopyText(text) if text.starts_with("afterimage figure demo plain"))
    });
    assert!(copied || window.says("afterimage figure demo plain aes-128-ecb"));
    assert!(window.app().state().notices.confirmation.as_ref().unwrap().contains("--frame 2"));
}

#[test]
fn with_a_loop_set_the_command_line_of_the_clip_is_offered_too() {
    let mut window = Window::holding(3);
    let message = |window: &Window| window.app().state().notices.confirmation.clone().unwrap();
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(message(&window).contains("afterimage figure demo") && message(&window).contains("Ctrl+Shift+E"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    assert!(message(&window).contains("afterimage clip demo plain aes-128-ecb "), "{}", message(&window));
    assert!(message(&window).contains("--frames 3-33 --theme dark -o clip.mp4"));
    window.press(Key::U);
    window.click("Menu");
    window.harness.get_by_label_contains("Copy the command line of the clip").click();
    window.settle();
    assert!(message(&window).contains("--frames 0-89"), "all of it, where nothing is looped");
}

#[test]
fn one_panel_is_copied_by_its_menu() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 3");
    window.click("Copy as a picture");
    window.until("it is copied", |app| app.state().notices.confirmation.is_some());
}
