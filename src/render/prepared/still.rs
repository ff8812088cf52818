//! A reader of a still that returns the decoded frame in memory.

use std::sync::Arc;

use crate::media::{Frames, Index, Kind, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::units::FrameIndex;

/// A reader of a source whose only frame is in memory.
pub struct StillFrames {
    info: SourceInfo,
    frame: Arc<Frame>,
    is_read: bool,
    index: Option<Arc<Index>>,
}

impl StillFrames {
    /// A reader of the source of `info`; `None` if it is no still or `frame` is not its only frame.
    #[must_use]
    pub fn of(info: &SourceInfo, frame: &Arc<Frame>) -> Option<Self> {
        (info.kind == Kind::Still && frame.index == FrameIndex(0)).then(|| Self {
            info: info.clone(),
            frame: Arc::clone(frame),
            is_read: false,
            index: None,
        })
    }

    /// A reader of the frame in memory if the source is a still, else the reader that `open` returns.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn or(
        info: &SourceInfo,
        frame: &Arc<Frame>,
        open: impl FnOnce() -> Result<Box<dyn Frames>, MediaError>,
    ) -> Result<Box<dyn Frames>, MediaError> {
        Self::of(info, frame).map_or_else(open, |still| Ok(Box::new(still)))
    }
}

impl Frames for StillFrames {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn set_layout(&mut self, layout: Layout) {
        debug_assert_eq!(layout, self.frame.layout, "the frame keeps the layout in which it was decoded");
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        if std::mem::replace(&mut self.is_read, true) {
            return Ok(None);
        }
        let bytes = Arc::clone(&self.frame.bytes);
        Ok(Some(Frame { bytes, ..self.frame.without_bytes() }))
    }

    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
        if index != FrameIndex(0) {
            return Err(MediaError::NoSuchFrame { index, frames: 1 });
        }
        self.is_read = false;
        Ok(())
    }

    fn index(&self) -> Option<&Arc<Index>> {
        self.index.as_ref()
    }

    fn set_index(&mut self, index: Arc<Index>) {
        self.index = Some(index);
    }

    fn take_problems(&mut self) -> Vec<String> {
        Vec::new()
    }
}
