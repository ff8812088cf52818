//! The render thread: encrypts, counts and paints.

use std::sync::Arc;
use std::time::Instant;

use super::messages::{Ready, Render, Scheduled, SheetSlot};
use super::shared::Shared;
use crate::media::Limits;
use crate::render::{Analysis, Parts, Payloads, Recent, Renderer, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked};
use crate::scene::Scene;
use crate::units::Generation;

/// Runs the render thread until the session ends; `finish` turns a sheet into what the owner needs.
pub(super) fn render<T>(shared: &Shared<T>, pool: &Pool, finish: impl FnMut(Sheet) -> T) {
    let payloads = Payloads::of(&shared.state().scene, Limits::default(), pool);
    let mut render_loop = RenderLoop {
        shared,
        payloads,
        finish,
        renderer: None,
        version: 0,
        needed: 1,
        recent: Recent::default(),
        pending: None,
        last: None,
    };
    while let Some(work) = shared
        .work(|state| state.next_render(render_loop.version, render_loop.renderer.is_some(), Instant::now()))
    {
        if let Err(panicked) = threads::catch(|| render_loop.carry_out(work, pool)) {
            render_loop.recover(&panicked);
        }
    }
}

/// The render thread's own data.
struct RenderLoop<'a, T, F> {
    shared: &'a Shared<T>,
    finish: F,
    /// The renderer of scene `version`; `None` if it could not be set up.
    renderer: Option<Renderer>,
    version: u64,
    /// What the scene encrypts of each frame.
    payloads: Payloads,
    /// The last frames, as many as the scene needs.
    recent: Recent,
    needed: usize,
    /// Painted while the next frame is analyzed, since each step leaves cores idle.
    pending: Option<PendingFrame>,
    /// The newest sheet, to be finished again on [`Command::Redraw`](super::Command::Redraw). Dropped before the next
    /// one is rendered, so that its buffers are free.
    last: Option<Sheet>,
}

/// An analyzed frame that is still to be painted.
struct PendingFrame {
    analysis: Analysis,
    slot: SheetSlot,
    generation: Generation,
}

impl<T, F: FnMut(Sheet) -> T> RenderLoop<'_, T, F> {
    fn carry_out(&mut self, work: Render, pool: &Pool) {
        if let Render::Next { item, late, after_gap, generation } = work {
            return self.render_next(&item, late, after_gap, generation);
        }
        self.paint_pending();
        match work {
            Render::Scene(scene, version) => self.set_up(&scene, version, pool),
            Render::Again(slot, generation) => self.render_again(slot, generation),
            Render::Next { .. } | Render::Pending => {}
        }
    }

    /// Drops a renderer that panicked. The next scene gets another one.
    fn recover(&mut self, panicked: &Panicked) {
        (self.renderer, self.pending, self.last) = (None, None, None);
        let (version, error) = (self.version, panicked.to_string());
        self.shared.change(|state| state.fail_to_render(version, error, Instant::now()));
    }

    fn set_up(&mut self, scene: &Scene, version: u64, pool: &Pool) {
        self.version = version;
        self.last = None;
        self.needed = scene.frames_needed();
        if !self.payloads.have_source_of(scene) {
            self.payloads = Payloads::of(scene, Limits::default(), pool);
            self.recent.clear();
        } else if self.payloads.show(scene) {
            self.recent.clear();
        }
        let (renderer, error) = match Renderer::new(scene, pool) {
            Ok(renderer) => (Some(renderer), None),
            Err(error) => (None, Some(error.to_string())),
        };
        self.renderer = renderer;
        self.shared.change(|state| state.set_up(version, error, Instant::now()));
    }

    /// Analyzes the next frame, unless it is late, and paints the frame before meanwhile.
    fn render_next(&mut self, item: &Scheduled, late: bool, after_gap: bool, generation: Generation) {
        let shared = self.shared;
        {
            let status = &shared.state().status;
            if self.payloads.lacks_index()
                && let Some(index) = &status.index
            {
                self.payloads.set_index(index);
            }
            self.payloads.set_locked(status.info.as_ref().is_some_and(|info| info.is_locked));
        }
        for frame in item.before.iter().chain([&item.frame]) {
            match self.payloads.moment(Arc::clone(frame), &|| !shared.state().stop) {
                Ok(moment) => self.recent.push(moment, self.needed),
                Err(error) => {
                    let (version, error) = (self.version, error.to_string());
                    self.shared.change(|state| state.fail_to_render(version, error, Instant::now()));
                    return self.deliver(None, generation);
                }
            }
        }
        if late || !item.show {
            return self.deliver(None, generation);
        }
        let pending = self.take_pending();
        let Some(renderer) = &mut self.renderer else { return self.deliver(None, generation) };
        self.last = None;
        let (recent, due_secs) = (self.recent.clone(), item.due_secs);
        let analysis = match pending {
            None => renderer.analyze(&recent, Parts::PICTURES),
            Some(pending) => {
                let prepared = self.shared.state().prepared_set();
                let (sheet, analysis) = renderer.paint_and_analyze(pending.analysis, &prepared, &recent);
                self.finish(sheet, pending.slot, pending.generation);
                analysis
            }
        };
        let slot = SheetSlot { recent, due_secs, replaces: false, same_sheet: false, after_gap };
        match analysis {
            Some(analysis) => self.pending = Some(PendingFrame { analysis, slot, generation }),
            None => self.deliver(None, generation),
        }
    }

    /// The analyzed frame, unless a seek has made it stale.
    fn take_pending(&mut self) -> Option<PendingFrame> {
        let pending = self.pending.take()?;
        let is_wanted = self.shared.state().versions.generation == pending.generation;
        if !is_wanted {
            self.deliver(None, pending.generation);
        }
        is_wanted.then_some(pending)
    }

    /// Paints the frame that is still to be painted, if there is one.
    fn paint_pending(&mut self) {
        let (Some(pending), Some(renderer)) = (self.take_pending(), &self.renderer) else { return };
        let prepared = self.shared.state().prepared_set();
        let sheet = renderer.paint(pending.analysis, &prepared);
        self.finish(sheet, pending.slot, pending.generation);
    }

    /// Renders a sheet again, or only finishes it again if it is the same.
    fn render_again(&mut self, slot: SheetSlot, generation: Generation) {
        let is_same = |last: &Sheet| {
            slot.same_sheet && slot.recent.current().is_some_and(|frame| Arc::ptr_eq(frame, &last.frame))
        };
        let sheet = self.last.take().filter(is_same).or_else(|| {
            let prepared = self.shared.state().prepared_set();
            self.renderer.as_mut()?.render(&slot.recent, &prepared, Parts::PICTURES)
        });
        match sheet {
            Some(sheet) => self.finish(sheet, slot, generation),
            None => self.deliver(None, generation),
        }
    }

    /// Turns a sheet into what the owner needs, and delivers it.
    fn finish(&mut self, sheet: Sheet, slot: SheetSlot, generation: Generation) {
        self.last = Some(sheet.clone());
        let pending = sheet.panels.iter().filter_map(|panel| panel.pending).collect();
        let ready = Ready { sheet: (self.finish)(sheet), slot, pending };
        self.deliver(Some(ready), generation);
    }

    /// Delivers the sheet of a frame, or nothing if the frame was skipped.
    fn deliver(&self, ready: Option<Ready<T>>, generation: Generation) {
        self.shared.change(|state| state.rendered(ready, self.version, generation, Instant::now()));
    }
}
