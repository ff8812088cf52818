//! The rules of a session, without threads.

use crate::play::state::*;
use std::time::Duration;

use crate::media::{Index, Kind, MediaError, Source, SourceInfo, StatedColour};
use crate::picture::layout::Layout;
use crate::picture::{Colour, Frame, Shape};
use crate::render::Recent;
use crate::render::prepared::{KnowledgeError, Known, ToneWindow};
use crate::runtime::pool::Buffer;

fn board() -> Board<&'static str> {
    Board::new(Scene::of(Source::Demo))
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
    }
}

fn place(frame: u64) -> Place {
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
    Place { recent, due_secs: 0.0, replaces: false, same_sheet: false, after_gap: false }
}

#[test]
fn a_mark_more_on_a_canvas_leaves_all_else_that_is_known_of_it() {
    let canvas = |text: &str| {
        let drawing: crate::picture::drawing::Drawing = text.parse().expect("a drawing");
        Scene::of(crate::media::Source::Canvas(drawing.into()))
    };
    let mut board: Board<()> = Board::new(canvas(""));
    board.status.index = Some(Arc::new(Index::new(vec![0.0], 1.0, vec![FrameIndex(0)])));
    board.status.shown = Some((FrameIndex(0), 0.0));
    let opened = board.source_version;
    board.apply(Command::SetScene(canvas("penguin")), Instant::now());
    assert!(board.source_version > opened && board.status.loading, "it is painted again");
    assert!(board.status.index.is_some() && board.status.shown.is_some());
    board.apply(Command::SetScene(Scene::of("demo".parse().expect("a source"))), Instant::now());
    assert!(board.status.index.is_none() && board.status.shown.is_none());
}

#[test]
fn a_source_that_cannot_be_opened_has_nothing_to_play_and_keeps_its_error() {
    let now = Instant::now();
    let mut board = board();
    board.fail(board.generation, "gone".into(), now);
    let scene = Scene { layout: Layout::GRAY8, ..Scene::of(Source::Demo) };
    for command in
        [Command::Play, Command::Seek(FrameIndex(3)), Command::StepForward, Command::SetScene(scene)]
    {
        board.apply(command, now);
        assert!(!board.status.playing && !board.status.loading);
        assert_eq!(board.status.error.as_deref(), Some("gone"));
    }
    board.apply(Command::Reload, now);
    assert!(board.status.loading && board.status.error.is_none());
}

#[test]
fn a_frame_that_is_held_is_rendered_again_on_demand_and_replaces_the_one_shown() {
    let now = Instant::now();
    let mut board = board();
    board.status.info = Some(Arc::new(info()));
    assert!(matches!(board.next_render(0, false, now), Some(Render::Scene(..))));
    board.rendered(
        Some(Ready { sheet: "coarse", place: place(0), pending: Vec::new() }),
        1,
        board.generation,
        now,
    );
    assert_eq!(board.shown(now).sheet, Some("coarse"));
    board.apply(Command::Redraw, now);
    board.apply(Command::Redraw, now);
    let Some(Render::Again(place, generation)) = board.next_render(1, true, now) else {
        panic!("the frame is to be rendered again");
    };
    board.rendered(Some(Ready { sheet: "fine", place, pending: Vec::new() }), 1, generation, now);
    assert_eq!(board.shown(now).sheet, Some("fine"));
    assert!(board.next_render(1, true, now).is_none(), "asked for twice, rendered once");
}

#[test]
fn what_was_missing_for_a_sheet_that_nobody_has_fetched_yet_is_not_lost_when_it_comes() {
    let mut board = board();
    let (now, generation) = (Instant::now(), board.generation);
    board.status.info = Some(Arc::new(info()));
    let first = Ready { sheet: "another scene", place: place(0), pending: Vec::new() };
    board.rendered(Some(first), 1, generation, now);
    assert_eq!(board.shown(now).sheet, Some("another scene"));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:codebook,known=0-0".parse().expect("a panel")];
    board.apply(Command::SetScene(scene), now);
    let version = board.scene_version;
    let Some(Render::Scene(..)) = board.next_render(1, true, now) else { panic!("it is set up first") };
    let Some(Render::Again(place, _)) = board.next_render(version, true, now) else { panic!("then again") };
    let Some(Prepare { request, task, .. }) = board.next_prepare() else { panic!("the codebook is missing") };
    board.rendered(Some(Ready { sheet: "dark", place, pending: vec![request] }), version, generation, now);
    let failed = KnowledgeError::Media(MediaError::NoSource);
    board.prepared(task, Some(Err(Arc::new(failed))));
    assert_eq!(board.shown(now).sheet, Some("dark"));
    let Some(Render::Again(place, _)) = board.next_render(version, true, now) else {
        panic!("what came is seen")
    };
    board.rendered(Some(Ready { sheet: "painted", place, pending: Vec::new() }), version, generation, now);
    assert_eq!(board.shown(now).sheet, Some("painted"));
}

