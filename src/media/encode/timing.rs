//! The times of the pictures of a video, in ticks of its container.

use super::container::Container;

/// Computes the time of each picture, in ticks of a container.
pub(super) struct Timing {
    ticks_per_second: f64,
    /// The shortest duration of a picture in ticks.
    shortest: i64,
    /// Whether pictures that would end before they could be shown are left out.
    leaves_out: bool,
    /// The time of the first picture on the clock of the source.
    start_secs: Option<f64>,
    /// The first tick at which the next picture may start.
    free: i64,
    /// Start and end of the last picture, in ticks.
    last: (i64, i64),
}

impl Timing {
    pub(super) fn of(container: Container) -> Self {
        let is_gif = container == Container::Gif;
        Self {
            ticks_per_second: f64::from(container.ticks_per_second()),
            // Players treat a delay of less than two hundredths as a tenth of a second.
            shortest: if is_gif { 2 } else { 1 },
            leaves_out: is_gif,
            start_secs: None,
            free: 0,
            last: (0, 0),
        }
    }

    /// When the next picture starts and how long it lasts unless another follows, in ticks; `None` if it is left out.
    pub(super) fn next(&mut self, time_secs: f64, duration_secs: f64) -> Option<(i64, i64)> {
        let start_secs = *self.start_secs.get_or_insert(time_secs);
        let due = (time_secs - start_secs) * self.ticks_per_second;
        #[expect(clippy::cast_possible_truncation, reason = "a time in ticks")]
        let round = |ticks: f64| ticks.round() as i64;
        let until = round(due + duration_secs * self.ticks_per_second);
        // Two pictures never share a tick, however close they are.
        let pts = round(due).max(self.free);
        #[expect(clippy::cast_precision_loss, reason = "a time in ticks")]
        let is_late = pts as f64 > due;
        if self.leaves_out && is_late && until <= pts {
            self.last.1 = self.last.1.max(until);
            return None;
        }
        self.free = pts + self.shortest;
        self.last = (pts, until.max(self.free));
        Some((pts, self.last_delay()))
    }

    /// How long the last picture lasts, in ticks.
    pub(super) fn last_delay(&self) -> i64 {
        self.last.1 - self.last.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The delays of a GIF whose pictures last `lasting` hundredths of a second.
    fn delays(lasting: impl IntoIterator<Item = f64>) -> Vec<i64> {
        let mut timing = Timing::of(Container::Gif);
        let (mut secs, mut starts) = (0.0, Vec::new());
        for hundredths in lasting {
            starts.extend(timing.next(7.0 + secs, hundredths / 100.0).map(|(pts, _)| pts));
            secs += hundredths / 100.0;
        }
        let between = starts.windows(2).map(|pair| pair[1] - pair[0]);
        between.chain([timing.last_delay()]).collect()
    }

    #[test]
    fn a_gif_has_at_most_fifty_pictures_a_second() {
        assert_eq!(delays([200.0, 2.0, 50.0]), [200, 2, 50]);
        assert_eq!(delays([100.0 / 60.0; 6]), [2, 2, 2, 2, 2]);
        assert_eq!(delays([1.0; 8]), [2, 2, 2, 2]);
        assert_eq!(delays([100.0 / 30.0; 3]), [3, 4, 3]);
        assert_eq!(delays([0.5]), [2], "a single picture is shown");
        assert_eq!(
            delays([10.0, 0.1, 0.1, 300.0]),
            [10, 2, 298],
            "one of two very short pictures is left out"
        );
    }

    #[test]
    fn other_containers_show_every_picture() {
        let mut timing = Timing::of(Container::Mp4);
        let shown = [0.0, 0.000_001, 0.000_002].map(|secs| timing.next(secs, 0.000_001));
        assert_eq!(shown, [Some((0, 1)), Some((1, 1)), Some((2, 1))]);
    }

    proptest! {
        #[test]
        fn a_gif_runs_in_real_time(lasting in prop::collection::vec(0.2f64..40.0, 1..60)) {
            let all: f64 = lasting.iter().sum();
            let delays = delays(lasting);
            prop_assert!(delays.iter().all(|&delay| delay >= 2), "{:?}", delays);
            let sum = delays.iter().sum::<i64>() as f64;
            prop_assert!((sum - all).abs() <= 2.5, "{} of {}", sum, all);
        }
    }
}
