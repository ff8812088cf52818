//! The rules of preparations: what is prepared, when, and which sheets are rendered again once it is ready.

use std::iter;
use std::sync::Arc;

use super::{Prepare, SheetSlot, State};
use crate::lens::Lens;
use crate::media::Kind;
use crate::play::preparation_queue::Task;
use crate::render::prepared::{Outcome, PreparationRequest, Prepared, PreparedSet, StillFrames};
use crate::units::FrameIndex;

/// While playing, preparations are made for this number of frames after the frame on display.
const FRAMES_AHEAD: usize = 120;

/// Upper bound of the preparations for these frames, since each may be large.
const PREPARATIONS_AHEAD: usize = 4;

impl<T> State<T> {
    /// All preparations so far.
    pub fn prepared_set(&self) -> PreparedSet {
        self.preparation_queue.prepared().clone()
    }

    /// The preparations that the panels need: first for the target of a seek or the frame on display, then, while
    /// playing, for the next frames. If playing has overtaken preparing, the next frames come first: the frame on
    /// display will be past when its window is ready, while a window that starts early is ready in time for some of its
    /// frames.
    pub(super) fn wanted(&self) -> Vec<PreparationRequest> {
        let Some(frame) = self.playback.target.or(self.status.shown.map(|(frame, _)| frame)) else {
            return Vec::new();
        };
        let mut wanted = self.wanted_for_panels(frame);
        // The owner shows sizes along time even if no panel does; they are prepared last.
        if let Some(sizes) = self.sizes_request().filter(|sizes| !wanted.contains(sizes)) {
            wanted.push(sizes);
        }
        wanted
    }

    /// The sizes of messages, under the scheme of the first panel that shows them, else of the first that encrypts.
    fn sizes_request(&self) -> Option<PreparationRequest> {
        let panels = || self.scene.panels.iter().copied().filter(|&panel| self.scene.has_sizes(panel));
        let panel = panels().find(|panel| panel.lens() == Some(Lens::Sizes)).or_else(|| panels().next())?;
        Some(PreparationRequest::Sizes { scheme: panel.scheme()?, of: self.scene.target_of(panel) })
    }

    fn wanted_for_panels(&self, frame: FrameIndex) -> Vec<PreparationRequest> {
        let mut wanted = PreparationRequest::all(&self.scene, frame);
        if wanted.is_empty() || !self.playback.playing {
            return wanted;
        }
        let now = wanted.len();
        let most = now + PREPARATIONS_AHEAD;
        let frames = self.status.index.as_ref().map(|index| index.frames().max(1));
        let next = |&frame: &FrameIndex| self.playback.direction.next(frame, frames, self.loops_at_end());
        let mut last = Vec::new();
        for coming in iter::successors(next(&frame), next).take(FRAMES_AHEAD) {
            last = PreparationRequest::all(&self.scene, coming);
            for &request in &last {
                if wanted.len() < most && !wanted.contains(&request) {
                    wanted.push(request);
                }
            }
        }
        if self.preparation_queue.overtaken && self.plays_on() {
            let now = wanted[..now].to_vec();
            let will_be_past =
                |request: &PreparationRequest| now.contains(request) && !last.contains(request);
            wanted.sort_by_key(will_be_past);
        }
        wanted
    }

    /// The next work of the prepare thread.
    pub fn next_prepare(&mut self) -> Option<Prepare> {
        let findable = self.status.index.is_some() || self.progress.index_failed;
        let wanted = self.wanted();
        let missing = self.preparation_queue.missing(&wanted)?;
        // Wait until the decode thread has opened the source.
        let info = self.status.info.as_ref()?;
        if !(findable || missing.first_frame() == FrameIndex(0)) {
            return None;
        }
        let still = match info.kind {
            // A still is prepared from the frame shown, without decoding it again.
            Kind::Still => Some(StillFrames::of(info, self.display.slot.as_ref()?.recent.current()?)?),
            Kind::Video | Kind::Generated | Kind::Sound => None,
        };
        let (request, task) = self.preparation_queue.begin(&wanted)?;
        self.update_preparing();
        let (scene, index) = (Arc::clone(&self.scene), self.status.index.clone());
        let (source_version, is_playing) = (self.versions.source, self.playback.playing);
        let prepared = self.prepared_set();
        Some(Prepare { prepared, request, task, scene, source_version, index, still, is_playing })
    }

    /// True while the video plays and no seek is pending.
    pub(super) fn plays_on(&self) -> bool {
        self.playback.playing && self.playback.target.is_none()
    }

    /// True while a task is wanted.
    pub fn is_task_wanted(&self, task: Task) -> bool {
        !self.stop && self.preparation_queue.is_wanted(task, &self.wanted(), self.plays_on())
    }

    /// Notes the progress of a task. Returns true if the owner should be notified.
    pub fn report_preparation(&mut self, task: Task, share: f64) -> bool {
        let notify = self.preparation_queue.report(task, share);
        self.update_preparing();
        notify
    }

    /// Takes a part of the result of a task. Sheets that were waiting for it are rendered again.
    pub fn add_prepared_part(&mut self, task: Task, part: Prepared) {
        if self.preparation_queue.add(task, part) {
            self.update_preparing();
            self.rerender_completed();
        }
    }

    /// Takes the result of a task; `None` if the task was cancelled. Sheets that were waiting for it are rendered
    /// again.
    pub fn finish_preparation(&mut self, task: Task, outcome: Option<Outcome>) {
        let wanted = self.wanted();
        let fulfilled = self.preparation_queue.end(task, outcome, &wanted);
        self.update_preparing();
        if let Some(request) = fulfilled {
            self.preparation_queue.overtaken = self.plays_on() && !wanted.contains(&request);
            self.rerender_completed();
        }
    }

    fn rerender_completed(&mut self) {
        if self.sheets.iter().any(|ready| self.is_now_prepared(&ready.pending, &ready.slot)) {
            let replacing = self.display.rerender.front().is_some_and(|slot| slot.replaces);
            self.rerender_waiting();
            if replacing {
                self.redraw(false);
            }
        }
        // A replacement of the sheet on display may not be fetched yet; then its missing preparations count.
        let pending = self.display.replacement.as_ref().map_or(&self.display.pending, |(_, pending)| pending);
        if self.display.slot.as_ref().is_some_and(|slot| self.is_now_prepared(pending, slot)) {
            self.redraw(false);
        }
    }

    /// True if a preparation that a sheet was waiting for covers its frame now.
    pub(super) fn is_now_prepared(&self, pending: &[PreparationRequest], slot: &SheetSlot) -> bool {
        let Some(frame) = slot.recent.current() else { return false };
        pending.iter().any(|&request| self.preparation_queue.prepared().get(request, frame.index).is_some())
    }

    pub(super) fn update_preparing(&mut self) {
        let prepared =
            self.sizes_request().and_then(|request| self.preparation_queue.prepared().so_far(request));
        self.status.sizes = match prepared {
            Some(Ok(Prepared::Sizes(sizes))) => Some(sizes.clone()),
            _ => None,
        };
        self.status.preparing = self.preparation_queue.current();
        self.status.preparing_stopped = self.preparation_queue.stopped();
    }
}