#[test]
fn of_what_is_prepared_each_part_is_seen_once_it_is_there() {
    let mut board = board();
    let (now, generation) = (Instant::now(), board.generation);
    board.status.info = Some(Arc::new(info()));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:tone".parse().expect("a panel")];
    board.apply(Command::SetScene(scene), now);
    let version = board.scene_version;
    let Some(Render::Scene(..)) = board.next_render(1, true, now) else { panic!("it is set up first") };
    board.playback.steps = 1;
    board.rendered(
        Some(Ready { sheet: "dark", place: place(5), pending: Vec::new() }),
        version,
        generation,
        now,
    );
    assert_eq!(board.shown(now).sheet, Some("dark"));
    let Some(Prepare { request, task, .. }) = board.next_prepare() else { panic!("the tones are missing") };
    board.shown_pending = vec![request];
    let to = |end| Known::Tone(Arc::new(ToneWindow::empty_to(FrameIndex(end))));
    board.prepared_so_far(task, to(5));
    assert!(board.next_render(version, true, now).is_none(), "frame 5 is not among those that are ready");
    board.prepared_so_far(task, to(6));
    let Some(Render::Again(place, _)) = board.next_render(version, true, now) else { panic!("now it is") };
    board.rendered(Some(Ready { sheet: "painted", place, pending: Vec::new() }), version, generation, now);
    assert_eq!(board.shown(now).sheet, Some("painted"));
    board.prepared_so_far(task, to(9));
    board.prepared(task, Some(Ok(to(120))));
    assert!(board.next_render(version, true, now).is_none(), "nothing was missing for it any more");
}

#[test]
fn a_video_that_plays_faster_than_it_is_prepared_finds_every_other_window_begun_in_time() {
    let mut board = board();
    let now = Instant::now();
    board.status.info = Some(Arc::new(info()));
    let times = (0..1200).map(|n| f64::from(n) / 25.0).collect();
    board.status.index = Some(Arc::new(Index::new(times, 48.0, vec![FrameIndex(0)])));
    let mut scene = Scene::of(Source::Demo);
    scene.panels = vec!["aes-128-ecb:tone".parse().expect("a panel")];
    board.apply(Command::SetScene(scene), now);
    board.playback.target = None;
    board.apply(Command::Play, now);
    let prepares_while_played = |board: &mut Board<_>, from: u64, to: u64| {
        board.status.shown = Some((FrameIndex(from), 0.0));
        let Prepare { request, task, .. } = board.next_prepare().expect("a window is missing");
        board.status.shown = Some((FrameIndex(to), 0.0));
        assert!(board.prepares(task), "what was played past is finished, too");
        board.prepared(task, Some(Err(Arc::new(KnowledgeError::Media(MediaError::NoSource)))));
        request.first_frame().0
    };
    assert_eq!(prepares_while_played(&mut board, 3, 100), 0, "in time: it is still played");
    assert_eq!(prepares_while_played(&mut board, 100, 250), 120, "too late");
    assert_eq!(prepares_while_played(&mut board, 250, 400), 360, "the next, not the one that is played");
    assert_eq!(prepares_while_played(&mut board, 400, 410), 480, "in time");
    board.apply(Command::Seek(FrameIndex(5)), now);
    board.playback.target = None;
    assert_eq!(prepares_while_played(&mut board, 240, 245), 240, "what is shown comes first again");
    assert_eq!(prepares_while_played(&mut board, 500, 900), 600, "too late");
    let panels = ["aes-128-ecb:tone", "aes-128-ecb:codebook,known=0-0"];
    let panels = panels.map(|panel| panel.parse().expect("a panel")).into();
    board.apply(Command::SetScene(Scene { panels, ..Scene::of(Source::Demo) }), now);
    let Prepare { request, .. } = board.next_prepare().expect("two things are missing");
    assert!(matches!(request, Request::Codebook { .. }), "it will not be past");
}

