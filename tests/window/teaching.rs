//! Lessons, presenting, and ciphertext that is held still.

use afterimage::gui::lessons::lessons;
use eframe::egui::Key;
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
