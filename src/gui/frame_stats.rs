//! Measures each frame of the window: the time for `logic` and `ui`, in CPU time, because wall-clock time on a busy
//! machine counts other programs as well; the time waiting for the session's lock; the whole frame with tessellation,
//! uploads and painting; and the time from one frame to the next while the pointer moves, which is the delay that a
//! user notices.

use std::collections::VecDeque;
use std::time::Duration;

use crate::runtime::threads::{Moment, Spent};

/// The most frames that are remembered: a few minutes of playing.
const FRAMES: usize = 1 << 14;

/// The measurements of the last frames.
#[derive(Clone, Debug, Default)]
pub struct FrameStats {
    own_work: Durations,
    own_wall: Durations,
    waited: Durations,
    whole_work: Durations,
    whole_wall: Durations,
    answers: Durations,
    /// When the last frame began.
    began: Option<Moment>,
    /// The pointer had moved when the last frame began.
    moved: bool,
    frames: u64,
    uploaded_bytes: u64,
}

/// The cost of one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// The time for `logic` and `ui`.
    pub own: Spent,
    /// The part of it that was spent waiting for the session's lock.
    pub waited: Duration,
    /// The bytes of pictures that were uploaded to textures.
    pub uploaded_bytes: u64,
    /// The wall-clock time of the whole frame before, in seconds, where it is known.
    pub whole_before_secs: Option<f32>,
}

/// The distribution of many durations, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean_ms: f64,
    /// The 50th percentile.
    pub median_ms: f64,
    /// The 95th percentile.
    pub nearly_all_ms: f64,
    /// The 99th percentile.
    pub most_ms: f64,
    /// The longest.
    pub longest_ms: f64,
}

impl FrameStats {
    /// Notes that a frame begins, and whether the pointer has moved since the last.
    pub fn begin(&mut self, start: Moment, moves: bool) {
        let before = self.began.replace(start);
        let moved_before = std::mem::replace(&mut self.moved, moves);
        let Some(whole) = before.map(|before| before.until(start)) else { return };
        if let Some(work) = whole.work {
            self.whole_work.push(work.as_secs_f32());
        }
        if moves && moved_before {
            self.answers.push(whole.wall.as_secs_f32());
        }
    }

    /// Notes the cost of a frame.
    pub fn note(&mut self, cost: Cost) {
        self.frames += 1;
        self.uploaded_bytes += cost.uploaded_bytes;
        self.own_wall.push(cost.own.wall.as_secs_f32());
        if let Some(work) = cost.own.work {
            self.own_work.push(work.as_secs_f32());
        }
        self.waited.push(cost.waited.as_secs_f32());
        if let Some(secs) = cost.whole_before_secs {
            self.whole_wall.push(secs);
        }
    }

    /// How many frames there were.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The time for `logic` and `ui` of each frame: CPU time, or wall-clock time where the system states no CPU time.
    #[must_use]
    pub fn own(&self) -> Spread {
        Spread::of(if self.own_work.is_empty() { &self.own_wall } else { &self.own_work })
    }

    /// All measurements, in words.
    #[must_use]
    pub fn report(&self) -> String {
        let megabytes = self.uploaded_bytes as f64 / 1e6 / self.frames.max(1) as f64;
        let told = if self.own_work.is_empty() { "not stated by this system" } else { "by the processor" };
        let lines = [
            format!("{} frames drawn, {megabytes:.2} MB of pictures a frame; a frame took", self.frames),
            format!("own work ({told}): {}", self.own()),
            format!("the same by the clock: {}", Spread::of(&self.own_wall)),
            format!("of it waiting for the session: {}", Spread::of(&self.waited)),
            format!(
                "all work of the window's thread, with uploads and painting: {}",
                Spread::of(&self.whole_work)
            ),
            format!("a whole frame by the clock: {}", Spread::of(&self.whole_wall)),
            format!("from frame to frame while the pointer moves: {}", Spread::of(&self.answers)),
        ];
        lines.join("\n  ")
    }
}

/// Durations in seconds, the latest last.
#[derive(Clone, Debug, Default)]
struct Durations(VecDeque<f32>);

impl Durations {
    fn push(&mut self, secs: f32) {
        if self.0.len() == FRAMES {
            self.0.pop_front();
        }
        self.0.push_back(secs);
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Spread {
    fn of(secs: &Durations) -> Self {
        let mut sorted: Vec<f32> = secs.0.iter().copied().collect();
        sorted.sort_by(f32::total_cmp);
        let at =
            |part: usize| sorted.get(sorted.len() * part / 100).map_or(0.0, |&secs| f64::from(secs) * 1e3);
        let sum: f64 = sorted.iter().copied().map(f64::from).sum();
        Self {
            mean_ms: sum * 1e3 / sorted.len().max(1) as f64,
            median_ms: at(50),
            nearly_all_ms: at(95),
            most_ms: at(99),
            longest_ms: sorted.last().map_or(0.0, |&secs| f64::from(secs) * 1e3),
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { mean_ms, median_ms, nearly_all_ms, most_ms, longest_ms } = self;
        write!(
            f,
            "mean {mean_ms:.2} ms, median {median_ms:.2} ms, 95 of 100 within {nearly_all_ms:.2} ms, 99 within \
             {most_ms:.2} ms, the longest {longest_ms:.2} ms"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame with this CPU time and twice as much wall-clock time.
    fn cost(work_ms: u64) -> Cost {
        let [work, wall] = [1, 2].map(|times| Duration::from_millis(work_ms * times));
        let own = Spent { wall, work: Some(work) };
        Cost { own, uploaded_bytes: 500_000, whole_before_secs: Some(0.004), ..Cost::default() }
    }

    #[test]
    fn a_few_slow_frames_change_the_mean_and_the_longest_but_not_the_median() {
        let mut frame_stats = FrameStats::default();
        for frame in 0..200 {
            frame_stats.note(cost(if frame < 4 { 51 } else { 1 }));
        }
        let own = frame_stats.own();
        assert!((own.mean_ms - 2.0).abs() < 1e-3 && (own.median_ms - 1.0).abs() < 1e-3, "{own}");
        assert!((own.most_ms - 51.0).abs() < 1e-3 && (own.longest_ms - 51.0).abs() < 1e-3, "{own}");
        assert!((own.nearly_all_ms - 1.0).abs() < 1e-3, "{own}");
        assert!(frame_stats.report().starts_with("200 frames drawn, 0.50 MB"), "{}", frame_stats.report());
        assert_eq!(FrameStats::default().own(), Spread::default());
    }

    #[test]
    fn without_cpu_time_the_report_uses_wall_clock_time_and_says_so() {
        let mut frame_stats = FrameStats::default();
        frame_stats.note(Cost { own: Spent { work: None, ..cost(3).own }, ..cost(3) });
        assert!((frame_stats.own().longest_ms - 6.0).abs() < 1e-3, "{}", frame_stats.own());
        assert!(frame_stats.report().contains("not stated by this system"), "{}", frame_stats.report());
    }

    #[test]
    fn response_times_are_measured_only_while_the_pointer_moves() {
        let (mut frame_stats, start) = (FrameStats::default(), Moment::now());
        for (ms, moves) in [(0, true), (20, true), (900, false), (1000, true), (1040, true)] {
            frame_stats.begin(start.after(Duration::from_millis(ms)), moves);
        }
        let answers = Spread::of(&frame_stats.answers);
        assert!(
            (answers.mean_ms - 30.0).abs() < 1e-3 && (answers.longest_ms - 40.0).abs() < 1e-3,
            "{answers}"
        );
    }
}
