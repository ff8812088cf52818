//! The part of the video that is looped.

use crate::play::Status;
use crate::units::{FrameIndex, FrameList};

/// The part of the video that is looped: from one frame to another, both included. An open end is that of the video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopRange {
    /// The first frame.
    pub start: Option<FrameIndex>,
    /// The last frame.
    pub end: Option<FrameIndex>,
}

impl LoopRange {
    /// True where less than the whole video is looped.
    #[must_use]
    pub fn is_set(self) -> bool {
        self != Self::default()
    }

    /// Starts at a frame; an end before it is dropped.
    #[must_use]
    pub fn starting(self, start: FrameIndex) -> Self {
        Self { start: Some(start), end: self.end.filter(|&end| end > start) }
    }

    /// Ends with a frame; a start after it is dropped.
    #[must_use]
    pub fn ending(self, end: FrameIndex) -> Self {
        Self { start: self.start.filter(|&start| start < end), end: Some(end) }
    }

    /// True where its last frame, or a later one, is on screen.
    #[must_use]
    pub fn is_at_end(self, status: &Status) -> bool {
        let last = status.index.as_ref().map(|index| FrameIndex(index.frames()).back(1));
        let end = self.end.or(last);
        status.shown.zip(end).is_some_and(|((shown, _), end)| shown >= end)
    }

    /// The frame at which playing starts, forwards or backwards.
    #[must_use]
    pub fn entry(self, status: &Status) -> FrameIndex {
        let last = || status.index.as_ref().map_or(FrameIndex(0), |index| FrameIndex(index.frames()).back(1));
        if status.backwards { self.end.unwrap_or_else(last) } else { self.start.unwrap_or_default() }
    }

    /// True where the video plays and has reached the end of the range, or its start where it plays backwards.
    #[must_use]
    pub fn is_over(self, status: &Status) -> bool {
        let over = |(shown, _): (FrameIndex, f64)| match (self.start, self.end) {
            (Some(start), _) if status.backwards && shown <= start => true,
            (_, Some(end)) if status.backwards => shown > end,
            (_, Some(end)) => shown >= end,
            (_, None) => false,
        };
        status.playing && !status.stepping && !status.loading && status.shown.is_some_and(over)
    }
}

impl LoopRange {
    /// The part that a scene names, including gaps; the whole video where the scene names one frame or none.
    #[must_use]
    pub fn of(frames: Option<&FrameList>) -> Self {
        let stated = frames.filter(|frames| frames.last() != Some(frames.first()));
        stated.map_or_else(Self::default, |frames| Self {
            start: Some(frames.first()).filter(|&first| first > FrameIndex(0)),
            end: frames.last(),
        })
    }

    /// The frames as a scene names them; `None` for the whole video.
    #[must_use]
    pub fn frames(self) -> Option<FrameList> {
        self.is_set().then(|| FrameList::span(self.start.unwrap_or_default(), self.end))
    }
}

/// The message that the window also plays the gaps between the frames that a scene names; `None` where there are
/// none.
pub fn with_gaps(frames: &FrameList) -> Option<String> {
    let played = LoopRange::of(Some(frames)).frames()?;
    let has_gaps = frames.spans().len() > 1;
    has_gaps.then(|| format!("The scene states the frames {frames}. The window plays all of {played}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_between_the_frames_of_a_scene_are_reported() {
        let told = |stated: &str| with_gaps(&stated.parse().expect("frames"));
        assert_eq!(
            told("3,7,20-25").as_deref(),
            Some("The scene states the frames 3,7,20-25. The window plays all of 3-25")
        );
        for without in ["3-25", "7", "0-", "3-5,6-9"] {
            assert_eq!(told(without), None, "{without}");
        }
    }

    #[test]
    fn a_range_converts_to_the_frames_of_a_scene_and_back() {
        for (stated, kept) in [
            ("3-9", Some("3-9")),
            ("3-", Some("3-")),
            ("0-9", Some("0-9")),
            ("3-5,8-9", Some("3-9")),
            ("0-", None),
            ("7", None),
        ] {
            let frames: FrameList = stated.parse().expect("frames");
            let range = LoopRange::of(Some(&frames));
            assert_eq!(range.frames().map(|frames| frames.to_string()).as_deref(), kept, "{stated}");
        }
        assert_eq!(LoopRange::of(None), LoopRange::default());
    }
}
