//! Frames with a number and a time only, for messages, which need no pixels.

use std::sync::Arc;

use crate::media::{Frames, Index, MediaError, SourceInfo};
use crate::picture::layout::Layout;
use crate::picture::{Colour, Frame};
use crate::runtime::pool::Buffer;
use crate::units::FrameIndex;

/// The frames of a source from its index, without bytes.
pub struct UndecodedFrames {
    info: SourceInfo,
    layout: Layout,
    index: Arc<Index>,
    next: FrameIndex,
}

impl UndecodedFrames {
    /// The frames of the source of `info` that has this index.
    #[must_use]
    pub fn new(info: SourceInfo, layout: Layout, index: Arc<Index>) -> Self {
        Self { info, layout, index, next: FrameIndex(0) }
    }
}

impl Frames for UndecodedFrames {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let index = self.next;
        let Some(time_secs) = self.index.time_secs(index) else { return Ok(None) };
        self.next = index.next();
        let end_secs = self.index.time_secs(self.next).unwrap_or(self.index.duration_secs());
        Ok(Some(Frame {
            index,
            time_secs,
            duration_secs: end_secs - time_secs,
            shape: self.info.shape(),
            layout: self.layout,
            colour: Colour::default(),
            bytes: Arc::new(Buffer::default()),
        }))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        let frames = self.index.frames();
        if index.0 >= frames {
            return Err(MediaError::NoSuchFrame { index, frames });
        }
        self.next = index;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        Some(&self.index)
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.index = index;
    }

    fn take_problems(&mut self) -> Vec<String> {
        Vec::new()
    }
}
