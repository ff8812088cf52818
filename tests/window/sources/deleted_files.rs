//! Files that are deleted after a scene, a lesson or an earlier step named them.

use std::path::{Path, PathBuf};

use afterimage::gui::model::lessons::lessons;
use afterimage::media::Source;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::excerpt::EXCERPT;
use crate::folder::Folder;

/// A copy of the excerpt in a temporary folder.
fn film() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let path = folder.path("film.mp4");
    std::fs::copy(EXCERPT, &path).unwrap();
    (folder, path)
}

/// Checks that the error names the missing file and the checkerboard still plays.
#[track_caller]
fn still_plays(window: &mut Window, missing: &Path) {
    window.until_error();
    assert!(window.says(&missing.display().to_string()), "the error names the file");
    assert_eq!(window.app().state().scene.source.to_string(), "pattern:checker");
    let frame = window.frame();
    window.until("the next frames without an error", |app| {
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
    still_plays(&mut window, &path);
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
    let scene = "version = 1\nsource = \"film.mp4\"\npanels = [\"plain\"]\n";
    let scene = home.write("scene.toml", scene);
    let folder = home.path("lessons");
    std::fs::create_dir(&folder).unwrap();
    let lesson = "title = \"Mine\"\ntext = \"Text.\"\nquestion = \"What?\"\nanswer = \"That.\"\nsources = \
                  [\"Me\"]\n[scene]\nsource = \"../film.mp4\"\npanels = [\"plain\", \"aes-128-ecb\"]\n";
    std::fs::write(folder.join("mine.toml"), lesson).unwrap();
    let elsewhere = path.with_extension("gone");
    std::fs::rename(&path, &elsewhere).unwrap();
    let mut window = Window::open_real("pattern:checker");
    window.drop_file(&scene);
    still_plays(&mut window, &path);
    window.click("Dismiss (Esc)");

    window.press(Key::N);
    window.settle();
    window.harness.get_by_label("Folder of lessons").scroll_to_me();
    window.settle();
    window.retype_in("Folder of lessons", &folder.display().to_string());
    window.press(Key::Enter);
    window.until("the lesson", |app| app.state().lessons.folder.lessons.len() == 1);
    window.settle();
    let named = folder.join("../film.mp4");
    let name = format!("{}. Mine", lessons().len() + 1);
    window.scroll_and_click(&name);
    still_plays(&mut window, &named);
    assert_eq!(window.app().state().lesson_read().map(|lesson| lesson.title.clone()), None);
    window.click("Dismiss (Esc)");

    // With the film the lesson opens.
    std::fs::rename(&elsewhere, &path).unwrap();
    window.scroll_and_click(&name);
    window.until("the lesson", |app| app.state().lesson_read().is_some() && app.displayed().is_some());
    assert_eq!(window.app().state().scene.source, Source::File(named));
}

#[test]
fn lessons_close_even_if_the_file_shown_before_is_deleted() {
    let (_folder, path) = film();
    let mut window = Window::open_real(path.to_str().unwrap());
    for is_deleted in [false, true] {
        window.press(Key::N);
        window.settle();
        if !is_deleted {
            window.click(&format!("1. {}", lessons()[0].title));
        }
        window.until("the demo", |app| app.state().scene.source == Source::Demo && app.displayed().is_some());
        if is_deleted {
            std::fs::remove_file(&path).unwrap();
        }
        window.press(Key::N);
        if is_deleted {
            window.until_error();
            assert_eq!(window.app().state().scene.source, Source::Demo, "the lesson's scene stays");
        } else {
            window.until("the film", |app| app.state().scene.source == Source::File(path.clone()));
        }
        let state = window.app().state();
        assert!(!state.lessons.view.open && state.lessons.own.is_none());
    }
}
