//! The pictures of a source at the rate of a call, from the start again after the last.

use std::sync::atomic::AtomicBool;

use ffmpeg_next::{Rational, Rescale, frame};

use super::fit::{Fitting, Target};
use crate::media::decode::Threads;
use crate::media::encoding::pictures::{Pictures, SourcePicture};
use crate::media::error::MediaError;
use crate::media::ffi;
use crate::media::limits::Limits;
use crate::media::source::Source;

/// Ticks a second of video (RFC 3551 and all payload formats here).
pub(super) const CLOCK_RATE: u32 = 90_000;

/// The tick of video.
pub(super) const TICK: Rational = Rational(1, 90_000);

/// How much earlier than due a picture may be, in ticks: times of frames are often rounded to milliseconds.
const EARLY_TICKS: i64 = 90;

/// Pictures with their times, without end. A source repeats when its last picture ends, and times go on.
pub(super) struct RepeatedPictures<'a> {
    source: &'a Source,
    name: String,
    limits: Limits,
    threads: Threads,
    reader: Pictures,
    fitting: Fitting,
    /// Ticks between two pictures at least.
    interval: i64,
    /// No picture before this time is returned.
    due: i64,
    round: Round,
    /// The picture of a source that has no other.
    only: Option<frame::Video>,
    is_damaged: bool,
}

/// One pass over the source. Times are in ticks from its first picture.
#[derive(Default)]
struct Round {
    /// When it starts, in ticks from the start of the stream.
    start: i64,
    first_pts: Option<i64>,
    last: Option<i64>,
    pictures: u64,
}

impl<'a> RepeatedPictures<'a> {
    pub(super) fn open(
        source: &'a Source,
        (limits, threads): (Limits, Threads),
        target: Target,
        most_per_sec: u32,
    ) -> Result<Self, MediaError> {
        let reader = Pictures::open(source, limits, threads)?;
        let time_base = (reader.time_base.numerator(), reader.time_base.denominator());
        Ok(Self {
            source,
            name: source.to_string(),
            limits,
            threads,
            reader,
            fitting: Fitting::new(target, time_base),
            interval: i64::from(CLOCK_RATE / most_per_sec.max(1)),
            due: 0,
            round: Round::default(),
            only: None,
            is_damaged: false,
        })
    }

    /// Pictures a second, about.
    pub(super) fn rate(&self) -> Rational {
        let most = Rational::new(i32::try_from(CLOCK_RATE).unwrap_or(i32::MAX), 1)
            / Rational::new(i32::try_from(self.interval).unwrap_or(1).max(1), 1);
        if f64::from(self.reader.frame_rate) > f64::from(most) { most } else { self.reader.frame_rate }
    }

    /// True if a part of the source could not be decoded.
    pub(super) fn are_damaged(&self) -> bool {
        self.is_damaged || self.reader.are_damaged()
    }

    /// How long a picture is shown, in ticks.
    fn lasts(&self) -> i64 {
        1_i64.rescale(self.reader.frame_rate.invert(), TICK).max(1)
    }

    /// The next picture and its time in ticks from the start of the stream.
    pub(super) fn next(&mut self) -> Result<(frame::Video, i64), MediaError> {
        loop {
            let (picture, time) = self.next_of_source()?;
            if time + EARLY_TICKS < self.due {
                continue;
            }
            self.due = (self.due + self.interval).max(time);
            match picture {
                Next::Decoded(decoded) => {
                    let SourcePicture { picture, matrix, .. } = *decoded;
                    let fitted = self.fitting.fit(picture, matrix).map_err(|error| self.failed(error))?;
                    if self.round.pictures == 1 && self.round.start == 0 {
                        self.only = Some(fitted.clone());
                    }
                    return Ok((fitted, time));
                }
                Next::Only(picture) => return Ok((picture, time)),
            }
        }
    }

    fn failed(&self, error: ffmpeg_next::Error) -> MediaError {
        MediaError::Decode { name: self.name.clone(), reason: ffi::reason(error) }
    }

    /// The next picture of the source, or of its next round.
    fn next_of_source(&mut self) -> Result<(Next, i64), MediaError> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        loop {
            let decoded = match (&self.only, self.round.start) {
                (Some(only), 1..) => {
                    let time = self.round.start;
                    self.round.start += self.lasts();
                    return Ok((Next::Only(only.clone()), time));
                }
                _ => self.reader.next(&self.name, &NEVER)?,
            };
            let lasts = self.lasts();
            let round = &mut self.round;
            if let Some(decoded) = decoded {
                round.pictures += 1;
                if round.pictures == 2 {
                    self.only = None;
                }
                let after_last = round.last.map(|last| last + 1);
                let stated = decoded.pts.map(|pts| {
                    let from_first = pts.saturating_sub(*round.first_pts.get_or_insert(pts));
                    from_first.rescale(self.reader.time_base, TICK)
                });
                let in_turn = round.last.map_or(0, |last| last + lasts);
                let time = stated.unwrap_or(in_turn).max(after_last.unwrap_or(0));
                round.last = Some(time);
                return Ok((Next::Decoded(Box::new(decoded)), round.start + time));
            }
            let Some(last) = round.last else {
                let reason = "no frame can be decoded".to_owned();
                return Err(MediaError::NotMedia { name: self.name.clone(), reason });
            };
            let start = round.start + last + lasts;
            self.is_damaged |= self.reader.are_damaged();
            self.round = Round { start, ..Round::default() };
            if self.only.is_none() {
                self.reader = Pictures::open(self.source, self.limits, self.threads)?;
            }
        }
    }
}

/// A picture of the source.
enum Next {
    Decoded(Box<SourcePicture>),
    /// It has no other, and was fitted before.
    Only(frame::Video),
}
