//! The source encoded anew: chosen in menus, made in the background, shown once it is made.

use afterimage::gui::App;
use afterimage::payload::Target;
use eframe::egui::{Key, Modifiers};

use crate::driver::Window;

/// Which panels on screen show messages.
fn messages(app: &App) -> Option<Vec<bool>> {
    let displayed = app.displayed().filter(|_| !app.status().loading)?;
    Some(displayed.panels.iter().map(|panel| panel.messages.is_some()).collect())
}

#[test]
fn an_encoding_is_chosen_for_all_panels_and_undone() {
    let mut window = Window::open_real_panels("pattern:moving-box@96x64", &["plain", "aes-128-ecb:repeats"]);
    window.hold(3);
    window.choose("Layout", "camera");
    window.until("messages", |app| messages(app) == Some(vec![true, true]));
    let scene = &window.app().state().scene;
    assert_eq!(scene.target, Target::Packets, "a pattern has packets once it is encoded");
    assert_eq!(scene.encode.map(|encoding| encoding.to_string()).as_deref(), Some("mjpeg,q=3"));
    assert!(window.app().state().encoding.pending.is_none());
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("pixels again", |app| messages(app) == Some(vec![false, false]));
    assert_eq!(window.app().state().scene.encode, None);
}

#[test]
fn a_panel_has_an_encoding_of_its_own() {
    let mut window = Window::open_real_panels(
        "pattern:moving-box@96x64",
        &["plain", "aes-128-ecb:repeats", "aes-128-gcm"],
    );
    window.hold(3);
    window.click("Menu of panel 2");
    window.click("What is encrypted");
    window.click("Encoded anew");
    window.click("camera");
    window.until("messages in one panel", |app| messages(app) == Some(vec![false, true, false]));
    let panel = window.app().state().scene.panels[1].to_string();
    assert_eq!(panel, "aes-128-ecb:repeats,target=packets,encode=mjpeg/q=3");
    assert!(window.app().state().error(window.app().status()).is_none());
}

#[test]
fn an_encoding_that_fails_is_a_notice_and_the_source_stays() {
    let panels = ["plain", "aes-128-ecb,target=packets,encode=mpeg4/qmim=3"];
    let mut window = Window::open_real_panels("pattern:moving-box@96x64", &panels);
    window.until("the error", |app| {
        app.state().error(app.status()).is_some_and(|error| error.contains("did you mean qmin?"))
    });
    window.until("the source", |app| messages(app) == Some(vec![false]));
    assert!(window.app().state().scene.encodings().is_empty());
}

#[test]
fn an_encoding_is_cancelled_and_the_source_stays() {
    let panels = ["plain", "aes-128-ecb,target=packets,encode=prores_ks/mbs_per_slice=1"];
    let mut window = Window::open_real_panels("demo", &panels);
    window.until("the progress", |app| app.state().encoding.pending.is_some() && app.displayed().is_some());
    window.settle();
    assert!(window.says("Encoding with prores_ks"));
    window.click("Cancel");
    window.until("the source", |app| messages(app) == Some(vec![false]));
    assert!(window.app().state().encoding.pending.is_none() && !window.says("Encoding with"));
    assert!(window.app().state().error(window.app().status()).is_none());
}
