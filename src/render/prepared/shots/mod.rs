//! What an attack finds in all shots in a window of frames: [`tone`] or [`tint`].
//!
//! The frames from which a shot is prepared must be the same for every frame of the shot that is shown, and the cuts
//! must not depend on where reading starts. So the video is divided into windows of [`Window::FRAMES`] frames, counted
//! from frame 0, and each window into shots at the cuts found in its own ciphertext, from its start. A shot that
//! continues past the end of a window is prepared as two.
//!
//! One request covers all shots of a window: its frames have to be read to find the cuts in any case, and playing then
//! waits once per window and not once per shot. A single figure takes the time for shots that it does not show, which
//! is why a window is short.
//!
//! Frames are read once, in order, and frames with new values are selected
//! ([`FrameSelection`](crate::leak::shot::FrameSelection)): few in a still shot, nearly all in a fade or if the camera
//! moves. To bound their number, and to paint as many blocks as possible in every frame of the shot, a shot is prepared
//! in parts of a few frames each; what is found in a part is adapted to the part before.
//!
//! While two parts are prepared the next one is read, if there are cores for it: reading is mostly decoding. A part
//! does not change after it is ready: the frames up to its end can be shown before the window is whole, and a caller
//! that needs no other frames can stop there.
//!
//! Twelve frames spread over a shot were tried first: at 32 s of an animated trailer, in a fade, they painted a tenth
//! of the frame, and this module paints nearly all of it. At 6, 12 and 16 s, where the camera moves, it paints 0.58,
//! 0.63 and 0.36 with an R² of 0.88, 0.83 and 0.89; a prototype with the eight frames around each of these points
//! painted 0.59, 0.63 and 0.35, with an R² of 0.83, 0.51 and 0.22.

mod part;
mod tint;
mod tone;
mod window;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use rayon::Yield;

use part::{PartReader, SelectedFrames};
pub use tint::{TintAttack, TintWindow};
pub use tone::{ToneAttack, ToneWindow};
use window::Part;
pub use window::{ShotWindow, Window};

use crate::crypto::MessageCipher;
use crate::media::{Frames, MediaError, Progress};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::units::FrameIndex;

/// Parts that are prepared in parallel while the next one is read. Much of a preparation runs on one core.
const PARALLEL_PARTS: usize = 2;

/// If the selected frames of a part have more bytes, no other part is prepared at the same time: preparing takes
/// several times as much memory.
const PARALLEL_PARTS_BYTES: usize = 64 << 20;

/// How often the caller may cancel while no frame is read.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// While nothing has repeated in this number of frames of a window, only one frame in [`REPEAT_SEARCH_INTERVAL`] is encrypted
/// and searched for repeats: most schemes never repeat anything.
const FRAMES_WITHOUT_REPEATS: u64 = 8;
const REPEAT_SEARCH_INTERVAL: u64 = 8;

/// The share of the work that is reading, with encryption and the search for cuts.
const READING_SHARE: f64 = 0.7;

/// An attack on the ciphertexts of a part of a shot.
pub(in crate::render::prepared) trait ShotAttack: Sync {
    /// What the attack finds.
    type Found: Send + Sync;

