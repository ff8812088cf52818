//! What is encrypted: chosen beside the layouts, and shown as messages.

use afterimage::gui::App;
use afterimage::payload::Target;
use eframe::egui;
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::ffmpeg::ffmpeg;

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
    let panels: Vec<String> = window.app().state().scene.panels.iter().map(ToString::to_string).collect();
    assert_eq!(panels, ["plain", "aes-128-ecb:repeats", "aes-128-ecb:sizes"], "outline needs pixels");
    window.choose("Target", "pixels");
    window.until("pixels", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_none())
        })
    });
    assert_eq!(window.app().state().scene.target, Target::Pixels);
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

/// Two seconds of a tone, as WAV.
fn wav(folder: &std::path::Path) -> String {
    let path = folder.join("tone.wav").into_os_string().into_string().unwrap();
    ffmpeg(["-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000", path.as_str()], &[]);
    path
}

#[test]
fn a_file_without_video_is_shown_with_its_sound_encrypted_until_a_film_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = wav(folder.path());
    let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb", "aes-128-gcm"]);
    window.type_source(&path);
    window.until("the sound", |app| app.title().starts_with("tone.wav") && app.displayed().is_some());
    window.settle();
    assert_eq!(window.app().state().scene.target, Target::Packets);
    assert!(window.says("has no video"), "a notice says what was chosen");
    assert!(window.app().status().error.is_none());
    window.until("messages", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_some())
        })
    });
    window.choose("Target", "samples");
    window
        .until("20 ms a frame", |app| app.status().index.as_ref().is_some_and(|index| index.frames() == 100));
    window.until("samples", |app| app.displayed().is_some() && !app.status().loading);
    window.choose("Target", "packets");
    window.type_source("demo");
    window.until("the demo", |app| app.title().starts_with("demo") && app.displayed().is_some());
    assert_eq!(window.app().state().scene.target, Target::Packets, "packets were chosen by hand");
}

#[test]
fn a_target_set_for_sound_is_pixels_again_with_the_next_film() {
    let folder = tempfile::tempdir().unwrap();
    let path = wav(folder.path());
    let mut window = Window::start_real(&path);
    window.until("the sound", |app| app.displayed().is_some() && app.status().index.is_some());
    window.settle();
    assert_eq!(window.app().state().scene.target, Target::Packets, "also when the window starts with it");
    assert!(window.says("has no video"));
    assert!(window.app().state().error(window.app().status()).is_none());
    window.type_source("demo");
    window.until("the demo", |app| app.title().starts_with("demo") && app.displayed().is_some());
    assert_eq!(window.app().state().scene.target, Target::Pixels);
}

#[test]
fn a_block_of_messages_is_inspected_with_its_message() {
    let mut window = Window::open_real_panels("demo", &["plain", "aes-128-ecb", "aes-128-gcm:sizes"]);
    window.hold(3);
    window.choose("Layout", "cenc");
    window.until("messages", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[1].messages.is_some())
    });
    window.settle();
    window.press(egui::Key::B);
    window.settle();
    let picture = |window: &Window, panel: usize| {
        let name = format!("Picture of panel {panel}:");
        window.harness.get_by_label_contains(&name).rect()
    };
    // The original and a chart of sizes have no blocks of messages.
    let place = picture(&window, 1).center();
    window.harness.hover_at(place);
    window.settle();
    assert!(window.app().displayed().is_some_and(|displayed| displayed.inspected.is_none()));
    let place = picture(&window, 2).center();
    window.harness.hover_at(place);
    window.until("the block", |app| {
        let inspected = app.displayed().and_then(|displayed| displayed.inspected.as_ref());
        inspected.is_some_and(|seen| seen.message.as_ref().is_some_and(|message| message.kind == "sample"))
    });
    window.settle();
    assert!(window.says("of message") && window.says("of them clear"));
    assert!(!window.says("to search all frames"), "blocks of messages are not searched");
}

