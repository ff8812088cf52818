//! Agreement of estimated colours with the original, for numbers and tests. It needs the original, which an
//! eavesdropper does not have.

use rayon::prelude::*;

use super::{Colour, Estimate};

/// Blocks that one task compares.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// Luma weights of red, green and blue (ITU-R BT.601).
const WEIGHTS: [f64; 3] = [0.299, 0.587, 0.114];

/// How well the filled blocks of a frame agree with the original.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FilledAgreement {
    /// Share of the blocks that are filled, from 0 to 1.
    pub share: f64,
    /// Peak signal-to-noise ratio of their mean colours, in dB; `None` if none is filled, or all are exact.
    pub psnr: Option<f64>,
    /// Share of the variance of their mean luma that the estimates explain (R²), at most 1, negative if the mean would
    /// be a better estimate; `None` if the luma is constant.
    pub r2: Option<f64>,
}

/// Sums over filled blocks.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    squares: f64,
    luma_squares: f64,
    luma: f64,
    luma_products: f64,
}

impl FilledAgreement {
    /// Compares the estimates of the blocks of a frame with the mean colours of the same blocks of the original.
    /// `filled` returns the estimate of a block, or `None` where the block is not filled; `original` has `None` for
    /// blocks without a colour.
    #[must_use]
    pub fn of(filled: impl Fn(usize) -> Option<Estimate> + Sync, original: &[Option<Colour>]) -> Self {
        let part = |(task, colours): (usize, &[Option<Colour>])| {
            let mut sums = Sums::default();
            for (block, colour) in (task * BLOCKS_PER_TASK..).zip(colours) {
                if let (Some([red, green, blue, _]), Some(colour)) = (filled(block), *colour) {
                    sums.add([red, green, blue], colour);
                }
            }
            sums
        };
        // In order, so that the result does not depend on the number of threads.
        let parts: Vec<Sums> = original.par_chunks(BLOCKS_PER_TASK).enumerate().map(part).collect();
        let sums = parts.into_iter().fold(Sums::default(), Sums::plus);
        let share = if original.is_empty() { 0.0 } else { sums.count / original.len() as f64 };
        let mean_square = sums.squares / (3.0 * sums.count);
        let psnr = (sums.squares > 0.0).then(|| 10.0 * (255.0 * 255.0 / mean_square).log10());
        let spread = sums.luma_products - sums.luma * sums.luma / sums.count;
        let r2 = (sums.count > 0.0 && spread > 1e-6).then(|| 1.0 - sums.luma_squares / spread);
        Self { share, psnr, r2 }
    }
}

impl Sums {
    fn add(&mut self, estimate: Colour, original: Colour) {
        let luma = |colour: Colour| -> f64 {
            colour.iter().zip(WEIGHTS).map(|(&channel, weight)| f64::from(channel) * weight).sum()
        };
        let squares = |(one, other): (u8, u8)| f64::from(one.abs_diff(other)).powi(2);
        let (estimated, true_luma) = (luma(estimate), luma(original));
        self.count += 1.0;
        self.squares += estimate.into_iter().zip(original).map(squares).sum::<f64>();
        self.luma_squares += (estimated - true_luma).powi(2);
        self.luma += true_luma;
        self.luma_products += true_luma * true_luma;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            squares: self.squares + other.squares,
            luma_squares: self.luma_squares + other.luma_squares,
            luma: self.luma + other.luma,
            luma_products: self.luma_products + other.luma_products,
        }
    }
}
