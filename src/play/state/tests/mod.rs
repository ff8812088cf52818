//! Tests of the rules of a session, without threads.

mod playing;
mod preparing;
mod scenes;

use std::time::Duration;

use crate::media::{Index, Kind, Source, SourceInfo, StatedColour};
use crate::picture::layout::Layout;
use crate::picture::{Colour, Frame, Shape};
use crate::play::state::*;
use crate::render::Recent;
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

/// A state that shows frame 0 of a source and has `frames` decoded frames after it.
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
