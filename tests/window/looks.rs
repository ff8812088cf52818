//! How it looks: one snapshot a state, of generated frames, held.

use eframe::egui::Key;

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
fn an_error() {
    let mut window = Window::holding(12);
    window.type_source("/no/such/film.mp4");
    window.until("the error", |app| app.status().error.is_some());
    snapshot(&mut window, "error");
}
