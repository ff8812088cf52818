//! What every reader of frames does.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::error::MediaError;
use super::index::Index;
use super::info::SourceInfo;
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::units::FrameIndex;

/// What long work reports: the share done, from 0 to 1. `Break` stops it with
/// [`MediaError::Interrupted`].
pub type Progress<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// Says whether what is being decoded is no longer wanted.
pub type Interrupt = Box<dyn Fn() -> bool + Send>;

/// Frames of one source, in order, with exact seeking: frame n is the same picture however it is reached.
///
/// The methods may take as long as the decoder does; do not call them on the window's thread.
pub trait Frames: Send {
    /// What is known of the source. Grows more precise once an index is set.
    fn info(&self) -> &SourceInfo;

    /// Frames that follow come in this layout.
    fn set_layout(&mut self, layout: Layout);

    /// The next frame, or `None` after the last. What cannot be decoded is skipped and noted in
    /// [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// When reading fails for good: the file is gone, a frame is past the limits.
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError>;

    /// Makes `index` the next frame. Makes the index first if there is none and one is needed.
    ///
    /// # Errors
    /// [`MediaError::NoSuchFrame`] past the end; the position is then unchanged.
    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError>;

    /// The index set or made so far.
    fn index(&self) -> Option<&Arc<Index>>;

    /// Uses an index that [`scan`](super::scan()) made of the same source.
    fn set_index(&mut self, index: Arc<Index>);

    /// What could not be decoded since the last call, in words for a person.
    fn take_problems(&mut self) -> Vec<String>;

    /// Asks `interrupt` between pictures from now on: where it says true, the method at work ends with
    /// [`MediaError::Interrupted`], and the next one to call is [`seek`](Self::seek). Sources that decode
    /// nothing never ask.
    fn set_interrupt(&mut self, interrupt: Interrupt) {
        drop(interrupt);
    }
}
