//! The tones of all shots in a window of frames.
//!
//! Which frames a shot is prepared on must follow from the number of the frame shown, whichever frame of the
//! shot that is, and however long the shot: so the video is cut into windows of [`Window::FRAMES`] frames,
//! counted from frame 0, and each window into shots at the cuts that its own ciphertext shows, looked for
//! from its start. A shot that runs over the end of a window is two.
//!
//! One request covers all shots of a window. They have to be read to find its cuts in any case, and playing
//! on then meets a wait once a window and not once a shot; a single figure pays for shots that it does not
//! show, which is why a window is short.
//!
//! Frames are read once, in order, and those prepared that show something new ([`FrameSelection`](crate::leak::tone::FrameSelection)): few where little
//! moves, nearly all in a fade or under a camera that moves. So that this stays bounded, and blocks are
//! painted as many as can be wherever in the shot one looks, a shot is prepared in parts of a few frames each;
//! the tones of a part are aligned with those of the part before.
//!
//! While two parts are prepared the next one is read, where there are cores for it: reading is mostly decoding. A part
//! that is ready stays as it is, whatever comes after it: the frames up to its end can be shown before the window is
//! whole, and a caller that needs no others can break off.
//!
//! Twelve frames spread over a shot were tried first: at 32 s of an animated trailer, in a fade, they painted a
//! tenth of the frame, and this paints nearly all of it. At 6, 12 and 16 s, where the camera moves, it paints
//! 0.58, 0.63 and 0.36 with an R² of 0.88, 0.83 and 0.89; a prototype that was prepared on eight frames around
//! each of these alone painted 0.59, 0.63 and 0.35, with 0.83, 0.51 and 0.22.

mod part;
mod window;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use rayon::Yield;

use part::{ChosenFrames, PartReader, PreparedPart};
use window::Part;
pub use window::{ToneWindow, Window};

use crate::crypto::MessageCipher;
use crate::leak::tone::NoTone;
use crate::media::{Frames, MediaError, Progress};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// Parts that are prepared in parallel while the next one is read. Much of a preparation runs on one core.
const PARALLEL_PARTS: usize = 2;

/// Bytes of the chosen frames of a part beside which no other part is prepared: preparing takes several times as much.
const PARALLEL_PARTS_BYTES: usize = 64 << 20;

/// How long it may take to notice that the caller broke off, while nothing is read.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// While nothing has repeated in so many frames of a window, only one frame in [`REPEAT_SEARCH_INTERVAL`] is encrypted
/// and searched for repeats: most schemes never repeat anything.
const FRAMES_WITHOUT_REPEATS: u64 = 8;
const REPEAT_SEARCH_INTERVAL: u64 = 8;

/// The share of the work that is reading, with encryption and the search for cuts.
const READING_SHARE: f64 = 0.7;

impl ToneWindow {
    /// Reads a window and prepares its shots. `so_far` is given what is ready whenever that is more; where it breaks
    /// off, that is the result.
    pub(in crate::render::prepared) fn prepare(
        cipher: &dyn MessageCipher,
        window: Window,
        frames: &mut dyn Frames,
        pool: &Pool,
        progress: Progress<'_>,
        so_far: &mut dyn FnMut(Self) -> ControlFlow<()>,
    ) -> Result<Self, MediaError> {
        frames.seek(window.first())?;
        let known = frames.index().map(|index| index.frames().saturating_sub(window.first().0));
        let (sender, ready) = mpsc::channel();
        let mut work = Work {
            parts: Vec::new(),
            first: window.first(),
            end: None,
            so_far,
            early: BTreeMap::new(),
            reading: None,
            read: 0,
            prepared: 0,
            window: window.frames(),
            expected: known.unwrap_or(window.frames()).clamp(1, window.frames()),
            has_repeats: false,
            progress,
        };
        let is_wanted = AtomicBool::new(true);
        // While parts are prepared, the next one is read, where there are cores for both.
        let at_once = |chosen: &ChosenFrames| match rayon::current_num_threads() {
            1 => 0,
            _ if chosen.bytes() > PARALLEL_PARTS_BYTES => 1,
            _ => PARALLEL_PARTS,
        };
        rayon::in_place_scope(|scope| {
            let mut all = || {
                let mut spawned = 0;
                while work.end.is_none()
                    && let Some(chosen) = work.read_part(cipher, frames, pool, &ready)?
                {
                    let at_once = at_once(&chosen);
                    // Parts of large frames are prepared one after the other.
                    work.end_parts(
                        &ready,
                        spawned,
                        if at_once == PARALLEL_PARTS { PARALLEL_PARTS } else { 0 },
                    )?;
                    let (sender, is_wanted, number) = (sender.clone(), &is_wanted, spawned);
                    scope.spawn(move |_| {
                        let prepare = || chosen.prepare(&mut |_| flow(is_wanted.load(Ordering::Relaxed)));
                        // Sends a panic too. Fails if the window was broken off, when the receiver is gone.
                        let _ = sender.send((number, panic::catch_unwind(AssertUnwindSafe(prepare))));
                    });
                    spawned += 1;
                    work.end_parts(&ready, spawned, at_once)?;
                }
                work.end_parts(&ready, spawned, 0)
            };
            let ended = all();
            is_wanted.store(false, Ordering::Relaxed);
            ended
        })?;
        Ok(Self { parts: work.parts, end: work.end })
    }
}

