//! Tests of commands on the state, without a window.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::gui::model::lessons::{self, Step};
use crate::gui::model::panels::presets::Preset;
use crate::gui::model::playback::SPEEDS;
use crate::gui::model::state::*;
use crate::gui::model::{editing, notices, opening, panels, playback, window};
use crate::media::{Index, Source};
use crate::payload::Target;
use crate::picture::layout::Layout;
use crate::scene::Panel;
use crate::units::FrameIndex;

fn state() -> State {
    State::new(scene())
}

/// The demo with fixed panels, independent of the default ones.
fn scene() -> Scene {
    let panels = ["plain", "aes-128-ecb", "aes-128-ecb:repeats", "aes-128-gcm"];
    let panels = panels.map(|panel| panel.parse().expect("a panel")).into();
    Scene { panels, ..Scene::of(Source::Demo) }
}

fn status() -> Status {
    let times = (0..10).map(|n| f64::from(n) / 10.0).collect();
    let index = Index::new(times, 1.0, vec![FrameIndex(0)]);
    Status { index: Some(Arc::new(index)), shown: Some((FrameIndex(4), 0.4)), ..Status::default() }
}

/// The effects of a command as text; for commands of the session, those commands.
fn effects_of(state: &mut State, command: impl Into<Command>, status: &Status) -> Vec<String> {
    let session = |effect| match effect {
        Effect::Session(command) => format!("{command:?}"),
        other => format!("{other:?}"),
    };
    state.apply(command, status).into_iter().map(session).collect()
}

#[test]
fn one_command_plays_and_pauses() {
    let playing = Status { playing: true, ..status() };
    assert_eq!(effects_of(&mut state(), playback::Command::Toggle, &status()), ["Play"]);
    assert_eq!(effects_of(&mut state(), playback::Command::Toggle, &playing), ["Pause"]);
}

#[test]
fn forwards_and_backwards_start_at_normal_speed_or_a_slower_one_and_double_it_when_repeated() {
    let mut state = state();
    assert_eq!(effects_of(&mut state, playback::Command::Backwards, &status()), ["PlayBackwards"]);
    let backwards = Status { playing: true, backwards: true, ..status() };
    assert_eq!(effects_of(&mut state, playback::Command::Backwards, &backwards), ["SetSpeed(2.0)"]);
    assert_eq!(effects_of(&mut state, playback::Command::Backwards, &backwards), ["SetSpeed(4.0)"]);
    assert!(
        effects_of(&mut state, playback::Command::Backwards, &backwards).is_empty(),
        "that is the fastest"
    );
    assert_eq!(effects_of(&mut state, playback::Command::Forwards, &backwards), ["SetSpeed(1.0)", "Play"]);
    assert_eq!(effects_of(&mut state, playback::Command::Pause, &backwards), ["Pause"]);
    let _ = state.apply(playback::Command::SetSpeed(0.25), &status());
    assert_eq!(
        effects_of(&mut state, playback::Command::Forwards, &status()),
        ["Play"],
        "slow is what was asked for"
    );
    let forwards = Status { playing: true, ..status() };
    assert_eq!(effects_of(&mut state, playback::Command::Forwards, &forwards), ["SetSpeed(0.5)"]);
}

#[test]
fn skipping_counts_from_the_frame_shown_and_stops_at_the_start() {
    assert_eq!(effects_of(&mut state(), playback::Command::SkipSecs(0.5), &status()), ["SeekTime(0.9)"]);
    assert_eq!(effects_of(&mut state(), playback::Command::SkipSecs(-5.0), &status()), ["SeekTime(0.0)"]);
    assert!(effects_of(&mut state(), playback::Command::SkipSecs(1.0), &Status::default()).is_empty());
}

#[test]
fn steps_requested_during_another_step_are_made_in_one_jump() {
    let mut state = state();
    let stepping = Status { stepping: true, ..status() };
    assert_eq!(effects_of(&mut state, playback::Command::StepBack, &status()), ["StepBack"]);
    for _ in 0..3 {
        assert!(effects_of(&mut state, playback::Command::StepBack, &stepping).is_empty());
    }
    assert!(effects_of(&mut state, playback::Command::CatchUp, &stepping).is_empty(), "not yet");
    assert_eq!(
        effects_of(&mut state, playback::Command::CatchUp, &status()),
        ["Pause", "Seek(FrameIndex(1))"]
    );
    assert!(effects_of(&mut state, playback::Command::CatchUp, &status()).is_empty(), "once");
    assert!(effects_of(&mut state, playback::Command::StepForward, &stepping).is_empty());
    assert_eq!(effects_of(&mut state, playback::Command::CatchUp, &status()), ["StepForward"]);
    assert!(effects_of(&mut state, playback::Command::SkipSecs(1.0), &stepping).is_empty());
    assert!(effects_of(&mut state, playback::Command::SkipSecs(1.0), &stepping).is_empty());
    assert_eq!(effects_of(&mut state, playback::Command::CatchUp, &status()), ["SeekTime(2.4)"]);
}

#[test]
fn a_seek_drops_requested_steps() {
    let mut state = state();
    let stepping = Status { stepping: true, ..status() };
    assert!(effects_of(&mut state, playback::Command::StepBack, &stepping).is_empty());
    assert_eq!(effects_of(&mut state, playback::Command::First, &stepping), ["Seek(FrameIndex(0))"]);
    assert!(effects_of(&mut state, playback::Command::CatchUp, &status()).is_empty());
}

