//! A part of a shot: which of its frames are chosen to prepare it on.

use std::ops::ControlFlow;

use crate::leak::tone::{FrameSelection, Grid, NoTone, Sample, Shots, Tone};
use crate::picture::{Frame, Shape};
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

/// Frames that a part of a shot is prepared on, at most, and the most bytes of them: a large frame has so many blocks
/// that fewer frames are enough.
const PREPARED_FRAMES: usize = 16;
const PREPARED_BYTES: usize = 128 << 20;

/// Frames that a part is prepared on at least, whatever their size.
const LEAST_PREPARED_FRAMES: usize = 3;

/// The share of its blocks that a frame must gain to be prepared too: the share that stays unpainted without it and would
/// be painted with it. In sum: what the frame must gain together with those skipped since the last chosen one, since
/// unpainted blocks add up. With 0.07 and no sum one frame in thirteen more was prepared and fewer blocks were painted;
/// with 0.14 places where the camera moves lose a tenth of their painted blocks.
const WORTH_PREPARING: f64 = 0.1;
const WORTH_PREPARING_IN_SUM: f64 = 0.3;

/// The first few frames cost little and need gain less: where little moves there are no others.
const FIRST_FRAMES: usize = 6;
const WORTH_PREPARING_FIRST: f64 = 0.02;

/// While fewer than [`FEW_FRAMES`] are chosen, one frame in so many is prepared whatever it gains: a link between areas
/// that is thin in one frame is often another one in the next. Within a shot that hardly moves, this paints a tenth more.
const ONE_IN: u64 = 4;
const FEW_FRAMES: usize = 12;

/// The part of a shot that is being read.
pub(super) struct PartReader {
    shape: Shape,
    grid: Grid,
    cuts: Shots,
    first: FrameIndex,
    is_cut: bool,
    selection: FrameSelection,
    /// The ciphertexts of the frames chosen.
    chosen: Vec<Buffer>,
    /// Frames of the window read before the last of them.
    chosen_last: u64,
    /// The gains of the frames skipped since then, added up.
    missed: f64,
    /// Frames that may be chosen at most.
    most: usize,
}

impl PartReader {
    /// Starts a shot at `frame`.
    pub fn new(frame: &Frame) -> Self {
        let most = PREPARED_BYTES / frame.bytes.len().max(1);
        Self {
            shape: frame.shape,
            grid: Grid::new(frame.layout, frame.shape),
            cuts: Shots::new(usize::MAX),
            first: frame.index,
            is_cut: true,
            selection: FrameSelection::default(),
            chosen: Vec::new(),
            chosen_last: 0,
            missed: 0.0,
            most: most.clamp(LEAST_PREPARED_FRAMES, PREPARED_FRAMES),
        }
    }

    /// The size of its frames.
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// Adds the ciphertext of the next frame, of which `read` came before it in the window, and chooses it or not.
    /// Returns the part that ended before it, if one did, and what the frame gains.
    pub fn add(&mut self, index: FrameIndex, bytes: Buffer, read: u64) -> (Option<ChosenFrames>, f64) {
        let sample = Sample::of(&bytes, &self.grid);
        let is_cut = self.cuts.starts_shot(&sample);
        let gain = self.selection.gain(&sample);
        self.missed += gain;
        let gains_enough = if self.chosen.len() < FIRST_FRAMES {
            gain > WORTH_PREPARING_FIRST
        } else {
            gain > WORTH_PREPARING || self.missed > WORTH_PREPARING_IN_SUM
        };
        let is_due = self.chosen.len() < FEW_FRAMES && read - self.chosen_last >= ONE_IN;
        let is_worth_it = gains_enough || is_cut || (gain > 0.0 && is_due);
        let ends_part = is_cut || (is_worth_it && self.chosen.len() == self.most);
        let ended = if ends_part { self.end(read) } else { None };
        if is_worth_it {
            if self.chosen.is_empty() {
                (self.first, self.is_cut) = (index, is_cut);
            }
            self.selection.select(&sample);
            self.chosen.push(bytes);
            self.chosen_last = read;
            self.missed = 0.0;
        }
        (ended, gain)
    }

    /// Ends the part, after `read` frames of the window; `None` if no frame was chosen.
    pub fn end(&mut self, read: u64) -> Option<ChosenFrames> {
        self.selection.clear();
        let frames = std::mem::take(&mut self.chosen);
        let Self { first, is_cut, .. } = *self;
        (!frames.is_empty()).then(|| ChosenFrames { grid: self.grid.clone(), first, is_cut, frames, read })
    }
}

/// The frames chosen from a part of a shot, to be prepared.
pub(super) struct ChosenFrames {
    grid: Grid,
    first: FrameIndex,
    is_cut: bool,
    /// Their ciphertexts.
    frames: Vec<Buffer>,
    /// Frames of the window read up to the end of the part.
    read: u64,
}

impl ChosenFrames {
    /// How much memory the frames take.
    pub fn bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.len()).sum()
    }

    /// Prepares the part.
    pub fn prepare(self, progress: &mut dyn FnMut(f64) -> ControlFlow<()>) -> PreparedPart {
        let frames: Vec<&[u8]> = self.frames.iter().map(|frame| &**frame).collect();
        let tone = Tone::prepare(&frames, &self.grid, progress);
        PreparedPart { first: self.first, is_cut: self.is_cut, read: self.read, tone }
    }
}

/// A prepared part of a shot.
pub(super) struct PreparedPart {
    pub first: FrameIndex,
    pub is_cut: bool,
    /// Frames of the window read up to the end of the part.
    pub read: u64,
    pub tone: Result<Tone, NoTone>,
}
