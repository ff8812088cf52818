//! Playing, pausing and stepping.

use eframe::egui::Key;

use crate::driver::Window;
use crate::fake_video::FRAMES;

#[test]
fn an_opened_source_plays_and_the_button_pauses_and_plays_it() {
    let mut window = Window::open("demo");
    window.until("the next frames", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 >= 3));
    window.click("Pause");
    window.until("a paused video", |app| !app.status().playing);
    let held = window.frame();
    window.settle();
    assert_eq!(window.frame(), held);
    window.click("Play");
    window.until("the next frames", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 > held));
}

#[test]
fn a_paused_window_requests_no_repaint() {
    let mut window = Window::holding(2);
    window.until_quiet();
}

#[test]
fn one_frame_forwards_and_back_by_key_and_by_button() {
    let mut window = Window::holding(5);
    window.press(Key::ArrowLeft);
    window.until_frame(4);
    window.press(Key::Comma);
    window.until_frame(3);
    window.press(Key::Period);
    window.until_frame(4);
    window.click("One frame forwards (→)");
    window.until_frame(5);
    window.click("One frame back (←)");
    window.until_frame(4);
    assert!(!window.app().status().playing);
}

#[test]
fn holding_an_arrow_down_makes_as_many_steps_as_key_events() {
    let mut window = Window::holding(0);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    for _ in 0..40 {
        window.press(Key::ArrowLeft);
    }
    window.until_frame(FRAMES - 41);
    for _ in 0..15 {
        window.press(Key::ArrowRight);
    }
    window.until_frame(FRAMES - 26);
}

#[test]
fn j_plays_backwards_k_pauses_and_l_plays_forwards_and_j_and_l_speed_up_when_repeated() {
    let mut window = Window::holding(0);
    let speed = |window: &Window| window.app().state().playback.speed.to_string();
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::J);
    window.until("earlier frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 4)
    });
    assert!(window.app().status().playing && window.app().status().backwards);
    assert_eq!(window.value("Speed"), "−1×");
    window.press(Key::J);
    assert_eq!(speed(&window), "2");
    window.press(Key::L);
    assert_eq!(speed(&window), "1", "the other direction starts at the video's own speed");
    let turned = window.frame();
    window
        .until("later frames", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 > turned + 2));
    window.press(Key::L);
    window.press(Key::L);
    assert_eq!(speed(&window), "4");
    window.press(Key::K);
    window.until("a paused video", |app| !app.status().playing && !app.status().loading);
    let held = window.frame();
    window.press(Key::K);
    window.settle();
    assert_eq!((window.frame(), window.app().status().playing), (held, false), "K never plays");
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::J);
    window.until("earlier frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 1)
    });
    window.press(Key::Space);
    window.until("a paused video", |app| !app.status().playing && !app.status().loading);
    window.until_quiet();
}

#[test]
fn the_button_beside_play_plays_backwards_and_pauses() {
    let mut window = Window::holding(0);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.click("Play backwards (J)");
    window.until("earlier frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 < FRAMES - 4)
    });
    assert!(window.app().status().backwards);
    window.click("Play backwards (J)");
    window.until("a paused video", |app| !app.status().playing && !app.status().loading);
    let held = window.frame();
    window.click("Play");
    window.until("later frames", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 > held));
}
