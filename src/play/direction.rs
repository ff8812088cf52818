//! Which way the video goes, and what comes next then.

use crate::units::FrameIndex;

/// Forwards or backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    /// From the first frame to the last.
    #[default]
    Forwards,
    /// From the last frame to the first.
    Backwards,
}

impl Way {
    /// The frame that comes after `frame` of so many, where it is known how many there are; `None` at the end,
    /// unless the video starts again there.
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
    fn after_the_end_comes_the_other_end_where_it_starts_again() {
        let next = |way: Way, frame, looped| way.next(FrameIndex(frame), Some(5), looped).map(|next| next.0);
        assert_eq!([3, 4].map(|frame| next(Way::Forwards, frame, true)), [Some(4), Some(0)]);
        assert_eq!([1, 0].map(|frame| next(Way::Backwards, frame, true)), [Some(0), Some(4)]);
        assert_eq!([next(Way::Forwards, 4, false), next(Way::Backwards, 0, false)], [None; 2]);
        assert_eq!(Way::Forwards.next(FrameIndex(9), None, false), Some(FrameIndex(10)), "nobody knows");
        assert_eq!(Way::Backwards.next(FrameIndex(0), None, true), None, "nor here");
    }
}
