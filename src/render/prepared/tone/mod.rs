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
//! Frames are read once, in order, and those prepared that show something new ([`Choice`]): few where little
//! moves, nearly all in a fade or under a camera that moves. So that this stays bounded, and blocks are
//! painted as many as can be wherever in the shot one looks, a shot is prepared in parts of a few frames each;
//! the tones of a part are turned so that they look like those of the part before.
//!
//! While two parts are prepared the next one is read, where there are cores for it: reading is mostly decoding. A part
//! that is ready stays as it is, whatever comes after it: the frames up to its end can be shown before the window is
//! whole, and who needs no others can do without the rest.
//!
//! Twelve frames spread over a shot were tried first: at 32 s of an animated trailer, in a fade, they painted a
//! tenth of the frame, and this paints nearly all of it. At 6, 12 and 16 s, where the camera moves, it paints
//! 0.58, 0.63 and 0.36 with an R² of 0.88, 0.83 and 0.89; a prototype that was prepared on eight frames around
//! each of these alone painted 0.59, 0.63 and 0.35, with 0.83, 0.51 and 0.22.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use rayon::Yield;

use crate::crypto::{Habit, MessageCipher, Scheme};
use crate::leak::tone::{Choice, Grid, NoTone, Sample, Shots, Tone};
use crate::media::{Frames, MediaError, Progress};
use crate::picture::{Frame, Shape};
use crate::runtime::pool::{Buffer, Pool};
use crate::units::FrameIndex;

/// Frames that a part of a shot is prepared on, at most, and how much memory they may take: large frames hold
/// so many blocks that fewer do.
const PREPARED_FRAMES: usize = 16;
const PREPARED_BYTES: usize = 128 << 20;

/// Parts that are prepared side by side while the next one is read. Much of a preparation is work for one core.
const AT_ONCE: usize = 2;

/// How much memory the frames of a part may take that others are prepared beside: preparing takes several times that.
const AT_ONCE_BYTES: usize = 64 << 20;

/// How long it may take to notice that the caller broke off, while nothing is read.
const NOTICED: Duration = Duration::from_millis(50);

/// Frames that a part is prepared on, whatever their size.
const LEAST_PREPARED_FRAMES: usize = 3;

/// The share of its blocks that a frame must gain to be prepared too: blocks of any frame that are not painted and
/// would be were it prepared itself are less than these. And what it must gain together with the frames since the last
/// one that was chosen, since what is not painted adds up. With 0.07 and no sum one frame in thirteen more was prepared
/// and fewer blocks were painted; with 0.14 places where the camera moves lose a tenth of theirs.
const WORTH_PREPARING: f64 = 0.1;
const WORTH_PREPARING_IN_SUM: f64 = 0.3;

/// The first few frames cost little, and need gain less: where little moves they are all there are.
const FIRST_FRAMES: usize = 6;
const WORTH_PREPARING_FIRST: f64 = 0.02;

/// A frame in so many is prepared while there are few, whatever it gains: what hangs together by a thread in one
/// frame does so by another in the next. Within a shot that stands nearly still that paints a tenth more.
const ONE_IN: u64 = 4;
const FEW_FRAMES: usize = 12;

/// While nothing has repeated in so many frames of a window, only one in [`SELDOM`] is encrypted and looked at:
/// most schemes never repeat anything.
const PATIENCE: u64 = 8;
const SELDOM: u64 = 8;

/// What share of the work reading is, encryption and the search for cuts included.
const READING: f64 = 0.7;

/// Consecutive frames, the first of which is a multiple of their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    first: FrameIndex,
    frames: u64,
}

impl Window {
    /// Frames of a window.
    pub const FRAMES: u64 = Shots::LONGEST as u64;

    /// The window of a frame. Where every frame has a key of its own there is nothing to learn from others:
    /// the frame alone.
    #[must_use]
    pub const fn around(scheme: Scheme, frame: FrameIndex) -> Self {
        let frames = match scheme.habit() {
            Some(Habit::KeyPerFrame) => 1,
            _ => Self::FRAMES,
        };
        Self { first: FrameIndex(frame.0 / frames * frames), frames }
    }

    /// Its first frame.
    #[must_use]
    pub const fn first(self) -> FrameIndex {
        self.first
    }

    /// The first frame after it.
    #[must_use]
    pub const fn end(self) -> FrameIndex {
        FrameIndex(self.first.0 + self.frames)
    }
}

/// The shots of a window, prepared; or the first of them, while the others are being prepared.
#[derive(Debug)]
pub struct ToneWindow {
    /// In order; together they cover the window, as far as it is prepared.
    parts: Vec<Arc<Part>>,
    /// The first frame that is not prepared; none where all are.
    end: Option<FrameIndex>,
}

/// A part of a shot.
#[derive(Debug)]
struct Part {
    first: FrameIndex,
    /// The part before belongs to another shot, or there is none.
    is_cut: bool,
    /// `None` where its ciphertext gives nothing away.
    tone: Option<Tone>,
}