#[test]
fn first_and_last_seek_to_the_first_and_the_last_frame() {
    assert_eq!(effects_of(&mut state(), playback::Command::First, &status()), ["Seek(FrameIndex(0))"]);
    assert_eq!(effects_of(&mut state(), playback::Command::Last, &status()), ["Seek(FrameIndex(9))"]);
    assert!(
        effects_of(&mut state(), playback::Command::Last, &Status::default()).is_empty(),
        "not known yet"
    );
}

#[test]
fn faster_and_slower_go_through_the_speeds_and_stop_at_the_ends() {
    let mut state = state();
    assert_eq!(effects_of(&mut state, playback::Command::Faster, &status()), ["SetSpeed(1.5)"]);
    for _ in 0..10 {
        let _ = state.apply(playback::Command::Faster, &status());
    }
    assert!(state.playback.speed.total_cmp(&SPEEDS[6]).is_eq());
    assert!(effects_of(&mut state, playback::Command::Faster, &status()).is_empty());
    for _ in 0..10 {
        let _ = state.apply(playback::Command::Slower, &status());
    }
    assert!(state.playback.speed.total_cmp(&SPEEDS[0]).is_eq());
}

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

fn panels(state: &State) -> Vec<String> {
    state.scene.panels.iter().map(ToString::to_string).collect()
}

#[test]
fn adding_duplicating_moving_and_removing_keep_the_enlarged_panel() {
    let mut state = state();
    state.panel_view.enlarged = Some(2);
    let mut run = |command| {
        assert_eq!(state.apply(command, &status()).len(), 1, "the session is told");
        (panels(&state).join(" "), state.panel_view.enlarged)
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
    let names = panels(&state);
    assert_eq!(names[1..4], ["aes-128-ecb", "aes-128-cbc", "aes-128-cfb"]);
    assert_eq!(names[9..], ["chacha20-poly1305", "aes-128-ecb+key-per-frame", "aes-128-cbc+fixed-iv"]);
    // A key that is too short for XTS.
    state.scene.panels.truncate(1);
    let short = KeyText("00112233445566778899aabbccddeeff".into());
    let _ = state.apply(editing::Command::SetKey(short), &status());
    for _ in 0..8 {
        let _ = state.apply(panels::Command::Add, &status());
    }
    assert!(state.notices.error.is_none() && !panels(&state).join(" ").contains("xts"));
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
    assert_eq!(panels(&state), ["aes-128-gcm"]);
    for _ in 0..20 {
        let _ = state.apply(panels::Command::Add, &status());
    }
    assert_eq!(panels(&state).len(), 12);
    assert!(state.error(&status()).is_some_and(|error| error.contains("12 panels")));
    assert!(effects_of(&mut state, panels::Command::Move(3, 12), &status()).is_empty());
    assert!(effects_of(&mut state, panels::Command::Duplicate(12), &status()).is_empty());
}

#[test]
fn a_target_takes_its_own_scheme_and_sources_without_packets_have_none() {
    let mut state = state();
    let _ = state.apply(editing::Command::SetTarget(Target::Cbcs), &status());
    assert_eq!(
        panels(&state),
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
fn a_preset_for_which_the_key_is_too_short_is_refused() {
    let mut state = state();
    let _ =
        state.apply(editing::Command::SetKey(KeyText("00112233445566778899aabbccddeeff".into())), &status());
    let before = state.scene.clone();
    assert!(effects_of(&mut state, panels::Command::UsePreset(Preset::UsedRight), &status()).is_empty());
    assert!(state.error(&status()).is_some_and(|error| error.contains("32 bytes")));
    assert_eq!(state.scene, before);
}

#[test]
fn escape_closes_one_thing_at_a_time() {
    let mut state = state();
    state.window = WindowState { help: true, fullscreen: true, ..WindowState::default() };
    state.panel_view.enlarged = Some(1);
    state.notices.error = Some("it broke".into());
    let mut left = Vec::new();
    for _ in 0..4 {
        let _ = state.apply(window::Command::Escape, &status());
        let State { window, notices, panel_view, .. } = &state;
        left.push((window.help, notices.error.is_some(), panel_view.enlarged.is_some(), window.fullscreen));
    }
    assert_eq!(
        left,
        [
            (false, true, true, true),
            (false, false, true, true),
            (false, false, false, true),
            (false, false, false, false),
        ]
    );
}

#[test]
fn a_dismissed_error_stays_hidden_until_another_occurs() {
    let mut state = state();
    let broken = Status { error: Some("gone".into()), ..status() };
    assert_eq!(state.error(&broken), Some("gone"));
    let _ = state.apply(notices::Command::Dismiss, &broken);
    assert_eq!(state.error(&broken), None);
    let other = Status { error: Some("worse".into()), ..status() };
    assert_eq!(state.error(&other), Some("worse"));
}

#[test]
fn a_key_that_is_typed_is_never_printed() {
    let command = editing::Command::SetKey(KeyText("00112233".into()));
    assert!(!format!("{command:?}{:?}", state().scene_form).contains("0011"));
    assert!(!format!("{:?}", state()).contains("000102"));
}

#[test]
fn opened_lessons_are_no_longer_offered() {
    let mut state = state();
    state.lessons.is_offered = true;
    let _ = state.apply(lessons::Command::Step(Step::Toggle), &status());
    assert!(state.lessons.view.open && !state.lessons.is_offered);
}

#[test]
fn a_link_opens_in_the_browser() {
    let url = "https://example.org/paper".to_owned();
    assert_eq!(
        effects_of(&mut state(), window::Command::OpenLink(url.clone()), &status()),
        [format!("OpenLink({url:?})")]
    );
}
