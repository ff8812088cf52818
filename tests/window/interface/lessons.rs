//! Lessons, and ciphertext that is slowed down.

use afterimage::gui::model::lessons::lessons;
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;
use crate::fake_video::FRAMES;
use crate::folder::Folder;

#[test]
fn a_lesson_asks_first_and_shows_the_answer_on_demand() {
    let mut window = Window::holding(2);
    window.press(Key::N);
    window.settle();
    let lesson = &lessons()[4];
    window.click(&format!("5. {}", lesson.title));
    assert_eq!(window.app().state().scene.panels, lesson.before);
    assert!(window.says("What changes in the picture of repeats?") && !window.says("Not one pixel"));
    window.click("Show me");
    window.until("the scene", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels.len() == lesson.scene.scene.panels.len())
    });
    window.settle();
    assert_eq!(window.app().state().scene.panels, lesson.scene.scene.panels);
    assert!(window.says("Not one pixel") && window.says("Citizen Lab"));
    window.click("Next lesson");
    assert!(window.says(&lessons()[5].title));
    window.click("All lessons");
    window.click("Close the lessons (N)");
    assert!(!window.app().state().lessons.view.open);
}

#[test]
fn a_key_slows_ciphertext_down_and_holds_it() {
    let mut window = Window::holding(2);
    window.press(Key::H);
    window.settle();
    assert!(window.says("two a second"));
    window.press(Key::H);
    window.settle();
    assert!(window.says("held still"));
    // A paused frame is always shown.
    window.press(Key::ArrowRight);
    window.until_frame(3);
}

#[test]
fn a_lesson_is_saved_as_a_template_and_read_from_its_folder() {
    let folder = Folder::new();
    let path = folder.path("mine/first.toml");
    let mut window = Window::holding(2);
    window.press(Key::N);
    window.settle();
    window.click(&format!("1. {}", lessons()[0].title));
    window.click("Show me");
    window.scroll_and_click("Save as a template…");
    window.retype_path(&path);
    window.click("Save");
    window.until("the lesson in its folder", |app| app.state().lessons.folder.lessons.len() == 1);

    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&lessons()[0].title, "Blocks on Monday")).unwrap();
    std::fs::write(path.with_file_name("second.toml"), "title = 3\n").unwrap();
    window.click("All lessons");
    window.scroll_and_click("Read it again");
    window.until("the problem of the second file", |app| app.state().lessons.folder.problems.len() == 1);
    window.settle();
    assert!(window.says("line 1 of the lesson") && window.says("second.toml"));
    let own = format!("{}. Blocks on Monday", lessons().len() + 1);
    window.scroll_and_click(&own);
    assert!(window.says("What will still be recognisable?"));

    window.click("All lessons");
    window.harness.get_by_label("Folder of lessons").scroll_to_me();
    window.settle();
    window.retype_in("Folder of lessons", "/no/such/folder");
    window.press(Key::Enter);
    window.until("an empty list of lessons", |app| app.state().lessons.folder.lessons.is_empty());
    window.settle();
    assert!(window.says("cannot read the folder; check that it exists"));
}

#[test]
fn every_lesson_shows_its_panels_and_restores_the_users_scene() {
    let mut window = Window::holding(2);
    for playing in [false, true] {
        if playing {
            window.press(Key::Space);
        }
        let before = window.app().state().scene.clone();
        window.press(Key::N);
        window.settle();
        if window.has("All lessons") {
            window.click("All lessons");
        }
        for lesson in lessons() {
            for answered in [false, true] {
                window.press(Key::PageDown);
                let panels = lesson.shows(answered).panels;
                // A lesson that starts past the end of this short video shows its first frame.
                let start = lesson.scene.frame.map_or(0, |frame| frame.0);
                let start = if start < FRAMES { start } else { 0 };
                window.until(&lesson.title, |app| {
                    let status = app.status();
                    let shown = app.displayed().is_some_and(|displayed| {
                        let is_there =
                            displayed.panels.iter().map(|panel| panel.panel).eq(panels.iter().copied());
                        is_there && displayed.frame.0 >= start
                    });
                    shown && !status.loading && status.playing == lesson.playing
                });
            }
        }
        window.press(Key::N);
        window.until("the user's scene", |app| {
            let status = app.status();
            app.state().scene == before && !status.loading && status.playing == playing
        });
        assert!(playing || window.app().status().shown.map(|(frame, _)| frame.0) == Some(2));
        assert_eq!(window.app().state().lessons.done.len(), lessons().len());
    }
}

#[test]
fn done_lessons_have_ticks_and_sources_are_links() {
    let mut window = Window::holding(2);
    window.press(Key::N);
    window.settle();
    let first = format!("1. {}", lessons()[0].title);
    let description = |window: &Window| {
        let entry = window.harness.get_by_label(&first);
        entry.accesskit_node().description()
    };
    assert_eq!(description(&window), None);
    window.click(&first);
    window.click("Next");
    window.click("Previous");
    window.press(Key::Enter);
    window.settle();
    let link = window
        .harness
        .get_by_role_and_label(Role::Link, "FIPS 197 (2001, updated 2023): AES takes blocks of 128 bits");
    assert!(link.rect().width() > 0.0);
    window.click("All lessons");
    assert_eq!(description(&window).as_deref(), Some("done"));
    window.scroll_and_click("Remove the ticks");
    assert_eq!(description(&window), None);
}

#[test]
fn an_empty_panel_says_why() {
    let panels = ["plain", "aes-128-ecb:difference", "aes-128-gcm:repeats", "aes-128-gcm:motion"];
    let mut window = Window::open_panels("demo", [1280.0, 800.0], &panels);
    window.hold(0);
    window.until_frame(0);
    let message = |window: &Window, panel: usize, text: &str| {
        window.says(&format!("Picture of panel {panel}: {}. {text}", panels[panel - 1]))
    };
    assert!(message(&window, 2, "this is the first frame") && message(&window, 4, "this is the first frame"));
    assert!(message(&window, 3, "no block repeats") && !message(&window, 1, "first frame"));
    window.press(Key::ArrowRight);
    window.until_frame(1);
    assert!(!message(&window, 2, "this is the first frame"), "frame 1 has a previous frame");
    assert!(message(&window, 4, "every block changed since the frame before"));
}
