//! A session: the named threads around the pure core, and the one lock they share.
//!
//! `decode` reads frames, `render` makes sheets of them, `index` counts the frames of a source, and `prepare`
//! reads what panels need from elsewhere in the video, with a reader of its own.
//!
//! A panic in one of them ends the piece of work that it was at, with an error in the [`Status`], and the thread
//! goes on with what is asked for next.
//!
//! The owner sends [`Command`]s and asks for the sheet to show; neither ever waits for decoding or
//! rendering. Dropping a session tells its threads to end and does not wait for them.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::messages::Prepare;
pub use super::messages::{Command, Shown, Status};
use super::state::Board;
use crate::media::{Frames, MediaError};
use crate::render::pending_frame::Held;
use crate::render::prepared::{self, KnowledgeError, Known};
use crate::render::{Opener, Sheet};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked, Rank};
use crate::scene::{Scene, TooMuchMemory};
use crate::units::Generation;

/// Plays a scene. `T` is what the owner makes of a [`Sheet`] on the render thread.
pub struct Session<T> {
    shared: Arc<Shared<T>>,
    threads: Vec<JoinHandle<()>>,
    /// How long the owner has waited for the lock and not been told, in nanoseconds.
    waited_nanos: AtomicU64,
}

pub(super) struct Shared<T> {
    board: Mutex<Board<T>>,
    changed: Condvar,
    /// Tells the owner that there is something new.
    wake: Box<dyn Fn() + Send + Sync>,
}

impl<T> Shared<T> {
    pub(super) fn board(&self) -> MutexGuard<'_, Board<T>> {
        // A thread that panicked has told so; what it left is a value of plain rules and goes on.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, board: MutexGuard<'a, Board<T>>) -> MutexGuard<'a, Board<T>> {
        self.changed.wait(board).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is work; `None` at the end of the session.
    pub(super) fn work<W>(&self, mut next: impl FnMut(&mut Board<T>) -> Option<W>) -> Option<W> {
        let mut board = self.board();
        loop {
            if board.stop {
                return None;
            }
            if let Some(work) = next(&mut board) {
                self.changed.notify_all();
                return Some(work);
            }
            board = self.wait(board);
        }
    }

    /// The work that there is, without waiting for any.
    fn work_at_once<W>(&self, next: impl FnOnce(&mut Board<T>) -> Option<W>) -> Option<W> {
        let mut board = self.board();
        let work = if board.stop { None } else { next(&mut board) };
        if work.is_some() {
            self.changed.notify_all();
        }
        work
    }

    /// Changes the board and tells everybody.
    pub(super) fn change(&self, how: impl FnOnce(&mut Board<T>)) {
        how(&mut self.board());
        self.changed.notify_all();
        (self.wake)();
    }

    /// Ends a generation with an error of the source.
    pub(super) fn fail(&self, generation: Generation, error: &MediaError) {
        self.change(|board| board.fail(generation, error.to_string(), Instant::now()));
    }

    /// Ends a generation whose scene is to remember more frames than fit.
    pub(super) fn refuse(&self, generation: Generation, error: TooMuchMemory) {
        self.change(|board| board.refuse(generation, error, Instant::now()));
    }
}

impl<T: Send + 'static> Session<T> {
    /// Starts to show `scene`, paused at frame 0. `finish` makes of a sheet what the owner needs, on the
    /// render thread; `wake` is called from any thread when there is something new to ask for.
    pub fn start(
        scene: Scene,
        opener: Arc<dyn Opener>,
        pool: &Pool,
        finish: impl FnMut(Sheet) -> T + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            board: Mutex::new(Board::new(scene)),
            changed: Condvar::new(),
            wake: Box::new(wake),
        });
        let decode = {
            let (shared, opener) = (Arc::clone(&shared), Arc::clone(&opener));
            move || super::decode_thread::decode(&shared, &opener)
        };
        let prepare = {
            let (shared, pool) = (Arc::clone(&shared), pool.clone());
            move || prepare(&shared, &*opener, &pool)
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
        self.board().apply(command, Instant::now());
        self.shared.changed.notify_all();
    }

    /// The newest sheet whose time has come, and when to ask again; never waits.
    #[must_use]
    pub fn shown(&self, now: Instant) -> Shown<T> {
        let mut board = self.board();
        let generation = board.generation;
        let shown = board.shown(now);
        // There is room for another sheet, or another place to go to.
        if shown.sheet.is_some() || board.generation != generation {
            self.shared.changed.notify_all();
        }
        shown
    }

    /// The frame that is shown, to be rendered once more; `None` while there is none. Never waits.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.board().held()
    }

    /// How things stand; never waits.
    #[must_use]
    pub fn status(&self) -> Status {
        self.board().status.clone()
    }

    /// How long the owner has waited since this was asked last until the threads let go of what they share
    /// with it. It should be next to nothing.
    #[must_use]
    pub fn take_waited(&self) -> Duration {
        Duration::from_nanos(self.waited_nanos.swap(0, Ordering::Relaxed))
    }

    /// The board, for the owner.
    fn board(&self) -> MutexGuard<'_, Board<T>> {
        if let Ok(board) = self.shared.board.try_lock() {
            return board;
        }
        let start = Instant::now();
        let board = self.shared.board();
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.waited_nanos.fetch_add(nanos, Ordering::Relaxed);
        board
    }

    /// Ends the session and waits for its threads: for tests and for a program that is about to exit.
    pub fn join(mut self) {
        let threads = std::mem::take(&mut self.threads);
        drop(self);
        for thread in threads {
            // It reports a panic by itself.
            let _ = thread.join();
        }
    }
}

