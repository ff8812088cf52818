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
//! While a part is prepared the next one is read, where there are cores for both: reading is mostly decoding, and
//! takes about as long.
//!
//! Twelve frames spread over a shot were tried first: at 32 s of an animated trailer, in a fade, they painted a
//! tenth of the frame, and this paints nearly all of it. At 6, 12 and 16 s, where the camera moves, it paints
//! 0.62, 0.63 and 0.36 with an R² of 0.92, 0.81 and 0.90; a prototype that was prepared on eight frames around
//! each of these alone painted 0.59, 0.63 and 0.35, with 0.83, 0.51 and 0.22.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::crypto::{FrameCipher, Habit, Scheme};
use crate::frame::{Frame, Shape};
use crate::leak::tone::{Choice, Grid, NoTone, Sample, Shots, Tone};
use crate::media::{Frames, MediaError, Progress};
use crate::pool::{Buffer, Pool};
use crate::units::FrameIndex;

/// Frames that a part of a shot is prepared on, at most, and how much memory they may take: large frames hold
/// so many blocks that fewer do.
const PREPARED_FRAMES: usize = 16;
const PREPARED_BYTES: usize = 192 << 20;

/// Frames that a part is prepared on, whatever their size.
const LEAST_PREPARED_FRAMES: usize = 3;

/// The share of its blocks that a frame must gain to be prepared too. Blocks of any frame that are not painted
/// and would be were it prepared itself are less than these. With half of it nearly every frame of a lively
/// film is prepared, and with 0.1 a tenth of the blocks is not painted.
const WORTH_PREPARING: f64 = 0.07;

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

/// The shots of a window, prepared.
#[derive(Debug)]
pub struct ToneWindow {
    /// In order; together they cover the window.
    parts: Vec<Part>,
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
        Self { parts: vec![Part { first, is_cut: true, tone: Some(tone) }] }
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
            parts: Vec::new(),
            at: None,
            read: 0,
            prepared: 0,
            window: window.frames,
            expected: known.unwrap_or(window.frames).clamp(1, window.frames),
            has_repeats: false,
            progress,
        };
        // While a part is prepared, the next one is read, where there are cores for both.
        let mut due: Option<Chosen> = None;
        loop {
            let mut tone = None;
            let is_wanted = AtomicBool::new(true);
            let next = rayon::in_place_scope(|scope| {
                if let Some(chosen) = &due {
                    let go_on = |_| flow(is_wanted.load(Ordering::Relaxed));
                    let tone = &mut tone;
                    scope.spawn(move |_| *tone = Some(chosen.prepare(&mut { go_on })));
                }
                let next = work.read_part(cipher, frames, pool);
                is_wanted.store(next.is_ok(), Ordering::Relaxed);
                next
            })?;
            if let (Some(chosen), Some(tone)) = (due, tone) {
                work.end_part(&chosen, tone)?;
            }
            match next {
                Some(next) => due = Some(next),
                None => return Ok(Self { parts: work.parts }),
            }
        }
    }
}

