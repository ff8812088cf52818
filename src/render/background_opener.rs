//! One decoder for all work in the background: its readers take turns.
//!
//! ```text
//! scan of all frames ──SharedReader──┐
//!                                    ├──▶ one reader at a time, which goes to where the next user left off
//! thumbnails ─────────SharedReader───┘
//! ```

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::opener::Opener;
use crate::media::{Frames, Index, Interrupt, MediaError, Progress, Source, SourceInfo};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::units::FrameIndex;

/// How long a user keeps the reader before another gets it: to go back to a frame may take as long as decoding all frames
/// from the keyframe before it.
const LEAST_TURN: Duration = Duration::from_millis(500);

/// How often a user that waits looks whether it is still wanted.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Opens sources for work in the background: all its readers share one decoder, which is dropped with the last of them, and
/// while a [`PausingOpener`] has one.
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
    /// The decoder, unless a user is at work with it.
    idle: Option<OpenReader>,
    /// A user is at work with the decoder.
    is_busy: bool,
    /// Whose turn it is and since when; `None` once that user has left.
    turn: Option<(u64, Instant)>,
    users: usize,
    last_user: u64,
    pauses: usize,
}

struct OpenReader {
    source: Source,
    /// The reader decodes on all cores.
    is_fast: bool,
    reader: Box<dyn Frames>,
    /// Who used it last, if it stands where that user left it.
    user: Option<u64>,
}

/// Opens sources for work that goes before that in the background: while one of its readers lives, the decoder of the
/// [`BackgroundOpener`] is gone and its users wait.
pub struct PausingOpener {
    opener: Arc<dyn Opener>,
    shared: Arc<Shared>,
}

/// Users of the shared decoder wait while this lives.
struct Pause(Arc<Shared>);

/// A reader for whose life work in the background is paused.
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

    /// An opener for work that goes before that in the background.
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
    /// Drops the decoder, once no user is at work with it.
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

/// Frames of one source, read by the decoder that it shares with others.
struct SharedReader {
    opener: Arc<dyn Opener>,
    shared: Arc<Shared>,
    user: u64,
    source: Source,
    layout: Layout,
    is_fast: bool,
    /// What the decoder said last of the source; there from the first turn on.
    info: Option<SourceInfo>,
    index: Option<Arc<Index>>,
    /// The frame that comes next.
    next: FrameIndex,
    interrupt: Option<Interrupt>,
}

impl SharedReader {
    /// Waits for a turn, and lets `work` use the decoder, which gives `next` next.
    fn take_turn<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Frames) -> Result<T, MediaError>,
    ) -> Result<T, MediaError> {
        let idle = self.wait_for_turn()?;
        // While this lives, others wait: also if `work` panics.
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

    /// Waits until the decoder is free for this user, and takes it, if there is one.
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

    /// True if it is a reader of the same source as this one's, and as fast.
    fn can_use(&self, open: &OpenReader) -> bool {
        let is_same_index = match (&self.index, open.reader.index()) {
            (Some(own), Some(index)) => Arc::ptr_eq(own, index),
            _ => true,
        };
        open.source == self.source && is_same_index && (open.is_fast || !self.is_fast)
    }
}

impl State {
    /// True while another user has not had the decoder for long.
    fn is_others_turn(&self, user: u64) -> bool {
        self.turn.is_some_and(|(other, since)| other != user && since.elapsed() < LEAST_TURN)
    }
}

/// The decoder is in use.
struct Busy(Arc<Shared>);

impl Busy {
    /// Gives the decoder back.
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

    /// Work in the background reports none: those of frames that are shown are reported by their own reader.
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
