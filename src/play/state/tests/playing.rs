//! Tests of the order and the time in which frames are rendered and shown.

use super::*;

#[test]
fn a_redraw_renders_the_frame_on_display_once_more_and_replaces_it() {
    let now = Instant::now();
    let mut state = new_state();
    state.status.info = Some(Arc::new(info()));
    assert!(matches!(state.next_render(0, false, now), Some(Render::Scene(..))));
    state.rendered(
        Some(Ready { sheet: "coarse", slot: slot(0), pending: Vec::new() }),
        1,
        state.versions.generation,
        now,
    );
    assert_eq!(state.shown(now).sheet, Some("coarse"));
    state.apply(Command::Redraw, now);
    state.apply(Command::Redraw, now);
    let Some(Render::Again(slot, generation)) = state.next_render(1, true, now) else {
        panic!("the frame is to be rendered again");
    };
    state.rendered(Some(Ready { sheet: "fine", slot, pending: Vec::new() }), 1, generation, now);
    assert_eq!(state.shown(now).sheet, Some("fine"));
    assert!(state.next_render(1, true, now).is_none(), "two commands, rendered once");
}

#[test]
fn a_sheet_rendered_again_does_not_replace_another_frame() {
    let mut state = new_state();
    let (now, generation) = (Instant::now(), state.versions.generation);
    state.playback.steps = 2;
    for (n, sheet) in [(5, "five"), (6, "six")] {
        let due_secs = n as f64;
        let slot = SheetSlot { due_secs, ..slot(n) };
        state.rendered(Some(Ready { sheet, slot, pending: Vec::new() }), 1, generation, now);
        assert_eq!(state.shown(now).sheet, Some(sheet));
    }
    let late = SheetSlot { replaces: true, ..slot(5) };
    state.rendered(Some(Ready { sheet: "five again", slot: late, pending: Vec::new() }), 1, generation, now);
    assert_eq!(state.shown(now).sheet, None);
}

#[test]
fn late_frames_are_skipped_before_encryption_and_counted_as_dropped() {
    let start = Instant::now();
    let mut state = showing(9, start);
    state.apply(Command::Play, start);
    let late = after(start, 0.55);
    render(&mut state, late);
    assert_eq!(state.status.dropped, 4, "frames 1 to 4 ended before 0.55 s");
    assert_eq!(state.shown(late).sheet, Some(5));
}

#[test]
fn a_pending_frame_is_painted_with_the_next_one_or_alone_if_there_is_none() {
    let start = Instant::now();
    let mut state = showing(3, start);
    state.apply(Command::Play, start);
    state.apply(Command::SetLooped(false), start);
    state.progress.ended = true;
    let mut pending = None;
    for n in 1..=3 {
        let now = after(start, n as f64 / 10.0);
        let Some(Render::Next { item, generation, .. }) = state.next_render(1, true, now) else {
            panic!("frame {n} is there")
        };
        assert_eq!(item.frame.index, FrameIndex(n));
        let before = pending.replace(Ready { sheet: n, slot: slot(n), pending: Vec::new() });
        if let Some(before) = before {
            state.rendered(Some(before), 1, generation, now);
            assert_eq!(state.shown(now).sheet, Some(n - 1));
        }
        assert!(state.status.playing, "a frame is pending");
    }
    assert!(matches!(state.next_render(1, true, start), Some(Render::Pending)), "there is no other");
    state.rendered(pending, 1, state.versions.generation, start);
    let end = after(start, 0.3);
    assert!(state.next_render(1, true, end).is_none(), "all are delivered");
    assert_eq!(state.shown(end).sheet, Some(3));
    assert!(!state.status.playing, "that was the last");
}

#[test]
fn a_pending_frame_counts_as_a_waiting_sheet() {
    let start = Instant::now();
    let mut state = showing(5, start);
    for _ in 0..2 {
        state.apply(Command::StepForward, start);
        assert!(matches!(state.next_render(1, true, start), Some(Render::Next { .. })));
        assert!(
            matches!(state.next_render(1, true, start), Some(Render::Pending)),
            "one step needs one frame"
        );
    }
}

#[test]
fn a_step_goes_to_the_next_frame_even_if_that_was_skipped() {
    let start = Instant::now();
    let mut state = showing(9, start);
    state.apply(Command::Play, start);
    let late = after(start, 0.55);
    render(&mut state, late);
    state.apply(Command::StepForward, late);
    assert_eq!(state.shown(late).sheet, None, "frame 5 is there, but 1 comes after 0");
    let Some(Decode::Seek(target, ..)) = state.next_decode(1, true) else { panic!("1 is to be decoded") };
    assert_eq!(target, Target::Frame(FrameIndex(1)));
}

#[test]
fn while_paused_no_frame_is_late() {
    let start = Instant::now();
    let mut state = showing(9, start);
    for n in 1..=9 {
        let now = after(start, 100.0 * n as f64);
        state.apply(Command::StepForward, now);
        render(&mut state, now);
        assert_eq!(state.shown(now).sheet, Some(n));
    }
    assert_eq!(state.status.dropped, 0);
}

#[test]
fn if_rendering_cannot_keep_up_the_clock_is_set_back() {
    let start = Instant::now();
    let mut state = showing(0, start);
    state.apply(Command::Play, start);
    for n in 1..6 {
        // Each frame is decoded a second after the one before, but due a tenth of a second after it.
        let now = after(start, n as f64);
        decode(&mut state, n);
        render(&mut state, now);
        assert_eq!(state.shown(now).sheet, Some(n), "every frame that was decoded is shown");
    }
    assert_eq!(state.status.dropped, 0);
}

#[test]
fn looping_can_be_switched_off_until_the_last_frame_is_rendered() {
    let start = Instant::now();
    let mut state = showing(5, start);
    state.apply(Command::Play, start);
    state.progress.ended = true;
    assert!(state.next_decode(1, false).is_none(), "a loop starts only when the queue of frames is empty");
    state.apply(Command::SetLooped(false), start);
    for n in 1..=5 {
        let now = after(start, n as f64 / 10.0);
        render(&mut state, now);
        assert_eq!(state.shown(now).sheet, Some(n));
        assert!(state.next_decode(1, false).is_none());
    }
    assert!(!state.status.playing);
}

#[test]
fn a_loop_starts_again_while_the_last_sheets_wait_to_be_shown() {
    let start = Instant::now();
    let mut state = showing(2, start);
    state.apply(Command::Play, start);
    state.progress.ended = true;
    render(&mut state, start);
    assert!(matches!(state.next_decode(1, false), Some(Decode::Rewind)));
}