#[test]
fn what_was_rendered_again_is_not_shown_in_place_of_another_frame() {
    let mut board = board();
    let (now, generation) = (Instant::now(), board.generation);
    board.playback.steps = 2;
    for (n, sheet) in [(5, "five"), (6, "six")] {
        let due_secs = n as f64;
        let place = Place { due_secs, ..place(n) };
        board.rendered(Some(Ready { sheet, place, pending: Vec::new() }), 1, generation, now);
        assert_eq!(board.shown(now).sheet, Some(sheet));
    }
    let late = Place { replaces: true, ..place(5) };
    board.rendered(Some(Ready { sheet: "five again", place: late, pending: Vec::new() }), 1, generation, now);
    assert_eq!(board.shown(now).sheet, None);
}

/// Decodes a frame that is due at a tenth of its number, in seconds.
fn decode(board: &mut Board<u64>, n: u64) {
    let mut recent = place(n).recent;
    let frame = Arc::clone(recent.current().expect("a frame"));
    recent.clear();
    let (due_secs, lasts_secs) = (n as f64 / 10.0, frame.duration_secs);
    let item = Scheduled { before: Vec::new(), frame, due_secs, lasts_secs, passed_over: 0, show: true };
    assert!(board.push_frame(board.generation, item).is_none(), "there is room");
}

/// Lets the render thread work until there is nothing to do; a sheet is the number of its frame.
fn render(board: &mut Board<u64>, now: Instant) {
    while let Some(work) = board.next_render(board.scene_version, true, now) {
        let (made, generation) = match work {
            Render::Scene(..) => panic!("the scene is set up"),
            Render::Held => panic!("every frame is delivered before the next is taken"),
            Render::Again(place, generation) => (Some(place), generation),
            Render::Next { item, late, after_gap, generation } => {
                let n = item.frame.index.0;
                let place = Place { due_secs: item.due_secs, after_gap, ..place(n) };
                ((!late).then_some(place), generation)
            }
        };
        let made = made.map(|place| {
            let sheet = place.recent.current().expect("a frame").index.0;
            Ready { sheet, place, pending: Vec::new() }
        });
        board.rendered(made, board.scene_version, generation, now);
    }
}

/// A board that shows frame 0 of a source with so many frames decoded after it.
fn showing(frames: u64, now: Instant) -> Board<u64> {
    let mut board = Board::new(Scene::of(Source::Demo));
    board.status.info = Some(Arc::new(info()));
    board.progress.index_failed = true;
    assert!(matches!(board.next_decode(1, false), Some(Decode::Seek(..))));
    (0..=frames).for_each(|n| decode(&mut board, n));
    render(&mut board, now);
    assert_eq!(board.shown(now).sheet, Some(0));
    board
}

fn after(start: Instant, secs: f64) -> Instant {
    start + Duration::from_secs_f64(secs)
}

#[test]
fn what_is_late_is_passed_over_before_it_is_encrypted_and_counted() {
    let start = Instant::now();
    let mut board = showing(9, start);
    board.apply(Command::Play, start);
    let late = after(start, 0.55);
    render(&mut board, late);
    assert_eq!(board.status.dropped, 4, "frames 1 to 4 ended before 0.55 s");
    assert_eq!(board.shown(late).sheet, Some(5));
}

#[test]
fn a_frame_that_is_held_is_drawn_beside_the_next_but_waits_for_none() {
    let start = Instant::now();
    let mut board = showing(3, start);
    board.apply(Command::Play, start);
    board.apply(Command::SetLooped(false), start);
    board.progress.ended = true;
    let mut held = None;
    for n in 1..=3 {
        let now = after(start, n as f64 / 10.0);
        let Some(Render::Next { item, generation, .. }) = board.next_render(1, true, now) else {
            panic!("frame {n} is there")
        };
        assert_eq!(item.frame.index, FrameIndex(n));
        let before = held.replace(Ready { sheet: n, place: place(n), pending: Vec::new() });
        if let Some(before) = before {
            board.rendered(Some(before), 1, generation, now);
            assert_eq!(board.shown(now).sheet, Some(n - 1));
        }
        assert!(board.status.playing, "one is still to come");
    }
    assert!(matches!(board.next_render(1, true, start), Some(Render::Held)), "there is no other");
    board.rendered(held, 1, board.generation, start);
    let end = after(start, 0.3);
    assert!(board.next_render(1, true, end).is_none(), "all are delivered");
    assert_eq!(board.shown(end).sheet, Some(3));
    assert!(!board.status.playing, "that was the last");
}

