//! The index of a source: the time of each frame, and where decoding can start.

use crate::units::FrameIndex;

/// The tolerance for a time after the end, in seconds: the end is shown rounded to milliseconds.
const END_ROUNDING_SECS: f64 = 1e-3;

/// The time of each frame of a source, and which frames are keyframes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// Seconds from frame 0, ascending, one entry per frame.
    times_secs: Vec<f64>,
    /// Seconds from frame 0 to the end of the last frame.
    end_secs: f64,
    /// The frames at which decoding can start, ascending.
    keyframes: Vec<FrameIndex>,
    /// How to reach a frame without decoding all frames before it; `None` if the file has no reliable way.
    seek_table: Option<SeekTable>,
    /// True if frames were counted as packets and not decoded.
    is_from_packets: bool,
}

/// Timestamps that identify frames, in ticks of the stream's time base.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SeekTable {
    /// Presentation timestamp of each frame, strictly ascending.
    pub(super) pts: Vec<i64>,
    /// The packets at which decoding can start, ascending, including those that give no frame.
    pub(super) keys: Vec<Key>,
}

/// A packet at which decoding can start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    /// When its picture is shown.
    pub(super) pts: i64,
    /// When it is decoded: containers sort their packets by this timestamp.
    pub(super) dts: i64,
    /// How to find it in a file with discontinuities, whose own timestamps are ambiguous.
    pub(super) place: Option<Place>,
}

/// The place of a packet in a file whose own timestamps restart or jump.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Its offset in the file in bytes.
    pub(super) position: i64,
    /// The shift that is added to the file's own timestamps there, in microseconds.
    pub(super) shift_micros: i64,
}

impl SeekTable {
    /// The number of keys up to the frame with this timestamp. Leading pictures of a key (shown before it, decoded
    /// after it, as in an open GOP) need the key before.
    pub(super) fn keys_before(&self, pts: i64) -> usize {
        self.keys.partition_point(|key| key.pts <= pts)
    }
}

impl Index {
    /// The tolerance, in seconds, for times that are sums of other times.
    pub const ROUNDING_SECS: f64 = 1e-6;

    /// An index of frames that are shown at `times_secs` (ascending from 0); the last one is shown until `end_secs`.
    #[must_use]
    pub fn new(times_secs: Vec<f64>, end_secs: f64, keyframes: Vec<FrameIndex>) -> Self {
        Self { times_secs, end_secs, keyframes, seek_table: None, is_from_packets: false }
    }

    /// The same index with a way to reach its frames.
    pub(super) fn with_seek_table(self, seek_table: Option<SeekTable>, is_from_packets: bool) -> Self {
        Self { seek_table, is_from_packets, ..self }
    }

    /// How to reach a frame without decoding all frames before it, if possible.
    pub(super) fn seek_table(&self) -> Option<&SeekTable> {
        self.seek_table.as_ref()
    }

    /// True if frames were counted as packets: a damaged one may be counted although no frame comes of it.
    #[must_use]
    pub fn is_from_packets(&self) -> bool {
        self.is_from_packets
    }

