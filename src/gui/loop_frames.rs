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

#[cfg(test)]
mod tests {
    use super::*;

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
