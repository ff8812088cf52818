//! Captures: streams, descriptions and keys.

use std::path::Path;

use afterimage::call::{BundleOptions, CallSettings, Party, write_bundle};
use afterimage::media::Source;
use afterimage::media::rtp::CallMedia;
use afterimage::payload::Target;
use afterimage::wire::protection::Protection;
use eframe::egui::{Key, Modifiers};

use crate::driver::Window;
use crate::folder::Folder;

/// A call of two seconds, in which Ada sends pictures of 160 × 96 pixels and Bo of 96 × 64.
fn call(folder: &Folder, protection: Protection) -> String {
    let party = |text: &str| text.parse::<Party>().expect("a party");
    let parties = vec![party("ada=pattern:moving-box@160x96"), party("bo=pattern:bars@96x64")];
    let settings = CallSettings { parties, duration_secs: 2.0, ..CallSettings::default() };
    let options = BundleOptions {
        media: CallMedia::H264,
        protection,
        has_all_links: true,
        no_clobber: false,
        is_secret: false,
    };
    let to = folder.path("call");
    write_bundle(&settings, options, Path::new(&to), &|_| std::ops::ControlFlow::Continue(()))
        .expect("a call");
    to.display().to_string()
}

fn open_locked(capture: &str) -> Window {
    let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb"]);
    window.type_source(capture);
    window.until("the packets as they were transmitted", |app| {
        let is_locked = app.status().info.as_ref().is_some_and(|info| info.is_locked);
        is_locked && app.displayed().is_some() && app.title().starts_with("call.pcapng")
    });
    window.settle();
    window
}

fn until_width(window: &mut Window, width: u32) {
    window.until("the decoded stream", |app| {
        let is_open = app.status().info.as_ref().is_some_and(|info| !info.is_locked && info.width == width);
        is_open && app.displayed().is_some_and(|displayed| displayed.shape.width == width)
    });
    window.settle();
}

/// The key of Ada's video on its way up, as the keys file has it.
fn key_and_salt(folder: &str) -> String {
    let text = std::fs::read_to_string(format!("{folder}/keys.toml")).expect("a keys file");
    let table: toml::Table = text.parse().expect("TOML");
    let first = &table["key"].as_array().expect("a list")[0];
    ["key", "salt"].map(|name| first[name].as_str().expect("hex")).concat()
}

#[test]
fn a_dropped_keys_file_opens_the_open_capture_and_undo_closes_it() {
    let folder = Folder::new();
    let call = call(&folder, Protection::OneKeyEcb);
    let mut window = open_locked(&format!("{call}/call.pcapng"));
    assert_eq!(window.panels(), ["own", "own:repeats", "own:sizes"]);
    assert!(window.says("Drop an SDP or a keys file here"));
    window.drop_file(&format!("{call}/keys.toml"));
    until_width(&mut window, 160);
    assert_eq!(window.app().state().scene.target, Target::Pixels);
    assert_eq!(window.panels(), ["plain", "aes-128-ecb", "aes-128-ecb:tone", "aes-128-gcm"]);
    // Another stream of the list: Bo's video on its way up.
    window.click("Source settings");
    window.click("Stream 2");
    until_width(&mut window, 96);
    window.press_with(Modifiers::COMMAND, Key::Z);
    until_width(&mut window, 160);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.until("the packets again", |app| app.status().info.as_ref().is_some_and(|info| info.is_locked));
}

#[test]
fn a_typed_key_and_an_sdp_open_a_stream_and_a_wrong_key_leaves_it_as_it_was() {
    let folder = Folder::new();
    let call = call(&folder, Protection::Srtp);
    let mut window = open_locked(&format!("{call}/call.pcapng"));
    let scene = window.app().state().scene.clone();
    window.drop_file(&format!("{call}/ada-video.sdp"));
    window.until("the SDP", |app| match &app.state().scene.source {
        Source::Capture(captured) => captured.sdp.is_some(),
        _ => false,
    });
    window.settle();
    let key = key_and_salt(&call);
    let wrong = key.replacen(&key[..2], if &key[..2] == "00" { "01" } else { "00" }, 1);
    for (text, opens) in [("zz", false), (wrong.as_str(), false), (key.as_str(), true)] {
        window.click("Source settings");
        window.click("srtp");
        window.click("Key of the stream");
        window.press_with(Modifiers::COMMAND, Key::A);
        window.type_text(text);
        window.press(Key::Enter);
        if opens {
            until_width(&mut window, 160);
        } else {
            window.until("the error", |app| app.state().error(app.status()).is_some());
            let message = window.app().state().error(window.app().status()).unwrap_or_default().to_owned();
            assert!(message.contains("key") && !message.contains(text), "{message}");
            let Source::Capture(captured) = &window.app().state().scene.source else { panic!("a capture") };
            assert_eq!(captured.keys, None);
            window.press(Key::Escape);
        }
    }
    assert_ne!(window.app().state().scene, scene);
}
