//! The pictures of a source in its own pixel format, with the timestamps that the `ffmpeg` program gives them.

use std::sync::atomic::{AtomicBool, Ordering};

use ffmpeg_next::{Rational, Rescale, frame};

use crate::media::decode::{Decoding, Step, Threads};
use crate::media::display::DisplayMatrix;
use crate::media::error::MediaError;
use crate::media::ffi::{self, encoder, remux};
use crate::media::frames::Frames;
use crate::media::limits::Limits;
use crate::media::origin::Origin;
use crate::media::source::Source;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// The tick of FFmpeg's own times: a microsecond.
const MICROSECOND: Rational = Rational(1, 1_000_000);

/// The frame rate that the program assumes if a source states none.
const USUAL_RATE: Rational = Rational(25, 1);

/// A picture of a source.
pub(in crate::media) struct SourcePicture {
    pub(in crate::media) picture: frame::Video,
    /// How it is turned for display.
    pub(in crate::media) matrix: Option<DisplayMatrix>,
    /// When it is shown, in ticks of the source's time base, from the start of the file.
    pub(in crate::media) pts: Option<i64>,
    /// The share of the source up to this picture, from 0 to 1.
    pub(super) share: f64,
}

/// Reads the pictures of a source in order.
pub(in crate::media) struct Pictures {
    reader: Reader,
    limits: Limits,
    pub(in crate::media) time_base: Rational,
    /// Frames per second.
    pub(in crate::media) frame_rate: Rational,
}

enum Reader {
    /// FFmpeg decodes; the file starts at this timestamp.
    Decoding { decoding: Box<Decoding>, start: i64 },
    /// Pictures that FFmpeg does not decode.
    Frames(Box<dyn Frames>),
}

impl Pictures {
    /// Opens a source.
    pub(in crate::media) fn open(
        source: &Source,
        limits: Limits,
        threads: Threads,
    ) -> Result<Self, MediaError> {
        let decoding = if source.has_packets() {
            match Decoding::open(&Origin::of(source)?, limits, threads) {
                Ok(decoding) => Some(decoding),
                // Pictures that FFmpeg does not know.
                Err(MediaError::NotMedia { .. } | MediaError::NoVideo { .. }) => None,
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        let Some(mut decoding) = decoding else { return Self::of_frames(source, limits) };
        if decoding.is_encrypted() {
            return Err(MediaError::Encrypted { name: source.to_string() });
        }
        let base = decoding.track.time_base;
        let time_base = Rational(base.numerator, base.denominator);
        let frame_rate = positive(decoding.guessed_frame_rate()).unwrap_or(USUAL_RATE);
        let start = start_micros(&decoding, time_base).rescale(MICROSECOND, time_base);
        Ok(Self {
            reader: Reader::Decoding { decoding: Box::new(decoding), start },
            limits,
            time_base,
            frame_rate,
        })
    }

    fn of_frames(source: &Source, limits: Limits) -> Result<Self, MediaError> {
        let frames = crate::media::open(source, Layout::RGBA32, limits, &Pool::default())?;
        let frame_rate =
            frames.info().frame_rate.map(Rational::from).and_then(positive).unwrap_or(USUAL_RATE);
        Ok(Self { reader: Reader::Frames(frames), limits, time_base: MICROSECOND, frame_rate })
    }

    /// True if FFmpeg decodes the pictures; else they are opaque RGBA.
    pub(super) const fn are_decoded(&self) -> bool {
        matches!(self.reader, Reader::Decoding { .. })
    }

    /// Bits of a sample that the decoder states; 0 if it does not.
    pub(super) fn bits_per_raw_sample(&self) -> i32 {
        match &self.reader {
            Reader::Decoding { decoding, .. } => decoding.bits_per_raw_sample(),
            Reader::Frames(_) => 0,
        }
    }

    /// True if a part could not be decoded, so that pictures since then may be concealment.
    pub(in crate::media) fn are_damaged(&self) -> bool {
        match &self.reader {
            Reader::Decoding { decoding, .. } => decoding.is_damaged(),
            Reader::Frames(_) => false,
        }
    }

    /// The next picture; `None` after the last, and between parts that cannot be decoded once it `is_stopped`. Such parts are skipped.
    pub(in crate::media) fn next(
        &mut self,
        name: &str,
        is_stopped: &AtomicBool,
    ) -> Result<Option<SourcePicture>, MediaError> {
        let failed = |error| MediaError::Decode { name: name.to_owned(), reason: ffi::reason(error) };
        match &mut self.reader {
            Reader::Decoding { decoding, start } => loop {
                match decoding.next().map_err(failed)? {
                    Step::Picture(made) => {
                        self.limits.check(made.properties.shape)?;
                        let matrix = decoding.matrix_of(&made.picture);
                        let mut picture = made.picture;
                        let stated = decoding.track.sample_aspect_ratio;
                        if stated.numerator() > 0 {
                            encoder::set_aspect(&mut picture, stated);
                        }
                        let pts = made.properties.pts.map(|pts| pts.saturating_sub(*start));
                        let secs = pts.map_or(0.0, |pts| seconds(pts, self.time_base));
                        let share = decoding.track.duration_secs.map_or(0.0, |all| secs / all.max(0.001));
                        return Ok(Some(SourcePicture {
                            picture,
                            matrix,
                            pts,
                            share: share.clamp(0.0, 1.0),
                        }));
                    }
                    Step::Broken(_) if is_stopped.load(Ordering::Relaxed) => return Ok(None),
                    Step::Broken(_) => {}
                    Step::End if decoding.is_encrypted() => {
                        return Err(MediaError::Encrypted { name: name.to_owned() });
                    }
                    Step::End => return Ok(None),
                }
            },
            Reader::Frames(frames) => {
                let Some(frame) = frames.next_frame()? else { return Ok(None) };
                let picture = ffi::rgba_picture(frame.shape, &frame.bytes).map_err(failed)?;
                #[expect(clippy::cast_possible_truncation, reason = "no source lasts 2^63 microseconds")]
                let pts = (frame.time_secs * 1e6).round() as i64;
                let all = frames.info().frames.unwrap_or(1).max(1) as f64;
                let share = ((frame.index.0 + 1) as f64 / all).clamp(0.0, 1.0);
                Ok(Some(SourcePicture { picture, matrix: None, pts: Some(pts), share }))
            }
        }
    }
}

/// When the file starts for the program, in microseconds. In formats whose timestamps may jump, streams that are not
/// decoded do not count.
fn start_micros(decoding: &Decoding, time_base: Rational) -> i64 {
    let input = decoding.input();
    let start = remux::start_micros(input);
    let own = input.stream(decoding.stream()).and_then(|stream| encoder::start_time(&stream));
    match own.filter(|_| ffi::allows_discontinuities(input)) {
        Some(own) => start.max(own.rescale(time_base, MICROSECOND)),
        None => start,
    }
}

/// A number of ticks in seconds.
pub(super) fn seconds(ticks: i64, time_base: Rational) -> f64 {
    ticks as f64 * f64::from(time_base.numerator()) / f64::from(time_base.denominator())
}

fn positive(rate: Rational) -> Option<Rational> {
    (rate.numerator() > 0 && rate.denominator() > 0).then_some(rate)
}
