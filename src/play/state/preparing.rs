//! The rules for what panels need from elsewhere in the video: what is prepared, when, and what follows once
//! it is there.

use std::iter;
use std::sync::Arc;

use super::{Board, Place, Prepare};
use crate::media::Kind;
use crate::play::preparation_queue::Task;
use crate::render::prepared::{Knowledge, Known, Outcome, Request, StillFrames};
use crate::units::FrameIndex;

/// How far ahead of the frame shown, while playing, what frames need is prepared; and how many things at
/// most, each of which may be large.
const PREPARED_AHEAD: usize = 120;
const MOST_AHEAD: usize = 4;

impl<T> Board<T> {
    /// All that has been prepared so far.
    pub fn knowledge(&self) -> Knowledge {
        self.preparation.knowledge().clone()
    }

    /// What the panels need from elsewhere: for the frame asked for or shown, then, while playing, for those
    /// that come next. Where the video plays faster than it is prepared, those come first: what is shown now will be
    /// past, and a window begun before it is reached shows something at least.
    pub(super) fn wanted(&self) -> Vec<Request> {
        let Some(frame) = self.playback.target.or(self.status.shown.map(|(frame, _)| frame)) else {
            return Vec::new();
        };
        let mut wanted = Request::all(&self.scene, frame);
        if wanted.is_empty() || !self.playback.playing {
            return wanted;
        }
        let now = wanted.len();
        let most = now + MOST_AHEAD;
        let frames = self.status.index.as_ref().map(|index| index.frames().max(1));
        let next = |&frame: &FrameIndex| self.playback.way.next(frame, frames, self.rewinds());
        let mut last = Vec::new();
        for coming in iter::successors(next(&frame), next).take(PREPARED_AHEAD) {
            last = Request::all(&self.scene, coming);
            for &request in &last {
                if wanted.len() < most && !wanted.contains(&request) {
                    wanted.push(request);
                }
            }
        }
        if self.preparation.outrun && self.plays_on() {
            let now = wanted[..now].to_vec();
            let will_be_past = |request: &Request| now.contains(request) && !last.contains(request);
            wanted.sort_by_key(will_be_past);
        }
        wanted
    }

    /// What the thread that prepares is to do now.
    pub fn next_prepare(&mut self) -> Option<Prepare> {
        let findable = self.status.index.is_some() || self.progress.index_failed;
        let wanted = self.wanted();
        let missing = self.preparation.missing(&wanted)?;
        // The decode thread says whether the source can be opened at all.
        let info = self.status.info.as_ref()?;
        if !(findable || missing.first_frame() == FrameIndex(0)) {
            return None;
        }
        let still = match info.kind {
            // What is to be prepared of it is prepared from the frame that is shown: it is not decoded again.
            Kind::Still => Some(StillFrames::of(info, self.shown.as_ref()?.recent.current()?)?),
            Kind::Video | Kind::Generated => None,
        };
        let (request, task) = self.preparation.begin(&wanted)?;
        self.tell_preparing();
        let (scene, index) = (Arc::clone(&self.scene), self.status.index.clone());
        let (source_version, beside_playing) = (self.source_version, self.playback.playing);
        Some(Prepare { request, task, scene, source_version, index, still, beside_playing })
    }

    /// True while the video plays from frame to frame, and no frame is asked for.
    pub(super) fn plays_on(&self) -> bool {
        self.playback.playing && self.playback.target.is_none()
    }

    /// True while a task is wanted.
    pub fn prepares(&self, task: Task) -> bool {
        !self.stop && self.preparation.goes_on(task, &self.wanted(), self.plays_on())
    }

    /// Notes how far a task has come. True where that is worth telling.
    pub fn prepared_share(&mut self, task: Task, share: f64) -> bool {
        let tell = self.preparation.report(task, share);
        self.tell_preparing();
        tell
    }

    /// Takes what came of a task so far. Sheets that it was missing for are rendered again.
    pub fn prepared_so_far(&mut self, task: Task, known: Known) {
        if self.preparation.add(task, known) {
            self.draw_what_was_missing();
        }
    }

    /// Takes what came of a task; `None` where it was broken off. Sheets that it was missing for are rendered
    /// again.
    pub fn prepared(&mut self, task: Task, outcome: Option<Outcome>) {
        let wanted = self.wanted();
        let known = self.preparation.end(task, outcome, &wanted);
        self.tell_preparing();
        if let Some(known) = known {
            self.preparation.outrun = self.plays_on() && !wanted.contains(&known);
            self.draw_what_was_missing();
        }
    }

    fn draw_what_was_missing(&mut self) {
        if self.sheets.iter().any(|ready| self.is_known(&ready.pending, &ready.place)) {
            let replacing = self.again.front().is_some_and(|place| place.replaces);
            self.render_ahead_again();
            if replacing {
                self.redraw(false);
            }
        }
        // What is to be shown in its place may still wait to be fetched.
        let pending = self.replacement.as_ref().map_or(&self.shown_pending, |(_, pending)| pending);
        if self.shown.as_ref().is_some_and(|place| self.is_known(pending, place)) {
            self.redraw(false);
        }
    }

    /// True where something that was missing for a sheet at its place is known now.
    pub(super) fn is_known(&self, pending: &[Request], place: &Place) -> bool {
        let Some(frame) = place.recent.current() else { return false };
        pending.iter().any(|&request| self.preparation.knowledge().get(request, frame.index).is_some())
    }

    pub(super) fn tell_preparing(&mut self) {
        self.status.preparing = self.preparation.at_work();
        self.status.preparing_stopped = self.preparation.stopped();
    }
}
