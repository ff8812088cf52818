//! How well the sizes of messages follow the changes of the picture.

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
        let [bytes, changes] = [centred_ranks(&self.bytes)?, centred_ranks(&self.changes)?];
        Some(product(&bytes, &changes, 0))
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
            below += u32::from(product(&bytes, &changes, shift) < rho);
        }
        f64::from(below) > EXCEEDED * f64::from(tried)
    }
}

/// Ranks minus their mean, scaled to a sum of squares of 1; `None` if all numbers are equal.
fn centred_ranks(numbers: &[f64]) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|&one, &other| numbers[one].total_cmp(&numbers[other]));
    let mut ranks = vec![0.0; numbers.len()];
    let mut at = 0;
    for equal in order.chunk_by(|&one, &other| numbers[one].total_cmp(&numbers[other]).is_eq()) {
        let mean = at as f64 + (equal.len() as f64 - 1.0) / 2.0;
        for &place in equal {
            ranks[place] = mean;
        }
        at += equal.len();
    }
    let mean = (numbers.len() as f64 - 1.0) / 2.0;
    for rank in &mut ranks {
        *rank -= mean;
    }
    let length = ranks.iter().map(|rank| rank * rank).sum::<f64>().sqrt();
    (length > 0.0).then(|| ranks.iter().map(|rank| rank / length).collect())
}

/// The sum of products of one row of numbers with another, shifted in a circle.
fn product(one: &[f64], other: &[f64], shift: usize) -> f64 {
    let (start, rest) = other.split_at(shift.min(other.len()));
    one.iter().zip(rest.iter().chain(start)).map(|(one, other)| one * other).sum()
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
    fn rho_is_that_of_ranks() {
        // By hand: ranks 2, 3.5, 3.5, 1, 5 and 1, 4, 2.5, 2.5, 5; 7.25 / 9.5.
        let bytes = [10, 20, 20, 5, 80];
        let changes = [1.0, 7.0, 3.0, 3.0, 9.0];
        let rho = agreement(5, |at| bytes[at], |at| changes[at]).rho().expect("different numbers");
        assert!((rho - 0.763_157_894_736_842).abs() < 1e-12, "{rho}");
        let up = agreement(9, |at| at as u64, |at| (at as f64).powi(3)).rho().expect("different numbers");
        assert!((up - 1.0).abs() < 1e-12);
        assert_eq!(agreement(9, |_| 7, |at| at as f64).rho(), None);
        assert_eq!(agreement(1, |_| 7, |_| 1.0).rho(), None);
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
