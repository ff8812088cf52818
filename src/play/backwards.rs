//! Playing backwards: the frames of a source from one of them down to the first.
//!
//! Decoders go forwards only, and start at keyframes only. So a batch of frames is decoded and kept, and handed out
//! from its end; then the batch before it.
//!
//! ```text
//!  keyframe ─decoded and dropped─▶ [ batch: kept ] ─▶ handed out ◀──
//!                                   └ starts at a keyframe if one is near: then no frame is dropped
//! ```
//!
//! If a batch takes longer to decode than to play, the next one has a larger stride: it keeps one frame in two, four or
//! more, so that it lasts longer. The speed of the decoder decides which frames are handed out, never what they
//! contain.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::media::{Frames, MediaError};
use crate::picture::Frame;
use crate::units::FrameIndex;

/// Bytes of the frames of a batch: sixteen frames of 1080p in `rgba32`.
const KEPT_BYTES: usize = 128 << 20;

/// Frames of a batch at most; a batch of small frames need not be long.
const MAX_KEPT: usize = 64;

/// The largest stride: at least one frame in this number is returned.
const MAX_STRIDE: u64 = 16;

/// If decoding a batch takes less than this share of its playing time, the next batch has a smaller stride.
const NARROWING_SHARE: f64 = 0.3;

/// Hands out the frames of a source from one frame down to the first.
#[derive(Debug)]
pub(super) struct Backwards {
    /// Frames that are needed to render one, including itself.
    needed: u64,
    /// Upper bound of the frames of a batch.
    most_kept: u64,
    /// One frame in this number is returned.
    stride: u64,
    /// The decoded frames of the batch, in the order of the video.
    kept: VecDeque<Arc<Frame>>,
    /// The frames still to be handed out, in the order of the video.
    due: Vec<FrameIndex>,
    /// The last frame of the next batch, which lies before this one; `None` if there is none.
    next_batch: Option<FrameIndex>,
}

/// A frame to show, with the frames that it needs.
#[derive(Debug)]
pub(super) struct BackwardsFrame {
    /// The frames before it that it needs, in the order of the video.
    pub before: Vec<Arc<Frame>>,
    /// The frame.
    pub frame: Arc<Frame>,
    /// Seconds until the next one is due.
    pub lasts_secs: f64,
    /// Frames skipped between it and the next one.
    pub skipped: u64,
}

impl Backwards {
    /// Starts at `last`, which is the first frame handed out; a frame has about `frame_bytes` bytes.
    pub fn from(last: FrameIndex, needed: usize, frame_bytes: usize) -> Self {
        Self {
            needed: needed.max(1) as u64,
            most_kept: (KEPT_BYTES / frame_bytes.max(1)).clamp(2, MAX_KEPT) as u64,
            stride: 1,
            kept: VecDeque::new(),
            due: Vec::new(),
            next_batch: Some(last),
        }
    }

    /// Starts over at `last`, for a loop.
    pub fn restart(&mut self, last: FrameIndex) {
        self.kept.clear();
        self.due.clear();
        self.next_batch = Some(last);
    }

    /// The next frame, or `None` after frame 0. `speed` is in seconds of video per second.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next(
        &mut self,
        reader: &mut dyn Frames,
        speed: f64,
    ) -> Result<Option<BackwardsFrame>, MediaError> {
        while self.due.is_empty() {
            let Some(last) = self.next_batch else { return Ok(None) };
            let start = Instant::now();
            self.decode(reader, last)?;
            self.adapt_stride(start.elapsed(), speed);
        }
        Ok(self.take())
    }

    /// Hands out the last frame that is due.
    fn take(&mut self) -> Option<BackwardsFrame> {
        let shown = self.due.pop()?;
        while self.kept.back().is_some_and(|kept| kept.index > shown) {
            self.kept.pop_back();
        }
        let frame = Arc::clone(self.kept.back()?);
        let from = shown.back(self.needed - 1);
        let before = self.kept.iter().filter(|kept| (from..shown).contains(&kept.index)).cloned().collect();
        let next = self.due.last().copied().or(self.next_batch);
        let gap = next.map_or(1, |next| shown.0 - next.0);
        Some(BackwardsFrame { before, lasts_secs: frame.duration_secs * gap as f64, frame, skipped: gap - 1 })
    }

    /// Decodes the batch that ends with `last`.
    fn decode(&mut self, reader: &mut dyn Frames, last: FrameIndex) -> Result<(), MediaError> {
        let first = self.start_of_batch(reader, last);
        let context = self.needed - 1;
        let shown_from = if first == FrameIndex(0) { 0 } else { (first.0 + context).min(last.0) };
        let stride = usize::try_from(self.stride).unwrap_or(usize::MAX);
        self.due = (shown_from..=last.0).rev().step_by(stride).map(FrameIndex).collect();
        self.due.reverse();
        let lowest = self.due.first().map_or(0, |first| first.0);
        self.next_batch = (lowest > 0).then(|| FrameIndex(lowest).back(self.stride));
        self.kept.clear();
        let mut next = None;
        for shown in self.due.clone() {
            let from = shown.back(context).max(next.unwrap_or_default());
            if next != Some(from) {
                reader.seek(from)?;
            }
            for _ in from.0..=shown.0 {
                let Some(frame) = reader.next_frame()? else { break };
                self.kept.push_back(Arc::new(frame));
            }
            next = Some(shown.next());
        }
        // An index made from packets can have more frames than are decoded.
        let kept = &self.kept;
        self.due.retain(|due| kept.iter().any(|kept| kept.index == *due));
        Ok(())
    }

    /// The first frame of the batch that ends with `last`: as early as the bound allows, or the first keyframe after
    /// that.
    fn start_of_batch(&self, reader: &dyn Frames, last: FrameIndex) -> FrameIndex {
        let context = self.needed - 1;
        let kept_of_each = self.stride.min(self.needed);
        let shown = (self.most_kept.saturating_sub(context) / kept_of_each).max(1);
        let first = last.back((shown - 1) * self.stride + context);
        let Some(index) = reader.index().filter(|_| first > FrameIndex(0)) else { return first };
        let keys = index.keyframes();
        let key = keys.get(keys.partition_point(|&key| key < first)).copied();
        key.filter(|key| key.0 + context <= last.0).unwrap_or(first)
    }

    /// Doubles the stride if the batch `took` longer to decode than to play, and halves it if much time was left.
    fn adapt_stride(&mut self, took: Duration, speed: f64) {
        let lasts_secs: f64 = match (self.due.first(), self.due.last(), self.kept.back()) {
            (Some(first), Some(last), Some(frame)) => {
                (last.0 - first.0 + self.stride) as f64 * frame.duration_secs / speed.max(1e-3)
            }
            _ => return,
        };
        if took.as_secs_f64() > lasts_secs {
            self.stride = (self.stride * 2).min(MAX_STRIDE);
        } else if took.as_secs_f64() < NARROWING_SHARE * lasts_secs {
            self.stride = (self.stride / 2).max(1);
        }
    }
}
