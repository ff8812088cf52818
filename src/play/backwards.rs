//! Playing backwards: the frames of a source from one of them down to the first.
//!
//! Decoders go forwards only, and only from a keyframe on. So a stretch of frames is decoded and kept, and
//! handed out from its end; then the stretch before it.
//!
//! ```text
//!  keyframe ─decoded on the way─▶ [ stretch: kept ] ─▶ handed out ◀──
//!                                  └ starts at a keyframe where one is near: then nothing is decoded in vain
//! ```
//!
//! Where a stretch takes longer to decode than it lasts, the next one is spread wider: of every two, four or
//! more frames one is kept, so that what is decoded on the way serves a longer time. Only which frames are
//! handed out depends on how quick the decoder is, never what a frame is.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::media::{Frames, MediaError};
use crate::picture::Frame;
use crate::units::FrameIndex;

/// Bytes of frames that are kept: sixteen of 1080p in `rgba32`.
const KEPT_BYTES: usize = 128 << 20;

/// Frames that are kept at most: a stretch of small ones need not be long.
const MOST_KEPT: usize = 64;

/// At most one of so many frames is passed over to the next.
const WIDEST: u64 = 16;

/// A stretch that takes no longer than this share of the time that it lasts can be spread less wide.
const LEISURE: f64 = 0.3;

/// The frames before one, from the last to the first.
#[derive(Debug)]
pub(super) struct Backwards {
    /// Frames that one needs to be rendered, itself included.
    needed: u64,
    /// Frames that may be kept.
    room: u64,
    /// One of so many frames is handed out.
    stride: u64,
    /// Frames that were decoded, in the order of the video.
    kept: VecDeque<Arc<Frame>>,
    /// Those of them that are still to be handed out, in the order of the video.
    due: Vec<FrameIndex>,
    /// The last frame of the stretch before; `None` where there is none.
    rest: Option<FrameIndex>,
}

/// A frame that is shown, and what comes with it.
#[derive(Debug)]
pub(super) struct Taken {
    /// The frames before it that it needs, in the order of the video.
    pub before: Vec<Arc<Frame>>,
    /// The frame.
    pub frame: Arc<Frame>,
    /// Seconds until the next one is due.
    pub lasts_secs: f64,
    /// Frames that are passed over between it and the next one.
    pub passed_over: u64,
}

impl Backwards {
    /// From `last` on, itself included; a frame has about `frame_bytes` bytes.
    pub fn from(last: FrameIndex, needed: usize, frame_bytes: usize) -> Self {
        Self {
            needed: needed.max(1) as u64,
            room: (KEPT_BYTES / frame_bytes.max(1)).clamp(2, MOST_KEPT) as u64,
            stride: 1,
            kept: VecDeque::new(),
            due: Vec::new(),
            rest: Some(last),
        }
    }

    /// Starts again at `last`: after the first frame comes the last.
    pub fn start_again(&mut self, last: FrameIndex) {
        self.kept.clear();
        self.due.clear();
        self.rest = Some(last);
    }

    /// The next frame, or `None` after frame 0. Played at `speed`, in seconds of video a second.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next(&mut self, reader: &mut dyn Frames, speed: f64) -> Result<Option<Taken>, MediaError> {
        while self.due.is_empty() {
            let Some(last) = self.rest else { return Ok(None) };
            let start = Instant::now();
            self.decode(reader, last)?;
            self.hurry(start.elapsed(), speed);
        }
        Ok(self.take())
    }

    /// Hands out the last frame that is due.
    fn take(&mut self) -> Option<Taken> {
        let shown = self.due.pop()?;
        while self.kept.back().is_some_and(|kept| kept.index > shown) {
            self.kept.pop_back();
        }
        let frame = Arc::clone(self.kept.back()?);
        let from = shown.back(self.needed - 1);
        let before = self.kept.iter().filter(|kept| (from..shown).contains(&kept.index)).cloned().collect();
        let next = self.due.last().copied().or(self.rest);
        let gap = next.map_or(1, |next| shown.0 - next.0);
        Some(Taken { before, lasts_secs: frame.duration_secs * gap as f64, frame, passed_over: gap - 1 })
    }

    /// Decodes the stretch that ends with `last`.
    fn decode(&mut self, reader: &mut dyn Frames, last: FrameIndex) -> Result<(), MediaError> {
        let first = self.first_of_stretch(reader, last);
        let context = self.needed - 1;
        let shown_from = if first == FrameIndex(0) { 0 } else { (first.0 + context).min(last.0) };
        let stride = usize::try_from(self.stride).unwrap_or(usize::MAX);
        self.due = (shown_from..=last.0).rev().step_by(stride).map(FrameIndex).collect();
        self.due.reverse();
        let lowest = self.due.first().map_or(0, |first| first.0);
        self.rest = (lowest > 0).then(|| FrameIndex(lowest).back(self.stride));
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
        // An index that was made from packets may foretell frames that never come.
        let kept = &self.kept;
        self.due.retain(|due| kept.iter().any(|kept| kept.index == *due));
        Ok(())
    }

    /// Where the stretch that ends with `last` starts: as early as there is room for, or at a keyframe after
    /// that.
    fn first_of_stretch(&self, reader: &dyn Frames, last: FrameIndex) -> FrameIndex {
        let context = self.needed - 1;
        let kept_of_each = self.stride.min(self.needed);
        let shown = (self.room.saturating_sub(context) / kept_of_each).max(1);
        let first = last.back((shown - 1) * self.stride + context);
        let Some(index) = reader.index().filter(|_| first > FrameIndex(0)) else { return first };
        let keys = index.keyframes();
        let key = keys.get(keys.partition_point(|&key| key < first)).copied();
        key.filter(|key| key.0 + context <= last.0).unwrap_or(first)
    }

    /// Spreads the next stretch wider where this one `took` longer than it lasts, and less wide where there
    /// was much time left.
    fn hurry(&mut self, took: Duration, speed: f64) {
        let lasts_secs: f64 = match (self.due.first(), self.due.last(), self.kept.back()) {
            (Some(first), Some(last), Some(frame)) => {
                (last.0 - first.0 + self.stride) as f64 * frame.duration_secs / speed.max(1e-3)
            }
            _ => return,
        };
        if took.as_secs_f64() > lasts_secs {
            self.stride = (self.stride * 2).min(WIDEST);
        } else if took.as_secs_f64() < LEISURE * lasts_secs {
            self.stride = (self.stride / 2).max(1);
        }
    }
}
