//! What the diagram of a call needs besides the state: packets of all parties, and who sees what under every protection.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use eframe::egui::Context;

use super::App;
use crate::call::{CallError, CallSource, Progress};
use crate::gui::background::{Answer, Task};
use crate::gui::model::call_view::Details;
use crate::gui::model::command::Command;
use crate::gui::model::notices;

/// What was asked for last, and the switches that stop it.
#[derive(Debug, Default)]
pub struct CallWork {
    recording: Asked,
    comparison: Asked,
}

/// A call that was asked for, by name.
#[derive(Debug, Default)]
struct Asked {
    call: String,
    is_stopped: Arc<AtomicBool>,
}

impl Asked {
    /// Stops what was asked for, unless it is this call.
    fn keep_only(&mut self, call: Option<&CallSource>) {
        if !self.call.is_empty() && call.is_none_or(|call| call.call().to_string() != self.call) {
            self.is_stopped.store(true, Ordering::Relaxed);
            self.call.clear();
        }
    }

    /// Asks for a call, and stops what was asked for before; `None` if it is this one. What failed is not tried again.
    fn ask(&mut self, call: &CallSource) -> Option<Arc<AtomicBool>> {
        let name = call.call().to_string();
        if self.call == name {
            return None;
        }
        self.is_stopped.store(true, Ordering::Relaxed);
        *self = Self { call: name, is_stopped: Arc::default() };
        Some(Arc::clone(&self.is_stopped))
    }
}

impl App {
    /// Starts the work that the diagram waits for, once the call itself plays.
    pub(super) fn follow_call(&mut self, ctx: &Context, now: Instant) {
        let source = CallSource::of(&self.state.scene.source).filter(|_| self.state.shows_call()).cloned();
        // Nothing is made of a call that is not shown any more.
        self.tasks.calls.recording.keep_only(source.as_ref());
        self.tasks.calls.comparison.keep_only(source.as_ref());
        let Some(source) = source else { return };
        if self.status.shown.is_none() || source.known().is_none() {
            return;
        }
        if source.known_recording().is_none()
            && let Some(is_stopped) = self.tasks.calls.recording.ask(&source)
        {
            let source = source.clone();
            let work = move || answer(&is_stopped, |progress| source.recorded(progress).map(drop));
            self.start_task(ctx, now, Task::RecordCall, work);
        }
        let is_wanted = self.state.call_view.details == Some(Details::Comparison);
        if is_wanted
            && source.known_comparison().is_none()
            && let Some(is_stopped) = self.tasks.calls.comparison.ask(&source)
        {
            let work = move || answer(&is_stopped, |progress| source.compared(progress).map(drop));
            self.start_task(ctx, now, Task::CompareCalls, work);
        }
    }
}

/// Carries out work that can be stopped, and reports why it fails.
fn answer(is_stopped: &AtomicBool, work: impl FnOnce(Progress<'_>) -> Result<(), CallError>) -> Answer {
    let progress = |_| {
        if is_stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match work(&progress) {
        Ok(()) | Err(CallError::Interrupted) => Answer::Nothing,
        Err(error) => Answer::Command(Command::Notices(notices::Command::Report(error.to_string()))),
    }
}
