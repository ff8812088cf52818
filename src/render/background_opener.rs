//! One decoder for all background work: its readers take turns.
//!
//! ```text
//! scan of all frames ──SharedReader──┐
//!                                    ├──▶ one reader at a time, which seeks to where its next user stopped
//! thumbnails ─────────SharedReader───┘
//! ```

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::opener::Opener;
use crate::media::{Frames, Index, Interrupt, MediaError, Progress, Source, SourceInfo};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::units::FrameIndex;

/// The least time for which a user keeps the reader before another one gets it: seeking back to a frame may take as
/// long as decoding all frames from the keyframe before it.
const LEAST_TURN: Duration = Duration::from_millis(500);

/// How often a waiting user checks whether it was interrupted.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Opens sources for background work. All its readers share one decoder, which is dropped with the last of them, and
/// while a reader of a [`PausingOpener`] exists.
pub struct BackgroundOpener {
    opener: Arc<dyn Opener>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when a user leaves and when a pause ends.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The decoder, unless a user has it.
    idle: Option<OpenReader>,
    /// True while a user has the decoder.
    is_busy: bool,
    /// The user whose turn it is, and since when; `None` once that user was dropped.
    turn: Option<(u64, Instant)>,
    users: usize,
    last_user: u64,
    pauses: usize,
}

struct OpenReader {
    source: Source,
    /// True if the reader decodes on all cores.
    is_fast: bool,
    reader: Box<dyn Frames>,
    /// The user that used the reader last, if the reader is still at the frame where that user left it.
    user: Option<u64>,
}

/// Opens sources for work with priority over background work: while one of its readers exists, the decoder of the
/// [`BackgroundOpener`] is dropped and its users wait.
pub struct PausingOpener {
    opener: Arc<dyn Opener>,
    shared: Arc<Shared>,
}

/// While it exists, users of the shared decoder wait.
struct Pause(Arc<Shared>);

/// A reader; while it exists, background work is paused.
struct PausingReader {
    reader: Box<dyn Frames>,
    _pause: Pause,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BackgroundOpener {
    /// Opens sources with `opener`.
    #[must_use]
    pub fn new(opener: Arc<dyn Opener>) -> Self {
        Self { opener, shared: Arc::default() }
    }

    /// An opener for work with priority over background work.
    #[must_use]
    pub fn pausing(&self) -> PausingOpener {
        PausingOpener { opener: Arc::clone(&self.opener), shared: Arc::clone(&self.shared) }
    }

    fn reader(&self, source: &Source, layout: Layout, is_fast: bool) -> Result<Box<dyn Frames>, MediaError> {
        let user = {
            let mut state = self.shared.state();
            state.users += 1;
            state.last_user += 1;
            state.last_user
        };
        let mut reader = SharedReader {
            opener: Arc::clone(&self.opener),
            shared: Arc::clone(&self.shared),
            user,
            source: source.clone(),
            layout,
            is_fast,
            info: None,
            index: None,
            next: FrameIndex(0),
            interrupt: None,
        };
        reader.take_turn(|_| Ok(()))?;
        Ok(Box::new(reader))
    }
}

impl Opener for BackgroundOpener {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        self.reader(source, layout, true)
    }

    fn open_single_threaded(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        self.reader(source, layout, false)
    }

    fn scan(&self, source: &Source, progress: Progress<'_>) -> Result<Arc<Index>, MediaError> {
        self.opener.scan(source, progress)
    }
}

impl Pause {
    /// Drops the decoder, once no user has it.
    fn begin(shared: &Arc<Shared>) -> Self {
        let mut state = shared.state();
        state.pauses += 1;
        let pause = Self(Arc::clone(shared));
        state =
            shared.changed.wait_while(state, |state| state.is_busy).unwrap_or_else(PoisonError::into_inner);
        state.idle = None;
        drop(state);
        pause
    }
}

impl Opener for PausingOpener {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        let pause = Pause::begin(&self.shared);
        Ok(Box::new(PausingReader { reader: self.opener.open(source, layout)?, _pause: pause }))
    }

    fn scan(&self, source: &Source, progress: Progress<'_>) -> Result<Arc<Index>, MediaError> {
        self.opener.scan(source, progress)
    }
}

impl Frames for PausingReader {
    fn info(&self) -> &SourceInfo {
        self.reader.info()
    }

