//! The progress of work that is done in parallel.

use std::ops::ControlFlow;
use std::sync::Mutex;

use super::Progress;

/// The shares that parts of the work have done, all of the same weight.
pub(super) struct Shares<'a> {
    done: Mutex<Vec<f64>>,
    progress: Progress<'a>,
}

impl<'a> Shares<'a> {
    /// Shares of this many parts.
    pub(super) fn new(parts: usize, progress: Progress<'a>) -> Self {
        Self { done: Mutex::new(vec![0.0; parts]), progress }
    }

    /// Reports the share that a part has done.
    pub(super) fn report(&self, part: usize, share: f64) -> ControlFlow<()> {
        // Another part panicked.
        let Ok(mut done) = self.done.lock() else { return ControlFlow::Break(()) };
        if let Some(own) = done.get_mut(part) {
            *own = share;
        }
        let mean = done.iter().sum::<f64>() / done.len().max(1) as f64;
        drop(done);
        (self.progress)(mean)
    }
}
