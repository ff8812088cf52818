//! A part of a shot: selects the frames from which it is prepared.

use crate::leak::shot::{FrameSelection, Grid, Sample, Shots};
use crate::picture::{Frame, PixelGrid, Shape};
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

/// Upper bound of the frames from which a part of a shot is prepared.
const PREPARED_FRAMES: usize = 16;

/// Upper bound of their bytes: of large frames, fewer are enough, since they have more blocks.
const PREPARED_BYTES: usize = 128 << 20;

/// A part may be prepared from this number of frames even if they have more bytes than the bound.
const LEAST_PREPARED_FRAMES: usize = 3;

/// A frame is selected if its gain is larger: the share of its blocks that can only be painted if it is prepared too.
/// With 0.07, and without the sum below, one frame in thirteen more was prepared and fewer blocks were painted; with
/// 0.14, shots with a moving camera lose a tenth of their painted blocks.
const LEAST_GAIN: f64 = 0.1;

/// A frame is also selected if its gain and the gains of the frames skipped since the last selected one have a larger
/// sum.
const LEAST_GAIN_SUM: f64 = 0.3;

/// This number of frames at the start of a part need less gain: they cost little, and in a still shot no later frame has more.
const FIRST_FRAMES: usize = 6;
const LEAST_GAIN_OF_FIRST: f64 = 0.02;

/// While fewer than [`FEW_FRAMES`] are selected, one frame in this number is selected for any gain: areas that are joined
/// by few pairs of neighbours in one frame are often joined by other pairs in the next. In a nearly still shot, this
/// paints a tenth more.
const SELECTION_INTERVAL: u64 = 4;
const FEW_FRAMES: usize = 12;

/// The part of a shot that is being read.
pub(super) struct PartReader {
    pixels: PixelGrid,
    grid: Grid,
    cuts: Shots,
    first: FrameIndex,
    is_cut: bool,
    selection: FrameSelection,
    /// The ciphertexts of the selected frames.
    selected: Vec<Buffer>,
    /// How many frames of the window were read before the last selected one.
    read_before_last: u64,
    /// The sum of the gains of the frames skipped since then.
    skipped_gain: f64,
    /// Upper bound of the selected frames.
    most: usize,
}

impl PartReader {
    /// Starts a shot at `frame`.
    pub fn new(frame: &Frame) -> Self {
        let most = PREPARED_BYTES / frame.bytes.len().max(1);
        Self {
            pixels: frame.pixels(),
            grid: Grid::new(frame.layout, frame.shape),
            cuts: Shots::new(usize::MAX),
            first: frame.index,
            is_cut: true,
            selection: FrameSelection::default(),
            selected: Vec::new(),
            read_before_last: 0,
            skipped_gain: 0.0,
            most: most.clamp(LEAST_PREPARED_FRAMES, PREPARED_FRAMES),
        }
    }

    /// The size of its frames.
    pub const fn shape(&self) -> Shape {
        self.pixels.shape
    }

    /// Takes the ciphertext of the next frame, after `read` frames of the window, and selects it or not. Returns the
    /// part that ended before it, if one did, and the gain of the frame.
    pub fn add(&mut self, index: FrameIndex, bytes: Buffer, read: u64) -> (Option<SelectedFrames>, f64) {
        let sample = Sample::of(&bytes, &self.grid);
        let is_cut = self.cuts.starts_shot(&sample);
        let gain = self.selection.gain(&sample);
        self.skipped_gain += gain;
        let gains_enough = if self.selected.len() < FIRST_FRAMES {
            gain > LEAST_GAIN_OF_FIRST
        } else {
            gain > LEAST_GAIN || self.skipped_gain > LEAST_GAIN_SUM
        };
        let is_due = self.selected.len() < FEW_FRAMES && read - self.read_before_last >= SELECTION_INTERVAL;
        let is_selected = gains_enough || is_cut || (gain > 0.0 && is_due);
        let ends_part = is_cut || (is_selected && self.selected.len() == self.most);
        let ended = if ends_part { self.end(read) } else { None };
        if is_selected {
            if self.selected.is_empty() {
                (self.first, self.is_cut) = (index, is_cut);
            }
            self.selection.select(&sample);
            self.selected.push(bytes);
            self.read_before_last = read;
            self.skipped_gain = 0.0;
        }
        (ended, gain)
    }

    /// Ends the part, after `read` frames of the window; `None` if no frame was selected.
    pub fn end(&mut self, read: u64) -> Option<SelectedFrames> {
        self.selection.clear();
        let frames = std::mem::take(&mut self.selected);
        let Self { first, is_cut, .. } = *self;
        (!frames.is_empty()).then(|| SelectedFrames {
            pixels: self.pixels,
            grid: self.grid.clone(),
            first,
            is_cut,
            frames,
            read,
        })
    }
}

/// The selected frames of a part of a shot, from which it is prepared.
pub(in crate::render::prepared) struct SelectedFrames {
    /// The pixels of each frame.
    pub(super) pixels: PixelGrid,
    pub(super) grid: Grid,
    pub(super) first: FrameIndex,
    pub(super) is_cut: bool,
    /// The ciphertexts of the frames.
    frames: Vec<Buffer>,
    /// How many frames of the window were read up to the end of the part.
    pub(super) read: u64,
}

impl SelectedFrames {
    /// How much memory the frames take.
    pub(super) fn bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.len()).sum()
    }

    /// The ciphertexts of the frames.
    pub(super) fn ciphertexts(&self) -> Vec<&[u8]> {
        self.frames.iter().map(|frame| &**frame).collect()
    }
}
