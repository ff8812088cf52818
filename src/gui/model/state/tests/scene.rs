//! Tests of commands that open sources and edit the scene.

use std::num::NonZeroU32;

use super::*;
use crate::gui::model::panels::presets::Preset;
use crate::gui::model::{editing, notices, opening, panels};
use crate::payload::Target;
use crate::picture::layout::Layout;

#[test]
fn an_opened_source_is_played() {
    let mut state = state();
    let asked = effects_of(&mut state, opening::Command::Typed(" pattern:bars ".into()), &status());
    assert!(asked.len() == 1 && asked[0].starts_with("Open(Source(Pattern(Bars"), "{asked:?}");
    assert_eq!((&state.scene, state.opening.is_pending), (&scene(), true), "it may not open");
    let bars = || opening::Command::ShowSource("pattern:bars".parse().expect("a source"));
    let effects = effects_of(&mut state, bars(), &status());
    assert!(effects[0].starts_with("SetScene") && effects[1] == "Play", "{effects:?}");
    assert_eq!(state.scene.source.to_string(), "pattern:bars");
    assert_eq!(state.opening.typed, "pattern:bars");
    assert!(!state.opening.is_pending);
    let again = effects_of(&mut state, bars(), &status());
    assert_eq!(again, ["Reload", "Play"], "the same source is read again");
}

#[test]
fn an_unknown_source_is_reported_and_nothing_changes() {
    let mut state = state();
    assert!(effects_of(&mut state, opening::Command::Typed("pattern:plaid".into()), &status()).is_empty());
    assert!(state.error(&status()).is_some_and(|error| error.contains("plaid")));
    assert_eq!(state.scene, scene());
}

#[test]
fn a_source_that_does_not_open_is_reported_and_the_current_one_stays() {
    let mut state = state();
    let _ = state.apply(opening::Command::File("/no/film.mp4".into()), &status());
    assert!(effects_of(&mut state, opening::Command::Refuse("no such file".into()), &status()).is_empty());
    assert_eq!((&state.scene, state.opening.is_pending, state.opening.recent.len()), (&scene(), false, 0));
    assert_eq!(state.error(&status()), Some("no such file"));
    state.opening.typed = "/no/film.mp4".into();
    let _ = state.apply(notices::Command::Dismiss, &status());
    assert_eq!(state.opening.typed, "demo", "the field names what is shown again");
}

#[test]
fn a_bad_key_is_explained_and_the_old_one_stays() {
    let mut state = state();
    let before = state.scene.clone();
    for (text, message) in [("zz", "not hexadecimal"), ("0011", "16 bytes"), ("", "empty")] {
        assert!(effects_of(&mut state, editing::Command::SetKey(KeyText(text.into())), &status()).is_empty());
        let problem = state.scene_form.key_problem.clone().expect("a problem");
        assert!(problem.contains(message), "{problem}");
        assert_eq!(state.scene, before);
    }
    let good = KeyText("00112233445566778899aabbccddeeff".into());
    assert_eq!(state.apply(editing::Command::SetKey(good), &status()).len(), 1);
    assert_eq!(state.scene_form.key_problem, None);
    assert_ne!(state.scene.key, before.key);
}

#[test]
fn a_target_takes_its_own_scheme_and_sources_without_packets_have_none() {
    let mut state = state();
    let _ = state.apply(editing::Command::SetTarget(Target::Cbcs), &status());
    assert_eq!(
        panel_names(&state),
        ["plain", "aes-128-cbc+fixed-iv", "aes-128-cbc+fixed-iv:repeats"],
        "each panel once"
    );
    let other = panels::Command::Set(1, "aes-128-gcm".parse().expect("a panel"));
    assert!(state.apply(other, &status()).is_empty());
    assert!(state.error(&status()).is_some_and(|error| error.contains("aes-128-cbc+fixed-iv")));
    let _ = state.apply(opening::Command::ShowSource("pattern:bars".parse().expect("a source")), &status());
    assert_eq!(state.scene.target, Target::Pixels);
}

#[test]
fn every_change_of_the_scene_can_be_undone_and_redone() {
    let mut state = state();
    let start = state.scene.clone();
    let key = KeyText("00112233445566778899aabbccddeeff".repeat(2));
    let changes: [Command; 8] = [
        editing::Command::SetLayout(Layout::GRAY8).into(),
        editing::Command::SetTarget(Target::Packets).into(),
        editing::Command::SetMemory(NonZeroU32::new(5).expect("not 0")).into(),
        panels::Command::Set(1, "aes-128-ctr".parse().expect("a panel")).into(),
        editing::Command::SetKey(key).into(),
        panels::Command::UsePreset(Preset::Microscope).into(),
        opening::Command::ShowSource("pattern:bars".parse().expect("a source")).into(),
        editing::Command::Reset.into(),
    ];
    let mut scenes = vec![start.clone()];
    for change in changes {
        assert!(!state.apply(change.clone(), &status()).is_empty(), "{change:?}");
        assert_ne!(scenes.last(), Some(&state.scene), "{change:?}");
        scenes.push(state.scene.clone());
    }
    for scene in scenes.iter().rev().skip(1) {
        assert_eq!(state.apply(editing::Command::Undo, &status()).len(), 1);
        assert_eq!(&state.scene, scene);
        assert_eq!(state.opening.typed, scene.source.to_string());
        assert_eq!(state.scene_form.key.0, scene.key.to_hex());
    }
    assert!(effects_of(&mut state, editing::Command::Undo, &status()).is_empty());
    for scene in &scenes[1..] {
        assert_eq!(state.apply(editing::Command::Redo, &status()).len(), 1);
        assert_eq!(&state.scene, scene);
    }
    assert!(effects_of(&mut state, editing::Command::Redo, &status()).is_empty());
}

#[test]
fn a_key_that_is_typed_is_never_printed() {
    let command = editing::Command::SetKey(KeyText("00112233".into()));
    assert!(!format!("{command:?}{:?}", state().scene_form).contains("0011"));
    assert!(!format!("{:?}", state()).contains("000102"));
}