impl<T> Drop for Session<T> {
    fn drop(&mut self) {
        self.shared.board().stop = true;
        self.shared.changed.notify_all();
    }
}

/// Starts one of the threads without which a session can show nothing. Where it cannot be started, or ends by a
/// panic, the session says so from then on. A panic in a piece of work is caught before, and ends only that.
fn start<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    name: &'static str,
    body: impl FnOnce() + Send + 'static,
) -> Option<JoinHandle<()>> {
    let fail = move |shared: &Shared<T>, why: &str| {
        let error = format!("the thread that has to {name} is missing ({why}); start Afterimage again");
        shared.change(|board| board.break_down(error, Instant::now()));
    };
    let watched = Arc::clone(shared);
    let report = move |panicked: Panicked| fail(&watched, &panicked.to_string());
    let started = threads::start(name, Rank::Show, body, report);
    started.map_err(|error| fail(shared, &error.to_string())).ok()
}

/// The thread that prepares what panels need from elsewhere in the video.
fn prepare<T: Send + 'static>(shared: &Arc<Shared<T>>, opener: &dyn Opener, pool: &Pool) {
    // All cores while the video is paused; beside playing, one thread, which the system shares out.
    let alone =
        rayon::ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "prepare-alone".into()).build();
    let alone = alone.ok();
    // Mostly the next window follows at once, and begins where the reader stands. For what does not, nothing is kept,
    // least of all a decoder's memory.
    let mut reader = None;
    loop {
        let at_once = shared.work_at_once(Board::next_prepare);
        if at_once.is_none() {
            reader = None;
        }
        let Some(work) = at_once.or_else(|| shared.work(Board::next_prepare)) else { return };
        let (task, beside_playing) = (work.task, work.beside_playing);
        let prepare = || prepare_one(shared, opener, pool, work, &mut reader);
        let outcome = threads::catch(|| match alone.as_ref().filter(|_| beside_playing) {
            Some(alone) => alone.install(prepare),
            None => prepare(),
        });
        let outcome = outcome.unwrap_or_else(|panicked| Err(panicked.into()));
        let outcome = match outcome {
            Err(error) if error.is_interruption() => None,
            outcome => Some(outcome.map_err(Arc::new)),
        };
        shared.change(|board| board.prepared(task, outcome));
    }
}

/// A reader, and the version of the source that it reads.
type Reader = (u64, Box<dyn Frames>);

/// Prepares one thing, with the reader that is left of the one before, if that reads the same. It leaves its own where
/// it came to the end.
fn prepare_one<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &dyn Opener,
    pool: &Pool,
    work: Prepare,
    left: &mut Option<Reader>,
) -> Result<Known, KnowledgeError> {
    let Prepare { request, task, scene, source_version, index, still, .. } = work;
    let mut reader: Box<dyn Frames> = match (still, left.take()) {
        (Some(still), _) => Box::new(still),
        (None, Some((version, reader))) if version == source_version => reader,
        (None, _) => opener.open(&scene.source, scene.layout)?,
    };
    if let (Some(index), None) = (index, reader.index()) {
        reader.set_index(index);
    }
    let watched = Arc::clone(shared);
    reader.set_interrupt(Box::new(move || !watched.board().prepares(task)));
    let mut progress = |share| {
        let mut board = shared.board();
        if !board.prepares(task) {
            return ControlFlow::Break(());
        }
        if board.prepared_share(task, share) {
            drop(board);
            (shared.wake)();
        }
        ControlFlow::Continue(())
    };
    let mut so_far = |known| {
        shared.change(|board| board.prepared_so_far(task, known));
        ControlFlow::Continue(())
    };
    let known = prepared::prepare(request, &scene, &mut *reader, pool, &mut progress, &mut so_far)?;
    // Whoever shows these frames tells what is wrong with them.
    reader.take_problems();
    *left = Some((source_version, reader));
    Ok(known)
}
