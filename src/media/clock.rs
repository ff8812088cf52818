//! The times of frames, computed from timestamps while there is no index.

use super::ffi::Properties;
use crate::units::{FrameIndex, Pts, TimeBase};

/// How long a still is shown as a video, and a frame of unknown duration, in seconds: FFmpeg's 25 frames/s.
pub(super) const UNKNOWN_FRAME_SECS: f64 = 0.04;

/// Computes the times of frames from what the stream states.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    time_base: TimeBase,
    frame_secs: f64,
    first: Option<Pts>,
    latest_secs: f64,
}

impl Clock {
    /// A clock of timestamps in `time_base`. `frame_rate` is in frames per second, if it is known.
    pub(super) fn new(time_base: TimeBase, frame_rate: Option<f64>) -> Self {
        let frame_secs = frame_rate.map_or(UNKNOWN_FRAME_SECS, |rate| 1.0 / rate);
        Self { time_base, frame_secs, first: None, latest_secs: 0.0 }
    }

    /// Seconds from frame 0 to a frame. Call it for frames in order, from frame 0. A frame without a timestamp is one
    /// average frame later than the one before; times never decrease.
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

    /// Seconds of the duration that a frame or packet states; the average of a frame if it states none (0).
    pub(super) fn duration_secs(&self, duration: i64) -> f64 {
        if duration > 0 { self.time_base.secs_between(Pts(0), Pts(duration)) } else { self.frame_secs }
    }
}
