//! The presentation view.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;

#[test]
fn the_presentation_view_shows_only_the_panels_and_their_captions() {
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
fn the_presentation_view_says_how_to_leave_it() {
    let mut window = Window::holding(2);
    window.press(Key::P);
    window.settle();
    for key in [Key::P, Key::Escape] {
        assert!(window.says("P or Esc brings the bars back") && !window.has("Timeline"));
        window.press(key);
        window.settle();
        assert!(!window.says("P or Esc brings the bars back") && window.has("Timeline"), "{key:?}");
        window.press(Key::P);
        window.settle();
    }
}

#[test]
fn a_remote_steps_through_a_presented_lesson() {
    let mut window = Window::holding(2);
    window.press(Key::N);
    window.settle();
    window.press(Key::PageDown);
    window.press(Key::F5);
    window.settle();
    assert!(window.app().state().window.presenting && window.app().state().window.fullscreen);
    assert!(window.says("What will still be recognisable?") && !window.has("Show me"));
    window.press(Key::ArrowRight);
    window.settle();
    assert!(window.says("Edges, letters, faces"));
    window.press(Key::B);
    window.settle();
    assert!(window.says("Black screen") && !window.says("Edges, letters, faces"));
    window.press(Key::PageDown);
    window.settle();
    assert!(window.says("Edges, letters, faces"), "the step ends the black screen and does nothing else");
    window.press(Key::ArrowLeft);
    window.settle();
    assert!(window.says("What will still be recognisable?"));
    window.press(Key::Escape);
    window.settle();
    assert!(window.has("Show me"), "the lesson is again next to the panels");
    // Outside the presentation view, arrows step frames.
    window.until("the frame", |app| {
        !app.status().loading
            && app.displayed().map(|displayed| displayed.frame) == app.status().shown.map(|(frame, _)| frame)
    });
    let frame = window.frame();
    window.press(Key::ArrowLeft);
    window.until_frame(frame - 1);
}
