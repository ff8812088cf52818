//! The direction in which the video plays.

use crate::units::FrameIndex;

/// Forwards or backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the first frame to the last.
    #[default]
    Forwards,
    /// From the last frame to the first.
    Backwards,
}

impl Direction {
    /// The frame after `frame` in this direction, of `frames` if their number is known; `None` at the end unless the
    /// video loops.
    pub fn next(self, frame: FrameIndex, frames: Option<u64>, looped: bool) -> Option<FrameIndex> {
        match (self, frames) {
            (Self::Forwards, Some(frames)) if frame.0 + 1 >= frames => looped.then_some(FrameIndex(0)),
            (Self::Forwards, _) => Some(frame.next()),
            (Self::Backwards, _) if frame.0 > 0 => Some(frame.back(1)),
            (Self::Backwards, frames) => frames.filter(|_| looped).map(|frames| FrameIndex(frames).back(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_looped_video_continues_at_its_other_end() {
        let next = |direction: Direction, frame, looped| {
            direction.next(FrameIndex(frame), Some(5), looped).map(|next| next.0)
        };
        assert_eq!([3, 4].map(|frame| next(Direction::Forwards, frame, true)), [Some(4), Some(0)]);
        assert_eq!([1, 0].map(|frame| next(Direction::Backwards, frame, true)), [Some(0), Some(4)]);
        assert_eq!([next(Direction::Forwards, 4, false), next(Direction::Backwards, 0, false)], [None; 2]);
        assert_eq!(
            Direction::Forwards.next(FrameIndex(9), None, false),
            Some(FrameIndex(10)),
            "the end is not known"
        );
        assert_eq!(Direction::Backwards.next(FrameIndex(0), None, true), None, "the last frame is not known");
    }
}
