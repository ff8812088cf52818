//! Opening by typing and by dropping, and errors.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use afterimage::gui::App;
use afterimage::gui::model::lessons::lessons;
use afterimage::media::Source;
use eframe::egui::{DroppedFile, Event, HoveredFile, Key, Modifiers, ViewportCommand, ViewportId};

use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

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
    window.until("the error", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says("Cannot read the file; check that it exists"));
    assert!(window.says("/no/such/film.mp4"));
    let (state, frame) = (window.app().state(), window.frame());
    assert_eq!((state.scene.source.to_string().as_str(), state.opening.recent.len()), ("demo", 0));
    window.until("it plays on", |app| {
        app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 != frame)
    });
    window.click("Dismiss (Esc)");
    assert!(!window.says("Cannot read the file"));
    assert_eq!(window.app().state().opening.typed, "demo", "the field names what is shown");
    window.type_source("pattern:bars");
    let source = |app: &App| app.state().scene.source.to_string();
    window.until("the next source", |app| source(app) == "pattern:bars" && app.displayed().is_some());
    assert!(window.app().status().playing);
}

#[test]
fn a_file_url_is_opened_shown_in_the_title_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my film.mp4");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4"), &path)
        .unwrap();
    let mut window = Window::open_real("pattern:checker");
    assert_eq!(window.app().title(), "pattern:checker – Afterimage");
    window.type_source(&format!("file://{}", path.display().to_string().replace(' ', "%20")));
    window.until("the film", |app| app.title() == "my film.mp4 – Afterimage");
    let root = &window.harness.output().viewport_output[&ViewportId::ROOT];
    assert!(root.commands.contains(&ViewportCommand::Title("my film.mp4 – Afterimage".into())));
    assert_eq!(window.app().state().opening.recent, [Source::File(path.clone())]);
    window.type_source("file:///no/such/film.mp4");
    window.until("the error", |app| app.state().notices.error.is_some());
    assert_eq!(window.app().state().opening.recent, [Source::File(path)], "only what did open");
}

#[test]
fn the_file_on_the_command_line_is_remembered_once_it_is_shown() {
    let film = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4");
    let window = Window::open_real(film);
    assert_eq!(window.app().state().opening.recent, [Source::File(film.into())]);
    let window = Window::open("demo");
    assert!(window.app().state().opening.recent.is_empty(), "what is built in has a menu of its own");
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
    window.until("it", |app| app.state().scene.source.to_string() == "pattern:moving-box");
    window.until("its first frame", |app| app.displayed().is_some());
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
    window.until("it is told", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says("/no/such/dropped.mkv"));
    assert_eq!(window.app().state().scene.source.to_string(), "demo");
}

#[test]
fn a_dropped_scene_is_opened_and_listed_among_the_recent_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lesson one.toml");
    std::fs::write(&path, "version = 1\nsource = \"demo:still\"\npanels = [\"plain\"]\n").unwrap();
    let mut window = Window::holding(0);
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    window.until("its panels", |app| app.state().scene.panels.len() == 1);
    assert_eq!(window.app().state().scene.source.to_string(), "demo:still");
    window.until("its picture", |app| app.displayed().is_some_and(|displayed| displayed.shape.height == 320));
    window.type_source("demo");
    window.until("the other source", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.height == 180)
    });
    window.click("Menu");
    window.click("Recent");
    window.click(&path.display().to_string());
    window.until("it is opened again", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.height == 320)
    });
}

/// A copy of the film in a temporary folder, to be deleted by the test.
fn film() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bigbuckbunny_excerpt.mp4"), &path)
        .unwrap();
    (folder, path)
}

/// Checks that the error is shown and the checkerboard plays on.
fn plays_on(window: &mut Window, missing: &Path) {
    window.until("the message", |app| app.state().notices.error.is_some());
    window.settle();
    assert!(window.says(&missing.display().to_string()), "the file is named");
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:checker");
    let frame = window.frame();
    window.until("it plays on", |app| {
        app.status().error.is_none() && app.displayed().is_some_and(|displayed| displayed.frame.0 != frame)
    });
}

