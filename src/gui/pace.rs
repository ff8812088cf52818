//! How long the window's own work takes, frame by frame: what it does between asking for news and having laid
//! everything out; beside it the whole frame, with tessellation, uploads and painting; and how long it is from
//! one frame to the next while the pointer moves, which is how long anybody waits for an answer.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Frames that are remembered: a few minutes of playing.
const FRAMES: usize = 1 << 14;

/// The last frames.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    own_secs: VecDeque<f32>,
    whole_secs: VecDeque<f32>,
    answer_secs: VecDeque<f32>,
    /// When the last frame began, if the pointer had moved.
    moved: Option<Instant>,
    frames: u64,
    uploaded_bytes: u64,
}

/// What there is to say of many durations, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean_ms: f64,
    /// Half of them took no longer.
    pub median_ms: f64,
    /// 95 of 100 took no longer.
    pub nearly_all_ms: f64,
    /// 99 of 100 took no longer.
    pub most_ms: f64,
    /// The longest.
    pub longest_ms: f64,
}

impl Pace {
    /// Notes a frame: what the window did itself, the bytes of pictures that it sent to textures, and how
    /// long the whole frame before took, in seconds.
    pub fn note(&mut self, own: Duration, uploaded_bytes: u64, whole_before_secs: Option<f32>) {
        self.frames += 1;
        self.uploaded_bytes += uploaded_bytes;
        push(&mut self.own_secs, own.as_secs_f32());
        if let Some(secs) = whole_before_secs {
            push(&mut self.whole_secs, secs);
        }
    }

    /// Notes that a frame begins, and whether the pointer has moved since the last.
    pub fn begin(&mut self, now: Instant, has_moved: bool) {
        let before = std::mem::replace(&mut self.moved, has_moved.then_some(now));
        if let (Some(before), true) = (before, has_moved) {
            push(&mut self.answer_secs, now.saturating_duration_since(before).as_secs_f32());
        }
    }

    /// How many frames there were.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The window's own work in each frame.
    #[must_use]
    pub fn own(&self) -> Spread {
        Spread::of(&self.own_secs)
    }

    /// All of it, in words.
    #[must_use]
    pub fn report(&self) -> String {
        let megabytes = self.uploaded_bytes as f64 / 1e6 / self.frames.max(1) as f64;
        format!(
            "{} frames drawn; own work a frame: {}; with uploads ({megabytes:.2} MB a frame) and painting: {}; from \
             frame to frame while the pointer moves: {}",
            self.frames,
            self.own(),
            Spread::of(&self.whole_secs),
            Spread::of(&self.answer_secs),
        )
    }
}

fn push(secs: &mut VecDeque<f32>, new: f32) {
    if secs.len() == FRAMES {
        secs.pop_front();
    }
    secs.push_back(new);
}

impl Spread {
    fn of(secs: &VecDeque<f32>) -> Self {
        let mut sorted: Vec<f32> = secs.iter().copied().collect();
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

    #[test]
    fn a_few_slow_frames_show_in_the_mean_and_at_the_end_and_not_in_the_median() {
        let mut pace = Pace::default();
        for frame in 0..200 {
            pace.note(Duration::from_millis(if frame < 4 { 51 } else { 1 }), 500_000, Some(0.004));
        }
        let own = pace.own();
        assert!((own.mean_ms - 2.0).abs() < 1e-3 && (own.median_ms - 1.0).abs() < 1e-3, "{own}");
        assert!((own.most_ms - 51.0).abs() < 1e-3 && (own.longest_ms - 51.0).abs() < 1e-3, "{own}");
        assert!((own.nearly_all_ms - 1.0).abs() < 1e-3, "{own}");
        assert!(pace.report().starts_with("200 frames drawn") && pace.report().contains("0.50 MB a frame"));
        assert_eq!(Pace::default().own(), Spread::default());
    }

    #[test]
    fn how_long_an_answer_takes_is_told_only_of_a_pointer_that_moves() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for (ms, has_moved) in [(0, true), (20, true), (900, false), (1000, true), (1040, true)] {
            pace.begin(start + Duration::from_millis(ms), has_moved);
        }
        let answers = Spread::of(&pace.answer_secs);
        assert!(
            (answers.mean_ms - 30.0).abs() < 1e-3 && (answers.longest_ms - 40.0).abs() < 1e-3,
            "{answers}"
        );
    }
}
