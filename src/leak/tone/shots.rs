//! Where a shot ends, seen from ciphertext alone.

use std::collections::VecDeque;

use super::Sample;

/// Frames that a frame is compared with.
const FRAMES_REMEMBERED: usize = 8;

/// Values that occur more than once in a frame's sample; fewer are no evidence.
const LEAST_VALUES: usize = 8;

/// Known share of them under which a frame begins a shot. Measured on an animation of a minute in `rgba32`:
/// 0.002 to 0.048 at its cuts, 0.2 and more within shots, grain and keyframes included, which change most
/// blocks.
const KNOWN_AT_A_CUT: f64 = 0.15;

/// In `gray8` and `yuv420p`, where flat blocks are of 256 values and many shots have them in common, it is 0.08 to
/// 0.29 at cuts, and as little where a fade begins. But of these values hardly one stands where it stood: 0.01
/// and less, after 0.3 and more in the frame before.
const KNOWN_WHERE_NOTHING_STAYS: f64 = 0.3;
const NOTHING_STAYS: f64 = 0.01;
const MUCH_STAYED: f64 = 0.3;

/// Known share from which a shot has settled. Within a fade nothing is known from one frame to the next: it
/// is one cut and not many.
const KNOWN_WHEN_SETTLED: f64 = 0.3;

/// Finds the frames that begin a shot.
///
/// Flat colours outlive movement, grain and the encoder's keyframes, but not a cut: so of the values that
/// occur more than once in a frame, the share that the frames before it held is taken, and the share that they
/// held at one of the same places. Encrypted without repeats, all frames are one shot.
#[derive(Clone, Debug)]
pub struct Shots {
    recent: VecDeque<Sample>,
    /// Share of the values that stood where they had stood, in the frame before.
    stayed: f64,
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
        Self { recent: VecDeque::new(), stayed: 0.0, has_settled: false, frames: 0, longest: longest.max(1) }
    }

    /// Looks at the next frame. True where it begins a shot; the first one always does.
    pub fn begins(&mut self, sample: &Sample) -> bool {
        let mut values: Vec<_> =
            sample.values().filter(|(_, same)| same.len() > 1).map(|it| (it, false)).collect();
        let (repeated, mut known, mut stays) = (values.len(), 0, 0);
        // Most stand where they stood just before.
        for frame in self.recent.iter().rev() {
            let mut rest = frame.all();
            values.retain_mut(|((hash, same), is_known)| {
                let (has_value, is_where_it_was) = rest.find(*hash, same);
                known += usize::from(has_value && !*is_known);
                *is_known |= has_value;
                stays += usize::from(is_where_it_was);
                !is_where_it_was
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
        let begins = self.frames == 0 || self.frames == self.longest || is_cut;
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
        self.frames = if begins { 1 } else { self.frames + 1 };
        begins
    }
}
