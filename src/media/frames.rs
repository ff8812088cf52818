//! The trait of all readers of frames.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::error::MediaError;
use super::index::Index;
use super::info::SourceInfo;
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::units::FrameIndex;

/// Called during long work with the share that is done, from 0 to 1. Returning `Break` stops the work with
/// [`MediaError::Interrupted`].
pub type Progress<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// Returns true if the frame that is being decoded is no longer wanted.
pub type Interrupt = Box<dyn Fn() -> bool + Send>;

/// Frames of one source, in order, with exact seeking: frame n is the same picture however it is reached.
///
/// The methods may take as long as the decoder does; do not call them on the window's thread.
pub trait Frames: Send {
    /// The properties of the source. More precise once an index is set.
    fn info(&self) -> &SourceInfo;

    /// Sets the layout of the frames that follow.
    fn set_layout(&mut self, layout: Layout);

    /// The next frame, or `None` after the last. Parts that cannot be decoded are skipped and reported by
    /// [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// If reading is impossible: the file is gone, or a frame is larger than the limits.
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError>;

    /// Makes `index` the next frame. First makes the index of the source, if it is needed and missing.
    ///
    /// # Errors
    /// [`MediaError::NoSuchFrame`] past the end; the position is then unchanged.
    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError>;

    /// The index that was set or made so far.
    fn index(&self) -> Option<&Arc<Index>>;

    /// Sets the index, which [`scan`](super::scan()) made of the same source.
    fn set_index(&mut self, index: Arc<Index>);

    /// Reports of what could not be decoded since the last call, in words.
    fn take_problems(&mut self) -> Vec<String>;

    /// From now on, calls `interrupt` between pictures. If it returns true, the current method fails with
    /// [`MediaError::Interrupted`], and the next call must be [`seek`](Self::seek). Sources that decode nothing never
    /// call it.
    fn set_interrupt(&mut self, interrupt: Interrupt) {
        drop(interrupt);
    }
}
