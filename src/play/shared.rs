//! The data that the threads of a session share: the [`State`] behind one lock, a condition variable that wakes the
//! threads, and a callback that wakes the owner.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::state::State;
use crate::media::MediaError;
use crate::scene::TooMuchMemory;
use crate::units::Generation;

pub(super) struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl<T> Shared<T> {
    /// Shares `state`; `wake` is called after each change that the owner may want to show.
    pub(super) fn new(state: State<T>, wake: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new(), wake: Box::new(wake) })
    }

    /// Locks the state.
    pub(super) fn state(&self) -> MutexGuard<'_, State<T>> {
        // A panic has been reported by its thread, and cannot leave a plain value half changed in a way that matters.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the state if no other thread holds the lock.
    pub(super) fn try_state(&self) -> Option<MutexGuard<'_, State<T>>> {
        self.state.try_lock().ok()
    }

    /// Wakes the threads that wait for work.
    pub(super) fn notify(&self) {
        self.changed.notify_all();
    }

    /// Wakes the owner.
    pub(super) fn wake(&self) {
        (self.wake)();
    }

    /// Waits until `next` returns work; `None` at the end of the session.
    pub(super) fn work<W>(&self, mut next: impl FnMut(&mut State<T>) -> Option<W>) -> Option<W> {
        let mut state = self.state();
        loop {
            if state.stop {
                return None;
            }
            if let Some(work) = next(&mut state) {
                self.notify();
                return Some(work);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The work that `next` returns now; `None` also at the end of the session.
    pub(super) fn work_now<W>(&self, next: impl FnOnce(&mut State<T>) -> Option<W>) -> Option<W> {
        let mut state = self.state();
        let work = if state.stop { None } else { next(&mut state) };
        if work.is_some() {
            self.notify();
        }
        work
    }

    /// Changes the state and wakes the threads and the owner.
    pub(super) fn change(&self, how: impl FnOnce(&mut State<T>)) {
        how(&mut self.state());
        self.notify();
        self.wake();
    }

    /// Ends a generation with an error of the source.
    pub(super) fn fail(&self, generation: Generation, error: &MediaError) {
        self.change(|state| state.fail(generation, error.to_string(), Instant::now()));
    }

    /// Ends a generation whose scene remembers more frames than fit in memory.
    pub(super) fn refuse(&self, generation: Generation, error: TooMuchMemory) {
        self.change(|state| state.refuse(generation, error, Instant::now()));
    }
}
