//! Saving and copying pictures, clips and scenes.

use std::path::Path;

use afterimage::picture::layout::Layout;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::{open_clip_form, open_picture_form};
use crate::driver::Window;
use crate::folder::Folder;
use crate::reading;

/// Types a path into the form and saves.
fn save_as(window: &mut Window, path: &Path) {
    window.retype_path(path);
    window.click("Save");
}

#[test]
fn the_panels_are_saved_with_captions_and_no_file_is_replaced_without_confirmation() {
    let folder = Folder::new();
    let path = folder.path("sheet.png");
    let mut window = Window::holding(2);
    open_picture_form(&mut window);
    save_as(&mut window, &path);
    window.until_confirmed();
    let picture = image::open(&path).unwrap();
    assert!(picture.width() > 2 * 320 && picture.height() > 2 * 180);
    window.settle();
    assert!(window.says("Saved "));

    let first = std::fs::read(&path).unwrap();
    window.click("Menu of panel 2");
    window.click("Save as a picture…");
    save_as(&mut window, &path);
    window.until_form_asks_to_replace();
    assert_eq!(std::fs::read(&path).unwrap(), first);
    window.settle();
    window.click("Replace");
    window.until_form_closes();
    assert!(image::open(&path).unwrap().width() < picture.width(), "the picture has one panel");
}

#[test]
fn a_missing_folder_is_reported_in_the_form_and_another_path_works() {
    let folder = Folder::new();
    let mut window = Window::holding(1);
    open_picture_form(&mut window);
    save_as(&mut window, &folder.path("no/such/folder.png"));
    window.until_form_reports_a_problem();
    assert!(window.says("That folder does not exist: "));
    window.harness.get_by_label("File").focus();
    window.harness.step();
    let path = folder.path("there");
    save_as(&mut window, &path);
    window.until_form_closes();
    assert!(path.with_extension("png").exists(), "pictures are PNG");
}

#[test]
fn the_looped_part_is_saved_as_a_video_while_the_window_is_used() {
    let folder = Folder::new();
    let path = folder.path("looped.mp4");
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
    save_as(&mut window, &path);
    window.until_form_closes();
    window.press(Key::ArrowLeft);
    window.until_frame(3);
    window.until_confirmed();
    window.settle();
    assert!(window.says("Saved "));
    let frames = reading::frames(&path, Layout::RGB24);
    assert_eq!(frames.len(), 4);
    assert!((frames[3].time_secs - 0.1).abs() < 1e-3 && frames[0].shape.width > 2 * 320);

    open_clip_form(&mut window);
    save_as(&mut window, &path);
    window.until_form_asks_to_replace();
}

#[test]
fn a_cancelled_clip_leaves_no_file() {
    let folder = Folder::new();
    let mut window = Window::holding(0);
    open_clip_form(&mut window);
    assert!(window.says("The whole video"));
    save_as(&mut window, &folder.path("clip"));
    window.until_form_closes();
    window.settle();
    assert!(window.says("Saving the clip: "));
    window.click("Cancel");
    window.until_confirmed();
    window.settle();
    assert!(window.says("No clip was saved.") && !window.says("Saving the clip: "));
    assert_eq!(folder.names().len(), 0);
    // If nothing can be written, the form stays open and says so.
    open_clip_form(&mut window);
    save_as(&mut window, &folder.path("no/such/clip.mp4"));
    window.until_form_reports_a_problem();
}

#[test]
fn a_scene_is_saved_and_opened_again_by_its_path_at_its_frame() {
    let folder = Folder::new();
    let path = folder.path("scene.toml");
    let mut window = Window::holding(7);
    window.choose("Panels", "Classic trio");
    window.until_frame(7);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    window.settle();
    assert!(window.says("Save the scene"));
    save_as(&mut window, &path);
    window.until_confirmed();

    let mut other = Window::holding(1);
    other.type_source(&path.display().to_string());
    other.until("its panels", |app| app.state().scene.panels.len() == 3);
    other.until_frame(7);
    std::fs::write(&path, "version = 1\npanels = [\"rot13\"]\n").unwrap();
    other.type_source(&path.display().to_string());
    other.until_error();
    assert_eq!(other.frame(), 7, "the frame stays on screen");
}

#[test]
fn the_picture_and_the_command_line_go_to_the_clipboard() {
    let mut window = Window::holding(2);
    window.harness.event(Event::Copy);
    window.until_confirmed();
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    let copied = window.copied_text();
    let is_copied = copied.is_some_and(|text| text.starts_with("afterimage figure demo plain"));
    assert!(is_copied || window.says("afterimage figure demo plain aes-128-ecb"));
    assert!(window.app().state().notices.confirmation.as_ref().unwrap().contains("--frame 2"));
}

#[test]
fn one_panel_is_copied_by_its_menu() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 3");
    window.click("Copy as a picture");
    window.until_confirmed();
}
