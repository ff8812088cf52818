//! Calls: what each observer has, and other designs while it plays.

use afterimage::leak::Finding;
use eframe::egui::{Key, Modifiers};

use crate::driver::Window;

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
