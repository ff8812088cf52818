//! The sizes of the messages of a stream, frame by frame.

use std::sync::Arc;

use crate::units::FrameIndex;

/// What a message holds, as far as clear headers and the container show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Category {
    /// Parameter sets, delimiters and filler: units without pictures.
    Headers,
    /// Pictures, or parts of them, at which decoding can start.
    Key,
    /// Pictures, or parts of them, that depend on other pictures.
    #[default]
    Other,
    /// Sound.
    Sound,
}

impl Category {
    /// All categories.
    pub const ALL: [Self; 4] = [Self::Headers, Self::Key, Self::Other, Self::Sound];
}

/// Frames whose sizes are allocated together.
const FRAMES_PER_CHUNK: usize = 256;

/// The sizes of the messages of one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameSizes {
    /// Bytes of the messages of each category, in the order of [`Category::ALL`].
    bytes: [u32; Category::ALL.len()],
    /// The number of messages.
    pub messages: u32,
    /// How many of them equal an earlier message of the stream, as they are on the wire.
    pub repeated: u32,
}

impl FrameSizes {
    /// Adds a message.
    pub fn add(&mut self, category: Category, bytes: usize, is_repeated: bool) {
        let sum = &mut self.bytes[category as usize];
        *sum = sum.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.messages += 1;
        self.repeated += u32::from(is_repeated);
    }

    /// Bytes of the messages of a category.
    #[must_use]
    pub const fn of(&self, category: Category) -> u32 {
        self.bytes[category as usize]
    }

    /// Bytes of all messages.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.iter().map(|&bytes| u64::from(bytes)).sum()
    }
}

/// The sizes of the messages of a stream, of its first frames or of all. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct StreamSizes {
    chunks: Vec<Arc<[FrameSizes]>>,
    /// The frames after the last whole chunk.
    rest: Vec<FrameSizes>,
    is_whole: bool,
}

impl StreamSizes {
    /// Adds the next frame.
    pub fn push(&mut self, frame: FrameSizes) {
        self.rest.push(frame);
        if self.rest.len() == FRAMES_PER_CHUNK {
            self.chunks.push(self.rest.as_slice().into());
            self.rest.clear();
        }
    }

    /// Marks the stream as complete.
    pub const fn finish(&mut self) {
        self.is_whole = true;
    }

    /// The sizes of a frame; `None` past the end.
    #[must_use]
    pub fn get(&self, frame: FrameIndex) -> Option<FrameSizes> {
        let at = usize::try_from(frame.0).ok()?;
        let (chunk, within) = (at / FRAMES_PER_CHUNK, at % FRAMES_PER_CHUNK);
        let chunk = self.chunks.get(chunk).map_or(&self.rest[..], |chunk| chunk);
        (at < self.frames()).then(|| chunk[within])
    }

    /// The number of frames so far.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.chunks.len() * FRAMES_PER_CHUNK + self.rest.len()
    }

    /// True if all frames of the stream are included.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// A number that differs between streams read at different times, from a few hundred frames on.
    #[must_use]
    pub fn identity(&self) -> usize {
        self.chunks.first().map_or(0, |chunk| chunk.as_ptr().addr())
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.frames() * size_of::<FrameSizes>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_by_their_numbers() {
        let mut sizes = StreamSizes::default();
        assert_eq!((sizes.frames(), sizes.get(FrameIndex(0))), (0, None));
        for n in 0..2 * FRAMES_PER_CHUNK + 3 {
            let mut frame = FrameSizes::default();
            frame.add(Category::Key, n, n % 2 == 0);
            frame.add(Category::Sound, 7, false);
            sizes.push(frame);
            assert_eq!(sizes.frames(), n + 1);
        }
        for n in 0..sizes.frames() {
            let frame = sizes.get(FrameIndex(n as u64)).expect("a frame");
            let found = (frame.of(Category::Key) as usize, frame.of(Category::Other), frame.messages);
            assert_eq!(found, (n, 0, 2));
            assert_eq!((frame.bytes(), frame.repeated), (n as u64 + 7, u32::from(n % 2 == 0)));
        }
        assert_eq!(sizes.get(FrameIndex(sizes.frames() as u64)), None);
        assert!(!sizes.is_whole());
        sizes.finish();
        assert!(sizes.is_whole());
    }
}
