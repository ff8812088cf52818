//! Tests of commands for playing, seeking and stepping.

use super::*;
use crate::gui::model::playback::{self, SPEEDS};

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
