//! The rules of playing, pausing, stepping and seeking.

use std::time::Instant;

use super::{State, Target};
use crate::play::direction::Direction;
use crate::units::FrameIndex;

impl<T> State<T> {
    /// The frame to which the requested steps lead.
    pub(super) fn stepped_to(&self) -> Option<FrameIndex> {
        self.status.shown.map(|(shown, _)| FrameIndex(shown.0.saturating_add(self.playback.steps as u64)))
    }

    pub(super) fn seek_to(&mut self, target: Target) {
        if self.progress.unopened {
            return;
        }
        self.versions.generation = self.versions.generation.next();
        self.frames.start(self.versions.generation);
        self.sheets.start(self.versions.generation);
        self.display.rerender.clear();
        self.display.replacement = None;
        self.rendering.has_skipped = false;
        self.preparation_queue.overtaken = false;
        self.progress.ended = false;
        self.progress.failed = false;
        self.status.loading = true;
        self.playback.steps = 1;
        self.playback.target = match target {
            Target::Frame(frame) => Some(frame),
            Target::Time(secs) => self.status.index.as_ref().map(|index| index.frame_at(secs)),
        };
        self.seek = Some(target);
    }

    pub(super) fn play(&mut self, direction: Direction, now: Instant) {
        if (self.playback.playing && self.playback.direction == direction) || self.progress.unopened {
            return;
        }
        if self.playback.direction != direction {
            self.set_direction(direction);
        } else if self.finished() {
            self.seek_to(Target::Frame(FrameIndex(0)));
        }
        self.playback.playing = true;
        if let Some(shown) = &self.display.slot
            && self.playback.steps == 0
        {
            self.playback.clock.run_from(shown.due_secs, now);
        }
    }

    /// Pauses at the frame shown. The next frame is then the one after it, also after playing backwards.
    pub(super) fn pause(&mut self, now: Instant) {
        self.playback.playing = false;
        self.playback.clock.stop(now);
        if self.playback.direction == Direction::Backwards {
            self.set_direction(Direction::Forwards);
        }
    }

    /// Continues in another direction from the target of the last seek, or else from the frame on display.
    pub(super) fn set_direction(&mut self, direction: Direction) {
        self.playback.direction = direction;
        let here = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
        self.seek_to(self.seek.unwrap_or(Target::Frame(here.unwrap_or_default())));
    }

    /// Seconds of video per second.
    pub fn speed(&self) -> f64 {
        self.playback.clock.speed()
    }

    /// Cancels steps and seeks whose frames cannot be shown, and pauses.
    pub(super) fn cancel_requests(&mut self, now: Instant) {
        self.playback.steps = 0;
        self.playback.target = None;
        self.status.loading = false;
        self.pause(now);
        self.update_status();
    }

    /// True if no frame or sheet is left to come.
    pub(super) fn finished(&self) -> bool {
        self.progress.ended
            && self.frames.len() == 0
            && self.sheets.len() == 0
            && self.display.rerender.is_empty()
            && self.rendering.frames == 0
    }

    /// True if the video starts again after its end.
    pub(super) fn loops_at_end(&self) -> bool {
        self.playback.looped && !self.progress.single && !self.progress.failed
    }
}
