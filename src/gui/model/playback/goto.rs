//! The field in which a frame or a time to go to is typed.

use crate::export::words;
use crate::play::{self, Status};
use crate::text::numbers;
use crate::units::{FrameIndex, Time};

/// The field while it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GotoForm {
    /// The meaning of a number without a colon.
    pub typed: Typed,
    /// The text.
    pub text: String,
    /// The text before anything was typed: the current position.
    pub here: String,
    /// The field takes the cursor in the next frame.
    pub is_fresh: bool,
    /// Why the video cannot go there, or not yet, in words.
    pub problem: Option<String>,
    /// The text was entered before the frames were counted: whether the video has this position is not known yet.
    pub waits: bool,
}

/// The message for a position until the frames are counted.
const NOT_COUNTED_YET: &str = "The frames are still being counted";

/// The meaning of a number without a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The number of a frame.
    Frame,
    /// Seconds.
    Time,
}

/// What a user asks of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Open the field, for a frame's number or a time.
    Open(Typed),
    /// This is typed so far.
    Type(String),
    /// Go to what was typed.
    Go,
    /// Close the field.
    Close,
}

impl GotoForm {
    /// A field with the current position.
    #[must_use]
    pub fn at(typed: Typed, status: &Status) -> Self {
        let (frame, secs) = status.shown.unwrap_or_default();
        let text = match typed {
            Typed::Frame => frame.to_string(),
            // More exact than in the bar, so that the text leads to the same frame.
            Typed::Time => {
                let index = status.index.as_ref();
                let until_secs =
                    index.map(|index| index.time_secs(frame.next()).unwrap_or(index.duration_secs()));
                words::moment(secs, until_secs.unwrap_or(f64::INFINITY)).trim_end_matches(" s").to_owned()
            }
        };
        Self { typed, here: text.clone(), text, is_fresh: true, problem: None, waits: false }
    }

    /// Sets the typed text.
    pub fn set(&mut self, text: String) {
        if text != self.text {
            (self.problem, self.waits) = (None, false);
        }
        self.text = text;
        self.is_fresh = false;
    }

    /// The field waiting for the count of frames, where that is still to come and the text is a position.
    #[must_use]
    pub fn waiting(&self, status: &Status) -> Option<Self> {
        let is_to_come = status.index.is_none() && status.error.is_none();
        let leads = matches!(self.target(status), Ok(Some(_)));
        (is_to_come && leads).then(|| Self {
            problem: Some(NOT_COUNTED_YET.into()),
            waits: true,
            is_fresh: true,
            ..self.clone()
        })
    }

    /// True once the count that it [waits](Self::waits) for is known, or has failed.
    #[must_use]
    pub fn is_due(&self, status: &Status) -> bool {
        self.waits && (status.index.is_some() || status.error.is_some())
    }

