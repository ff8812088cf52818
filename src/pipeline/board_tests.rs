//! The rules of a session, without threads.

use super::*;
use crate::frame::{Colour, Shape};
use crate::layout::Layout;
use crate::media::{Kind, Source};
use crate::pool::Buffer;

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
        layout: Layout::Rgba32,
        colour: Colour::default(),
        opaque: true,
        bytes: Arc::new(Buffer::from(vec![0; 4])),
    };
    let mut recent = Recent::default();
    recent.push(Arc::new(frame), 1);
    Place { recent, due_secs: 0.0, replaces: false }
}

#[test]
fn a_source_that_cannot_be_opened_has_nothing_to_play_and_keeps_its_error() {
    let now = Instant::now();
    let mut board = board();
    board.fail("gone".into());
    let scene = Scene { layout: Layout::Gray8, ..Scene::of(Source::Demo) };
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
    board.rendered(Some(Ready { sheet: "coarse", place: place(0) }), 1, board.generation, now);
    assert_eq!(board.shown(now).sheet, Some("coarse"));
    board.apply(Command::Redraw, now);
    board.apply(Command::Redraw, now);
    let Some(Render::Again(place, generation)) = board.next_render(1, true, now) else {
        panic!("the frame is to be rendered again");
    };
    board.rendered(Some(Ready { sheet: "fine", place }), 1, generation, now);
    assert_eq!(board.shown(now).sheet, Some("fine"));
    assert!(board.next_render(1, true, now).is_none(), "asked for twice, rendered once");
}
