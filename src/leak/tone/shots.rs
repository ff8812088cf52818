//! Where a shot ends, seen from ciphertext alone.

use std::collections::VecDeque;

use super::Sample;

/// Frames that a frame is compared with.
const FRAMES_REMEMBERED: usize = 8;

/// Values that occur more than once in a frame's sample; fewer are no evidence.
const LEAST_VALUES: usize = 8;

/// Known share of them under which a frame begins a shot. Measured on an animation of a minute in `rgba32`:
/// 0.002 to 0.048 at its cuts, 0.2 and more within shots, grain and keyframes included, which change most
/// blocks. In `gray8` and `yuv420p`, where flat blocks are of 256 values and many shots have them in common, it
/// is 0.09 to 0.42 at cuts: some are missed.
const KNOWN_AT_A_CUT: f64 = 0.15;

/// Known share from which a shot has settled. Within a fade nothing is known from one frame to the next: it
/// is one cut and not many.
const KNOWN_WHEN_SETTLED: f64 = 0.3;

/// Finds the frames that begin a shot.
///
/// Flat colours outlive movement, grain and the encoder's keyframes, but not a cut: so of the values that
/// occur more than once in a frame, the share that the frames before it held is taken. Encrypted without
/// repeats, all frames are one shot.
#[derive(Clone, Debug)]
pub struct Shots {
    recent: VecDeque<Vec<u64>>,
    has_settled: bool,
    frames: usize,
    longest: usize,
}

impl Shots {
    /// Frames after which a shot ends at the latest, unless told otherwise: four or five seconds, longer than
    /// most shots of a film.
    pub const LONGEST: usize = 120;

    /// Begins a search for shots of at most `longest` frames.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self { recent: VecDeque::new(), has_settled: false, frames: 0, longest: longest.max(1) }
    }

    /// Looks at the next frame. True where it begins a shot; the first one always does.
    pub fn begins(&mut self, sample: &Sample) -> bool {
        let (mut repeated, mut known) = (0, 0);
        for (hash, _) in sample.values().filter(|(_, same)| same.len() > 1) {
            repeated += 1;
            known += usize::from(self.recent.iter().any(|frame| frame.binary_search(&hash).is_ok()));
        }
        let known_share = (repeated >= LEAST_VALUES).then(|| known as f64 / repeated as f64);
        let is_cut = self.has_settled && known_share.is_some_and(|known| known < KNOWN_AT_A_CUT);
        let begins = self.frames == 0 || self.frames == self.longest || is_cut;
        if is_cut {
            self.recent.clear();
            self.has_settled = false;
        } else if known_share.is_some_and(|known| known >= KNOWN_WHEN_SETTLED) {
            self.has_settled = true;
        }
        self.recent.push_back(sample.values().map(|(hash, _)| hash).collect());
        if self.recent.len() > FRAMES_REMEMBERED {
            self.recent.pop_front();
        }
        self.frames = if begins { 1 } else { self.frames + 1 };
        begins
    }
}
