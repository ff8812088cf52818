//! Tests of preparations and of sheets that are rendered again with them.

use super::*;
use crate::media::MediaError;
use crate::render::prepared::{PreparationError, Prepared, ToneWindow};

#[test]
fn a_preparation_that_ends_before_its_sheet_is_fetched_is_not_lost() {
    let mut state = new_state();
    let (now, generation) = (Instant::now(), state.versions.generation);
    state.status.info = Some(Arc::new(info()));
    let first = Ready { sheet: "another scene", slot: slot(0), pending: Vec::new() };
    state.rendered(Some(first), 1, generation, now);
    assert_eq!(state.shown(now).sheet, Some("another scene"));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:codebook,known=0-0".parse().expect("a panel")];
    state.apply(Command::SetScene(scene), now);
    let version = state.versions.scene;
    let Some(Render::Scene(..)) = state.next_render(1, true, now) else { panic!("it is set up first") };
    let Some(Render::Again(slot, _)) = state.next_render(version, true, now) else { panic!("then again") };
    let Some(Prepare { request, task, .. }) = state.next_prepare() else { panic!("the codebook is missing") };
    state.rendered(Some(Ready { sheet: "dark", slot, pending: vec![request] }), version, generation, now);
    let failed = PreparationError::Media(MediaError::NoSource);
    state.finish_preparation(task, Some(Err(Arc::new(failed))));
    assert_eq!(state.shown(now).sheet, Some("dark"));
    let Some(Render::Again(slot, _)) = state.next_render(version, true, now) else {
        panic!("it is rendered with the outcome")
    };
    state.rendered(Some(Ready { sheet: "painted", slot, pending: Vec::new() }), version, generation, now);
    assert_eq!(state.shown(now).sheet, Some("painted"));
}

#[test]
fn a_sheet_is_rendered_again_once_a_part_covers_its_frame() {
    let mut state = new_state();
    let (now, generation) = (Instant::now(), state.versions.generation);
    state.status.info = Some(Arc::new(info()));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:tone".parse().expect("a panel")];
    state.apply(Command::SetScene(scene), now);
    let version = state.versions.scene;
    let Some(Render::Scene(..)) = state.next_render(1, true, now) else { panic!("it is set up first") };
    state.playback.steps = 1;
    state.rendered(
        Some(Ready { sheet: "dark", slot: slot(5), pending: Vec::new() }),
        version,
        generation,
        now,
    );
    assert_eq!(state.shown(now).sheet, Some("dark"));
    let Some(Prepare { request, task, .. }) = state.next_prepare() else { panic!("the tones are missing") };
    state.display.pending = vec![request];
    let to = |end| Prepared::Tone(Arc::new(ToneWindow::empty_to(FrameIndex(end))));
    state.add_prepared_part(task, to(5));
    assert!(state.next_render(version, true, now).is_none(), "frame 5 is not covered");
    state.add_prepared_part(task, to(6));
    let Some(Render::Again(slot, _)) = state.next_render(version, true, now) else { panic!("now it is") };
    state.rendered(Some(Ready { sheet: "painted", slot, pending: Vec::new() }), version, generation, now);
    assert_eq!(state.shown(now).sheet, Some("painted"));
    state.add_prepared_part(task, to(9));
    state.finish_preparation(task, Some(Ok(to(120))));
    assert!(state.next_render(version, true, now).is_none(), "it was complete");
}

#[test]
fn if_playing_overtakes_preparing_the_next_window_is_prepared_first() {
    let mut state = new_state();
    let now = Instant::now();
    state.status.info = Some(Arc::new(info()));
    let times = (0..1200).map(|n| f64::from(n) / 25.0).collect();
    state.status.index = Some(Arc::new(Index::new(times, 48.0, vec![FrameIndex(0)])));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:tone".parse().expect("a panel")];
    state.apply(Command::SetScene(scene), now);
    state.playback.target = None;
    state.apply(Command::Play, now);
    let prepares_while_played = |state: &mut State<_>, from: u64, to: u64| {
        state.status.shown = Some((FrameIndex(from), 0.0));
        let Prepare { request, task, .. } = state.next_prepare().expect("a window is missing");
        state.status.shown = Some((FrameIndex(to), 0.0));
        assert!(state.is_task_wanted(task), "a window that was played past is finished, too");
        state.finish_preparation(task, Some(Err(Arc::new(PreparationError::Media(MediaError::NoSource)))));
        request.first_frame().0
    };
    assert_eq!(prepares_while_played(&mut state, 3, 100), 0, "in time");
    assert_eq!(prepares_while_played(&mut state, 100, 250), 120, "too late");
    assert_eq!(
        prepares_while_played(&mut state, 250, 400),
        360,
        "the next window, not the one that is playing"
    );
    assert_eq!(prepares_while_played(&mut state, 400, 410), 480, "in time");
    state.apply(Command::Seek(FrameIndex(5)), now);
    state.playback.target = None;
    assert_eq!(
        prepares_while_played(&mut state, 240, 245),
        240,
        "after a seek, the window on display comes first"
    );
    assert_eq!(prepares_while_played(&mut state, 500, 900), 600, "too late");
    let panels = ["aes-128-ecb:tone", "aes-128-ecb:codebook,known=0-0"];
    let panels = panels.map(|panel| panel.parse().expect("a panel")).into();
    state.apply(Command::SetScene(Scene { panels, ..Scene::of(Source::Demo) }), now);
    let Prepare { request, .. } = state.next_prepare().expect("two preparations are missing");
    assert!(matches!(request, PreparationRequest::Codebook { .. }), "it will not be past");
}