    /// Attacks the selected frames of a part; `None` if nothing is found. `progress` is called with the share that is
    /// done and may cancel.
    ///
    /// # Errors
    /// [`Cancelled`].
    fn attack(
        &self,
        part: &SelectedFrames,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Option<Self::Found>, Cancelled>;

    /// Adapts what is found in a part to the part before, of the same shot.
    fn follow(&self, found: &mut Self::Found, before: &Self::Found);
}

/// The caller cancelled an attack.
pub(in crate::render::prepared) struct Cancelled;

/// A part of a shot after the attack.
struct PreparedPart<Found> {
    first: FrameIndex,
    is_cut: bool,
    /// How many frames of the window were read up to the end of the part.
    read: u64,
    found: Result<Option<Found>, Cancelled>,
}

impl<Found: Send + Sync> ShotWindow<Found> {
    /// Reads a window and attacks its shots. Calls `on_part` with the window so far after each part; if it returns
    /// `Break`, that is the result.
    pub(in crate::render::prepared) fn prepare(
        attack: &dyn ShotAttack<Found = Found>,
        cipher: &dyn MessageCipher,
        window: Window,
        frames: &mut dyn Frames,
        pool: &Pool,
        progress: Progress<'_>,
        on_part: &mut dyn FnMut(Self) -> ControlFlow<()>,
    ) -> Result<Self, MediaError> {
        frames.seek(window.first())?;
        let known = frames.index().map(|index| index.frames().saturating_sub(window.first().0));
        let (sender, ready) = mpsc::channel();
        let mut work = Work {
            attack,
            parts: Vec::new(),
            first: window.first(),
            end: None,
            on_part,
            early: BTreeMap::new(),
            reading: None,
            frames: FrameCounts {
                read: 0,
                prepared: 0,
                window: window.frames(),
                expected: known.unwrap_or(window.frames()).clamp(1, window.frames()),
            },
            has_repeats: false,
            progress,
        };
        let is_wanted = AtomicBool::new(true);
        // How many parts may be prepared while the next one is read.
        let parallel = |selected: &SelectedFrames| match rayon::current_num_threads() {
            1 => 0,
            _ if selected.bytes() > PARALLEL_PARTS_BYTES => 1,
            _ => PARALLEL_PARTS,
        };
        rayon::in_place_scope(|scope| {
            let mut all = || {
                let mut spawned = 0;
                while work.end.is_none()
                    && let Some(selected) = work.read_part(cipher, frames, pool, &ready)?
                {
                    let parallel = parallel(&selected);
                    // Parts of large frames are prepared one after another.
                    work.end_parts(
                        &ready,
                        spawned,
                        if parallel == PARALLEL_PARTS { PARALLEL_PARTS } else { 0 },
                    )?;
                    let (sender, is_wanted, number) = (sender.clone(), &is_wanted, spawned);
                    scope.spawn(move |_| {
                        let prepare = || {
                            let mut progress = |_| flow(is_wanted.load(Ordering::Relaxed));
                            let found = attack.attack(&selected, &mut progress);
                            let SelectedFrames { first, is_cut, read, .. } = selected;
                            PreparedPart { first, is_cut, read, found }
                        };
                        // Sends a panic too. Fails if the window was cancelled: then the receiver is dropped.
                        let _ = sender.send((number, panic::catch_unwind(AssertUnwindSafe(prepare))));
                    });
                    spawned += 1;
                    work.end_parts(&ready, spawned, parallel)?;
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

fn flow(is_wanted: bool) -> ControlFlow<()> {
    if is_wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Waits for the next item. Calls `report` at least every [`POLL_INTERVAL`]; its error cancels.
fn next<T>(ready: &Receiver<T>, mut report: impl FnMut() -> Result<(), MediaError>) -> Result<T, MediaError> {
    loop {
        report()?;
        // A thread of the pool that prepares must help: it may be the only one.
        let has_helped = rayon::yield_now() == Some(Yield::Executed);
        match ready.recv_timeout(if has_helped { Duration::ZERO } else { POLL_INTERVAL }) {
            Ok(next) => return Ok(next),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(MediaError::Interrupted),
        }
    }
}

/// The number of a part, and its result or its panic.
type Ready<Found> = (usize, std::thread::Result<PreparedPart<Found>>);

/// How many frames of a window there are, and how many are done.
struct FrameCounts {
    read: u64,
    /// How many of them belong to prepared parts.
    prepared: u64,
    /// Upper bound of the frames of the window.
    window: u64,
    /// How many frames the window has according to the index.
    expected: u64,
}

/// A window that is being prepared.
struct Work<'a, Found> {
    attack: &'a dyn ShotAttack<Found = Found>,
    /// The parts that are ready, in order.
    parts: Vec<Arc<Part<Found>>>,
    /// Parts that are ready before an earlier part, by number.
    early: BTreeMap<usize, PreparedPart<Found>>,
    /// The first frame of the window.
    first: FrameIndex,
    /// The end of the parts that are ready, if no others are wanted.
    end: Option<FrameIndex>,
    on_part: &'a mut dyn FnMut(ShotWindow<Found>) -> ControlFlow<()>,
    reading: Option<PartReader>,
    frames: FrameCounts,
    /// True after a value occurred at two places.
    has_repeats: bool,
    progress: Progress<'a>,
}

impl<Found: Send + Sync> Work<'_, Found> {
    fn report(&mut self) -> Result<(), MediaError> {
        let share =
            READING_SHARE * self.frames.read as f64 + (1.0 - READING_SHARE) * self.frames.prepared as f64;
        match (self.progress)((share / self.frames.expected as f64).min(1.0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(MediaError::Interrupted),
        }
    }

    /// Reads to the end of a part; `None` if there is no further part, or none is wanted.
    fn read_part(
        &mut self,
        cipher: &dyn MessageCipher,
        frames: &mut dyn Frames,
        pool: &Pool,
        ready: &Receiver<Ready<Found>>,
    ) -> Result<Option<SelectedFrames>, MediaError> {
        while self.frames.read < self.frames.window {
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
                Err(error) if self.frames.read == 0 || matches!(error, MediaError::Interrupted) => {
                    return Err(error);
                }
                Ok(None) | Err(_) => {
                    self.frames.window = self.frames.read;
                    break;
                }
            };
            let part = self.add_frame(cipher, &frame, pool);
            self.frames.read += 1;
            if part.is_some() {
                return Ok(part);
            }
        }
        Ok(self.reading.as_mut().and_then(|reading| reading.end(self.frames.read)))
    }

    /// Encrypts the next frame and adds it to the part that is being read. Returns the part that ended before it, if
    /// one did.
    fn add_frame(
        &mut self,
        cipher: &dyn MessageCipher,
        frame: &Frame,
        pool: &Pool,
    ) -> Option<SelectedFrames> {
        if !self.has_repeats
            && self.frames.read >= FRAMES_WITHOUT_REPEATS
            && !self.frames.read.is_multiple_of(REPEAT_SEARCH_INTERVAL)
        {
            return None;
        }
        let mut bytes = pool.take(frame.bytes.len());
        let encrypted = cipher.ciphertext(frame.index.into(), &frame.bytes, &mut bytes);
        // A frame that the scheme cannot encrypt has no ciphertext and no blocks.
        bytes.vec_mut().truncate(if encrypted.is_ok() { frame.bytes.len() } else { 0 });
        let mut part = None;
        if self.reading.as_ref().is_none_or(|reading| reading.shape() != frame.shape) {
            part = self.reading.as_mut().and_then(|reading| reading.end(self.frames.read));
            self.reading = None;
        }
        let reading = self.reading.get_or_insert_with(|| PartReader::new(frame));
        let (ended, gain) = reading.add(frame.index, bytes, self.frames.read);
        self.has_repeats |= gain > 0.0;
        part.or(ended)
    }

    /// Waits until at most `most` of the `started` parts are not ready, or no further part is wanted.
    fn end_parts(
        &mut self,
        ready: &Receiver<Ready<Found>>,
        started: usize,
        most: usize,
    ) -> Result<(), MediaError> {
        while self.end.is_none() && started - self.parts.len() > most {
            let part = next(ready, || self.report())?;
            self.take(part)?;
        }
        Ok(())
    }

    /// Takes a part that is ready, and adds all parts whose turn it is.
    fn take(&mut self, (number, prepared): Ready<Found>) -> Result<(), MediaError> {
        self.early.insert(number, prepared.unwrap_or_else(|panic| panic::resume_unwind(panic)));
        while self.end.is_none()
            && let Some(prepared) = self.early.remove(&self.parts.len())
        {
            self.end_part(prepared)?;
        }
        Ok(())
    }

    /// Adds the next part.
    fn end_part(&mut self, part: PreparedPart<Found>) -> Result<(), MediaError> {
        let mut found = part.found.map_err(|Cancelled| MediaError::Interrupted)?;
        let before = self.parts.last().filter(|_| !part.is_cut).and_then(|part| part.found.as_ref());
        if let (Some(found), Some(before)) = (&mut found, before) {
            self.attack.follow(found, before);
        }
        self.parts.push(Arc::new(Part { first: part.first, is_cut: part.is_cut, found }));
        self.frames.prepared = part.read;
        let end = FrameIndex(self.first.0 + part.read);
        let ready = ShotWindow { parts: self.parts.clone(), end: Some(end) };
        if (self.on_part)(ready).is_break() {
            self.end = Some(end);
        }
        self.report()
    }
}

#[cfg(test)]
mod tests;
