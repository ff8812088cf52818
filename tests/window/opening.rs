//! Opening by typing and by dropping, and what happens where that fails.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{DroppedFile, HoveredFile, Key};

use crate::driver::Window;

#[test]
fn a_typed_source_is_opened_and_played() {
    let mut window = Window::holding(3);
    window.type_source("demo:still");
    window.until("the other source", |app| {
        app.shot().is_some_and(|shot| (shot.shape.width, shot.shape.height) == (240, 320))
    });
    assert!(window.app().status().playing);
    assert_eq!(window.app().state().scene.source.to_string(), "demo:still");
}

#[test]
fn a_path_that_cannot_be_opened_is_told_in_words_and_the_app_goes_on() {
    let mut window = Window::holding(3);
    window.type_source("/no/such/film.mp4");
    window.until("the error", |app| app.status().error.is_some());
    window.settle();
    assert!(window.says("Cannot read the file; check that it exists"));
    assert!(window.says("/no/such/film.mp4"));
    window.click("Dismiss (Esc)");
    assert!(!window.says("Cannot read the file"));
    window.type_source("pattern:bars");
    window.until("the next source", |app| app.shot().is_some());
    assert!(window.app().status().playing);
}

#[test]
fn a_source_that_nobody_knows_is_told_and_the_video_stays() {
    let mut window = Window::holding(3);
    window.type_source("pattern:plaid");
    assert!(window.says("moving-box"), "the names that there are");
    assert_eq!(window.frame(), 3);
    window.press(Key::Escape);
    window.settle();
    assert!(!window.says("moving-box"));
}

#[test]
fn a_built_in_source_is_chosen_from_the_menu() {
    let mut window = Window::holding(0);
    window.click("Menu");
    window.click("Built in");
    window.click("pattern:moving-box");
    window.until("its first frame", |app| app.shot().is_some());
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:moving-box");
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window must not read it".into())
    }
}

#[test]
fn a_dropped_file_is_opened_after_a_hint_while_it_hovers() {
    let mut window = Window::holding(0);
    window.harness.input_mut().hovered_files.push(HoveredFile::default());
    window.harness.step();
    window.harness.input_mut().hovered_files.clear();
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped("/no/such/dropped.mkv".into())));
    window.harness.step();
    assert_eq!(window.app().state().scene.source.to_string(), "/no/such/dropped.mkv");
    window.until("it is told", |app| app.status().error.is_some());
}

#[test]
fn a_scene_that_is_dropped_is_opened_and_found_among_the_recent_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson one.toml");
    std::fs::write(&path, "version = 1\nsource = \"demo:still\"\npanels = [\"plain\"]\n").unwrap();
    let mut window = Window::holding(0);
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    window.until("its panels", |app| app.state().scene.panels.len() == 1);
    assert_eq!(window.app().state().scene.source.to_string(), "demo:still");
    window.until("its picture", |app| app.shot().is_some_and(|shot| shot.shape.height == 320));
    window.type_source("demo");
    window.until("the other source", |app| app.shot().is_some_and(|shot| shot.shape.height == 180));
    window.click("Menu");
    window.click("Recent");
    window.click(&path.display().to_string());
    window.until("it is opened again", |app| app.shot().is_some_and(|shot| shot.shape.height == 320));
}
