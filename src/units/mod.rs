//! The numbers that all rooms share: frame numbers, times, timestamps and generations.
//!
//! Each is its own type, so that they cannot be confused.

mod frames;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use frames::{BadList, BadRange, FrameList, FrameRange, FrameSpan};

/// The number of a message. A message is encrypted at once, under one nonce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageNumber(pub u64);

impl From<FrameIndex> for MessageNumber {
    /// The pixels of a frame are one message, which has the frame's number.
    fn from(frame: FrameIndex) -> Self {
        Self(frame.0)
    }
}

/// The number of a frame, from 0, in the order in which the decoder outputs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FrameIndex(pub u64);

impl FrameIndex {
    /// The frame after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The frame `count` before this one, but not before frame 0.
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

/// Seconds from frame 0, written `12.5` or `[HH:]MM:SS[.sss]`; also `12.5 s`, as in captions and tables.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Time(pub f64);

/// A time that cannot be parsed.
#[derive(Debug, thiserror::Error)]
#[error("write a time as seconds, 12.5, or as [HH:]MM:SS[.sss], 01:02:03.5")]
pub struct BadTime;

impl FromStr for Time {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let text = match text.strip_suffix('s') {
            Some(secs) if !secs.contains(':') => secs.strip_suffix(' ').unwrap_or(secs),
            _ => text,
        };
        let (whole, fraction) = text.split_once('.').map_or((text, ""), |(whole, rest)| (whole, rest));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(fraction) || (text.contains('.') && fraction.is_empty()) {
            return Err(BadTime);
        }
        let fields: Vec<&str> = whole.split(':').collect();
        let (&largest, sixtieths) = fields.split_first().ok_or(BadTime)?;
        let mut secs = number(largest)?;
        if sixtieths.len() > 2 {
            return Err(BadTime);
        }
        for field in sixtieths {
            let value = number(field).ok().filter(|&value| value < 60).ok_or(BadTime)?;
            secs = secs.checked_mul(60).and_then(|secs| secs.checked_add(value)).ok_or(BadTime)?;
        }
        // Parsed as one decimal number, so that 1:00.1 is exactly 60.1.
        format!("{secs}.{fraction}0").parse().map(Self).map_err(|_| BadTime)
    }
}

fn number(digits: &str) -> Result<u64, BadTime> {
    // `parse` alone would accept a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadTime);
    }
    digits.parse().map_err(|_| BadTime)
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
        #[expect(clippy::cast_precision_loss, reason = "differences of timestamps are below 2^53")]
        let ticks = pts.0.saturating_sub(origin.0) as f64;
        ticks * f64::from(self.numerator) / f64::from(self.denominator)
    }
}

/// Counts the seeks of a session; frames and errors of an older generation are stale and are dropped.
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
    fn going_back_stops_at_frame_0() {
        assert_eq!(FrameIndex(3).back(5), FrameIndex(0));
    }

    #[test]
    fn times_are_parsed_as_seconds_or_with_colons() {
        for (text, secs) in [
            ("12.5", 12.5),
            ("0", 0.0),
            ("01:02:03.25", 3723.25),
            ("1:00.1", 60.1),
            ("90:00", 5400.0),
            ("0.034 s", 0.034),
            ("2s", 2.0),
        ] {
            assert_eq!(text.parse::<Time>().expect(text), Time(secs), "{text}");
        }
        for text in [
            "", "-1", "+1", "1e3", "nan", "1:60", "1:2:3:4", ":5", "5:", "1.", ".5", "1.5:00", "1,5", "s",
            " s", "1:02 s", "1  s",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text:?} is no time");
        }
    }
}
