//! Tests of commands for the window, its notices and its lessons.

use super::*;
use crate::gui::model::lessons::{self, Step};
use crate::gui::model::{notices, window};

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
