//! How it looks: one snapshot a state, of generated frames, held.

use eframe::egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

fn snapshot(window: &mut Window, name: &str) {
    window.settle();
    window.harness.snapshot(name);
}

#[test]
fn dark_light_and_small() {
    let mut window = Window::holding(12);
    snapshot(&mut window, "held_dark");
    window.press(Key::T);
    snapshot(&mut window, "held_light");
    window.press(Key::T);
    window.press(Key::Num2);
    window.until_frame(12);
    snapshot(&mut window, "enlarged");
}

#[test]
fn at_640_by_480() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(12);
    snapshot(&mut window, "held_640x480");
    window.press(Key::Questionmark);
    snapshot(&mut window, "help_640x480");
}

#[test]
fn the_list_of_keys() {
    let mut window = Window::holding(12);
    window.press(Key::Questionmark);
    snapshot(&mut window, "help");
}

#[test]
fn a_block_looked_at_and_a_lesson() {
    let mut window = Window::holding(12);
    window.press(Key::B);
    window.settle();
    let sky = window.harness.get_by_label_contains("Picture of panel 2:").rect();
    window.harness.hover_at(sky.left_top() + sky.size() * vec2(0.1, 0.1));
    window.until("the block", |app| app.shot().is_some_and(|shot| shot.inspected.is_some()));
    snapshot(&mut window, "block");
    window.press(Key::Escape);
    window.press(Key::N);
    window.settle();
    window.click("5. More bits of key change nothing");
    window.click("Show me");
    window.until_frame(12);
    snapshot(&mut window, "lesson");
}

#[test]
fn two_panels_compared_closely() {
    let mut window = Window::holding(12);
    window.choose("Zoom", "16×");
    window.press(Key::C);
    window.until_frame(12);
    snapshot(&mut window, "compared");
}

#[test]
fn everything_on_screen_has_a_name() {
    let mut window = Window::holding(3);
    let check = |window: &mut Window, state: &str| {
        window.settle();
        assert_eq!(window.harness.unnamed_widgets(), Vec::<String>::new(), "{state}");
    };
    check(&mut window, "panels");
    for (key, state) in [
        (Key::M, "the graph"),
        (Key::B, "the inspector"),
        (Key::N, "the lessons"),
        (Key::C, "a comparison"),
        (Key::G, "a place to go to"),
    ] {
        window.press(key);
        check(&mut window, state);
    }
    window.press(Key::Escape);
    window.press(Key::Questionmark);
    check(&mut window, "the list of keys");
}

#[test]
fn an_error() {
    let mut window = Window::holding(12);
    window.type_source("/no/such/film.mp4");
    window.until("the error", |app| app.status().error.is_some());
    snapshot(&mut window, "error");
}
