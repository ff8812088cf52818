//! The tones of all shots in a window of frames.
//!
//! Which frames a shot is prepared on must follow from the number of the frame shown, whichever frame of the
//! shot that is, and however long the shot: so the video is cut into windows of [`Window::FRAMES`] frames,
//! counted from frame 0, and each window into shots at the cuts that its own ciphertext shows, looked for
//! from its start. A shot that runs over the end of a window is two.
//!
//! One request covers all shots of a window. They have to be read to find its cuts in any case, and playing
//! on then meets a wait once a window and not once a shot; a single figure pays for the shots that it does
//! not show, which cost less than reading them.
//!
//! Frames are read once, in order. How long a shot is shows only at its end, so of each shot one frame in 1,
//! 2, 4, 8, … is held, always as few as there is room for.

use std::ops::ControlFlow;

use crate::crypto::{FrameCipher, Habit, Scheme};
use crate::frame::{Frame, Shape};
use crate::leak::tone::{Grid, NoTone, PREPARED_FRAMES, Shots, Tone, chosen};
use crate::media::{Frames, MediaError, Progress};
use crate::pool::{Buffer, Pool};
use crate::units::FrameIndex;

/// Frames of a shot that may be held while it is read, and how much memory they may take: large frames hold
/// so many blocks that fewer do.
const HELD_FRAMES: usize = 16;
const HELD_BYTES: usize = 192 << 20;

/// Frames of a shot that are held at least, whatever their size.
const LEAST_HELD_FRAMES: usize = 3;

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

/// The shots of a window, prepared.
#[derive(Debug)]
pub struct ToneWindow {
    /// In order; together they cover the window.
    shots: Vec<Shot>,
}

#[derive(Debug)]
struct Shot {
    first: FrameIndex,
    /// `None` where its ciphertext gives nothing away.
    tone: Option<Tone>,
}

impl ToneWindow {
    /// A window of a single shot.
    #[must_use]
    pub fn of(first: FrameIndex, tone: Tone) -> Self {
        Self { shots: vec![Shot { first, tone: Some(tone) }] }
    }

    /// The tones of the shot that a frame belongs to; `None` where its ciphertext gives nothing away.
    #[must_use]
    pub fn tone(&self, frame: FrameIndex) -> Option<&Tone> {
        let after = self.shots.partition_point(|shot| shot.first <= frame);
        self.shots[..after].last()?.tone.as_ref()
    }

    /// The frames that begin a shot.
    pub fn cuts(&self) -> impl Iterator<Item = FrameIndex> {
        self.shots.iter().map(|shot| shot.first)
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shots.iter().filter_map(|shot| shot.tone.as_ref()).map(Tone::bytes).sum()
    }

    /// Reads a window and prepares its shots.
    pub(super) fn prepare(
        cipher: &dyn FrameCipher,
        window: Window,
        frames: &mut dyn Frames,
        pool: &Pool,
        progress: Progress<'_>,
    ) -> Result<Self, MediaError> {
        frames.seek(window.first)?;
        let known = frames.index().map(|index| index.frames().saturating_sub(window.first.0));
        let mut work = Work {
            shots: Vec::new(),
            at: None,
            read: 0,
            prepared: 0,
            expected: known.unwrap_or(window.frames).clamp(1, window.frames),
            progress,
        };
        while work.read < window.frames {
            let frame = match frames.next_frame() {
                Ok(Some(frame)) => frame,
                // What can be read is used; whoever shows these frames meets the error and tells it.
                Err(error) if work.read == 0 || matches!(error, MediaError::Interrupted) => {
                    return Err(error);
                }
                Ok(None) | Err(_) => break,
            };
            work.read(cipher, &frame, pool)?;
        }
        work.end_shot()?;
        Ok(Self { shots: work.shots })
    }
}

/// A window that is being prepared.
struct Work<'a> {
    shots: Vec<Shot>,
    at: Option<Reading>,
    /// Frames read, and those of them whose shots are prepared.
    read: u64,
    prepared: u64,
    /// Frames that there will be, as far as is known.
    expected: u64,
    progress: Progress<'a>,
}

/// The shot that is being read.
struct Reading {
    shape: Shape,
    grid: Grid,
    cuts: Shots,
    first: FrameIndex,
    held: Held,
}

