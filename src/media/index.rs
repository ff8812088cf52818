//! The index of a source: when each frame is shown and where decoding can start.

use crate::units::FrameIndex;

/// By how much a time may be off that was added up from others.
const ROUNDING_SECS: f64 = 1e-6;

/// When each frame of a source is shown, and which are keyframes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Index {
    /// Seconds since frame 0, ascending, one a frame.
    times_secs: Vec<f64>,
    /// Seconds at which the last frame ends.
    end_secs: f64,
    /// Numbers of the frames at which decoding can start, ascending.
    keyframes: Vec<FrameIndex>,
    /// How to come by a frame without decoding all those before it; `None` where nothing can be relied on.
    signposts: Option<Signposts>,
    /// True where frames were counted in the container and not decoded.
    is_from_packets: bool,
}

/// Timestamps by which frames are found again, in ticks of the stream's time base.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Signposts {
    /// Presentation timestamp of each frame, strictly ascending.
    pub(super) pts: Vec<i64>,
    /// The packets at which decoding can start, ascending; also those of which no frame comes.
    pub(super) keys: Vec<Key>,
}

/// A packet at which decoding can start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    /// When its picture is shown.
    pub(super) pts: i64,
    /// When it is decoded: what containers sort their packets by.
    pub(super) dts: i64,
}

impl Signposts {
    /// How many keys stand at the frame or before it. Pictures that a key leads (shown before it, decoded
    /// after it, as in an open GOP) need the key before.
    pub(super) fn keys_before(&self, pts: i64) -> usize {
        self.keys.partition_point(|key| key.pts <= pts)
    }
}

impl Index {
    /// An index of frames shown at `times_secs` (ascending, the first at 0), the last until `end_secs`.
    #[must_use]
    pub fn new(times_secs: Vec<f64>, end_secs: f64, keyframes: Vec<FrameIndex>) -> Self {
        Self { times_secs, end_secs, keyframes, signposts: None, is_from_packets: false }
    }

    /// The same index with a way to come by its frames.
    pub(super) fn with_signposts(self, signposts: Option<Signposts>, is_from_packets: bool) -> Self {
        Self { signposts, is_from_packets, ..self }
    }

    /// How to come by a frame quickly, where that is possible.
    pub(super) fn signposts(&self) -> Option<&Signposts> {
        self.signposts.as_ref()
    }

    /// True where frames were counted in the container: what is damaged may be counted and never come.
    pub(super) fn is_from_packets(&self) -> bool {
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

    /// The last frame shown at `secs` or before, or within a microsecond after: a time that was added up is
    /// rounded. Frame 0 before the start.
    #[must_use]
    pub fn frame_at(&self, secs: f64) -> FrameIndex {
        let after = self.times_secs.partition_point(|&time| time <= secs + ROUNDING_SECS);
        FrameIndex(after.saturating_sub(1) as u64)
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
    fn the_frame_at_a_time_is_the_last_that_has_come() {
        let index = Index::new(vec![0.0, 0.5, 0.6], 1.0, vec![FrameIndex(0)]);
        for (secs, frame) in [(-1.0, 0), (0.0, 0), (0.49, 0), (0.5, 1), (0.6, 2), (99.0, 2)] {
            assert_eq!(index.frame_at(secs), FrameIndex(frame), "at {secs} s");
        }
        assert_eq!(Index::default().frame_at(1.0), FrameIndex(0));
    }

    #[test]
    fn a_second_on_from_a_frame_is_a_frame_too_however_times_are_rounded() {
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
