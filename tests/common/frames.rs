//! Frames of given bytes, for tests that need no source.

use std::sync::Arc;

use afterimage::picture::layout::Layout;
use afterimage::picture::{Colour, Frame, Shape};
use afterimage::runtime::pool::Buffer;
use afterimage::units::FrameIndex;

/// Frame `n` of a video of 25 frames a second.
pub fn frame(layout: Layout, shape: Shape, n: u64, bytes: Vec<u8>) -> Arc<Frame> {
    assert_eq!(bytes.len(), layout.frame_bytes(shape));
    Arc::new(Frame {
        index: FrameIndex(n),
        time_secs: n as f64 / 25.0,
        duration_secs: 0.04,
        shape,
        layout,
        colour: Colour::default(),
        bytes: Arc::new(Buffer::from(bytes)),
    })
}
