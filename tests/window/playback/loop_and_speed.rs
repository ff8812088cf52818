//! Loops and speed.

use eframe::egui::{Key, Modifiers};

use crate::driver::Window;
use crate::fake_video::FRAMES;

#[test]
fn a_part_of_the_video_is_looped() {
    let mut window = Window::holding(3);
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press(Key::ArrowLeft);
    window.until_frame(32);
    window.press(Key::Space);
    window.until("the start of the loop", |app| {
        app.displayed().is_some_and(|displayed| (3..20).contains(&displayed.frame.0))
    });
    assert!(window.app().status().playing);
    window.press(Key::U);
    assert_eq!(window.app().state().playback.range.end, None);
}

#[test]
fn a_part_of_the_video_is_looped_backwards() {
    let mut window = Window::holding(3);
    window.press(Key::I);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(33);
    window.press(Key::O);
    window.press(Key::Home);
    window.until_frame(0);
    for _ in 0..5 {
        window.press(Key::ArrowRight);
    }
    window.until_frame(5);
    window.press(Key::J);
    window.until("the end of the loop", |app| {
        app.displayed().is_some_and(|displayed| (20..=33).contains(&displayed.frame.0))
    });
    assert!(window.app().status().backwards);
}

#[test]
fn without_loop_the_video_stops_at_the_end_and_with_loop_it_starts_again() {
    let mut window = Window::holding(0);
    window.click("Loop (R)");
    assert!(!window.app().state().playback.looped);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Space);
    window.until("the start of the video", |app| {
        app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 < 30)
    });
    window.press(Key::Space);
    window.press(Key::End);
    window.press(Key::ArrowLeft);
    window.until_frame(FRAMES - 2);
    window.press(Key::Space);
    window.until("a paused video at the end", |app| {
        !app.status().playing && app.displayed().is_some_and(|displayed| displayed.frame.0 == FRAMES - 1)
    });
    window.press(Key::R);
    assert!(window.app().state().playback.looped);
    window.press(Key::ArrowLeft);
    window.until_frame(FRAMES - 2);
    window.press(Key::Space);
    window.until("the start of the loop", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < 30)
    });
    assert!(window.app().status().playing);
}

#[test]
fn the_speed_is_set_by_key_and_by_menu() {
    let mut window = Window::holding(0);
    let speed = |window: &Window| window.app().state().playback.speed.to_string();
    window.press(Key::Plus);
    assert_eq!(speed(&window), "1.5");
    window.press(Key::OpenBracket);
    window.press(Key::Minus);
    assert_eq!(speed(&window), "0.5");
    window.choose("Speed", "4×");
    assert_eq!(speed(&window), "4");
    assert_eq!(window.value("Speed"), "4×");
}
