//! Tests of commands that change the scene, and of errors.

use super::*;
use crate::media::{Kind, Source};
use crate::picture::layout::Layout;

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
