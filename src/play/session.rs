//! A session: the threads around the pure renderer.
//!
//! `decode` reads frames, `render` makes sheets, `index` counts the frames of a source, and `prepare` reads what panels
//! need from other frames of the video.
//!
//! A panic in a thread ends its piece of work with an error in the [`Status`]; the thread goes on with the next piece.
//!
//! The owner sends [`Command`]s and fetches the sheet to show; neither waits for decoding or rendering. Dropping a
//! session tells its threads to end and does not wait for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use super::messages::{Command, Shown, Status};
use super::shared::Shared;
use super::state::State;
use crate::render::frame_snapshot::FrameSnapshot;
use crate::render::{Opener, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked, Priority};
use crate::scene::Scene;

/// Plays a scene. The render thread turns each [`Sheet`] into a `T` for the owner.
pub struct Session<T> {
    shared: Arc<Shared<T>>,
    threads: Vec<JoinHandle<()>>,
    /// How long the owner has waited for the lock since [`Session::take_waited`], in nanoseconds.
    waited_nanos: AtomicU64,
}

impl<T: Send + 'static> Session<T> {
    /// Starts to show `scene`, paused at frame 0. `finish` turns a sheet into what the owner needs, on the render
    /// thread; `wake` is called on any thread when there is something new to show.
    pub fn start(
        scene: Scene,
        opener: Arc<dyn Opener>,
        pool: &Pool,
        finish: impl FnMut(Sheet) -> T + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared::new(State::new(scene), wake);
        let decode = {
            let (shared, opener) = (Arc::clone(&shared), Arc::clone(&opener));
            move || super::decode_thread::decode(&shared, &opener)
        };
        let prepare = {
            let (shared, pool) = (Arc::clone(&shared), pool.clone());
            move || super::prepare_thread::prepare(&shared, &*opener, &pool)
        };
        let render = {
            let (shared, pool) = (Arc::clone(&shared), pool.clone());
            move || super::render_thread::render(&shared, &pool, finish)
        };
        let threads = [start(&shared, "decode", decode), start(&shared, "render", render)];
        let threads = threads.into_iter().chain([start(&shared, "prepare", prepare)]).flatten().collect();
        Self { shared, threads, waited_nanos: AtomicU64::new(0) }
    }

    /// Carries out a command; never waits.
    pub fn send(&self, command: Command) {
        self.state().apply(command, Instant::now());
        self.shared.notify();
    }

    /// The newest sheet that is due, and the time until the next one is due; never waits.
    #[must_use]
    pub fn shown(&self, now: Instant) -> Shown<T> {
        let mut state = self.state();
        let generation = state.versions.generation;
        let shown = state.shown(now);
        // There is room for another sheet, or a new seek target.
        if shown.sheet.is_some() || state.versions.generation != generation {
            self.shared.notify();
        }
        shown
    }

    /// A snapshot of the frame shown, to be rendered again; `None` while no frame is shown. Never waits.
    #[must_use]
    pub fn snapshot(&self) -> Option<FrameSnapshot> {
        self.state().snapshot()
    }

    /// The status; never waits.
    #[must_use]
    pub fn status(&self) -> Status {
        self.state().status.clone()
    }

    /// How long the owner has waited for the lock since the last call. It should be next to nothing.
    #[must_use]
    pub fn take_waited(&self) -> Duration {
        Duration::from_nanos(self.waited_nanos.swap(0, Ordering::Relaxed))
    }

    /// Locks the state for the owner, and measures how long that takes.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        if let Some(state) = self.shared.try_state() {
            return state;
        }
        let start = Instant::now();
        let state = self.shared.state();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.waited_nanos.fetch_add(nanos, Ordering::Relaxed);
        state
    }

    /// Ends the session and waits for its threads: for tests and for a program that is about to exit.
    pub fn join(mut self) {
        let threads = std::mem::take(&mut self.threads);
        drop(self);
        for thread in threads {
            // The thread has reported a panic itself.
            let _ = thread.join();
        }
    }
}

impl<T> Drop for Session<T> {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.notify();
    }
}

/// Starts a thread that the session cannot do without. If it cannot be started, or ends with a panic, the session
/// reports that error from then on. (A panic in a piece of work is caught earlier and ends only that piece.)
fn start<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    name: &'static str,
    body: impl FnOnce() + Send + 'static,
) -> Option<JoinHandle<()>> {
    let fail = move |shared: &Shared<T>, why: &str| {
        let error = format!("the thread that has to {name} is missing ({why}); start Afterimage again");
        shared.change(|state| state.fail_for_good(error, Instant::now()));
    };
    let watched = Arc::clone(shared);
    let report = move |panicked: Panicked| fail(&watched, &panicked.to_string());
    let started = threads::start(name, Priority::Display, body, report);
    started.map_err(|error| fail(shared, &error.to_string())).ok()
}
