//! Opening sources by typing, from the menu and by dropping files.

use afterimage::media::Source;
use eframe::egui::{HoveredFile, Key, ViewportCommand, ViewportId};

use crate::driver::Window;
use crate::excerpt::EXCERPT;
use crate::folder::Folder;

#[test]
fn a_typed_source_is_opened_and_played() {
    let mut window = Window::holding(3);
    window.type_source("demo:still");
    window.until("the other source", |app| {
        app.displayed().is_some_and(|displayed| (displayed.shape.width, displayed.shape.height) == (240, 320))
    });
    assert!(window.app().status().playing);
    assert_eq!(window.app().state().scene.source.to_string(), "demo:still");
}

#[test]
fn a_path_that_cannot_be_opened_is_reported_and_the_video_plays_on() {
    let mut window = Window::open("demo");
    window.type_source("/no/such/film.mp4");
    window.until_error();
    assert!(window.says("Cannot read the file; check that it exists"));
    assert!(window.says("/no/such/film.mp4"));
    let state = window.app().state();
    assert_eq!((state.scene.source.to_string().as_str(), state.opening.recent.len()), ("demo", 0));
    window.until_it_plays();
    assert!(window.app().status().playing);
    window.click("Dismiss (Esc)");
    assert!(!window.says("Cannot read the file"));
    assert_eq!(window.app().state().opening.typed, "demo", "the field has the source on screen");
    window.opens_another_source();
}

#[test]
fn a_file_url_is_opened_shown_in_the_title_and_remembered() {
    let folder = Folder::new();
    let path = folder.path("my film.mp4");
    std::fs::copy(EXCERPT, &path).unwrap();
    let mut window = Window::open_real("pattern:checker");
    assert_eq!(window.app().title(), "pattern:checker – Afterimage");
    window.type_source(&format!("file://{}", path.display().to_string().replace(' ', "%20")));
    window.until("the film", |app| app.title() == "my film.mp4 – Afterimage");
    let root = &window.harness.output().viewport_output[&ViewportId::ROOT];
    assert!(root.commands.contains(&ViewportCommand::Title("my film.mp4 – Afterimage".into())));
    assert_eq!(window.app().state().opening.recent, [Source::File(path.clone())]);
    window.type_source("file:///no/such/film.mp4");
    window.until_error();
    assert_eq!(window.app().state().opening.recent, [Source::File(path)], "only the source that opened");
}

#[test]
fn the_file_on_the_command_line_is_remembered_once_it_is_shown() {
    let window = Window::open_real(EXCERPT);
    assert_eq!(window.app().state().opening.recent, [Source::File(EXCERPT.into())]);
    let window = Window::open("demo");
    assert!(window.app().state().opening.recent.is_empty(), "built-in sources have another menu");
    let mut window = Window::start_on("/no/such/film.mp4");
    window.until("the error", |app| app.status().error.is_some());
    window.settle();
    assert!(window.app().state().opening.recent.is_empty());
    assert_eq!(window.app().title(), "Afterimage");
}

#[test]
fn an_unknown_source_is_reported_and_the_video_stays() {
    let mut window = Window::holding(3);
    window.type_source("pattern:plaid");
    assert!(window.says("moving-box"), "the message lists the names of the patterns");
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
    window.until("the pattern", |app| app.state().scene.source.to_string() == "pattern:moving-box");
    window.until("its first frame", |app| app.displayed().is_some());
}

#[test]
fn a_dropped_file_is_opened_after_a_hint_while_it_hovers() {
    let mut window = Window::holding(0);
    window.harness.input_mut().hovered_files.push(HoveredFile::default());
    window.harness.step();
    window.harness.input_mut().hovered_files.clear();
    window.drop_file("/no/such/dropped.mkv");
    window.until_error();
    assert!(window.says("/no/such/dropped.mkv"));
    assert_eq!(window.app().state().scene.source.to_string(), "demo");
}

#[test]
fn a_dropped_scene_is_opened_and_listed_among_the_recent_files() {
    let folder = Folder::new();
    let scene = "version = 1\nsource = \"demo:still\"\npanels = [\"plain\"]\n";
    let path = folder.write("lesson one.toml", scene);
    let mut window = Window::holding(0);
    window.drop_file(&path);
    window.until("its panels", |app| app.state().scene.panels.len() == 1);
    assert_eq!(window.app().state().scene.source.to_string(), "demo:still");
    window.until("its picture", |app| app.displayed().is_some_and(|displayed| displayed.shape.height == 320));
    window.type_source("demo");
    window.until("the other source", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.height == 180)
    });
    window.click("Menu");
    window.click("Recent");
    window.click(&path);
    window.until("the scene again", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.height == 320)
    });
}