    /// Number of frames.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.times_secs.len() as u64
    }

    /// Seconds from frame 0 to the end of the last frame.
    #[must_use]
    pub fn duration_secs(&self) -> f64 {
        self.end_secs
    }

    /// Seconds from frame 0 to the frame; `None` past the end.
    #[must_use]
    pub fn time_secs(&self, frame: FrameIndex) -> Option<f64> {
        usize::try_from(frame.0).ok().and_then(|n| self.times_secs.get(n)).copied()
    }

    /// The last frame that is shown at `secs` or before, with a tolerance of [`ROUNDING_SECS`](Self::ROUNDING_SECS).
    /// Frame 0 for times before the start.
    #[must_use]
    pub fn frame_at(&self, secs: f64) -> FrameIndex {
        let after = self.times_secs.partition_point(|&time| time <= secs + Self::ROUNDING_SECS);
        FrameIndex(after.saturating_sub(1) as u64)
    }

    /// As [`frame_at`](Self::frame_at); `None` after the end of the last frame. The end itself, as rounded for
    /// display, belongs to the last frame.
    #[must_use]
    pub fn checked_frame_at(&self, secs: f64) -> Option<FrameIndex> {
        let is_within = secs <= self.end_secs + END_ROUNDING_SECS && !self.times_secs.is_empty();
        is_within.then(|| self.frame_at(secs))
    }

    /// Frames per second on average: `stated`, which may be more exact, if it agrees with the times of the frames.
    /// `None` for a single frame, which has no rate.
    #[must_use]
    pub(super) fn frame_rate(&self, stated: Option<f64>) -> Option<f64> {
        let last_secs = self.times_secs.last().copied().filter(|&secs| secs > 0.0)?;
        #[expect(clippy::cast_precision_loss, reason = "no source has 2^53 frames")]
        let steps = (self.frames() - 1) as f64;
        let agrees =
            |rate: &f64| (steps / rate - last_secs).abs() <= (last_secs * 0.01).max(END_ROUNDING_SECS);
        stated.filter(agrees).or(Some(steps / last_secs))
    }

    /// Numbers of the keyframes, ascending.
    #[must_use]
    pub fn keyframes(&self) -> &[FrameIndex] {
        &self.keyframes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_at_a_time_is_the_last_one_shown_by_then() {
        let index = Index::new(vec![0.0, 0.5, 0.6], 1.0, vec![FrameIndex(0)]);
        for (secs, frame) in [(-1.0, 0), (0.0, 0), (0.49, 0), (0.5, 1), (0.6, 2), (99.0, 2)] {
            assert_eq!(index.frame_at(secs), FrameIndex(frame), "at {secs} s");
        }
        assert_eq!(Index::default().frame_at(1.0), FrameIndex(0));
    }

    #[test]
    fn after_the_end_there_is_no_frame() {
        let index = Index::new(vec![0.0, 0.5, 0.6], 1.066_667, vec![FrameIndex(0)]);
        for secs in [0.0, 0.55, 1.0, 1.067] {
            assert_eq!(index.checked_frame_at(secs), Some(index.frame_at(secs)), "at {secs} s");
        }
        assert_eq!([1.07, 99.0, f64::INFINITY].map(|secs| index.checked_frame_at(secs)), [None; 3]);
        assert_eq!(Index::default().checked_frame_at(0.0), None);
    }

    #[test]
    fn the_rate_is_the_stated_one_if_the_times_of_frames_agree_else_their_average() {
        let of = |times: &[f64], stated| Index::new(times.to_vec(), 9.0, Vec::new()).frame_rate(stated);
        let ntsc = 30_000.0 / 1001.0;
        assert_eq!(of(&[0.0, 0.033, 0.067], Some(ntsc)), Some(ntsc));
        assert_eq!(of(&[0.0, 0.017], Some(60.0)), Some(60.0), "a container that counts milliseconds");
        assert_eq!(of(&[0.0, 0.5, 1.0], Some(900.0)), Some(2.0));
        assert_eq!(of(&[0.0, 0.5, 1.0], None), Some(2.0));
        for times in [&[][..], &[0.0], &[0.0, 0.0]] {
            assert_eq!(of(times, Some(25.0)), None, "{times:?}");
        }
    }

    #[test]
    fn a_frame_is_found_by_its_own_time_plus_whole_seconds_despite_rounding() {
        for frames_a_sec in [24u32, 25, 30, 50] {
            let times = (0..200).map(|n| f64::from(n) * (1.0 / f64::from(frames_a_sec))).collect();
            let index = Index::new(times, 200.0, vec![FrameIndex(0)]);
            for frame in 0..200 - frames_a_sec {
                let time = index.time_secs(FrameIndex(u64::from(frame))).expect("a frame");
                assert_eq!(index.frame_at(time + 1.0), FrameIndex(u64::from(frame + frames_a_sec)));
                assert_eq!(index.frame_at(time), FrameIndex(u64::from(frame)));
            }
        }
    }
}
