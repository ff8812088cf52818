//! The course of a number over all frames, as a line of small bars.

/// The most bars of a line.
const MOST_BARS: usize = 64;

/// The bars, the lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Means of a number over stretches of frames of equal length. If there are more than [`MOST_BARS`] stretches,
/// neighbours are joined, so that memory does not grow with the number of frames.
#[derive(Clone, Debug)]
pub struct Course {
    /// Sum and count of each stretch.
    stretches: Vec<(f64, u32)>,
    /// Frames in a full stretch.
    frames: u32,
}

impl Default for Course {
    fn default() -> Self {
        Self { stretches: Vec::new(), frames: 1 }
    }
}

impl Course {
    /// Adds the number of the next frame.
    pub fn add(&mut self, value: f64) {
        if let Some((sum, count)) = self.stretches.last_mut()
            && *count < self.frames
        {
            (*sum, *count) = (*sum + value, *count + 1);
            return;
        }
        if self.stretches.len() == MOST_BARS {
            let pairs = self.stretches.chunks(2);
            let joined =
                pairs.map(|pair| pair.iter().fold((0.0, 0), |all, one| (all.0 + one.0, all.1 + one.1)));
            self.stretches = joined.collect();
            self.frames = self.frames.saturating_mul(2);
        }
        self.stretches.push((value, 1));
    }

    /// One bar per stretch, on a scale from the smallest mean to the largest.
    pub fn bars(&self) -> String {
        let means: Vec<f64> = self.stretches.iter().map(|&(sum, count)| sum / f64::from(count)).collect();
        let least = means.iter().copied().fold(f64::INFINITY, f64::min);
        let span = means.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
        let bar = |mean: &f64| {
            let share = if span > 0.0 { (mean - least) / span } else { 0.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 7")]
            BARS[(share * 7.0).round() as usize]
        };
        means.iter().map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(values: impl Iterator<Item = f64>) -> Course {
        let mut course = Course::default();
        values.for_each(|value| course.add(value));
        course
    }

    #[test]
    fn bars_rise_and_fall_with_the_number() {
        assert_eq!(course([0.0, 0.5, 1.0, 0.0].into_iter()).bars(), "▁▅█▁");
        assert_eq!(course([0.3; 3].into_iter()).bars(), "▁▁▁", "a constant number has a flat course");
        assert_eq!(Course::default().bars(), "");
    }

    #[test]
    fn the_bars_of_many_frames_are_few_and_keep_their_shape() {
        for frames in [64u32, 65, 1000, 54_321] {
            let course = course((0..frames).map(f64::from));
            let bars: Vec<char> = course.bars().chars().collect();
            assert!(bars.len() <= 64 && bars.len() > 30, "{frames}: {}", bars.len());
            assert!(bars.is_sorted() && bars[0] == '▁' && bars[bars.len() - 1] == '█');
            let counted: u32 = course.stretches.iter().map(|&(_, count)| count).sum();
            assert_eq!(counted, frames, "no frame is lost");
        }
    }
}
