//! What the window waits for: a source that opens, a frame that is drawn, a notice that was read, a pointer that rests.

use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::gui::bars::notice::NoticeTimer;
use crate::gui::inspector::hover::HoverTimer;
use crate::gui::model::command::Command;
use crate::gui::model::state::State;
use crate::play::Status;

/// Work that takes less time than this is not announced.
const ANNOUNCED_AFTER: Duration = Duration::from_millis(300);

/// Since when the window has been waiting, and for what.
#[derive(Debug, Default)]
pub struct Timers {
    /// Since when the frame on screen differs from the requested one.
    loading_since: Option<Instant>,
    /// Since when a requested source is being opened, which may fail.
    opening_since: Option<Instant>,
    notice: NoticeTimer,
    hover: HoverTimer,
}

impl Timers {
    /// Notes that a source was asked for.
    pub fn start_opening(&mut self, now: Instant) {
        self.opening_since = Some(now);
    }

    /// Notes whether the frame on screen is one that `waits` to be replaced, and has the window drawn again when a wait
    /// becomes long enough to be announced.
    pub fn note_waiting(&mut self, ctx: &Context, waits: bool, is_opening: bool, now: Instant) {
        self.loading_since = waits.then(|| self.loading_since.unwrap_or(now));
        let opening_since = self.opening_since.filter(|_| is_opening);
        for since in self.loading_since.into_iter().chain(opening_since) {
            let left = ANNOUNCED_AFTER.saturating_sub(now.saturating_duration_since(since));
            if !left.is_zero() {
                ctx.request_repaint_after(left);
            }
        }
    }

    /// The commands whose time has come: a confirmation is closed, a block under a resting pointer is searched.
    pub fn due(&mut self, ctx: &Context, state: &State, status: &Status, now: Instant) -> Vec<Command> {
        let notice = self.notice.due(ctx, state.notices.confirmation.as_deref(), now);
        let hover = self.hover.due(ctx, state.inspector, status, now);
        notice.into_iter().chain(hover).collect()
    }

    /// The work that has taken long enough to be announced.
    #[must_use]
    pub fn announcement(&self, state: &State, status: &Status, now: Instant) -> Option<&'static str> {
        let is_long = |since: Instant| now.saturating_duration_since(since) >= ANNOUNCED_AFTER;
        if self.opening_since.filter(|_| state.opening.is_pending).is_some_and(is_long) {
            return Some("Opening…");
        }
        let since = self.loading_since.filter(|_| state.canvas.sketch.is_none())?;
        let announcement = match (&status.info, status.loading) {
            (None, _) => "Opening…",
            (Some(_), _) if state.encoding.pending.is_some() => "Encoding…",
            (Some(_), true) => "Seeking…",
            (Some(_), false) => "Drawing…",
        };
        is_long(since).then_some(announcement)
    }
}
