//! What is encrypted: chosen beside the layouts, and shown as messages.

use afterimage::payload::Target;

use crate::driver::Window;

#[test]
fn packets_are_chosen_counted_and_shown_and_pixels_come_back() {
    let mut window =
        Window::open_real_panels("demo", &["plain", "aes-128-ecb:repeats", "aes-128-ecb:outline"]);
    window.hold(0);
    window.choose("Layout", "packets");
    window.until("messages", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_some())
        })
    });
    window.settle();
    assert_eq!(window.app().state().scene.target, Target::Packets);
    assert!(window.says("needs pixels"), "the lens outline says why it shows nothing");
    window.choose("Target", "pixels");
    window.until("pixels", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_none())
        })
    });
    window.settle();
    assert!(!window.says("needs pixels"));
}

#[test]
fn a_target_that_does_not_fit_the_stream_says_so_and_is_undone() {
    let mut window = Window::open_real_panels("assets/penguin.png", &["plain", "aes-128-ecb"]);
    window.choose("Layout", "nal");
    window
        .until("the reason", |app| app.status().error.as_ref().is_some_and(|it| it.contains("takes H.264")));
    window.choose("Target", "pixels");
    window.until("pixels", |app| app.displayed().is_some() && app.status().error.is_none());
}
