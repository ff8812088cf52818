//! Seeking by key, on the timeline and by typing.

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;
use crate::fake_video::FRAMES;

#[test]
fn keys_skip_seconds_and_go_to_the_start_and_the_end() {
    let mut window = Window::holding(0);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(30);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(60);
    window.press_with(Modifiers::SHIFT, Key::ArrowLeft);
    window.until_frame(30);
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Home);
    window.until_frame(0);
}

#[test]
fn a_click_on_the_timeline_seeks() {
    let mut window = Window::holding(0);
    window.harness.get_by_label("Timeline").click();
    window.settle();
    // The middle of 90 frames.
    window.until_frame(45);
    assert!(window.says("Frame 45 / 89"));
}

#[test]
fn dragging_the_timeline_seeks_during_the_drag_and_at_its_end() {
    let mut window = Window::holding(0);
    let track = window.harness.get_by_label("Timeline").rect();
    let at = |share: f32| track.left_center() + vec2(8.0 + (track.width() - 16.0) * share, 0.0);
    window.press_at(at(0.1));
    window.harness.hover_at(at(0.5));
    window.until("the frame under the pointer", |app| {
        app.displayed().is_some_and(|displayed| displayed.frame.0 == 45)
    });
    window.move_to(at(0.8));
    window.harness.drop_at(at(0.8));
    window.harness.step();
    window.until_frame(72);
}

#[test]
fn a_frame_or_a_time_can_be_typed_to_seek() {
    let mut window = Window::holding(2);
    window.press(Key::G);
    window.settle();
    window.type_text("41");
    window.press(Key::Enter);
    window.until_frame(41);
    window.click("0:01.3");
    window.type_text("0:02");
    window.press(Key::Enter);
    window.until_frame(60);
    window.press(Key::G);
    window.settle();
    window.type_text("nowhere");
    window.press(Key::Enter);
    window.settle();
    assert!(window.says("Type a frame, such as 120, or a time"), "the message says why the text is neither");
    window.type_text("90");
    window.settle();
    assert!(!window.says("Type a frame"), "the message goes when the text changes");
    window.press(Key::Enter);
    window.settle();
    assert!(window.says("There is no frame 90: the last one is 89"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.says("Frame 60 / 89") && !window.says("There is no frame"), "Esc closes the field");
}

#[test]
fn the_unchanged_time_in_the_field_does_not_seek() {
    let mut window = Window::holding(1);
    window.click("0:00.0");
    window.press(Key::Enter);
    window.settle();
    assert_eq!(window.frame(), 1, "the field shows the time of frame 1 as 0:00.0");
}

#[test]
fn frame_and_time_can_be_typed_in_a_small_window_too() {
    let mut window = Window::open_sized("demo", [640.0, 480.0]);
    window.hold(3);
    for (place, typed, frame) in [("Frame 3", "50", 50), ("0:01.6", "1", 30)] {
        window.click(place);
        window.type_text(typed);
        window.press(Key::Enter);
        window.until_frame(frame);
    }
}

#[test]
fn the_timeline_handles_keys_and_actions_of_a_screen_reader() {
    let mut window = Window::holding(0);
    window.harness.get_by_label("Timeline").focus();
    window.harness.step();
    window.press(Key::ArrowRight);
    window.until_frame(1);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    window.until_frame(31);
    // A tenth of ninety frames.
    window.press(Key::PageUp);
    window.until_frame(40);
    window.press(Key::PageDown);
    window.until("an earlier frame", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 <= 31));
    window.press(Key::ArrowLeft);
    window
        .until("the frame before it", |app| app.displayed().is_some_and(|displayed| displayed.frame.0 <= 30));
    window.press(Key::End);
    window.until_frame(FRAMES - 1);
    window.press(Key::Home);
    window.until_frame(0);
    assert!(window.harness.get_by_label("Timeline").is_focused(), "the timeline keeps the keyboard focus");
    window.harness.get_by_label("Timeline").set_value_accesskit(2.0);
    window.harness.step();
    window.until_frame(60);
    let timeline = window.harness.get_by_label("Timeline");
    assert_eq!(timeline.accesskit_node().max_numeric_value(), Some(3.0));
}
