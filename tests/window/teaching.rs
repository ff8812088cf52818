//! Lessons, presenting, and ciphertext that is held still.

use afterimage::gui::lessons::lessons;
use eframe::egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

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
        app.shot().is_some_and(|shot| shot.panels.len() == lesson.scene.panels.len())
    });
    window.settle();
    assert_eq!(window.app().state().scene.panels, lesson.scene.panels);
    assert!(window.says("Not one pixel") && window.says("Citizen Lab"));
    window.click("Next lesson");
    assert!(window.says(&lessons()[5].title));
    window.click("All lessons");
    window.click("Close the lessons (N)");
    assert!(!window.app().state().view.course.open);
}

#[test]
fn presenting_leaves_the_panels_and_their_captions_alone() {
    let mut window = Window::holding(2);
    let width = |window: &Window| window.harness.get_by_label_contains("Picture of panel 1").rect().width();
    let before = width(&window);
    window.press(Key::P);
    window.settle();
    assert!(!window.has("Source") && !window.has("Timeline") && window.has("Scheme of panel 1"));
    assert!(width(&window) > before);
    window.press(Key::Escape);
    window.settle();
    assert!(window.has("Source"));
}

#[test]
fn ciphertext_is_slowed_down_and_held_still_by_key() {
    let mut window = Window::holding(2);
    window.press(Key::H);
    window.settle();
    assert!(window.says("two a second"));
    window.press(Key::H);
    window.settle();
    assert!(window.says("held still"));
    // What is held by the player is always shown.
    window.press(Key::ArrowRight);
    window.until_frame(3);
}

#[test]
fn a_lesson_is_saved_and_opened_from_a_folder_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine/first.toml");
    let mut window = Window::holding(2);
    window.press(Key::N);
    window.settle();
    window.click(&format!("1. {}", lessons()[0].title));
    window.click("Show me");
    window.harness.get_by_label("Save as a start for your own…").scroll_to_me();
    window.settle();
    window.click("Save as a start for your own…");
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.settle();
    window.click("Save");
    window.until("it is on the shelf", |app| app.state().shelf.lessons.len() == 1);

    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&lessons()[0].title, "Blocks on Monday")).unwrap();
    std::fs::write(path.with_file_name("second.toml"), "title = 3\n").unwrap();
    window.click("All lessons");
    let again = |window: &mut Window| {
        window.harness.get_by_label("Read it again").scroll_to_me();
        window.settle();
        window.click("Read it again");
    };
    again(&mut window);
    window.until("it is read again", |app| app.state().shelf.problems.len() == 1);
    window.settle();
    assert!(window.says("line 1 of the lesson") && window.says("second.toml"));
    let own = format!("{}. Blocks on Monday", lessons().len() + 1);
    window.harness.get_by_label(&own).scroll_to_me();
    window.settle();
    window.click(&own);
    assert!(window.says("What will still be recognisable?"));

    window.click("All lessons");
    window.harness.get_by_label("Folder of lessons").scroll_to_me();
    window.settle();
    window.harness.get_by_label("Folder of lessons").focus();
    window.harness.step();
    window.press_with(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("/no/such/folder".into()));
    window.settle();
    window.press(Key::Enter);
    window.until("what is wrong with it", |app| app.state().shelf.lessons.is_empty());
    window.settle();
    assert!(window.says("cannot read the folder; check that it exists"));
}
