//! What the timeline needs besides the state: the scan of the video, its thumbnails, and a drag that is under way.

use std::sync::Arc;

use eframe::egui::Context;

use super::Sources;
use crate::gui::model::state::State;
use crate::gui::timeline::thumbnails::Thumbnails;
use crate::gui::timeline::timeline_ui::Scrub;
use crate::gui::timeline::video_scan::{Findings, ScanRequest, VideoScan};
use crate::media::Kind;
use crate::play::Status;

/// The scan, the thumbnails and the drag.
#[derive(Default)]
pub struct Timeline {
    scan: VideoScan,
    pub thumbnails: Thumbnails,
    pub scrub: Scrub,
}

impl Timeline {
    /// The findings of the scan, for every frame.
    #[must_use]
    pub fn findings(&self) -> Option<Arc<Findings>> {
        self.scan.findings()
    }

    /// Starts, continues or ends the threads that make thumbnails and scan the video, as the state asks for.
    pub fn follow(&mut self, ctx: &Context, state: &State, status: &Status, sources: &Sources) {
        let index = status.index.as_ref();
        // Thumbnails of a video stay when another part of it is encrypted.
        let is_sound = status.info.as_ref().is_some_and(|info| info.kind == Kind::Sound);
        let source = if is_sound { state.scene.footage() } else { state.scene.source.clone() };
        let height = ctx.content_rect().height();
        let has_strip = !state.window.presenting && state.timeline.strip.height(height) > 0.0;
        let wish = (has_strip, status.playing);
        let waker = ctx.clone();
        self.thumbnails.follow((&source, index), &sources.background, wish, move || waker.request_repaint());
        self.thumbnails.take_news(ctx);
        // Until the frames are counted, or cannot be, the thread that counts them has a decoder of its own.
        let is_counted = index.is_some() || status.is_uncounted;
        let request = ScanRequest {
            numbers: state.timeline.graph.is_some() && is_counted,
            occurrences: state.inspector.sought(),
            stopped: state.timeline.scan_stopped,
        };
        let from = (&sources.background, &sources.pool);
        let waker = ctx.clone();
        self.scan.follow(Some((&state.scene, request)), index, from, move || waker.request_repaint());
    }
}
