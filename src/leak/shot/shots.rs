//! Where shots start, found from ciphertext alone.

use std::collections::VecDeque;

use super::Sample;

/// How many earlier frames a frame is compared with.
const FRAMES_REMEMBERED: usize = 8;

/// With fewer values that occur more than once, a sample gives no evidence.
const LEAST_VALUES: usize = 8;

/// A frame starts a shot if its known share is smaller. Measured on an animation of a minute in `rgba32`: 0.002 to
/// 0.048 at cuts; 0.2 and more within shots, including grain and keyframes, which change most blocks.
const KNOWN_AT_A_CUT: f64 = 0.15;

/// The same limit for a frame in which nothing stays in place. In `gray8` and `yuv420p`, where flat blocks have one of
/// 256 values and many shots share them, the known share is 0.08 to 0.29 at cuts, and equally small at the start of a
/// fade. But hardly any of these values stays in place: a share of 0.01 or less, after 0.3 and more in the frame
/// before.
const KNOWN_WHERE_NOTHING_STAYS: f64 = 0.3;
const NOTHING_STAYS: f64 = 0.01;
const MUCH_STAYED: f64 = 0.3;

/// After a cut, no further cut is found until the known share reaches this. Within a fade no frame has values of the
/// frame before; the fade is one cut, not many.
const KNOWN_WHEN_SETTLED: f64 = 0.3;

/// Finds the frames that start a shot.
///
/// Flat colours survive movement, grain and the encoder's keyframes, but not a cut. So two shares are computed over the
/// values that occur more than once in a frame: the known share, of values that a recent frame has too, and the share
/// of values that a recent frame has at one of the same places. If the ciphertext does not repeat, all frames are one
/// shot.
#[derive(Clone, Debug)]
pub struct Shots {
    recent: VecDeque<Sample>,
    /// Share of the values that stayed in place, in the frame before.
    stayed: f64,
    has_settled: bool,
    frames: usize,
    longest: usize,
}

impl Shots {
    /// The default length of the longest shot, in frames: four or five seconds, longer than most shots of a film.
    pub const LONGEST: usize = 120;

    /// Starts a search for shots of at most `longest` frames.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self { recent: VecDeque::new(), stayed: 0.0, has_settled: false, frames: 0, longest: longest.max(1) }
    }

    /// Takes the sample of the next frame. Returns true if the frame starts a shot; the first frame always does.
    pub fn starts_shot(&mut self, sample: &Sample) -> bool {
        let mut values: Vec<_> =
            sample.values().filter(|(_, same)| same.len() > 1).map(|it| (it, false)).collect();
        let (repeated, mut known, mut stays) = (values.len(), 0, 0);
        // The newest frame first: most values stay in place from there.
        for frame in self.recent.iter().rev() {
            let mut cursor = frame.cursor();
            values.retain_mut(|((hash, same), is_known)| {
                let (has_value, is_in_place) = cursor.find(*hash, same);
                known += usize::from(has_value && !*is_known);
                *is_known |= has_value;
                stays += usize::from(is_in_place);
                !is_in_place
            });
        }
        let share = |of: usize| (repeated >= LEAST_VALUES).then(|| of as f64 / repeated as f64);
        let (known_share, stays) = (share(known), share(stays).unwrap_or(0.0));
        let least = if stays < NOTHING_STAYS && self.stayed >= MUCH_STAYED {
            KNOWN_WHERE_NOTHING_STAYS
        } else {
            KNOWN_AT_A_CUT
        };
        self.stayed = stays;
        let is_cut = self.has_settled && known_share.is_some_and(|known| known < least);
        let starts = self.frames == 0 || self.frames == self.longest || is_cut;
        if is_cut {
            self.recent.clear();
            self.has_settled = false;
        } else if known_share.is_some_and(|known| known >= KNOWN_WHEN_SETTLED) {
            self.has_settled = true;
        }
        self.recent.push_back(sample.clone());
        if self.recent.len() > FRAMES_REMEMBERED {
            self.recent.pop_front();
        }
        self.frames = if starts { 1 } else { self.frames + 1 };
        starts
    }
}
