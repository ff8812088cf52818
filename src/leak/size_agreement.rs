//! How well the sizes of messages follow the changes of the picture.

use super::rank_correlation::{centred_ranks, shifted_product, spearman};

/// The fewest frames for which sizes are said to follow changes.
const FEWEST_FRAMES: usize = 240;

/// The least rank correlation for which sizes are said to follow changes.
const LEAST_RHO: f64 = 0.5;

/// The share of circular shifts that the correlation must exceed.
const EXCEEDED: f64 = 0.99;

/// The most circular shifts that are tried; of more possible ones, as many at equal distances.
const MOST_SHIFTS: usize = 2048;

/// Pairs of numbers of consecutive frames: the bytes of the frame's messages, and how much its picture differs from the one
/// before.
#[derive(Clone, Debug, Default)]
pub struct SizeAgreement {
    bytes: Vec<f64>,
    changes: Vec<f64>,
}

impl SizeAgreement {
    /// Adds a frame.
    pub fn add(&mut self, bytes: u64, change: f64) {
        self.bytes.push(bytes as f64);
        self.changes.push(change);
    }

    /// Spearman's rank correlation of bytes and changes, from -1 to 1, equal numbers at the mean of their ranks; `None` under
    /// two frames, and if all sizes or all changes are equal.
    #[must_use]
    pub fn rho(&self) -> Option<f64> {
        spearman(&self.bytes, &self.changes)
    }

    /// True if there are 240 frames or more, their correlation is at least 0.5, and it exceeds that of 99 % of the circular
    /// shifts of one row of numbers against the other by at least a tenth of the frames: two rows of numbers that each change
    /// slowly can agree by coincidence.
    #[must_use]
    pub fn follows(&self) -> bool {
        let frames = self.bytes.len();
        let Some(rho) = self.rho().filter(|&rho| frames >= FEWEST_FRAMES && rho >= LEAST_RHO) else {
            return false;
        };
        let (Some(bytes), Some(changes)) = (centred_ranks(&self.bytes), centred_ranks(&self.changes)) else {
            return false;
        };
        let least = frames.div_ceil(10);
        let shifts = frames + 1 - 2 * least;
        let step = shifts.div_ceil(MOST_SHIFTS);
        let (mut tried, mut below) = (0u32, 0u32);
        for shift in (least..=frames - least).step_by(step) {
            tried += 1;
            below += u32::from(shifted_product(&bytes, &changes, shift) < rho);
        }
        f64::from(below) > EXCEEDED * f64::from(tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(
        frames: usize,
        bytes: impl Fn(usize) -> u64,
        change: impl Fn(usize) -> f64,
    ) -> SizeAgreement {
        let mut agreement = SizeAgreement::default();
        (0..frames).for_each(|frame| agreement.add(bytes(frame), change(frame)));
        agreement
    }

    /// Numbers without order.
    fn scattered(frame: usize) -> u64 {
        (frame as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
    }

    #[test]
    fn sizes_follow_changes_only_beyond_coincidence() {
        let like_sizes = |frame: usize| (scattered(frame) / 7) as f64;
        assert!(agreement(400, scattered, like_sizes).follows());
        assert!(!agreement(239, scattered, like_sizes).follows(), "too few frames");
        assert!(!agreement(400, scattered, |frame| scattered(frame + 77) as f64).follows(), "no agreement");
        // Both go up and down each 20 frames: they agree as well when shifted by 20, 40 ….
        let slow = |frame: usize| (frame % 20) as f64;
        assert!(!agreement(400, |frame| (frame % 20) as u64, slow).follows(), "a common period");
        assert!(agreement(9000, scattered, like_sizes).follows(), "of many shifts some are tried");
    }
}
