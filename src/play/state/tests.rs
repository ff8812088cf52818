//! The rules of a session, without threads.

use crate::play::state::*;
use std::time::Duration;

use crate::media::{Index, Kind, MediaError, Source, SourceInfo, StatedColour};
use crate::picture::layout::Layout;
use crate::picture::{Colour, Frame, Shape};
use crate::render::Recent;
use crate::render::prepared::{PreparationError, Prepared, ToneWindow};
use crate::runtime::pool::Buffer;

fn new_state() -> State<&'static str> {
    State::new(Scene::of(Source::Demo))
}

fn info() -> SourceInfo {
    SourceInfo {
        source: "demo".into(),
        kind: Kind::Generated,
        container: String::new(),
        codec: String::new(),
        pixel_format: String::new(),
        width: 1,
        height: 1,
        sample_aspect_ratio: (1, 1),
        rotation_degrees: 0,
        mirrored: None,
        colour: StatedColour::default(),
        frame_rate: None,
        duration_secs: None,
        frames: None,
        keyframes: None,
        is_locked: false,
    }
}

fn slot(frame: u64) -> SheetSlot {
    let frame = Frame {
        index: FrameIndex(frame),
        time_secs: 0.0,
        duration_secs: 0.1,
        shape: Shape::new(1, 1),
        layout: Layout::RGBA32,
        colour: Colour::default(),
        bytes: Arc::new(Buffer::from(vec![0; 4])),
    };
    let mut recent = Recent::default();
    recent.push(Arc::new(frame), 1);
    SheetSlot { recent, due_secs: 0.0, replaces: false, same_sheet: false, after_gap: false }
}

#[test]
fn a_new_mark_on_a_canvas_keeps_its_index_and_the_frame_on_display() {
    let canvas = |text: &str| {
        let drawing: crate::picture::drawing::Drawing = text.parse().expect("a drawing");
        Scene::of(crate::media::Source::Canvas(drawing.into()))
    };
    let mut state: State<()> = State::new(canvas(""));
    state.status.index = Some(Arc::new(Index::new(vec![0.0], 1.0, vec![FrameIndex(0)])));
    state.status.shown = Some((FrameIndex(0), 0.0));
    let opened = state.versions.source;
    state.apply(Command::SetScene(canvas("penguin")), Instant::now());
    assert!(state.versions.source > opened && state.status.loading, "it is opened again");
    assert!(state.status.index.is_some() && state.status.shown.is_some());
    state.apply(Command::SetScene(Scene::of("demo".parse().expect("a source"))), Instant::now());
    assert!(state.status.index.is_none() && state.status.shown.is_none());
}

#[test]
fn a_film_is_opened_again_only_if_its_sound_is_shown_or_was_and_at_the_same_time() {
    let now = Instant::now();
    let film = |target, stream| Scene { target, stream, ..Scene::of(Source::File("film.mp4".into())) };
    let sound = Some(crate::media::StreamChoice::AUDIO);
    let mut state: State<()> = State::new(film(Encrypted::Pixels, None));
    let mut kind = Kind::Video;
    for (target, stream, is_opened, next_kind) in [
        (Encrypted::Packets, None, false, Kind::Video),
        (Encrypted::Nal, None, false, Kind::Video),
        (Encrypted::Packets, sound, true, Kind::Sound),
        (Encrypted::Cbcs, sound, false, Kind::Sound),
        (Encrypted::Samples, sound, true, Kind::Sound),
        (Encrypted::Pixels, None, true, Kind::Video),
        (Encrypted::Samples, None, true, Kind::Sound),
        (Encrypted::Packets, None, true, Kind::Video),
        (Encrypted::Cenc, None, false, Kind::Video),
    ] {
        state.status.info = Some(Arc::new(SourceInfo { kind, ..info() }));
        state.status.shown = Some((FrameIndex(50), 2.0));
        let opened = state.versions.source;
        state.apply(Command::SetScene(film(target, stream)), now);
        assert_eq!(state.versions.source > opened, is_opened, "{target} {stream:?}");
        if is_opened {
            assert_eq!(state.seek, Some(Target::Time(2.0)), "{target} {stream:?}");
        }
        kind = next_kind;
    }
}

