//! The numbers that every room speaks: frame numbers, timestamps and generations.
//!
//! Each is its own type, so that a frame number is never taken for a timestamp or the other way round.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a frame, from 0: frame n is the n-th picture that the decoder puts out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FrameIndex(pub u64);

impl FrameIndex {
    /// The frame after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The frame `count` before this one, or frame 0 where there are not so many.
    #[must_use]
    pub const fn back(self, count: u64) -> Self {
        Self(self.0.saturating_sub(count))
    }
}

impl fmt::Display for FrameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A presentation timestamp in ticks of a [`TimeBase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pts(pub i64);

/// The length of a tick: `numerator / denominator` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBase {
    /// Numerator of the length of a tick in seconds.
    pub numerator: i32,
    /// Denominator of the length of a tick in seconds; greater than 0.
    pub denominator: i32,
}

impl TimeBase {
    /// Seconds from `origin` to `pts`.
    #[must_use]
    pub fn secs_between(self, origin: Pts, pts: Pts) -> f64 {
        // Timestamps differ by less than 2^53 ticks in any file that a person can have.
        #[expect(clippy::cast_precision_loss, reason = "differences of timestamps are below 2^53")]
        let ticks = pts.0.saturating_sub(origin.0) as f64;
        ticks * f64::from(self.numerator) / f64::from(self.denominator)
    }
}

/// Counts the seeks of a session: what belongs to an older generation is stale and dies by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

impl Generation {
    /// The generation after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_count_from_the_origin_in_the_time_base() {
        let ninety_khz = TimeBase { numerator: 1, denominator: 90_000 };
        assert!((ninety_khz.secs_between(Pts(126_000), Pts(216_000)) - 1.0).abs() < 1e-12);
        assert!((ninety_khz.secs_between(Pts(90_000), Pts(0)) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn there_is_no_frame_before_frame_0() {
        assert_eq!(FrameIndex(3).back(5), FrameIndex(0));
    }
}
