//! Full screen, larger text and reduced motion.

use eframe::egui::{Key, Modifiers};

use crate::driver::Window;

#[test]
fn a_key_enters_full_screen_and_escape_leaves_it() {
    let mut window = Window::holding(1);
    window.press(Key::F11);
    assert!(window.app().state().window.fullscreen);
    window.press(Key::Escape);
    assert!(!window.app().state().window.fullscreen);
}

#[test]
fn keys_enlarge_the_text_for_a_projector() {
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
fn with_reduced_motion_noise_is_slowed_and_there_are_no_animations() {
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
