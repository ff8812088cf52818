//! The part of the video that is looped, as a scene states it.

use super::place::LoopRange;
use crate::units::{FrameIndex, FrameList};

impl LoopRange {
    /// The part that a scene states, gaps included; all of the video where that is one frame, or nothing is stated.
    #[must_use]
    pub fn of(frames: Option<&FrameList>) -> Self {
        let stated = frames.filter(|frames| frames.last() != Some(frames.first()));
        stated.map_or_else(Self::default, |frames| Self {
            start: Some(frames.first()).filter(|&first| first > FrameIndex(0)),
            end: frames.last(),
        })
    }

    /// The frames as a scene states them; `None` for all of the video.
    #[must_use]
    pub fn frames(self) -> Option<FrameList> {
        self.is_set().then(|| FrameList::span(self.start.unwrap_or_default(), self.end))
    }
}

/// What is said of stated frames of which the window also plays those between them; nothing where there are none.
pub fn with_gaps(frames: &FrameList) -> Option<String> {
    let played = LoopRange::of(Some(frames)).frames()?;
    let has_gaps = frames.spans().len() > 1;
    has_gaps.then(|| format!("The scene states the frames {frames}. The window plays all of {played}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_that_the_window_does_not_keep_are_told() {
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
    fn a_part_reads_back_as_a_scene_states_it() {
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
