//! Where in the video one goes by typing, and which part of it is looped.

use crate::pipeline::{self, Status};
use crate::units::FrameIndex;

/// A frame's number or a time, while it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceDraft {
    /// What it is taken for.
    pub typed: Typed,
    /// The text.
    pub text: String,
    /// The field was not on screen yet.
    pub is_fresh: bool,
}

/// What a number without a colon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The number of a frame.
    Frame,
    /// Seconds.
    Time,
}

impl PlaceDraft {
    /// Where it leads; `None` where it is neither a number nor a time.
    #[must_use]
    pub fn target(&self) -> Option<pipeline::Command> {
        let text = self.text.trim();
        if self.typed == Typed::Frame && !text.contains([':', '.']) {
            return text.parse().ok().map(|number| pipeline::Command::Seek(FrameIndex(number)));
        }
        secs(text).map(pipeline::Command::SeekTime)
    }
}

/// Reads `12.5`, `1:02.5` or `1:00:02.5`.
fn secs(text: &str) -> Option<f64> {
    let mut parts = text.rsplitn(3, ':');
    let seconds: f64 = parts.next()?.parse().ok()?;
    let whole = |part: Option<&str>| part.map_or(Some(0), |part| part.parse::<u32>().ok());
    let (minutes, hours) = (whole(parts.next())?, whole(parts.next())?);
    let secs = seconds + 60.0 * f64::from(minutes) + 3600.0 * f64::from(hours);
    (secs.is_finite() && secs >= 0.0).then_some(secs)
}

/// The part of the video that is looped: from one frame to another, both included; an open end is that of
/// the video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoopRange {
    /// The first frame.
    pub start: Option<FrameIndex>,
    /// The last frame.
    pub end: Option<FrameIndex>,
}

impl LoopRange {
    /// Starts at a frame; an end that lies before it is given up.
    #[must_use]
    pub fn starting(self, start: FrameIndex) -> Self {
        Self { start: Some(start), end: self.end.filter(|&end| end > start) }
    }

    /// Ends with a frame; a start that lies after it is given up.
    #[must_use]
    pub fn ending(self, end: FrameIndex) -> Self {
        Self { start: self.start.filter(|&start| start < end), end: Some(end) }
    }

    /// The frame from which it is played, whichever way that is.
    #[must_use]
    pub fn entry(self, status: &Status) -> FrameIndex {
        let last = || status.index.as_ref().map_or(FrameIndex(0), |index| FrameIndex(index.frames()).back(1));
        if status.backwards { self.end.unwrap_or_else(last) } else { self.start.unwrap_or_default() }
    }

    /// True where the video plays and has come to the end of the range, or past it; to its start, where it
    /// plays backwards.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_frame_or_seconds_and_a_colon_makes_it_a_time() {
        let target = |typed, text: &str| {
            let draft = PlaceDraft { typed, text: text.into(), is_fresh: false };
            draft.target().map(|command| format!("{command:?}"))
        };
        assert_eq!(target(Typed::Frame, " 45 ").as_deref(), Some("Seek(FrameIndex(45))"));
        assert_eq!(target(Typed::Frame, "0:01.5").as_deref(), Some("SeekTime(1.5)"));
        assert_eq!(target(Typed::Time, "2").as_deref(), Some("SeekTime(2.0)"));
        assert_eq!(target(Typed::Time, "1:02:03.25").as_deref(), Some("SeekTime(3723.25)"));
        for wrong in ["", "x", "1:x", "-3", "1:2:3:4", "inf"] {
            assert_eq!(target(Typed::Time, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_range_is_never_the_wrong_way_round() {
        let range = LoopRange::default().starting(FrameIndex(5)).ending(FrameIndex(9));
        assert_eq!(range, LoopRange { start: Some(FrameIndex(5)), end: Some(FrameIndex(9)) });
        assert_eq!(range.starting(FrameIndex(20)), LoopRange { start: Some(FrameIndex(20)), end: None });
        assert_eq!(range.ending(FrameIndex(2)), LoopRange { start: None, end: Some(FrameIndex(2)) });
    }

    #[test]
    fn it_is_over_at_its_last_frame_while_the_video_plays() {
        let range = LoopRange::default().ending(FrameIndex(9));
        let at = |frame| Status { playing: true, shown: Some((FrameIndex(frame), 0.0)), ..Status::default() };
        assert!(!range.is_over(&at(8)) && range.is_over(&at(9)) && range.is_over(&at(30)));
        assert!(!range.is_over(&Status { playing: false, ..at(9) }));
        assert!(!range.is_over(&Status { stepping: true, ..at(9) }), "it is on its way back");
        assert!(!LoopRange::default().is_over(&at(9)));
    }

    #[test]
    fn backwards_it_is_over_at_its_first_frame_and_starts_again_at_its_last() {
        let range = LoopRange::default().starting(FrameIndex(3)).ending(FrameIndex(9));
        let status = Status { playing: true, backwards: true, ..Status::default() };
        let at = |frame| Status { shown: Some((FrameIndex(frame), 0.0)), ..status.clone() };
        assert_eq!([2, 3, 4, 9, 10].map(|frame| range.is_over(&at(frame))), [true, true, false, false, true]);
        assert_eq!(range.entry(&status), FrameIndex(9));
        let until_nine = LoopRange::default().ending(FrameIndex(9));
        assert!(!until_nine.is_over(&at(0)), "the start of the video leads to its end");
        assert!(until_nine.is_over(&at(89)), "and that is past the end of the range");
    }
}
