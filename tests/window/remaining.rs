//! Small things that everybody tries: pixel for pixel, full screen, larger text, less motion.

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

#[test]
fn pixel_for_pixel_and_back_to_the_whole_picture_by_key() {
    let mut window = Window::holding(1);
    let zoom =
        |window: &Window| window.harness.get_by_label("Zoom").accesskit_node().value().unwrap_or_default();
    window.press(Key::Num2);
    window.press(Key::Z);
    window.settle();
    assert_ne!(zoom(&window), "Fit");
    window.press(Key::X);
    window.settle();
    assert_eq!(zoom(&window), "Fit");
}

#[test]
fn full_screen_by_key_and_left_by_escape() {
    let mut window = Window::holding(1);
    window.press(Key::F11);
    assert!(window.app().state().window.fullscreen);
    window.press(Key::Escape);
    assert!(!window.app().state().window.fullscreen);
}

#[test]
fn text_grows_for_a_projector_by_key() {
    let mut window = Window::holding(1);
    let factor = |window: &Window| window.harness.ctx.zoom_factor();
    let before = factor(&window);
    window.press_with(Modifiers::COMMAND, Key::Plus);
    window.settle();
    assert!(factor(&window) > before);
    window.press_with(Modifiers::COMMAND, Key::Num0);
    window.settle();
    assert!((factor(&window) - before).abs() < 1e-6);
}

#[test]
fn with_reduced_motion_noise_is_slowed_and_nothing_slides() {
    let mut window = Window::holding(1);
    let slides_secs = |window: &Window| window.harness.ctx.global_style().animation_time;
    assert!(slides_secs(&window) > 0.0);
    window.click("Menu");
    window.choose("View", "Reduced motion");
    assert!(window.app().state().window.reduced_motion);
    assert!(window.app().state().window.flicker.stays_secs() > 0.0);
    assert!(slides_secs(&window) <= 0.0);
    window.click("Menu");
    window.choose("View", "Reduced motion");
    assert!(slides_secs(&window) > 0.0);
}
