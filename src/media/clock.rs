//! When frames are shown, where no index says so.

use super::ffi::Properties;
use crate::units::{FrameIndex, Pts, TimeBase};

/// Seconds of a still as a video, and of a frame of which nothing is known: FFmpeg's 25 frames/s.
pub(super) const UNKNOWN_FRAME_SECS: f64 = 0.04;

/// When frames are shown, from what the stream says of them.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    time_base: TimeBase,
    frame_secs: f64,
    first: Option<Pts>,
    latest_secs: f64,
}

impl Clock {
    /// A clock of timestamps in `time_base`, for `frame_rate` frames a second where that is known.
    pub(super) fn new(time_base: TimeBase, frame_rate: Option<f64>) -> Self {
        let frame_secs = frame_rate.map_or(UNKNOWN_FRAME_SECS, |rate| 1.0 / rate);
        Self { time_base, frame_secs, first: None, latest_secs: 0.0 }
    }

    /// Seconds from frame 0 to a frame. Frames are to come in order, from 0: where timestamps are missing
    /// or fall back, they follow the one before.
    pub(super) fn time_secs(&mut self, index: FrameIndex, properties: &Properties) -> f64 {
        if index == FrameIndex(0) {
            self.first = properties.pts.map(Pts);
            self.latest_secs = 0.0;
            return 0.0;
        }
        let secs = match (self.first, properties.pts) {
            (Some(first), Some(pts)) => self.time_base.secs_between(first, Pts(pts)),
            _ => self.latest_secs + self.frame_secs,
        };
        self.latest_secs = secs.max(self.latest_secs);
        self.latest_secs
    }

    /// Seconds of a duration that a frame or packet states, else of a frame on average.
    pub(super) fn duration_secs(&self, duration: i64) -> f64 {
        if duration > 0 { self.time_base.secs_between(Pts(0), Pts(duration)) } else { self.frame_secs }
    }
}