#[test]
fn a_panel_has_a_target_of_its_own_beside_panels_of_pixels() {
    let mut window = Window::open_real_panels("demo", &["plain", "aes-128-ecb", "aes-128-ecb:outline"]);
    window.hold(3);
    let of_messages = |app: &App| {
        let displayed = app.displayed().filter(|_| !app.status().loading)?;
        Some(displayed.panels.iter().map(|panel| panel.messages.is_some()).collect::<Vec<_>>())
    };
    window.click("Menu of panel 3");
    window.click("What is encrypted");
    window.click("slices");
    window
        .until("messages in the third panel alone", |app| of_messages(app) == Some(vec![false, false, true]));
    let third = window.app().state().scene.panels[2];
    assert_eq!(third.to_string(), "aes-128-ecb:sizes,target=slices", "a drawing needs pixels");
    window.until("the sizes", |app| {
        app.displayed().is_some_and(|displayed| displayed.panels[2].pending.is_none())
    });
    window.until_quiet();
    assert!(window.app().status().error.is_none());
    window.harness.snapshot("panel_target");
    // A block of pixels is inspected in the panels of pixels.
    window.press(egui::Key::B);
    window.settle();
    let place = window.harness.get_by_label_contains("Picture of panel 2:").rect().center();
    window.harness.hover_at(place);
    window.until("the block", |app| {
        let inspected = app.displayed().and_then(|displayed| displayed.inspected.as_ref());
        inspected.is_some_and(|seen| seen.message.is_none() && seen.panels[1].is_some())
    });
    let inspected = window.app().displayed().and_then(|displayed| displayed.inspected.clone());
    assert!(inspected.is_some_and(|seen| seen.panels[0].is_some() && seen.panels[2].is_none()));
    window.press_with(egui::Modifiers::COMMAND, egui::Key::Z);
    window.until("pixels again", |app| of_messages(app) == Some(vec![false; 3]));
    assert_eq!(window.app().state().scene.panels[2].to_string(), "aes-128-ecb:outline");
}

/// The key of an encrypted film.
const CONTENT_KEY: &str = "00112233445566778899aabbccddeeff";

/// A film that is encrypted in its file.
fn encrypted_film(folder: &std::path::Path) -> String {
    let path = folder.join("locked.mp4").into_os_string().into_string().unwrap();
    let source = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2", "-c:v", "libx264"];
    let scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_kid", CONTENT_KEY];
    let key = ["-encryption_key", CONTENT_KEY, path.as_str()];
    ffmpeg([&source[..], &scheme, &key].concat(), &[]);
    path
}

fn panels(window: &Window) -> Vec<String> {
    window.app().state().scene.panels.iter().map(ToString::to_string).collect()
}

#[test]
fn an_encrypted_film_shows_its_own_ciphertext_until_its_key_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let path = encrypted_film(folder.path());
    for starts_with_it in [false, true] {
        let mut window = if starts_with_it {
            Window::start_real(&path)
        } else {
            let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb"]);
            window.type_source(&path);
            window
        };
        window.until("its ciphertext", |app| {
            let is_own = app.state().scene.panels.iter().all(|panel| panel.is_own());
            let is_locked = app.status().info.as_ref().is_some_and(|info| info.is_locked);
            is_own && is_locked && app.displayed().is_some() && app.title().starts_with("locked.mp4")
        });
        window.settle();
        assert_eq!(panels(&window), ["own", "own:repeats", "own:sizes"]);
        assert_eq!(window.app().state().scene.target, Target::Packets);
        assert!(window.says("This file is encrypted"), "a notice says why");
        assert!(window.app().state().error(window.app().status()).is_none());
        window.click("Source settings");
        window.click("Content key");
        window.harness.event(eframe::egui::Event::Text(CONTENT_KEY.into()));
        window.harness.step();
        window.press(eframe::egui::Key::Enter);
        window.until("the film", |app| {
            let is_open = app.status().info.as_ref().is_some_and(|info| !info.is_locked);
            is_open && app.displayed().is_some_and(|displayed| displayed.shape.width == 320)
        });
        assert_eq!(window.app().state().scene.target, Target::Pixels);
        assert_eq!(panels(&window), ["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"]);
    }
}
