//! Saving and copying pictures, clips, scenes and command lines.

mod closing;
mod command_lines;
mod copying;
mod form;
mod own_key;

use eframe::egui::{Event, Key, Modifiers};

use crate::driver::Window;

/// Opens the form that saves the panels as a picture.
fn open_picture_form(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::S);
    window.settle();
    assert!(window.says("Save the panels as a picture"));
}

/// Opens the form that saves a clip.
fn open_clip_form(window: &mut Window) {
    window.press_with(Modifiers::COMMAND, Key::E);
    window.settle();
}

/// A key that is not the demonstration key.
const OWN_KEY: &str = "c0ffee112233445566778899aabbccddeeff00112233445566778899aabbccdd\
                       0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210";

fn set_own_key(window: &mut Window) {
    window.click("Key");
    window.retype_in("Key in hex", OWN_KEY);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.settle();
    assert_eq!(window.app().state().scene.key.to_hex(), OWN_KEY);
}

/// Presses a key with Ctrl and Shift. Returns the text that is copied.
fn copied(window: &mut Window, key: Key) -> String {
    let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    window.harness.event(event(true));
    window.harness.step();
    let text = window.copied_text();
    window.harness.event(event(false));
    window.settle();
    text.unwrap()
}