#[test]
fn undoing_to_a_deleted_file_leaves_the_current_video() {
    let (_folder, path) = film();
    let mut window = Window::open_real(path.to_str().unwrap());
    window.type_source("pattern:checker");
    window.until("the pattern", |app| app.state().scene.source.to_string() == "pattern:checker");
    window.until("its first frame", |app| app.displayed().is_some() && app.status().playing);
    let elsewhere = path.with_extension("gone");
    std::fs::rename(&path, &elsewhere).unwrap();
    window.press_with(Modifiers::COMMAND, Key::Z);
    plays_on(&mut window, &path);
    // The file exists again.
    std::fs::rename(&elsewhere, &path).unwrap();
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("the film", |app| app.state().scene.source == Source::File(path.clone()));
    window.until("its picture", |app| app.status().error.is_none() && app.displayed().is_some());
    assert_eq!(window.app().state().notices.error, None);
}

#[test]
fn a_scene_and_a_lesson_with_a_deleted_file_leave_the_current_video() {
    let (home, path) = film();
    let scene = home.path().join("scene.toml");
    std::fs::write(&scene, "version = 1\nsource = \"film.mp4\"\npanels = [\"plain\"]\n").unwrap();
    let folder = home.path().join("lessons");
    std::fs::create_dir(&folder).unwrap();
    let lesson = "title = \"Mine\"\ntext = \"Text.\"\nquestion = \"What?\"\nanswer = \"That.\"\nsources = \
                  [\"Me\"]\n[scene]\nsource = \"../film.mp4\"\npanels = [\"plain\", \"aes-128-ecb\"]\n";
    std::fs::write(folder.join("mine.toml"), lesson).unwrap();
    let elsewhere = path.with_extension("gone");
    std::fs::rename(&path, &elsewhere).unwrap();
    let mut window = Window::open_real("pattern:checker");
    window.harness.input_mut().dropped_files.push(Arc::new(Dropped(scene.clone())));
    plays_on(&mut window, &path);
    window.click("Dismiss (Esc)");

    window.press(Key::N);
    window.settle();
    window.harness.get_by_label("Folder of lessons").scroll_to_me();
    window.settle();
    window.harness.get_by_label("Folder of lessons").focus();
    window.harness.step();
    window.harness.event(Event::Text(folder.display().to_string()));
    window.settle();
    window.press(Key::Enter);
    window.until("the lesson", |app| app.state().lessons.folder.lessons.len() == 1);
    window.settle();
    let named = folder.join("../film.mp4");
    let name = format!("{}. Mine", lessons().len() + 1);
    let open = |window: &mut Window| {
        window.harness.get_by_label(&name).scroll_to_me();
        window.settle();
        window.click(&name);
    };
    open(&mut window);
    plays_on(&mut window, &named);
    assert_eq!(window.app().state().lesson_read().map(|lesson| lesson.title.clone()), None);
    window.click("Dismiss (Esc)");

    // With the film it works.
    std::fs::rename(&elsewhere, &path).unwrap();
    open(&mut window);
    window.until("its question", |app| app.state().lesson_read().is_some() && app.displayed().is_some());
    assert_eq!(window.app().state().scene.source, Source::File(named));
}

#[test]
fn lessons_close_also_where_the_file_from_before_is_deleted() {
    let (_folder, path) = film();
    let mut window = Window::open_real(path.to_str().unwrap());
    for is_gone in [false, true] {
        window.press(Key::N);
        window.settle();
        if !is_gone {
            window.click(&format!("1. {}", lessons()[0].title));
        }
        window.until("the demo", |app| app.state().scene.source == Source::Demo && app.displayed().is_some());
        if is_gone {
            std::fs::remove_file(&path).unwrap();
        }
        window.press(Key::N);
        if is_gone {
            window.until("the message", |app| app.state().notices.error.is_some());
            assert_eq!(window.app().state().scene.source, Source::Demo, "the lesson's scene stays");
        } else {
            window.until("the film", |app| app.state().scene.source == Source::File(path.clone()));
        }
        let state = window.app().state();
        assert!(!state.lessons.view.open && state.lessons.own.is_none());
    }
}
