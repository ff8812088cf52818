//! The rules that give the decode thread and the render thread their work, and take their results.

use std::sync::Arc;
use std::time::Instant;

use super::{Decode, Ready, Render, SHEETS, SHEETS_BYTES, Scheduled, SheetSlot, State, Target};
use crate::play::queue::Pushed;
use crate::units::{FrameIndex, Generation};

/// A smaller frame counts as this number of bytes, so that at most 12 frames are decoded ahead: more would only delay the next
/// seek.
const LEAST_FRAME_BYTES: usize = 4 << 20;

/// The delay past which the clock is set back to the frame: if decoding cannot keep up, the video slows down and shows
/// every decoded frame, instead of jumping ahead.
const SLIP_SECS: f64 = 0.25;

impl<T> State<T> {
    /// The next work of the decode thread, which has opened source version `opened`.
    pub fn next_decode(&mut self, opened: u64, is_decoding: bool) -> Option<Decode> {
        if opened != self.versions.source {
            return Some(Decode::Open(Arc::clone(&self.scene), self.versions.source));
        }
        let findable = self.status.index.is_some() || self.progress.index_failed;
        match self.seek {
            Some(target) if findable || target == Target::Frame(FrameIndex(0)) => {
                self.seek = None;
                if let (Target::Time(secs), Some(index)) = (target, &self.status.index) {
                    self.playback.target = Some(index.frame_at(secs));
                }
                let (scene, direction) = (Arc::clone(&self.scene), self.playback.direction);
                return Some(Decode::Seek(target, scene, self.versions.generation, direction));
            }
            Some(_) => return None,
            None => {}
        }
        // Not before the queue is empty: until then, looping may still be switched off.
        let wanted = if self.playback.playing {
            self.frames.len() == 0
        } else {
            self.playback.steps > 0 && self.finished()
        };
        match (is_decoding, self.progress.ended && self.loops_at_end() && wanted) {
            // Not before there is room: a frame that cannot be pushed takes as much memory as one in the queue.
            (true, _) => self.frames.has_room().then_some(Decode::Frame),
            (false, true) => {
                self.progress.ended = false;
                Some(Decode::Rewind)
            }
            (false, false) => None,
        }
    }

    /// Takes a decoded frame, or returns it if there is no room.
    pub fn push_frame(&mut self, generation: Generation, item: Scheduled) -> Option<Scheduled> {
        match self.frames.push(generation, item.frame.bytes.len().max(LEAST_FRAME_BYTES), item) {
            Pushed::Full(item) => Some(item),
            Pushed::Yes | Pushed::Stale => None,
        }
    }

    /// How many sheets may wait, given the size of the next frame.
    fn sheets_ahead(&self) -> usize {
        let frame_bytes = self.frames.front().map_or(1, |item| item.frame.bytes.len().max(1));
        (SHEETS_BYTES / frame_bytes).clamp(1, SHEETS)
    }

    /// The next work of the render thread, which has tried to set up scene `version`; `is_set_up` is false if that
    /// failed.
    pub fn next_render(&mut self, version: u64, is_set_up: bool, now: Instant) -> Option<Render> {
        if version != self.versions.scene {
            return Some(Render::Scene(Arc::clone(&self.scene), self.versions.scene));
        }
        if !is_set_up {
            return None;
        }
        let pending = (self.rendering.frames > 0).then_some(Render::Pending);
        let next = self.next_frame(now);
        self.rendering.frames += usize::from(next.is_some());
        next.or(pending)
    }

    /// The next frame to be rendered, or rendered again.
    fn next_frame(&mut self, now: Instant) -> Option<Render> {
        if let Some(slot) = self.display.rerender.pop_front() {
            return Some(Render::Again(slot, self.versions.generation));
        }
        let room = if self.playback.playing { self.sheets_ahead() } else { self.playback.steps.min(SHEETS) };
        if self.sheets.len() + self.rendering.frames >= room {
            return None;
        }
        let item = self.frames.pop()?;
        let end_secs = item.due_secs + item.lasts_secs;
        let late = self.playback.playing
            && self.playback.steps == 0
            && end_secs < self.playback.clock.position_secs(now)
            && self.frames.len() > 0;
        self.status.dropped += u64::from(late && item.show) + item.skipped;
        let after_gap = std::mem::replace(&mut self.rendering.has_skipped, late);
        Some(Render::Next { item, late, after_gap, generation: self.versions.generation })
    }

    /// Takes a sheet of scene `version` from the render thread, or nothing if the frame was skipped.
    pub fn rendered(&mut self, ready: Option<Ready<T>>, version: u64, generation: Generation, now: Instant) {
        self.rendering.frames = self.rendering.frames.saturating_sub(1);
        let Some(ready) = ready else { return };
        if generation != self.versions.generation {
            return;
        }
        let is_now_prepared = self.is_now_prepared(&ready.pending, &ready.slot);
        if is_now_prepared && ready.slot.replaces {
            return self.redraw(false);
        }
        if version != self.versions.scene || is_now_prepared {
            // The scene has changed meanwhile, or a missing preparation is ready: render the sheet again, in the order
            // of time. The sheet on display is in the list already.
            if !ready.slot.replaces {
                let at = self
                    .display
                    .rerender
                    .iter()
                    .position(|slot| !slot.replaces && slot.due_secs > ready.slot.due_secs)
                    .unwrap_or(self.display.rerender.len());
                self.display.rerender.insert(at, ready.slot);
            }
            return;
        }
        if ready.slot.replaces {
            // Another frame may be on display meanwhile.
            let frame = |slot: &SheetSlot| slot.recent.current().map(|frame| frame.index);
            if self.display.slot.as_ref().and_then(frame) == frame(&ready.slot) {
                self.display.replacement = Some((ready.sheet, ready.pending));
            }
            return;
        }
        let clock = &mut self.playback.clock;
        if clock.running() && ready.slot.due_secs < clock.position_secs(now) - SLIP_SECS {
            clock.run_from(ready.slot.due_secs, now);
        }
        // `next_frame` has ensured that there is room; sheets to be rendered again may exceed it.
        let _ = self.sheets.push(generation, 0, ready);
    }

    /// Has the sheets in the queue rendered again.
    pub(super) fn rerender_waiting(&mut self) {
        let mut slots: Vec<SheetSlot> = self.sheets.drain().into_iter().map(|ready| ready.slot).collect();
        slots.extend(self.display.rerender.drain(..).filter(|slot| !slot.replaces));
        self.display.rerender = slots.into();
    }

    /// Has the frame on display rendered again, or only finished again if `same_sheet`.
    pub(super) fn redraw(&mut self, same_sheet: bool) {
        if let Some(shown) = &self.display.slot {
            let stale = self.display.rerender.iter().any(|slot| slot.replaces && !slot.same_sheet);
            let slot = SheetSlot { replaces: true, same_sheet: same_sheet && !stale, ..shown.clone() };
            self.display.rerender.retain(|slot| !slot.replaces);
            self.display.rerender.push_front(slot);
        }
    }
}