#[test]
fn after_a_source_could_not_be_opened_commands_do_nothing_and_the_error_stays() {
    let now = Instant::now();
    let mut state = new_state();
    state.fail(state.versions.generation, "gone".into(), now);
    let scene = Scene { layout: Layout::GRAY8, ..Scene::of(Source::Demo) };
    for command in
        [Command::Play, Command::Seek(FrameIndex(3)), Command::StepForward, Command::SetScene(scene)]
    {
        state.apply(command, now);
        assert!(!state.status.playing && !state.status.loading);
        assert_eq!(state.status.error.as_deref(), Some("gone"));
    }
    state.apply(Command::Reload, now);
    assert!(state.status.loading && state.status.error.is_none());
}

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

/// Decodes a frame that is due at a tenth of its number, in seconds.
fn decode(state: &mut State<u64>, n: u64) {
    let mut recent = slot(n).recent;
    let frame = Arc::clone(recent.current().expect("a frame"));
    recent.clear();
    let (due_secs, lasts_secs) = (n as f64 / 10.0, frame.duration_secs);
    let item = Scheduled { before: Vec::new(), frame, due_secs, lasts_secs, skipped: 0, show: true };
    assert!(state.push_frame(state.versions.generation, item).is_none(), "there is room");
}

/// Does the work of the render thread until there is none left; a sheet is the number of its frame.
fn render(state: &mut State<u64>, now: Instant) {
    while let Some(work) = state.next_render(state.versions.scene, true, now) {
        let (slot, generation) = match work {
            Render::Scene(..) => panic!("the scene is set up"),
            Render::Pending => panic!("every frame is delivered before the next is taken"),
            Render::Again(slot, generation) => (Some(slot), generation),
            Render::Next { item, late, after_gap, generation } => {
                let n = item.frame.index.0;
                let slot = SheetSlot { due_secs: item.due_secs, after_gap, ..slot(n) };
                ((!late).then_some(slot), generation)
            }
        };
        let ready = slot.map(|slot| {
            let sheet = slot.recent.current().expect("a frame").index.0;
            Ready { sheet, slot, pending: Vec::new() }
        });
        state.rendered(ready, state.versions.scene, generation, now);
    }
}

/// A state that shows frame 0 of a source with so many frames decoded after it.
fn showing(frames: u64, now: Instant) -> State<u64> {
    let mut state = State::new(Scene::of(Source::Demo));
    state.status.info = Some(Arc::new(info()));
    state.progress.index_failed = true;
    assert!(matches!(state.next_decode(1, false), Some(Decode::Seek(..))));
    (0..=frames).for_each(|n| decode(&mut state, n));
    render(&mut state, now);
    assert_eq!(state.shown(now).sheet, Some(0));
    state
}

fn after(start: Instant, secs: f64) -> Instant {
    start + Duration::from_secs_f64(secs)
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

#[test]
fn a_scene_that_cannot_be_set_up_stops_the_clock_until_another_scene_is_set() {
    let start = Instant::now();
    let mut state = showing(9, start);
    state.apply(Command::Play, start);
    state.set_up(1, Some("the key is too short".into()), start);
    assert_eq!(state.status.error.as_deref(), Some("the key is too short"));
    assert!(state.next_render(1, false, start).is_none());
    let later = after(start, 60.0);
    state.apply(Command::SetScene(Scene { panels: Vec::new(), ..Scene::of(Source::Demo) }), later);
    assert_eq!(state.status.error, None);
    state.set_up(2, None, later);
    render(&mut state, later);
    assert_eq!(state.shown(later).sheet, Some(0), "the frame on display, in the new scene");
    assert_eq!(state.shown(after(start, 60.1)).sheet, Some(1), "and a tenth of a second later the next");
    assert_eq!(state.status.dropped, 0);
}

#[test]
fn errors_of_an_older_scene_are_ignored() {
    let now = Instant::now();
    let mut state = showing(3, now);
    let generation = state.versions.generation;
    state.apply(Command::SetScene(Scene { panels: Vec::new(), ..Scene::of(Source::DemoStill) }), now);
    state.set_up(1, Some("the key is too short".into()), now);
    state.fail(generation, "torn".into(), now);
    state.report(1, vec!["frame 3 is scratched".into()]);
    assert_eq!((state.status.error.clone(), state.status.problems.len()), (None, 0));
    assert!(state.status.loading);
}
