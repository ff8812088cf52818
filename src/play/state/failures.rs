//! The rules for errors: which work ends with an error, and what the status reports.

use std::time::Instant;

use super::{PROBLEMS, State, Target};
use crate::scene::TooMuchMemory;
use crate::units::Generation;

impl<T> State<T> {
    /// Notes that scene `version` has been set up, or why that failed.
    pub fn set_up(&mut self, version: u64, error: Option<String>, now: Instant) {
        if version != self.versions.scene {
            return;
        }
        if error.is_some() {
            self.status.error = error;
            self.status.loading = false;
            self.playback.clock.stop(now);
            self.rendering.is_stalled = true;
        } else if std::mem::take(&mut self.rendering.is_stalled) {
            self.status.loading = self.playback.steps > 0;
            if let Some(shown) = &self.display.slot
                && self.playback.playing
            {
                self.playback.clock.run_from(shown.due_secs, now);
            }
        }
    }

    /// Adds reports of damage in source `version`.
    pub fn report(&mut self, version: u64, problems: Vec<String>) {
        if version != self.versions.source {
            return;
        }
        for problem in problems {
            // A loop decodes the same damage each time.
            if !self.status.problems.contains(&problem) {
                self.status.problems.push(problem);
            }
        }
        let excess = self.status.problems.len().saturating_sub(PROBLEMS);
        self.status.problems.drain(..excess);
    }

    /// Notes the error that ended decoding for `generation`. Frames decoded before it are still shown.
    pub fn fail(&mut self, generation: Generation, error: String, now: Instant) {
        if generation != self.versions.generation {
            // Another position or source is wanted meanwhile.
            return;
        }
        self.status.error = Some(error.clone());
        self.progress.error = Some(error);
        self.progress.unopened = self.status.info.is_none();
        self.progress.ended = true;
        self.progress.failed = true;
        if self.finished() {
            self.cancel_requests(now);
        }
    }

    /// Notes that decoding for `generation` has ended because the frames that the scene remembers do not fit in memory.
    /// Another scene can still be shown.
    pub fn refuse(&mut self, generation: Generation, error: TooMuchMemory, now: Instant) {
        if generation != self.versions.generation {
            return;
        }
        self.status.error = Some(error.to_string());
        self.progress.ended = true;
        self.progress.failed = true;
        if self.finished() {
            self.cancel_requests(now);
        }
    }

    /// Notes that the render thread panicked on scene `version` and dropped its frames. Nothing is rendered until
    /// another scene or source is set.
    pub fn fail_to_render(&mut self, version: u64, error: String, now: Instant) {
        self.rendering.frames = 0;
        if self.playback.steps > 0 {
            // Decode the requested frame again, to show it in another scene.
            let here = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
            self.seek_to(self.seek.unwrap_or(Target::Frame(here.unwrap_or_default())));
        }
        self.set_up(version, Some(error), now);
    }

    /// Notes that source `version` cannot be read any more. Nothing can be played until it is opened again.
    pub fn close(&mut self, version: u64, error: String, now: Instant) {
        if version == self.versions.source {
            self.status.info = None;
            self.fail(self.versions.generation, error, now);
        }
    }

    /// Notes why source `version` has no index. Its frames can still be played from the first on.
    pub fn fail_to_index(&mut self, version: u64, why: &str) {
        if version != self.versions.source {
            return;
        }
        self.progress.index_failed = true;
        let error = format!("the frames could not be counted, so the timeline shows no times ({why})");
        // An error of the reader about the same file is more precise.
        let error = self.progress.error.get_or_insert(error);
        self.status.error.get_or_insert_with(|| error.clone());
    }

    /// Notes that the session cannot show anything any more.
    pub fn fail_for_good(&mut self, error: String, now: Instant) {
        self.fatal_error.get_or_insert(error);
        self.keep_fatal_error(now);
    }

    /// Restores the fatal error after a command has reset the status.
    pub(super) fn keep_fatal_error(&mut self, now: Instant) {
        if let Some(error) = &self.fatal_error {
            self.status.error = Some(error.clone());
            self.progress.unopened = true;
            self.seek = None;
            self.cancel_requests(now);
        }
    }
}
