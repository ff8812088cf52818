//! Tests of commands for panels.

use super::*;
use crate::gui::model::panels::presets::Preset;
use crate::gui::model::{editing, panels};
use crate::scene::Panel;

#[test]
fn a_scheme_for_which_the_key_is_too_short_is_refused() {
    let mut state = state();
    let _ =
        state.apply(editing::Command::SetKey(KeyText("00112233445566778899aabbccddeeff".into())), &status());
    let panel: Panel = "aes-256-ecb".parse().expect("a panel");
    assert!(effects_of(&mut state, panels::Command::Set(1, panel), &status()).is_empty());
    assert!(state.error(&status()).is_some_and(|error| error.contains("32 bytes")));
    assert_ne!(state.scene.panels[1], panel);
    let panel: Panel = "aes-128-ctr".parse().expect("a panel");
    assert_eq!(state.apply(panels::Command::Set(1, panel), &status()).len(), 1);
    assert_eq!(state.scene.panels[1], panel);
    assert_eq!(state.error(&status()), None);
}

#[test]
fn panels_are_enlarged_and_put_back_and_missing_panels_are_ignored() {
    let mut state = state();
    let mut enlarge = |at| {
        let _ = state.apply(panels::Command::ToggleEnlarged(at), &status());
        state.panel_view.enlarged
    };
    assert_eq!([enlarge(2), enlarge(1), enlarge(1), enlarge(7)], [Some(2), Some(1), None, None]);
}

#[test]
fn adding_duplicating_moving_and_removing_keep_the_enlarged_panel() {
    let mut state = state();
    state.panel_view.enlarged = Some(2);
    let mut run = |command| {
        assert_eq!(state.apply(command, &status()).len(), 1, "the session is told");
        (panel_names(&state).join(" "), state.panel_view.enlarged)
    };
    let (ecb, repeats, gcm) = ("aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm");
    let cbc = "aes-128-cbc";
    assert_eq!(run(panels::Command::Add), (format!("plain {ecb} {repeats} {gcm} {cbc}"), Some(2)));
    assert_eq!(
        run(panels::Command::Duplicate(1)),
        (format!("plain {ecb} {ecb} {repeats} {gcm} {cbc}"), Some(3))
    );
    assert_eq!(
        run(panels::Command::Move(3, 0)),
        (format!("{repeats} plain {ecb} {ecb} {gcm} {cbc}"), Some(0))
    );
    assert_eq!(
        run(panels::Command::Move(5, 0)),
        (format!("{cbc} {repeats} plain {ecb} {ecb} {gcm}"), Some(1))
    );
    assert_eq!(run(panels::Command::Remove(0)), (format!("{repeats} plain {ecb} {ecb} {gcm}"), Some(0)));
    assert_eq!(run(panels::Command::Remove(0)), (format!("plain {ecb} {ecb} {gcm}"), None));
}

#[test]
fn a_new_panel_has_a_mode_that_no_panel_has_yet() {
    let mut state = state();
    state.scene.panels = vec!["plain".parse().expect("a panel")];
    for _ in 0..11 {
        let _ = state.apply(panels::Command::Add, &status());
    }
    let names = panel_names(&state);
    assert_eq!(names[1..4], ["aes-128-ecb", "aes-128-cbc", "aes-128-cfb"]);
    assert_eq!(names[9..], ["chacha20-poly1305", "aes-128-ecb+key-per-frame", "aes-128-cbc+fixed-iv"]);
    // A key that is too short for XTS.
    state.scene.panels.truncate(1);
    let short = KeyText("00112233445566778899aabbccddeeff".into());
    let _ = state.apply(editing::Command::SetKey(short), &status());
    for _ in 0..8 {
        let _ = state.apply(panels::Command::Add, &status());
    }
    assert!(state.notices.error.is_none() && !panel_names(&state).join(" ").contains("xts"));
}

#[test]
fn the_preset_of_every_lens_takes_the_scheme_of_the_selected_panel() {
    let mut state = state();
    let ends = |state: &State| state.scene.panels.last().map(ToString::to_string).unwrap_or_default();
    let _ = state.apply(panels::Command::Select(3), &status());
    let _ = state.apply(panels::Command::Move(3, 1), &status());
    assert_eq!(state.selected_panel(), Some(1));
    let _ = state.apply(panels::Command::UsePreset(Preset::EveryLens), &status());
    assert!(ends(&state).starts_with("aes-128-gcm:"), "{}", ends(&state));
    let _ = state.apply(editing::Command::Undo, &status());
    assert_eq!(state.selected_panel(), None);
    let _ = state.apply(panels::Command::Set(2, "aes-128-ctr".parse().expect("a panel")), &status());
    let _ = state.apply(panels::Command::Remove(0), &status());
    assert_eq!(state.selected_panel(), Some(1));
    let _ = state.apply(panels::Command::UsePreset(Preset::EveryLens), &status());
    assert!(ends(&state).starts_with("aes-128-ctr:"), "{}", ends(&state));
    let _ = state.apply(editing::Command::Undo, &status());
    let _ = state.apply(panels::Command::ToggleEnlarged(2), &status());
    let _ = state.apply(panels::Command::UsePreset(Preset::EveryLens), &status());
    assert!(ends(&state).starts_with("aes-128-ecb:"), "{}", ends(&state));
}

#[test]
fn there_are_between_one_and_twelve_panels() {
    let mut state = state();
    for _ in 0..9 {
        let _ = state.apply(panels::Command::Remove(0), &status());
    }
    assert_eq!(panel_names(&state), ["aes-128-gcm"]);
    for _ in 0..20 {
        let _ = state.apply(panels::Command::Add, &status());
    }
    assert_eq!(panel_names(&state).len(), 12);
    assert!(state.error(&status()).is_some_and(|error| error.contains("12 panels")));
    assert!(effects_of(&mut state, panels::Command::Move(3, 12), &status()).is_empty());
    assert!(effects_of(&mut state, panels::Command::Duplicate(12), &status()).is_empty());
}

#[test]
fn a_preset_for_which_the_key_is_too_short_is_refused() {
    let mut state = state();
    let _ =
        state.apply(editing::Command::SetKey(KeyText("00112233445566778899aabbccddeeff".into())), &status());
    let before = state.scene.clone();
    assert!(effects_of(&mut state, panels::Command::UsePreset(Preset::UsedRight), &status()).is_empty());
    assert!(state.error(&status()).is_some_and(|error| error.contains("32 bytes")));
    assert_eq!(state.scene, before);
}