    fn set_layout(&mut self, layout: Layout) {
        self.reader.set_layout(layout);
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        self.reader.next_frame()
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        self.reader.seek(index)
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.reader.index()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.reader.set_index(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        self.reader.take_problems()
    }

    fn set_interrupt(&mut self, interrupt: Interrupt) {
        self.reader.set_interrupt(interrupt);
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.state().pauses -= 1;
        self.0.changed.notify_all();
    }
}

/// A reader of one source that shares its decoder with other readers.
struct SharedReader {
    opener: Arc<dyn Opener>,
    shared: Arc<Shared>,
    user: u64,
    source: Source,
    layout: Layout,
    is_fast: bool,
    /// The latest properties of the source; known from the first turn on.
    info: Option<SourceInfo>,
    index: Option<Arc<Index>>,
    /// The next frame of this reader.
    next: FrameIndex,
    interrupt: Option<Interrupt>,
}

impl SharedReader {
    /// Waits for a turn, and calls `work` with the decoder, whose next frame is `next`.
    fn take_turn<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Frames) -> Result<T, MediaError>,
    ) -> Result<T, MediaError> {
        let idle = self.wait_for_turn()?;
        // While it exists, others wait; it is dropped even if `work` panics.
        let busy = Busy(Arc::clone(&self.shared));
        let mut open = match idle.filter(|open| self.can_use(open)) {
            Some(open) => open,
            None => self.open()?,
        };
        open.reader.set_layout(self.layout);
        if let (Some(index), None) = (&self.index, open.reader.index()) {
            open.reader.set_index(Arc::clone(index));
        }
        let stands = if open.user == Some(self.user) { Ok(()) } else { open.reader.seek(self.next) };
        let result = stands.and_then(|()| work(&mut *open.reader));
        open.reader.take_problems();
        self.info = Some(open.reader.info().clone());
        open.user = result.is_ok().then_some(self.user);
        busy.end(open);
        result
    }

    /// Waits until this user may have the decoder, and takes it, if there is one.
    fn wait_for_turn(&self) -> Result<Option<OpenReader>, MediaError> {
        let mut state = self.shared.state();
        while state.is_busy || state.pauses > 0 || state.is_others_turn(self.user) {
            if self.interrupt.as_ref().is_some_and(|interrupt| interrupt()) {
                return Err(MediaError::Interrupted);
            }
            let waited = self.shared.changed.wait_timeout(state, POLL_INTERVAL);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_busy = true;
        if state.turn.is_none_or(|(user, _)| user != self.user) {
            state.turn = Some((self.user, Instant::now()));
        }
        Ok(state.idle.take())
    }

    fn open(&self) -> Result<OpenReader, MediaError> {
        let open = if self.is_fast { Opener::open } else { Opener::open_single_threaded };
        let reader = open(&*self.opener, &self.source, self.layout)?;
        Ok(OpenReader { source: self.source.clone(), is_fast: self.is_fast, reader, user: None })
    }

    /// True if the decoder has the same source as this reader, and the same number of threads.
    fn can_use(&self, open: &OpenReader) -> bool {
        let is_same_index = match (&self.index, open.reader.index()) {
            (Some(own), Some(index)) => Arc::ptr_eq(own, index),
            _ => true,
        };
        open.source == self.source && is_same_index && (open.is_fast || !self.is_fast)
    }
}

impl State {
    /// True while another user has had the decoder for less than its turn.
    fn is_others_turn(&self, user: u64) -> bool {
        self.turn.is_some_and(|(other, since)| other != user && since.elapsed() < LEAST_TURN)
    }
}

/// The decoder is in use; dropping it makes the decoder free.
struct Busy(Arc<Shared>);

impl Busy {
    /// Returns the decoder.
    fn end(self, open: OpenReader) {
        let mut state = self.0.state();
        if state.pauses == 0 && state.users > 0 {
            state.idle = Some(open);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state().is_busy = false;
        self.0.changed.notify_all();
    }
}

impl Frames for SharedReader {
    fn info(&self) -> &SourceInfo {
        self.info.as_ref().expect("a reader has had a turn before it is handed out")
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let frame = self.take_turn(|reader| reader.next_frame())?;
        if let Some(frame) = &frame {
            self.next = frame.index.next();
        }
        Ok(frame)
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        let before = std::mem::replace(&mut self.next, index);
        let gone = self.take_turn(|reader| reader.seek(index));
        if gone.is_err() {
            self.next = before;
        }
        gone
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.index = Some(index);
    }

    /// Background work reports no problems: the player's own reader reports those of frames that are shown.
    fn take_problems(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn set_interrupt(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }
}

impl Drop for SharedReader {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.users -= 1;
        if state.turn.is_some_and(|(user, _)| user == self.user) {
            state.turn = None;
        }
        if state.users == 0 {
            state.idle = None;
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