    /// The seek to the typed position; `None` where nothing was typed.
    ///
    /// # Errors
    /// Says why the video cannot go there, and what to type instead.
    pub fn target(&self, status: &Status) -> Result<Option<play::Command>, String> {
        let text = self.text.trim();
        if text == self.here {
            return Ok(None);
        }
        let frames = status.index.as_ref().map(|index| index.frames());
        if self.typed == Typed::Frame && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            return match (text.parse().ok(), frames) {
                (Some(number), None) => Ok(Some(play::Command::Seek(FrameIndex(number)))),
                (Some(number), Some(frames)) if number < frames => {
                    Ok(Some(play::Command::Seek(FrameIndex(number))))
                }
                (_, Some(frames)) => {
                    let last = numbers::thousands(frames.saturating_sub(1));
                    Err(format!("There is no frame {text}: the last one is {last}"))
                }
                (None, None) => Err(format!("There is no frame {text}")),
            };
        }
        let Ok(Time(secs)) = text.parse() else {
            return Err("Type a frame, such as 120, or a time, such as 4.5 or 1:02.5".into());
        };
        match &status.index {
            Some(index) if index.checked_frame_at(secs).is_none() => {
                Err(format!("The video ends at {}", numbers::time(index.duration_secs())))
            }
            _ => Ok(Some(play::Command::SeekTime(secs))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::gui::model::playback::loop_range::LoopRange;
    use std::sync::Arc;

    use super::*;
    use crate::media::Index;

    /// At frame 12 of 90, thirty a second.
    fn status() -> Status {
        let times = (0..90).map(|n| f64::from(n) / 30.0).collect();
        let index = Index::new(times, 3.0, vec![FrameIndex(0)]);
        Status { index: Some(Arc::new(index)), shown: Some((FrameIndex(12), 0.4)), ..Status::default() }
    }

    fn target(typed: Typed, text: &str, status: &Status) -> Result<String, String> {
        let mut form = GotoForm::at(typed, status);
        form.set(text.into());
        form.target(status).map(|command| command.map_or("stay".into(), |it| format!("{it:?}")))
    }

    #[test]
    fn a_number_is_a_frame_or_seconds_and_with_a_colon_or_a_point_a_time() {
        let leads = |typed, text| target(typed, text, &status()).expect("it is a place");
        assert_eq!(leads(Typed::Frame, " 45 "), "Seek(FrameIndex(45))");
        assert_eq!(leads(Typed::Frame, "0:01.5"), "SeekTime(1.5)");
        assert_eq!(leads(Typed::Frame, "1.5"), "SeekTime(1.5)");
        assert_eq!(leads(Typed::Time, "2"), "SeekTime(2.0)");
        let long = Status::default();
        assert_eq!(target(Typed::Time, "1:02:03.25", &long).as_deref(), Ok("SeekTime(3723.25)"));
    }

    #[test]
    fn an_unchanged_text_seeks_nowhere() {
        assert_eq!(target(Typed::Time, "0.400", &status()).as_deref(), Ok("stay"));
        assert_eq!(target(Typed::Frame, "12", &status()).as_deref(), Ok("stay"));
    }

    #[test]
    fn the_time_in_the_field_leads_to_the_same_frame() {
        let times = (0..90).map(|n| f64::from(n) * 1001.0 / 30_000.0).collect();
        let index = Arc::new(Index::new(times, 3.003, vec![FrameIndex(0)]));
        for frame in (0..90).map(FrameIndex) {
            let shown = Some((frame, index.time_secs(frame).expect("a frame")));
            let there = Status { index: Some(Arc::clone(&index)), shown, ..Status::default() };
            let elsewhere = Status { shown: Some((FrameIndex(0), 0.0)), ..there.clone() };
            let text = GotoForm::at(Typed::Time, &there).text;
            for typed in [text.clone(), format!("{text} s")] {
                let led = target(Typed::Time, &typed, &elsewhere).expect("a time");
                let secs = led.trim_start_matches("SeekTime(").trim_end_matches(')').parse();
                let led = secs.map_or(FrameIndex(0), |secs| index.frame_at(secs));
                assert_eq!(led, frame, "{typed}");
            }
        }
    }

    #[test]
    fn invalid_text_and_positions_past_the_end_have_different_errors() {
        for wrong in ["", "x", "1:x", "-3", "1:2:3:4", "inf", "1e3", "0:75"] {
            for typed in [Typed::Time, Typed::Frame] {
                let message = target(typed, wrong, &status()).expect_err(wrong);
                assert!(message.contains("such as 120"), "{wrong}: {message}");
            }
        }
        assert!(target(Typed::Frame, "90", &status()).expect_err("past the end").contains("last one is 89"));
        assert!(target(Typed::Time, "3.1", &status()).expect_err("past the end").contains("ends at 3.000 s"));
        assert_eq!(target(Typed::Time, "3", &status()).as_deref(), Ok("SeekTime(3.0)"), "the very end");
    }

    #[test]
    fn a_position_entered_before_the_frames_are_counted_waits_for_the_count() {
        let typed = |text: &str| {
            let mut form = GotoForm::at(Typed::Frame, &Status::default());
            form.set(text.into());
            form
        };
        let counting = Status::default();
        for place in ["45", "500", "0:01"] {
            let waiting = typed(place).waiting(&counting).expect("the number of frames is not known yet");
            assert!(!waiting.is_due(&counting) && waiting.is_due(&status()));
            let failed =
                Status { error: Some("the frames could not be counted".into()), ..Status::default() };
            assert!(waiting.is_due(&failed));
            let mut other = waiting.clone();
            other.set("46".into());
            assert!(!other.is_due(&status()), "what is typed on is not entered yet");
        }
        assert!(typed("x").waiting(&counting).is_none(), "no place whatever comes");
        assert!(typed("45").waiting(&status()).is_none(), "the frames are counted");
    }

    #[test]
    fn typing_removes_the_error_and_moving_the_cursor_does_not() {
        let mut form = GotoForm { problem: Some("no".into()), ..GotoForm::at(Typed::Frame, &status()) };
        form.set("12".into());
        assert!(form.problem.is_some() && !form.is_fresh);
        form.set("123".into());
        assert_eq!(form.problem, None);
    }

    #[test]
    fn the_start_of_a_range_is_never_after_its_end() {
        let range = LoopRange::default().starting(FrameIndex(5)).ending(FrameIndex(9));
        assert_eq!(range, LoopRange { start: Some(FrameIndex(5)), end: Some(FrameIndex(9)) });
        assert_eq!(range.starting(FrameIndex(20)), LoopRange { start: Some(FrameIndex(20)), end: None });
        assert_eq!(range.ending(FrameIndex(2)), LoopRange { start: None, end: Some(FrameIndex(2)) });
    }

    #[test]
    fn a_range_is_over_at_its_last_frame_while_the_video_plays() {
        let range = LoopRange::default().ending(FrameIndex(9));
        let at = |frame| Status { playing: true, shown: Some((FrameIndex(frame), 0.0)), ..Status::default() };
        assert!(!range.is_over(&at(8)) && range.is_over(&at(9)) && range.is_over(&at(30)));
        assert!(!range.is_over(&Status { playing: false, ..at(9) }));
        assert!(!range.is_over(&Status { stepping: true, ..at(9) }), "it is on its way back");
        assert!(!LoopRange::default().is_over(&at(9)));
    }

    #[test]
    fn backwards_a_range_is_over_at_its_first_frame_and_starts_again_at_its_last() {
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
