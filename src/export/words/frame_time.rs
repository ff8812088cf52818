//! The times of frames, which the program reads back as the same frame.

use crate::media::Index;
use crate::picture::Frame;
use crate::text::numbers::clock;

/// When a frame is shown, after frame 0, in the form of [`numbers::time`](crate::text::numbers::time). The text, as
/// input of `--at` and of the window, means the same frame: it is rounded up, with as many digits as are needed to
/// keep it before the next frame.
#[must_use]
pub fn frame_time(frame: &Frame) -> String {
    moment(frame.time_secs, frame.time_secs + frame.duration_secs)
}

/// A time from `secs` up to, but not including, `until_secs`, if six digits are enough for that.
#[must_use]
pub fn moment(secs: f64, until_secs: f64) -> String {
    const MOST_DIGITS: u32 = 6;
    let units = |digits: u32| {
        // Times are sums and quotients: slightly above an integer is a rounding error.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time, never negative")]
        let units = (secs * f64::from(10u32.pow(digits)) - 5e-4).ceil() as u64;
        units
    };
    let is_before_next = |digits: &u32| {
        let printed_secs = units(*digits) as f64 / f64::from(10u32.pow(*digits));
        printed_secs + 2.0 * Index::ROUNDING_SECS < until_secs
    };
    let digits = (3..MOST_DIGITS).find(is_before_next).unwrap_or(MOST_DIGITS);
    clock(units(digits), digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::{FrameIndex, Time};

    #[test]
    fn the_time_of_a_frame_is_rounded_up_with_as_many_digits_as_needed() {
        let ntsc = 1001.0 / 30_000.0;
        assert_eq!(
            [0.0, ntsc, 2.0 * ntsc].map(|secs| moment(secs, secs + ntsc)),
            ["0.000 s", "0.034 s", "0.067 s"]
        );
        assert_eq!(moment(0.1 + 0.2, 0.34), "0.300 s", "a rounding error adds no digit");
        assert_eq!(moment(0.000_25, 0.000_5), "0.0003 s");
        assert_eq!(moment(3723.25, 3724.0), "1:02:03.250");
    }

    /// The frame that the printed time of a frame means.
    fn frame_of_printed_time(index: &Index, frame: FrameIndex) -> FrameIndex {
        let secs = index.time_secs(frame).expect("a frame");
        let until_secs = index.time_secs(frame.next()).unwrap_or(index.duration_secs());
        let printed = moment(secs, until_secs);
        let Time(secs) = printed.trim_end_matches(" s").parse().expect("it is read as it is written");
        index.frame_at(secs)
    }

    proptest! {
        #[test]
        fn a_printed_time_means_its_frame_at_every_rate(
            start in 0u32..4_000_000,
            rate in prop_oneof![
                (Just(1001.0), prop::sample::select(&[24_000.0, 30_000.0, 60_000.0, 120_000.0][..])),
                (Just(1.0), 1.0f64..2000.0),
                (Just(1.0), prop::sample::select(&[12.5, 24.0, 25.0, 50.0, 60.0, 240.0, 1000.0, 5000.0][..])),
            ],
        ) {
            let (numerator, denominator) = rate;
            let times = (0..4).map(|n| f64::from(start + n) * numerator / denominator).collect::<Vec<_>>();
            let end_secs = f64::from(start + 4) * numerator / denominator;
            let index = Index::new(times, end_secs, Vec::new());
            for frame in (0..4).map(FrameIndex) {
                prop_assert_eq!(frame_of_printed_time(&index, frame), frame);
            }
        }

        #[test]
        fn a_printed_time_means_its_frame_at_a_variable_rate(gaps in prop::collection::vec(10u32..200_000, 1..40)) {
            let mut micros = 0;
            let times: Vec<f64> = gaps.iter().map(|gap| { micros += gap; f64::from(micros) / 1e6 }).collect();
            let index = Index::new(times, f64::from(micros + 10) / 1e6, Vec::new());
            for frame in (0..gaps.len() as u64).map(FrameIndex) {
                prop_assert_eq!(frame_of_printed_time(&index, frame), frame);
            }
        }
    }
}