fn flow(goes_on: bool) -> ControlFlow<()> {
    if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// The next of what comes, while `report` is told every now and then, and may break off.
fn next<T>(ready: &Receiver<T>, mut report: impl FnMut() -> Result<(), MediaError>) -> Result<T, MediaError> {
    loop {
        report()?;
        // Where this thread is one of those that prepare, it helps: there may be no other.
        let has_helped = rayon::yield_now() == Some(Yield::Executed);
        match ready.recv_timeout(if has_helped { Duration::ZERO } else { POLL_INTERVAL }) {
            Ok(next) => return Ok(next),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(MediaError::Interrupted),
        }
    }
}

/// The number of a part, and what came of it, or the panic that it ended in.
type Ready = (usize, std::thread::Result<PreparedPart>);

/// A window that is being prepared.
struct Work<'a> {
    /// Those that are ready, and those whose turn it is not yet.
    parts: Vec<Arc<Part>>,
    early: BTreeMap<usize, PreparedPart>,
    /// The first frame of the window, and where the parts that are ready end if no others are wanted.
    first: FrameIndex,
    end: Option<FrameIndex>,
    so_far: &'a mut dyn FnMut(ToneWindow) -> ControlFlow<()>,
    reading: Option<PartReader>,
    /// Frames read, and those of them whose parts are prepared.
    read: u64,
    prepared: u64,
    /// Frames of the window, and those that there will be, as far as is known.
    window: u64,
    expected: u64,
    /// A value was met at two places.
    has_repeats: bool,
    progress: Progress<'a>,
}

impl Work<'_> {
    fn report(&mut self) -> Result<(), MediaError> {
        let share = READING_SHARE * self.read as f64 + (1.0 - READING_SHARE) * self.prepared as f64;
        match (self.progress)((share / self.expected as f64).min(1.0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(MediaError::Interrupted),
        }
    }

    /// Reads on to the end of a part; `None` where there is none any more, or none is wanted.
    fn read_part(
        &mut self,
        cipher: &dyn MessageCipher,
        frames: &mut dyn Frames,
        pool: &Pool,
        ready: &Receiver<Ready>,
    ) -> Result<Option<ChosenFrames>, MediaError> {
        while self.read < self.window {
            self.report()?;
            while let Ok(part) = ready.try_recv() {
                self.take(part)?;
            }
            if self.end.is_some() {
                return Ok(None);
            }
            let frame = match frames.next_frame() {
                Ok(Some(frame)) => frame,
                // The frames before an error are used; the decode thread reports the error when they are shown.
                Err(error) if self.read == 0 || matches!(error, MediaError::Interrupted) => {
                    return Err(error);
                }
                Ok(None) | Err(_) => {
                    self.window = self.read;
                    break;
                }
            };
            let part = self.add_frame(cipher, &frame, pool);
            self.read += 1;
            if part.is_some() {
                return Ok(part);
            }
        }
        Ok(self.reading.as_mut().and_then(|reading| reading.end(self.read)))
    }

    /// Encrypts the next frame and adds it to the part that is being read. Returns the part that ended before it, if one
    /// did.
    fn add_frame(&mut self, cipher: &dyn MessageCipher, frame: &Frame, pool: &Pool) -> Option<ChosenFrames> {
        if !self.has_repeats
            && self.read >= FRAMES_WITHOUT_REPEATS
            && !self.read.is_multiple_of(REPEAT_SEARCH_INTERVAL)
        {
            return None;
        }
        let mut bytes = pool.take(frame.bytes.len());
        let encrypted = cipher.ciphertext(frame.index.into(), &frame.bytes, &mut bytes);
        // A frame that the scheme cannot take has no ciphertext and no blocks.
        bytes.vec_mut().truncate(if encrypted.is_ok() { frame.bytes.len() } else { 0 });
        let mut part = None;
        if self.reading.as_ref().is_none_or(|reading| reading.shape() != frame.shape) {
            part = self.reading.as_mut().and_then(|reading| reading.end(self.read));
            self.reading = None;
        }
        let reading = self.reading.get_or_insert_with(|| PartReader::new(frame));
        let (ended, gain) = reading.add(frame.index, bytes, self.read);
        self.has_repeats |= gain > 0.0;
        part.or(ended)
    }

    /// Waits until `most` of the parts that were begun are not ready, or no more is wanted.
    fn end_parts(&mut self, ready: &Receiver<Ready>, begun: usize, most: usize) -> Result<(), MediaError> {
        while self.end.is_none() && begun - self.parts.len() > most {
            let part = next(ready, || self.report())?;
            self.take(part)?;
        }
        Ok(())
    }

    /// Takes a part that is ready, in its turn.
    fn take(&mut self, (number, prepared): Ready) -> Result<(), MediaError> {
        self.early.insert(number, prepared.unwrap_or_else(|panic| panic::resume_unwind(panic)));
        while self.end.is_none()
            && let Some(prepared) = self.early.remove(&self.parts.len())
        {
            self.end_part(prepared)?;
        }
        Ok(())
    }

    /// Adds a part that was prepared.
    fn end_part(&mut self, part: PreparedPart) -> Result<(), MediaError> {
        let mut tone = match part.tone {
            Ok(tone) => Some(tone),
            Err(NoTone::NothingRepeats) => None,
            Err(NoTone::Cancelled) => return Err(MediaError::Interrupted),
        };
        let before = self.parts.last().filter(|_| !part.is_cut).and_then(|part| part.tone.as_ref());
        if let (Some(tone), Some(before)) = (&mut tone, before) {
            tone.align_to(before);
        }
        self.parts.push(Arc::new(Part { first: part.first, is_cut: part.is_cut, tone }));
        self.prepared = part.read;
        let end = FrameIndex(self.first.0 + part.read);
        let ready = ToneWindow { parts: self.parts.clone(), end: Some(end) };
        if (self.so_far)(ready).is_break() {
            self.end = Some(end);
        }
        self.report()
    }
}

#[cfg(test)]
mod tests;