impl ToneWindow {
    /// A window of a single shot.
    #[must_use]
    pub fn of(first: FrameIndex, tone: Tone) -> Self {
        Self { parts: vec![Arc::new(Part { first, is_cut: true, tone: Some(tone) })], end: None }
    }

    /// As it is while the frames before `end` are prepared, with nothing to show.
    #[cfg(test)]
    pub(crate) const fn empty_to(end: FrameIndex) -> Self {
        Self { parts: Vec::new(), end: Some(end) }
    }

    /// True where a frame of the window is prepared already.
    #[must_use]
    pub fn has(&self, frame: FrameIndex) -> bool {
        self.end.is_none_or(|end| frame < end)
    }

    /// True where all frames of the window are prepared.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.end.is_none()
    }

    /// The tones of the part of a shot that a frame belongs to; `None` where its ciphertext gives nothing away.
    #[must_use]
    pub fn tone(&self, frame: FrameIndex) -> Option<&Tone> {
        let after = self.parts.partition_point(|part| part.first <= frame);
        self.parts[..after].last()?.tone.as_ref()
    }

    /// The frames that begin a shot.
    pub fn cuts(&self) -> impl Iterator<Item = FrameIndex> {
        self.parts.iter().filter(|part| part.is_cut).map(|part| part.first)
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let tones = || self.parts.iter().filter_map(|part| part.tone.as_ref());
        tones().map(Tone::bytes).sum::<usize>() + tones().next().map_or(0, |tone| tone.grid().bytes())
    }

    /// Reads a window and prepares its shots. `so_far` is given what is ready whenever that is more; where it breaks
    /// off, that is the result.
    pub(super) fn prepare(
        cipher: &dyn MessageCipher,
        window: Window,
        frames: &mut dyn Frames,
        pool: &Pool,
        progress: Progress<'_>,
        so_far: &mut dyn FnMut(Self) -> ControlFlow<()>,
    ) -> Result<Self, MediaError> {
        frames.seek(window.first)?;
        let known = frames.index().map(|index| index.frames().saturating_sub(window.first.0));
        let (sender, ready) = mpsc::channel();
        let mut work = Work {
            parts: Vec::new(),
            first: window.first,
            end: None,
            so_far,
            early: BTreeMap::new(),
            at: None,
            read: 0,
            prepared: 0,
            window: window.frames,
            expected: known.unwrap_or(window.frames).clamp(1, window.frames),
            has_repeats: false,
            progress,
        };
        let is_wanted = AtomicBool::new(true);
        // While parts are prepared, the next one is read, where there are cores for both.
        let at_once = |chosen: &Chosen| match rayon::current_num_threads() {
            1 => 0,
            _ if chosen.bytes() > AT_ONCE_BYTES => 1,
            _ => AT_ONCE,
        };
        rayon::in_place_scope(|scope| {
            let mut all = || {
                let mut spawned = 0;
                while work.end.is_none()
                    && let Some(chosen) = work.read_part(cipher, frames, pool, &ready)?
                {
                    let at_once = at_once(&chosen);
                    // Parts of large frames are prepared one after the other.
                    work.end_parts(&ready, spawned, if at_once == AT_ONCE { AT_ONCE } else { 0 })?;
                    let (sender, is_wanted, number) = (sender.clone(), &is_wanted, spawned);
                    scope.spawn(move |_| {
                        let prepare = || chosen.prepare(&mut |_| flow(is_wanted.load(Ordering::Relaxed)));
                        // Whoever waits for it is told of a panic too; nobody does where the window was broken off.
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
        match ready.recv_timeout(if has_helped { Duration::ZERO } else { NOTICED }) {
            Ok(next) => return Ok(next),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(MediaError::Interrupted),
        }
    }
}

/// The number of a part, and what came of it, or the panic that it ended in.
type Ready = (usize, std::thread::Result<Prepared>);

/// A window that is being prepared.
struct Work<'a> {
    /// Those that are ready, and those whose turn it is not yet.
    parts: Vec<Arc<Part>>,
    early: BTreeMap<usize, Prepared>,
    /// The first frame of the window, and where the parts that are ready end if no others are wanted.
    first: FrameIndex,
    end: Option<FrameIndex>,
    so_far: &'a mut dyn FnMut(ToneWindow) -> ControlFlow<()>,
    at: Option<Reading>,
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

/// The part of a shot that is being read.
struct Reading {
    shape: Shape,
    grid: Grid,
    cuts: Shots,
    first: FrameIndex,
    is_cut: bool,
    choice: Choice,
    /// The ciphertexts of the frames chosen, and how many frames were read before the last of them.
    chosen: Vec<Buffer>,
    chosen_last: u64,
    /// What the frames since then would have gained.
    missed: f64,
    /// How many there may be.
    most: usize,
}

/// The part of a shot that was read and is to be prepared.
struct Chosen {
    grid: Grid,
    first: FrameIndex,
    is_cut: bool,
    /// The ciphertexts of the frames chosen.
    frames: Vec<Buffer>,
    /// Frames read up to its end.
    read: u64,
}

/// A part of a shot that was prepared.
struct Prepared {
    first: FrameIndex,
    is_cut: bool,
    read: u64,
    tone: Result<Tone, NoTone>,
}

impl Chosen {
    /// How much memory its frames take.
    fn bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.len()).sum()
    }

    fn prepare(self, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Prepared {
        let frames: Vec<&[u8]> = self.frames.iter().map(|frame| &**frame).collect();
        let tone = Tone::prepare(&frames, &self.grid, progress);
        Prepared { first: self.first, is_cut: self.is_cut, read: self.read, tone }
    }
}

impl Work<'_> {
    fn report(&mut self) -> Result<(), MediaError> {
        let share = READING * self.read as f64 + (1.0 - READING) * self.prepared as f64;
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
    ) -> Result<Option<Chosen>, MediaError> {
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
                // What can be read is used; whoever shows these frames meets the error and tells it.
                Err(error) if self.read == 0 || matches!(error, MediaError::Interrupted) => {
                    return Err(error);
                }
                Ok(None) | Err(_) => {
                    self.window = self.read;
                    break;
                }
            };
            let part = self.take_in(cipher, &frame, pool);
            self.read += 1;
            if part.is_some() {
                return Ok(part);
            }
        }
        Ok(self.at.as_mut().and_then(|at| at.end(self.read)))
    }

    /// Takes in the next frame. Returns the part that ended before it, if one did.
    fn take_in(&mut self, cipher: &dyn MessageCipher, frame: &Frame, pool: &Pool) -> Option<Chosen> {
        if !self.has_repeats && self.read >= PATIENCE && !self.read.is_multiple_of(SELDOM) {
            return None;
        }
        let mut bytes = pool.take(frame.bytes.len());
        let encrypted = cipher.ciphertext(frame.index.into(), &frame.bytes, &mut bytes);
        // A frame that the scheme cannot take has no ciphertext and no blocks.
        bytes.vec_mut().truncate(if encrypted.is_ok() { frame.bytes.len() } else { 0 });
        let mut part = None;
        if self.at.as_ref().is_none_or(|at| at.shape != frame.shape) {
            part = self.at.as_mut().and_then(|at| at.end(self.read));
            self.at = None;
        }
        let at = self.at.get_or_insert_with(|| Reading::new(frame));
        let sample = Sample::of(&bytes, &at.grid);
        let is_cut = at.cuts.begins(&sample);
        let gain = at.choice.gain(&sample);
        at.missed += gain;
        let gains_enough = if at.chosen.len() < FIRST_FRAMES {
            gain > WORTH_PREPARING_FIRST
        } else {
            gain > WORTH_PREPARING || at.missed > WORTH_PREPARING_IN_SUM
        };
        self.has_repeats |= gain > 0.0;
        let is_due = at.chosen.len() < FEW_FRAMES && self.read - at.chosen_last >= ONE_IN;
        let is_worth_it = gains_enough || is_cut || (gain > 0.0 && is_due);
        if is_cut || (is_worth_it && at.chosen.len() == at.most) {
            part = part.or(at.end(self.read));
        }
        if is_worth_it {
            if at.chosen.is_empty() {
                (at.first, at.is_cut) = (frame.index, is_cut);
            }
            at.choice.choose(&sample);
            at.chosen.push(bytes);
            at.chosen_last = self.read;
            at.missed = 0.0;
        }
        part
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
    fn end_part(&mut self, part: Prepared) -> Result<(), MediaError> {
        let mut tone = match part.tone {
            Ok(tone) => Some(tone),
            Err(NoTone::NothingRepeats) => None,
            Err(NoTone::Cancelled) => return Err(MediaError::Interrupted),
        };
        let before = self.parts.last().filter(|_| !part.is_cut).and_then(|part| part.tone.as_ref());
        if let (Some(tone), Some(before)) = (&mut tone, before) {
            tone.turn_like(before);
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

impl Reading {
    fn new(frame: &Frame) -> Self {
        let most = PREPARED_BYTES / frame.bytes.len().max(1);
        Self {
            shape: frame.shape,
            grid: Grid::new(frame.layout, frame.shape),
            cuts: Shots::new(usize::MAX),
            first: frame.index,
            is_cut: true,
            choice: Choice::default(),
            chosen: Vec::new(),
            chosen_last: 0,
            missed: 0.0,
            most: most.clamp(LEAST_PREPARED_FRAMES, PREPARED_FRAMES),
        }
    }

    /// Ends the part that is being read, if there is one; `read` frames came before its end.
    fn end(&mut self, read: u64) -> Option<Chosen> {
        self.choice.clear();
        let frames = std::mem::take(&mut self.chosen);
        let Self { first, is_cut, .. } = *self;
        (!frames.is_empty()).then(|| Chosen { grid: self.grid.clone(), first, is_cut, frames, read })
    }
}

#[cfg(test)]
mod tests;
