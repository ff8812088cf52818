//! Two panels in one place: a movable line between them, and their difference.

use eframe::egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

#[test]
fn two_panels_are_compared_by_a_movable_line() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 3");
    window.click("Compare with");
    window.click("1 plain");
    assert!(window.says("Comparison: AES-128-ECB through repeats against Original"));
    let comparison = |window: &Window| window.app().state().panel_view.comparison.unwrap();
    assert_eq!(comparison(&window).panels, [2, 0]);
    let line = window.harness.get_by_label("Wipe").rect();
    let from = line.center();
    window.drag(from, from - vec2(200.0, 0.0));
    assert!(comparison(&window).at < 0.45);
    window.click("Swap");
    assert_eq!(comparison(&window).panels, [0, 2]);
    window.click("Horizontal");
    window.click("Blink");
    assert!(!window.has("Wipe"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.app().state().panel_view.comparison.is_none());
    window.press(Key::C);
    window.settle();
    assert!(window.says("Comparison: Original against AES-128-ECB as ciphertext"));
    // Another panel is chosen. Choosing the left panel on the right swaps the two.
    window.choose("Right or lower panel", "3. AES-128-ECB through repeats");
    assert!(window.says("Comparison: Original against AES-128-ECB through repeats"));
    window.choose("Right or lower panel", "1. Original");
    assert_eq!(comparison(&window).panels, [2, 0]);
    // Only the two compared panels are uploaded.
    window.until("the comparison", |app| app.displayed().is_some());
    window.press(Key::C);
    window.until_frame(2);
}

#[test]
fn the_difference_of_two_panels_is_amplified_and_its_pixels_counted() {
    let mut window = Window::holding(2);
    window.click("Menu of panel 2");
    window.click("Difference from");
    window.click("1 plain");
    let differing =
        |window: &Window| window.app().displayed().unwrap().difference.as_ref().unwrap().differing;
    window.until("the difference", |app| {
        app.displayed().is_some_and(|displayed| displayed.difference.is_some())
    });
    window.settle();
    assert!(window.says("of the pixels differ") && differing(&window) > 0.9);
    window.harness.get_by_label("Amplification").set_value_accesskit(32.0);
    window.until("the higher amplification", |app| {
        app.displayed()
            .is_some_and(|displayed| displayed.difference.as_ref().is_some_and(|found| found.pair.gain == 32))
    });
    assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new());
    window.press(Key::Escape);
    window.settle();
    // A panel and its duplicate.
    window.choose("Scheme of panel 3", "Original");
    window.until_frame(2);
    window.press(Key::Num3);
    window.settle();
    window.press(Key::D);
    window.until("a difference of zero", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed
                .difference
                .as_ref()
                .is_some_and(|found| found.pair.panels == [2, 0] && found.differing == 0.0)
        })
    });
    window.press(Key::D);
    window.until_frame(2);
    assert!(window.app().state().panel_view.comparison.is_none());
}

#[test]
fn keys_move_the_line_of_a_comparison() {
    let mut window = Window::holding(2);
    window.press(Key::C);
    window.settle();
    let at = |window: &Window| window.app().state().panel_view.comparison.unwrap().at;
    window.harness.get_by_label("Wipe").focus();
    window.harness.step();
    for _ in 0..3 {
        window.press(Key::ArrowLeft);
    }
    window.settle();
    assert!((at(&window) - 0.44).abs() < 1e-4, "{}", at(&window));
    assert_eq!(window.frame(), 2, "the video stays at its frame");
    window.press(Key::ArrowRight);
    window.settle();
    assert!((at(&window) - 0.46).abs() < 1e-4);
}