fn flow(goes_on: bool) -> ControlFlow<()> {
    if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// A window that is being prepared.
struct Work<'a> {
    parts: Vec<Part>,
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

impl Chosen {
    fn prepare(&self, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Tone, NoTone> {
        let frames: Vec<&[u8]> = self.frames.iter().map(|frame| &**frame).collect();
        Tone::prepare(&frames, &self.grid, progress)
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

    /// Reads on to the end of a part; `None` where there is none any more.
    fn read_part(
        &mut self,
        cipher: &dyn FrameCipher,
        frames: &mut dyn Frames,
        pool: &Pool,
    ) -> Result<Option<Chosen>, MediaError> {
        while self.read < self.window {
            self.report()?;
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
    fn take_in(&mut self, cipher: &dyn FrameCipher, frame: &Frame, pool: &Pool) -> Option<Chosen> {
        if !self.has_repeats && self.read >= PATIENCE && !self.read.is_multiple_of(SELDOM) {
            return None;
        }
        let mut bytes = pool.take(frame.bytes.len());
        let encrypted = cipher.ciphertext(frame.index, &frame.bytes, &mut bytes);
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
        let least_gain = if at.chosen.len() < FIRST_FRAMES { WORTH_PREPARING_FIRST } else { WORTH_PREPARING };
        let gain = at.choice.gain(&sample);
        self.has_repeats |= gain > 0.0;
        let is_due = at.chosen.len() < FEW_FRAMES && self.read - at.chosen_last >= ONE_IN;
        let is_worth_it = gain > least_gain || is_cut || (gain > 0.0 && is_due);
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
        }
        part
    }

    /// Adds a part that was prepared.
    fn end_part(&mut self, part: &Chosen, tone: Result<Tone, NoTone>) -> Result<(), MediaError> {
        let mut tone = match tone {
            Ok(tone) => Some(tone),
            Err(NoTone::NothingRepeats) => None,
            Err(NoTone::Cancelled) => return Err(MediaError::Interrupted),
        };
        let before = self.parts.last().filter(|_| !part.is_cut).and_then(|part| part.tone.as_ref());
        if let (Some(tone), Some(before)) = (&mut tone, before) {
            tone.turn_like(before);
        }
        self.parts.push(Part { first: part.first, is_cut: part.is_cut, tone });
        self.prepared = part.read;
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
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::crypto::{DecryptError, EncryptError, KeyMaterial, Parameters};
    use crate::frame::Colour;
    use crate::layout::Layout;
    use crate::media::{self, Index, Limits, Source, SourceInfo};

    /// Small frames of noise.
    struct Noise {
        next: u64,
        source: Box<dyn Frames>,
    }

    impl Frames for Noise {
        fn info(&self) -> &SourceInfo {
            self.source.info()
        }

        fn set_layout(&mut self, _: Layout) {}

        fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
            let (shape, layout) = (Shape::new(32, 8), Layout::RGBA32);
            let number = |i: usize| (self.next << 32 | i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
            let bytes: Vec<u8> = (0..shape.pixels() * 4).map(|i| number(i).to_le_bytes()[0]).collect();
            self.next += 1;
            Ok(Some(Frame {
                index: FrameIndex(self.next - 1),
                time_secs: 0.0,
                duration_secs: 0.04,
                shape,
                layout,
                colour: Colour::default(),
                bytes: Arc::new(Buffer::from(bytes)),
            }))
        }

        fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
            self.next = index.0;
            Ok(())
        }

        fn index(&self) -> Option<&Arc<Index>> {
            None
        }

        fn set_index(&mut self, _: Arc<Index>) {}

        fn take_problems(&mut self) -> Vec<String> {
            Vec::new()
        }
    }

    /// Counts the frames that are encrypted.
    struct Counted(Box<dyn FrameCipher>, AtomicU64);

    impl FrameCipher for Counted {
        fn encrypt(
            &self,
            frame: FrameIndex,
            plaintext: &[u8],
            ciphertext: &mut Buffer,
        ) -> Result<Parameters, EncryptError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.encrypt(frame, plaintext, ciphertext)
        }

        fn decrypt(&self, _: FrameIndex, _: &[u8], _: Option<&[u8]>) -> Result<Vec<u8>, DecryptError> {
            unreachable!("an eavesdropper has no key")
        }
    }

    #[test]
    fn where_nothing_repeats_few_frames_are_encrypted_to_find_out() {
        let scheme: Scheme = "aes-128-gcm".parse().expect("a scheme");
        let cipher = Counted(scheme.cipher(&KeyMaterial::default()).expect("a key"), AtomicU64::new(0));
        let pool = Pool::default();
        let source = media::open(&Source::Demo, Layout::RGBA32, Limits::default(), &pool);
        let mut noise = Noise { next: 0, source: source.expect("the demo is bundled") };
        let window = Window::around(scheme, FrameIndex(300));
        let mut go_on = |_| ControlFlow::Continue(());
        let known =
            ToneWindow::prepare(&cipher, window, &mut noise, &pool, &mut go_on).expect("it can be read");
        assert!(known.tone(FrameIndex(300)).is_none());
        assert_eq!(noise.next, window.end().0, "all were read: something may repeat at any time");
        assert_eq!(cipher.1.into_inner(), PATIENCE + (Window::FRAMES - PATIENCE) / SELDOM);
    }

    #[test]
    fn the_windows_of_a_video_cover_it_once() {
        let ecb: Scheme = "aes-128-ecb".parse().expect("a scheme");
        let window = |frame| Window::around(ecb, FrameIndex(frame));
        assert_eq!(window(0), window(Window::FRAMES - 1));
        assert_eq!(window(Window::FRAMES - 1).end(), window(Window::FRAMES).first());
        let alone = Window::around("aes-128-ecb+key-per-frame".parse().expect("a scheme"), FrameIndex(7));
        assert_eq!((alone.first(), alone.end()), (FrameIndex(7), FrameIndex(8)));
    }
}
