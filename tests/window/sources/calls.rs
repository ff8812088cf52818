//! Calls: what each observer has, and other designs while it plays.

use afterimage::call::CallSource;
use afterimage::leak::Finding;
use eframe::egui::{Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::driver::Window;

/// A call that is made fast, and whose packets do not depend on an encoder.
const RAW: &str = "call:media=raw,seconds=2";

/// The name with other fields in front of the length.
fn with(fields: &str) -> String {
    format!("call:media=raw,{fields},seconds=2")
}

fn open(call: &str) -> Window {
    let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb"]);
    window.type_source(call);
    window.until(call, |app| app.state().scene.source.to_string() == call && app.displayed().is_some());
    window.until("its packets", |app| {
        let source = CallSource::of(&app.state().scene.source).expect("a call");
        source.known_recording().is_some()
            && app.displayed().is_some_and(|displayed| displayed.panels.len() == 7)
    });
    window.settle();
    window
}

/// Waits until another design is shown.
fn until_design(window: &mut Window, name: &str) {
    window.until(name, |app| {
        let source = &app.state().scene.source;
        source.to_string() == name && CallSource::of(source).is_some_and(|call| call.known().is_some())
    });
    window.settle();
}

/// Waits until the panels show a call with this name; `picture` are the observers, from 1, that get the picture.
fn until_shown(window: &mut Window, name: &str, picture: &[usize]) {
    window.until(name, |app| {
        let Some(displayed) = app.displayed() else { return false };
        let words: Vec<_> = displayed.panels.iter().map(|panel| panel.leakage.word).collect();
        let is_shown =
            (1..words.len()).all(|at| picture.contains(&at) == (words[at] == Some(Finding::Picture)));
        app.state().scene.source.to_string() == name && words.len() == 7 && is_shown
    });
    window.settle();
}

#[test]
fn a_call_changes_its_design_while_it_plays_and_undo_goes_back() {
    let mut window = Window::open_real_panels("pattern:bars", &["plain", "aes-128-ecb"]);
    window.type_source("call:media=raw,seconds=2");
    // One key for all: participant, key server, waiting room, former participant.
    until_shown(&mut window, "call:media=raw,seconds=2", &[1, 4, 5, 6]);
    assert_eq!(window.panels()[2], "own:repeats,observer=wire");
    window.click("Source settings");
    assert!(window.says("Listener on the wire: video outlines, audio sizes"));
    window.click("srtp-gcm");
    // A key for each hop: participant, media server, waiting room.
    until_shown(&mut window, "call:media=raw,protection=srtp-gcm,seconds=2", &[1, 3, 5]);
    window.click("nothing, since 7 April 2020");
    until_shown(&mut window, "call:media=raw,protection=srtp-gcm,waiting-room=fixed,seconds=2", &[1, 3]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    until_shown(&mut window, "call:media=raw,protection=srtp-gcm,seconds=2", &[1, 3, 5]);
    window.click("h264");
    until_shown(&mut window, "call:protection=srtp-gcm,seconds=2", &[1, 3, 5]);
    assert_eq!(window.panels()[2], "own:sizes,observer=wire", "nothing repeats in compressed video");
}

#[test]
fn every_part_of_the_design_changes_by_its_name_and_undo_takes_it_back() {
    let mut window = open(RAW);
    let mut names = vec![RAW.to_owned()];
    let fields = [
        "protection=per-stream-gcm",
        "waiting-room=fixed",
        "leaves=bob",
        "leaves=bob@0.5",
        "renew",
        "key-server=12",
    ];
    let mut stated: Vec<&str> = Vec::new();
    for (step, field) in fields.into_iter().enumerate() {
        match step {
            0 => window.choose("Protection", "per-stream-gcm (modelled)"),
            1 => window.choose("The waiting room gets", "nothing, since 7 April 2020"),
            2 => window.choose("Who leaves", "bob leaves"),
            3 => window.set("When this party leaves", 0.5),
            4 => window.click("New keys then"),
            _ => window.set("Number of the key server", 12.0),
        }
        if step == 3 {
            stated.pop();
        }
        stated.push(field);
        // As they are written: the key server stands before who leaves.
        let mut sorted = stated.clone();
        let order = ["protection", "waiting-room", "key-server", "leaves", "renew"];
        sorted.sort_by_key(|field| order.iter().position(|name| field.starts_with(name)));
        let name = with(&sorted.join(","));
        until_design(&mut window, &name);
        names.push(name);
    }
    assert!(window.says("Key server, 12 of 73, United States"));
    for name in names.iter().rev().skip(1) {
        window.press_with(Modifiers::COMMAND, Key::Z);
        until_design(&mut window, name);
    }
    window.choose("Key of one-key-ecb", "AES-256, as advertised");
    until_design(&mut window, &with("key-size=256"));
}

#[test]
fn another_design_goes_on_at_the_same_frame() {
    let mut window = open(RAW);
    window.hold(7);
    window.choose("Protection", "srtp");
    until_design(&mut window, &with("protection=srtp"));
    window.until_frame(7);
    // Other media have other frames.
    window.choose("Media", "mjpeg");
    until_design(&mut window, "call:media=mjpeg,protection=srtp,seconds=2");
    window.until("the first frames", |app| {
        app.displayed().is_some_and(|displayed| displayed.shape.width == 1280)
    });
}

#[test]
fn stations_say_what_they_have_and_open_with_their_reasons() {
    let mut window = open(RAW);
    window.hold(0);
    assert!(window.says("Key server, 73 of 73, China: picture; holds key of the meeting"));
    assert!(window.says("bob, participant: picture"));
    assert!(!window.says("bob, participant: picture; holds"), "the key is on its way");
    window.hold(19);
    assert!(window.has("bob, participant: picture; holds key of the meeting"));
    assert!(window.has("carol, left at 0:01.0: picture; holds key of the meeting"));
    assert!(window.has("Waiting room, gets video and keys: picture; holds key of the meeting"));
    assert!(window.has("Media server, forwards packets: outlines"));
    for (station, said) in [
        (
            "bob, participant: picture; holds key of the meeting",
            "The key meeting opens the packets: 20 of 20 frames",
        ),
        ("Listener, on alice's link: outlines", "which shows outlines"),
        ("Media server, forwards packets: outlines", "forwards packets as they are and gets no key"),
        (
            "Key server, 73 of 73, China: picture; holds key of the meeting",
            "a scan found 73 servers, five of them in China",
        ),
        (
            "Waiting room, gets video and keys: picture; holds key of the meeting",
            "repaired on the servers then",
        ),
        ("carol, left at 0:01.0: picture; holds key of the meeting", "Judged on the time after carol left"),
    ] {
        window.click(station);
        assert!(window.says(said), "{station}");
        assert!(window.says("Modelled: one-key-ecb"), "{station}");
    }
    window.press(Key::Escape);
    window.settle();
    assert!(!window.says("Judged on the time"), "Esc closes the details");
    window.press(Key::W);
    window.settle();
    assert!(!window.says("Media server, forwards packets"), "W hides the diagram");
    window.press(Key::W);
    window.settle();
    assert!(window.says("Media server, forwards packets"));
}

#[test]
fn a_link_shows_its_packets_with_their_headers_in_the_clear() {
    let mut window = open(RAW);
    window.hold(19);
    let link = "Packets on alice's link";
    window.harness.get_by_label_contains(link).click();
    window.settle();
    assert!(window.says("packets to the media server"));
    assert!(window.says("RTP header, clear"));
    // RFC 3550: version 2, payload type 96, SSRC 40000.
    let row = window.harness.query_all_by_label_contains("alice video").find_map(|node| {
        let text = node.accesskit_node().value().or_else(|| node.accesskit_node().label())?;
        (text.contains(" 8060") && text.contains("00009c40")).then_some(text)
    });
    let row = row.expect("a packet of alice's video with its header");
    window.click(&row);
    assert!(window.says("UDP 192.0.2.10:40000 → 192.0.2.1:40000. RTP: payload type 96"));
    assert!(window.says("one-key-ecb with the key meeting."));
    window.click("Close details (Esc)");
    assert!(!window.says("RTP header, clear"));
    // A click beside the button, on the link itself.
    let station = window.harness.get_by_label_contains("alice, is observed").rect();
    window.click_with(PointerButton::Primary, station.right_center() + vec2(24.0, 1.0));
    window.settle();
    assert!(window.says("RTP header, clear"));
}

#[test]
fn all_protections_stand_in_a_table_whose_cells_change_the_design() {
    let mut window = open(RAW);
    window.hold(3);
    window.click("All protections");
    window.until("the comparison", |app| {
        CallSource::of(&app.state().scene.source).is_some_and(|call| call.known_comparison().is_some())
    });
    window.settle();
    let call = CallSource::of(&window.app().state().scene.source).cloned().expect("a call");
    for row in call.known_comparison().expect("it is known").iter() {
        let name = format!("{}, {}, {}: {}", row.protection, row.media, row.observer.title(), row.video);
        assert!(window.has(&name), "{name}");
    }
    assert!(window.has("one-key-ecb, raw, Listener on the wire: outlines"), "outlines survive in raw video");
    assert!(window.has("one-key-ecb, h264, Listener on the wire: sizes"), "and not in compressed video");
    window.click("srtp-gcm, raw, Media server: picture");
    until_design(&mut window, &with("protection=srtp-gcm"));
    window.click("All protections");
    assert!(window.has("Media server, forwards packets: picture; holds keys of links"));
}

#[test]
fn a_lesson_says_who_sees_what_only_once_it_is_answered() {
    let mut window = Window::open_real_panels("pattern:bars", &["plain"]);
    window.press(Key::N);
    window.settle();
    window.scroll_and_click("21. One key for a whole meeting");
    until_design(&mut window, "call:media=raw");
    assert!(window.says("bob, participant"), "the diagram is there");
    for word in [": picture", ": outlines"] {
        assert!(!window.says(word), "{word}");
    }
    window.harness.get_by_label_contains("Listener, on alice's link").click();
    window.settle();
    assert!(!window.says("No key is held"), "nor do the details");
    window.click("Show me");
    window.until("the answer", |app| app.displayed().is_some_and(|displayed| displayed.panels.len() == 6));
    window.settle();
    assert!(window.says("Listener, on alice's link: outlines"));
    assert!(window.says("No key is held"));
}