#[test]
fn a_frame_that_is_held_takes_the_room_of_a_sheet() {
    let start = Instant::now();
    let mut board = showing(5, start);
    for _ in 0..2 {
        board.apply(Command::StepForward, start);
        assert!(matches!(board.next_render(1, true, start), Some(Render::Next { .. })));
        assert!(matches!(board.next_render(1, true, start), Some(Render::Held)), "nobody asked for more");
    }
}

#[test]
fn a_step_leads_to_the_next_frame_even_where_it_was_passed_over() {
    let start = Instant::now();
    let mut board = showing(9, start);
    board.apply(Command::Play, start);
    let late = after(start, 0.55);
    render(&mut board, late);
    board.apply(Command::StepForward, late);
    assert_eq!(board.shown(late).sheet, None, "frame 5 is there, but 1 comes after 0");
    let Some(Decode::Seek(target, ..)) = board.next_decode(1, true) else { panic!("1 is to be decoded") };
    assert_eq!(target, Target::Frame(FrameIndex(1)));
}

#[test]
fn nothing_is_late_while_paused() {
    let start = Instant::now();
    let mut board = showing(9, start);
    for n in 1..=9 {
        let now = after(start, 100.0 * n as f64);
        board.apply(Command::StepForward, now);
        render(&mut board, now);
        assert_eq!(board.shown(now).sheet, Some(n));
    }
    assert_eq!(board.status.dropped, 0);
}

#[test]
fn where_rendering_cannot_keep_up_the_clock_gives_in() {
    let start = Instant::now();
    let mut board = showing(0, start);
    board.apply(Command::Play, start);
    for n in 1..6 {
        // Each frame is there a second after the one before, though due a tenth of a second after it.
        let now = after(start, n as f64);
        decode(&mut board, n);
        render(&mut board, now);
        assert_eq!(board.shown(now).sheet, Some(n), "every frame that was decoded is shown");
    }
    assert_eq!(board.status.dropped, 0);
}

#[test]
fn the_last_frame_may_still_be_made_the_end_while_it_waits_to_be_shown() {
    let start = Instant::now();
    let mut board = showing(5, start);
    board.apply(Command::Play, start);
    board.progress.ended = true;
    assert!(board.next_decode(1, false).is_none(), "it starts again only when all frames are on their way");
    board.apply(Command::SetLooped(false), start);
    for n in 1..=5 {
        let now = after(start, n as f64 / 10.0);
        render(&mut board, now);
        assert_eq!(board.shown(now).sheet, Some(n));
        assert!(board.next_decode(1, false).is_none());
    }
    assert!(!board.status.playing);
}

#[test]
fn a_loop_starts_again_while_the_last_sheets_wait_to_be_shown() {
    let start = Instant::now();
    let mut board = showing(2, start);
    board.apply(Command::Play, start);
    board.progress.ended = true;
    render(&mut board, start);
    assert!(matches!(board.next_decode(1, false), Some(Decode::Rewind)));
}

#[test]
fn a_scene_that_cannot_be_set_up_holds_the_clock_and_playing_goes_on_where_it_stood() {
    let start = Instant::now();
    let mut board = showing(9, start);
    board.apply(Command::Play, start);
    board.set_up(1, Some("the key is too short".into()), start);
    assert_eq!(board.status.error.as_deref(), Some("the key is too short"));
    assert!(board.next_render(1, false, start).is_none());
    let later = after(start, 60.0);
    board.apply(Command::SetScene(Scene { panels: Vec::new(), ..Scene::of(Source::Demo) }), later);
    assert_eq!(board.status.error, None);
    board.set_up(2, None, later);
    render(&mut board, later);
    assert_eq!(board.shown(later).sheet, Some(0), "the frame held, in the new scene");
    assert_eq!(board.shown(after(start, 60.1)).sheet, Some(1), "and a tenth of a second later the next");
    assert_eq!(board.status.dropped, 0);
}

#[test]
fn what_a_scene_that_was_left_has_to_say_is_not_heard() {
    let now = Instant::now();
    let mut board = showing(3, now);
    let generation = board.generation;
    board.apply(Command::SetScene(Scene { panels: Vec::new(), ..Scene::of(Source::DemoStill) }), now);
    board.set_up(1, Some("the key is too short".into()), now);
    board.fail(generation, "torn".into(), now);
    board.report(1, vec!["frame 3 is scratched".into()]);
    assert_eq!((board.status.error.clone(), board.status.problems.len()), (None, 0));
    assert!(board.status.loading);
}
