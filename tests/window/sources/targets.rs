//! What is encrypted: chosen in the menu of layouts, and shown as messages.

use afterimage::gui::App;
use afterimage::media::{Kind, StreamChoice};
use afterimage::payload::Target;
use eframe::egui::{Key, LayerId, Modifiers, Order};
use egui_kittest::kittest::Queryable as _;

use crate::driver::Window;
use crate::folder::Folder;

/// True if every panel on screen shows messages.
fn shows_messages(app: &App) -> bool {
    app.displayed().is_some_and(|displayed| {
        displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_some())
    })
}

#[test]
fn packets_are_chosen_counted_and_shown_and_then_pixels_again() {
    let mut window =
        Window::open_real_panels("demo", &["plain", "aes-128-ecb:repeats", "aes-128-ecb:outline"]);
    window.hold(0);
    window.choose("Layout", "packets");
    window.until("messages", shows_messages);
    window.settle();
    assert_eq!(window.app().state().scene.target, Target::Packets);
    assert_eq!(
        window.panels(),
        ["plain", "aes-128-ecb:repeats", "aes-128-ecb:sizes"],
        "outline needs pixels"
    );
    window.choose("Target", "pixels");
    window.until("pixels", |app| {
        app.displayed().is_some_and(|displayed| {
            displayed.panels.iter().all(|panel| panel.leakage.messages.messages.is_none())
        })
    });
    assert_eq!(window.app().state().scene.target, Target::Pixels);
}

#[test]
fn a_target_that_does_not_fit_the_stream_is_an_error_that_another_target_clears() {
    let mut window = Window::open_real_panels("assets/penguin.png", &["plain", "aes-128-ecb"]);
    window.choose("Layout", "nal");
    window.until("the error", |app| app.status().error.as_ref().is_some_and(|it| it.contains("takes H.264")));
    window.choose("Target", "pixels");
    window.until("pixels", |app| app.displayed().is_some() && app.status().error.is_none());
}

/// Two seconds of a tone, as WAV.
fn wav(folder: &Folder) -> String {
    folder.ffmpeg("tone.wav", &["-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000"])
}

#[test]
fn a_file_without_video_is_shown_with_its_sound_encrypted() {
    let folder = Folder::new();
    let path = wav(&folder);
    let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb", "aes-128-gcm"]);
    window.type_source(&path);
    window.until("the sound", |app| app.title().starts_with("tone.wav") && app.displayed().is_some());
    window.settle();
    assert_eq!(window.app().state().scene.target, Target::Packets);
    assert!(window.says("has no video"), "a notice says why packets were chosen");
    assert!(window.app().status().error.is_none());
    window.until("messages", shows_messages);
    window.choose("Target", "samples");
    window.until("an index of 20 ms frames", |app| {
        app.status().index.as_ref().is_some_and(|index| index.frames() == 100)
    });
    window.until("samples", |app| app.displayed().is_some() && !app.status().loading);
    window.choose("Target", "packets");
    window.type_source("demo");
    window.until("the demo", |app| app.title().starts_with("demo") && app.displayed().is_some());
    assert_eq!(window.app().state().scene.target, Target::Packets, "the user chose packets");
}

#[test]
fn a_target_that_the_window_chose_for_sound_is_pixels_again_with_the_next_film() {
    let folder = Folder::new();
    let path = wav(&folder);
    let mut window = Window::start_real(&path);
    window.until("the sound", |app| app.displayed().is_some() && app.status().index.is_some());
    window.settle();
    assert_eq!(
        window.app().state().scene.target,
        Target::Packets,
        "even if the window starts with the sound"
    );
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
    window.press(Key::B);
    window.settle();
    // The original and a chart of sizes have no blocks of messages.
    let place = window.picture(1).center();
    window.harness.hover_at(place);
    window.settle();
    assert!(window.app().displayed().is_some_and(|displayed| displayed.inspected.is_none()));
    let place = window.picture(2).center();
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
    window.press(Key::B);
    window.settle();
    let place = window.harness.get_by_label_contains("Picture of panel 2:").rect().center();
    window.harness.hover_at(place);
    window.until("the block", |app| {
        let inspected = app.displayed().and_then(|displayed| displayed.inspected.as_ref());
        inspected.is_some_and(|seen| seen.message.is_none() && seen.panels[1].is_some())
    });
    let inspected = window.app().displayed().and_then(|displayed| displayed.inspected.clone());
    assert!(inspected.is_some_and(|seen| seen.panels[0].is_some() && seen.panels[2].is_none()));
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("pixels again", |app| of_messages(app) == Some(vec![false; 3]));
    assert_eq!(window.app().state().scene.panels[2].to_string(), "aes-128-ecb:outline");
}

