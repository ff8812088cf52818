//! The rules for what goes wrong: which part of the work ends with it, and what is said.

use std::time::Instant;

use super::{Board, PROBLEMS, Target};
use crate::scene::TooMuchMemory;
use crate::units::Generation;

impl<T> Board<T> {
    /// Notes whether the scene of `version` could be set up, and if not, why.
    pub fn set_up(&mut self, version: u64, error: Option<String>, now: Instant) {
        if version != self.scene_version {
            return;
        }
        if error.is_some() {
            self.status.error = error;
            self.status.loading = false;
            self.playback.clock.stop(now);
            self.stalled = true;
        } else if std::mem::take(&mut self.stalled) {
            self.status.loading = self.playback.steps > 0;
            if let Some(shown) = &self.shown
                && self.playback.playing
            {
                self.playback.clock.run_from(shown.due_secs, now);
            }
        }
    }

    /// Notes what could not be decoded of the source of `version`.
    pub fn report(&mut self, version: u64, problems: Vec<String>) {
        if version != self.source_version {
            return;
        }
        for problem in problems {
            // A loop meets the same damage again and again.
            if !self.status.problems.contains(&problem) {
                self.status.problems.push(problem);
            }
        }
        let excess = self.status.problems.len().saturating_sub(PROBLEMS);
        self.status.problems.drain(..excess);
    }

    /// Notes why the source gives no (more) frames after those of `generation`. What was decoded is still
    /// shown.
    pub fn fail(&mut self, generation: Generation, error: String, now: Instant) {
        if generation != self.generation {
            // Another place or another source is wanted by now.
            return;
        }
        self.status.error = Some(error.clone());
        self.progress.error = Some(error);
        self.progress.unopened = self.status.info.is_none();
        self.progress.ended = true;
        self.progress.failed = true;
        if self.finished() {
            self.settle(now);
        }
    }

    /// Notes that no frames are decoded for `generation`, since the scene is to remember more than fit. Another scene
    /// can be shown.
    pub fn refuse(&mut self, generation: Generation, error: TooMuchMemory, now: Instant) {
        if generation != self.generation {
            return;
        }
        self.status.error = Some(error.to_string());
        self.progress.ended = true;
        self.progress.failed = true;
        if self.finished() {
            self.settle(now);
        }
    }

    /// The render thread has failed at the scene of `version`, and holds no frame any more. Nothing is rendered
    /// until another scene or source is set.
    pub fn fail_to_render(&mut self, version: u64, error: String, now: Instant) {
        self.rendering = 0;
        if self.playback.steps > 0 {
            // The frame that was asked for is to come after all, once another scene can show it.
            let here = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
            self.seek_to(self.seek.unwrap_or(Target::Frame(here.unwrap_or_default())));
        }
        self.set_up(version, Some(error), now);
    }

    /// The source of `version` was open and is not any more: there is nothing to play until it is opened again.
    pub fn close(&mut self, version: u64, error: String, now: Instant) {
        if version == self.source_version {
            self.status.info = None;
            self.fail(self.generation, error, now);
        }
    }

    /// Notes why the source of `version` has no index. Its frames are shown all the same, from the first on.
    pub fn fail_to_index(&mut self, version: u64, why: &str) {
        if version != self.source_version {
            return;
        }
        self.progress.index_failed = true;
        let error = format!("the frames could not be counted, so the timeline shows no times ({why})");
        // What the reader says of the same file is closer to it.
        let error = self.progress.error.get_or_insert(error);
        self.status.error.get_or_insert_with(|| error.clone());
    }

    /// Nothing can be shown from now on.
    pub fn break_down(&mut self, error: String, now: Instant) {
        self.broken.get_or_insert(error);
        self.stay_broken(now);
    }

    /// Says so again after whatever was asked for.
    pub(super) fn stay_broken(&mut self, now: Instant) {
        if let Some(error) = &self.broken {
            self.status.error = Some(error.clone());
            self.progress.unopened = true;
            self.seek = None;
            self.settle(now);
        }
    }
}
