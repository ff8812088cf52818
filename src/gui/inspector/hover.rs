//! Decides which block is searched in all frames: the pinned one, or the one under a resting pointer.
//!
//! A search reads the whole video, so a moving pointer starts none. While the video plays, the block under the
//! pointer changes with every frame: then the block of the frame in which the pointer came to rest is searched, and
//! the thread that searches has a lower priority than those that play.

use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::gui::model::command::Command;
use crate::gui::model::inspector;
use crate::gui::model::inspector::{Inspector, Sought};
use crate::play::Status;

/// How long the pointer rests before its block is searched.
const REST: Duration = Duration::from_millis(600);

/// Measures how long the pointer has been on a block.
#[derive(Debug, Default)]
pub struct HoverTimer {
    on: Option<Sought>,
    since: Option<Instant>,
}

impl HoverTimer {
    /// The command that searches the block, once, when the pointer has rested for `REST`; until then, requests a
    /// repaint at that time.
    pub fn due(
        &mut self,
        ctx: &Context,
        inspector: Inspector,
        status: &Status,
        now: Instant,
    ) -> Option<Command> {
        let on = restful(inspector, status);
        if !is_same(self.on, on, status.playing) {
            self.since = on.map(|_| now);
        }
        self.on = on;
        let sought = on.filter(|_| !is_same(inspector.rested_on, on, status.playing))?;
        let left = REST.saturating_sub(now.saturating_duration_since(self.since?));
        if left.is_zero() {
            return Some(Command::Inspect(inspector::Command::Search(sought)));
        }
        ctx.request_repaint_after(left);
        None
    }
}

/// The block under the pointer, where it may be searched.
fn restful(inspector: Inspector, status: &Status) -> Option<Sought> {
    let may = inspector.open && inspector.is_hovering && inspector.pinned.is_none();
    let (frame, _) = status.shown.filter(|_| may && (status.playing || !status.loading))?;
    inspector.hovered.and_then(|hovered| hovered.searched_in(frame))
}

/// True where the pointer is on the same block: in the same frame, or while the video plays, in any frame.
fn is_same(before: Option<Sought>, now: Option<Sought>, is_playing: bool) -> bool {
    match (before, now) {
        (Some(before), Some(now)) if is_playing => before.block == now.block,
        _ => before == now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::model::inspector::BlockOf;
    use crate::units::FrameIndex;

    fn held(frame: u64) -> Status {
        Status { shown: Some((FrameIndex(frame), 0.0)), ..Status::default() }
    }

    fn pixels(block: usize) -> BlockOf {
        BlockOf { block, ..BlockOf::default() }
    }

    fn on(block: usize) -> Inspector {
        Inspector { open: true, hovered: Some(pixels(block)), is_hovering: true, ..Inspector::default() }
    }

    #[test]
    fn a_resting_pointer_starts_one_search() {
        let (ctx, start, mut hover) = (Context::default(), Instant::now(), HoverTimer::default());
        let sought = Sought { frame: FrameIndex(7), block: 5 };
        assert_eq!(hover.due(&ctx, on(4), &held(7), start), None);
        assert_eq!(hover.due(&ctx, on(5), &held(7), start + REST), None, "it has moved meanwhile");
        assert_eq!(
            hover.due(&ctx, on(5), &held(7), start + 2 * REST),
            Some(Command::Inspect(inspector::Command::Search(sought)))
        );
        let found = Inspector { rested_on: Some(sought), ..on(5) };
        assert_eq!(hover.due(&ctx, found, &held(7), start + 9 * REST), None);
        assert_eq!(hover.due(&ctx, found, &held(8), start + 9 * REST), None);
        let anew =
            Some(Command::Inspect(inspector::Command::Search(Sought { frame: FrameIndex(8), ..sought })));
        assert_eq!(
            hover.due(&ctx, found, &held(8), start + 10 * REST),
            anew,
            "in the next frame it is another"
        );
    }

    #[test]
    fn while_the_video_plays_the_block_of_the_frame_where_the_pointer_came_to_rest_is_searched() {
        let (ctx, start, mut hover) = (Context::default(), Instant::now(), HoverTimer::default());
        let plays = |frame| Status { playing: true, ..held(frame) };
        assert_eq!(hover.due(&ctx, on(5), &plays(7), start), None);
        let sought = Sought { frame: FrameIndex(20), block: 5 };
        assert_eq!(
            hover.due(&ctx, on(5), &plays(20), start + REST),
            Some(Command::Inspect(inspector::Command::Search(sought)))
        );
        let found = Inspector { rested_on: Some(sought), ..on(5) };
        assert_eq!(hover.due(&ctx, found, &plays(21), start + 9 * REST), None, "once, not in every frame");
        assert_eq!(hover.due(&ctx, found, &held(30), start + 10 * REST), None);
        let anew =
            Some(Command::Inspect(inspector::Command::Search(Sought { frame: FrameIndex(30), block: 5 })));
        assert_eq!(
            hover.due(&ctx, found, &held(30), start + 11 * REST),
            anew,
            "held, it is that of the frame"
        );
    }

    #[test]
    fn nothing_is_searched_while_a_block_is_pinned_or_off_the_pictures() {
        assert_eq!(restful(Inspector { pinned: Some(pixels(3)), ..on(5) }, &held(7)), None);
        assert_eq!(restful(Inspector { is_hovering: false, ..on(5) }, &held(7)), None);
        assert_eq!(restful(Inspector { open: false, ..on(5) }, &held(7)), None);
        assert!(restful(on(5), &held(7)).is_some());
    }
}