impl Work<'_> {
    fn report(&mut self, of_shot: f64) -> Result<(), MediaError> {
        let prepared = self.prepared as f64 + of_shot * (self.read - self.prepared) as f64;
        let share = READING * self.read as f64 + (1.0 - READING) * prepared;
        match (self.progress)((share / self.expected as f64).min(1.0)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(MediaError::Interrupted),
        }
    }

    /// Takes in the next frame.
    fn read(&mut self, cipher: &dyn FrameCipher, frame: &Frame, pool: &Pool) -> Result<(), MediaError> {
        self.report(0.0)?;
        let mut bytes = pool.take(frame.bytes.len());
        let encrypted = cipher.encrypt(frame.index, &frame.bytes, &mut bytes);
        // A frame that the scheme cannot take has no ciphertext and no blocks.
        bytes.vec_mut().truncate(if encrypted.is_ok() { frame.bytes.len() } else { 0 });
        if self.at.as_ref().is_none_or(|at| at.shape != frame.shape) {
            self.end_shot()?;
            self.at = Some(Reading::new(frame));
        }
        if let Some(at) = &mut self.at
            && at.cuts.begins(&bytes)
            && at.held.seen > 0
        {
            self.end_shot()?;
        }
        if let Some(at) = &mut self.at {
            if at.held.seen == 0 {
                at.first = frame.index;
            }
            at.held.push(bytes);
        }
        self.read += 1;
        Ok(())
    }

    /// Prepares the shot that was read, if there is one.
    fn end_shot(&mut self) -> Result<(), MediaError> {
        let Some(mut at) = self.at.take().filter(|at| at.held.seen > 0) else { return Ok(()) };
        let held = at.held.take();
        let frames: Vec<&[u8]> = chosen(held.len(), PREPARED_FRAMES).map(|frame| &*held[frame]).collect();
        let tone = Tone::prepare(&frames, &at.grid, &mut |share| match self.report(share) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        let tone = match tone {
            Ok(tone) => Some(tone),
            Err(NoTone::NothingRepeats) => None,
            Err(NoTone::Cancelled) => return Err(MediaError::Interrupted),
        };
        self.shots.push(Shot { first: at.first, tone });
        self.prepared = self.read;
        self.at = Some(at);
        Ok(())
    }
}

impl Reading {
    fn new(frame: &Frame) -> Self {
        let grid = Grid::new(frame.layout, frame.shape);
        let most = HELD_BYTES / frame.bytes.len().max(1);
        Self {
            shape: frame.shape,
            cuts: Shots::new(&grid, usize::MAX),
            grid,
            first: frame.index,
            held: Held::new(most.clamp(LEAST_HELD_FRAMES, HELD_FRAMES)),
        }
    }
}

/// One in so many of the ciphertexts of a shot, never more than there is room for.
struct Held {
    frames: Vec<Buffer>,
    one_in: usize,
    seen: usize,
    most: usize,
}

impl Held {
    fn new(most: usize) -> Self {
        Self { frames: Vec::new(), one_in: 1, seen: 0, most }
    }

    fn push(&mut self, frame: Buffer) {
        if self.seen.is_multiple_of(self.one_in) {
            if self.frames.len() == self.most {
                let mut at = 0;
                self.frames.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.one_in *= 2;
            }
            if self.seen.is_multiple_of(self.one_in) {
                self.frames.push(frame);
            }
        }
        self.seen += 1;
    }

    /// Takes what is held, and begins anew.
    fn take(&mut self) -> Vec<Buffer> {
        std::mem::replace(self, Self::new(self.most)).frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_shot_a_few_frames_are_held_evenly_spread() {
        for (length, most) in [(1, 16), (16, 16), (17, 16), (100, 16), (240, 16), (240, 3), (5, 3)] {
            let mut held = Held::new(most);
            (0..length).for_each(|i: u8| held.push(Buffer::from(vec![i])));
            assert_eq!(held.seen, usize::from(length));
            let frames: Vec<usize> = held.take().iter().map(|frame| usize::from(frame[0])).collect();
            assert!(frames.len() <= most && frames.len() * 2 >= most.min(length.into()), "{frames:?}");
            let step = frames.get(1).copied().unwrap_or(1);
            assert!(frames.iter().enumerate().all(|(i, &frame)| frame == i * step), "{frames:?}");
            assert_eq!(held.seen, 0);
        }
    }

    #[test]
    fn the_windows_of_a_video_cover_it_once() {
        let ecb: Scheme = "aes-128-ecb".parse().expect("a scheme");
        let window = |frame| Window::around(ecb, FrameIndex(frame));
        assert_eq!(window(0), window(239));
        assert_eq!(window(239).end(), window(240).first());
        let alone = Window::around("aes-128-ecb+key-per-frame".parse().expect("a scheme"), FrameIndex(7));
        assert_eq!((alone.first(), alone.end()), (FrameIndex(7), FrameIndex(8)));
    }
}