#[test]
fn a_player_is_chosen_as_the_lens_and_plays_the_scheme_of_its_panel() {
    let panels = ["plain", "aes-128-ctr,target=slices", "aes-128-gcm:sizes,target=packets"];
    let mut window = Window::open_real_panels("demo", &panels);
    window.hold(3);
    let shown = |app: &App, at: usize| {
        let displayed = app.displayed().filter(|_| !app.status().loading)?;
        let panel = &displayed.panels[at];
        Some((panel.panel.to_string(), panel.note.clone().unwrap_or_default()))
    };
    let until = |window: &mut Window, at: usize, name: &str, why: &str| {
        let is_told = |note: &str| if why.is_empty() { note.is_empty() } else { note.contains(why) };
        window.until(name, |app| shown(app, at).is_some_and(|(panel, note)| panel == name && is_told(&note)));
        window.until_quiet();
        assert!(window.app().status().error.is_none());
    };
    window.choose("Lens of panel 2", "player");
    until(&mut window, 1, "aes-128-ctr:player,target=slices", "");
    assert!(window.says("Decoded without the key"));
    window.choose_scheme(2, "GCM", "AES-128-GCM");
    until(&mut window, 1, "aes-128-gcm:player,target=slices", "");
    window.choose("Lens of panel 3", "player");
    until(&mut window, 2, "aes-128-gcm:player,target=packets", "no picture");
    window.press(Key::ArrowLeft);
    window.until_frame(2);
    until(&mut window, 1, "aes-128-gcm:player,target=slices", "");
}

#[test]
fn the_sound_of_a_film_is_chosen_as_the_stream_and_taken_back() {
    let folder = Folder::new();
    let inputs = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2", "-f", "lavfi", "-i"];
    let sound = ["sine=duration=2:sample_rate=48000", "-c:v", "libx264", "-c:a", "aac"];
    let path = folder.ffmpeg("film.mp4", &[&inputs[..], &sound].concat());
    let mut window = Window::open_real_panels(&path, &["plain", "aes-128-ecb:repeats"]);
    window.hold(5);
    window.choose("Layout", "packets");
    window.until("messages", shows_messages);
    let is_sound = |app: &App| app.status().info.as_ref().is_some_and(|info| info.kind == Kind::Sound);
    assert!(!is_sound(window.app()));
    window.click("Target");
    let last = window.harness.get_by_label("a:0").rect();
    let layers = window.harness.ctx.memory(|memory| memory.areas().visible_layer_ids());
    let menus = layers.into_iter().filter(|layer| layer.order == Order::Foreground);
    let area = |layer: LayerId| window.harness.ctx.memory(|memory| memory.area_rect(layer.id));
    assert!(menus.filter_map(area).any(|menu| menu.contains_rect(last)), "the menu is as high as its items");
    window.press(Key::Escape);
    window.settle();
    window.choose("Target", "a:0");
    window.until("the waveform", |app| is_sound(app) && shows_messages(app));
    assert_eq!(window.app().state().scene.stream, Some(StreamChoice::AUDIO));
    window.choose("Target", "a:0");
    window.until("the picture", |app| !is_sound(app) && shows_messages(app));
    // NAL units are those of a video.
    window.choose("Target", "a:0");
    window.until("the waveform", |app| is_sound(app) && shows_messages(app));
    window.choose("Target", "nal");
    window.until("NAL units", |app| !is_sound(app) && shows_messages(app) && app.status().error.is_none());
    assert_eq!(window.app().state().scene.stream, None);
}
