//! A gate at which a test holds a thread.

use std::sync::{Arc, Condvar, Mutex};

use super::TIMEOUT;

/// A gate that threads pass while it is open, and at which they wait while it is closed. It is open at first.
#[derive(Clone, Default)]
pub struct Gate {
    /// The only thread that waits here; `None` if every thread does.
    thread: Option<&'static str>,
    state: Arc<(Mutex<GateState>, Condvar)>,
}

#[derive(Default)]
struct GateState {
    /// The first frame that is held; `None` if the gate is open.
    closed_from: Option<u64>,
    /// Threads that wait at the gate.
    waiting: usize,
}

impl Gate {
    /// A gate that holds the thread of this name and no other.
    pub fn for_thread(name: &'static str) -> Self {
        Self { thread: Some(name), ..Self::default() }
    }

    pub fn close(&self) {
        self.close_from(0);
    }

    /// Closes the gate for this frame and those after it.
    pub fn close_from(&self, frame: u64) {
        self.state.0.lock().expect("no panic").closed_from = Some(frame);
    }

    pub fn open(&self) {
        self.state.0.lock().expect("no panic").closed_from = None;
        self.state.1.notify_all();
    }

    /// Waits until a thread waits at the gate.
    pub fn wait_until_held(&self) {
        let state = self.state.0.lock().expect("no panic");
        let waited = self.state.1.wait_timeout_while(state, TIMEOUT, |state| state.waiting == 0);
        assert!(!waited.expect("no panic").1.timed_out(), "no thread came to the gate");
    }

    /// Waits while the gate is closed for this frame.
    pub(super) fn pass(&self, frame: u64) {
        if self.thread.is_some_and(|name| std::thread::current().name() != Some(name)) {
            return;
        }
        let mut state = self.state.0.lock().expect("no panic");
        state.waiting += 1;
        self.state.1.notify_all();
        let is_closed = |state: &mut GateState| state.closed_from.is_some_and(|from| frame >= from);
        state = self.state.1.wait_while(state, is_closed).expect("no panic");
        state.waiting -= 1;
    }
}
