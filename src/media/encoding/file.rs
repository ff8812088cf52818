//! An encoded source: a Matroska file in memory, and what is known of its frames.

use std::fmt;
use std::sync::Arc;

use crate::media::index::Index;
use crate::units::FrameIndex;

/// A Matroska file of one stream in memory.
pub struct EncodedFile {
    pub(in crate::media) bytes: Vec<u8>,
    /// The frames of the source with their times.
    pub(in crate::media) index: Arc<Index>,
    /// The frame of each packet, in file order.
    pub(in crate::media) packet_frames: Vec<FrameIndex>,
}

impl fmt::Debug for EncodedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedFile({} bytes, {} packets)", self.bytes.len(), self.packet_frames.len())
    }
}
