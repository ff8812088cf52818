//! The measures that papers on image encryption use.
//!
//! They compare the pixels of a ciphertext with uniform noise, with their neighbours or with the original. None of them
//! compares blocks, which is what an eavesdropper does. Measured on the penguin of `demo:still`:
//!
//! | | repeated | byte entropy | χ² | correlation | NPCR | UACI | PSNR | SSIM |
//! |---|---|---|---|---|---|---|---|---|
//! | ECB | 99.998 % | 6.294 | 10,076,636 | 0.121 | 0.0006 % | 0.0002 % | 6.73 dB | 0.0165 |
//! | CBC | 0 | 8.000 | 225 | −0.001 | 99.6 % | 33.5 % | 8.09 dB | 0.0202 |
//! | CTR | 0 | 8.000 | 253 | −0.001 | 0.00004 % | 10^-7 % | 8.09 dB | 0.0199 |
//!
//! Papers call a lower PSNR and SSIM and a higher NPCR and UACI better. By that measure ECB, which shows the penguin,
//! hides it better than CBC, and CTR, which is sound, is the worst of all. They are here for comparison with papers,
//! and computed as in papers.
//!
//! Luma is that of [`Layout::luma`](crate::picture::layout::Layout::luma), also of the ciphertext shown as pixels.

use rayon::prelude::*;
use serde::Serialize;

use crate::picture::Shape;

/// Measures that papers use. They say little about what an eavesdropper gets, and are computed only on request. A
/// measure is `None` if it was not requested or does not apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ClassicalMetrics {
    /// Shannon entropy of the bytes, in bits, at most 8.
    pub byte_entropy: Option<f64>,
    /// Pearson's χ² of the bytes against equal frequencies; about 255 for random bytes.
    pub chi_square: Option<f64>,
    /// Pearson's correlation of luma with luma one pixel to the right, from −1 to 1; `None` for a picture of
    /// one colour.
    pub neighbour_correlation: Option<f64>,
    /// Number of pixels change rate, as a share of bytes: which bytes of the ciphertext change if the lowest bit of the
    /// frame's first byte changes, under the same key and nonce.
    pub npcr: Option<f64>,
    /// Unified average changing intensity: the mean change of the ciphertext's bytes, as a share of 255.
    pub uaci: Option<f64>,
    /// Peak signal-to-noise ratio of luma against that of the original, in dB; `None` if they are equal.
    pub psnr: Option<f64>,
    /// Structural similarity of luma to that of the original, at most 1; `None` below 8 × 8 pixels.
    pub ssim: Option<f64>,
}

/// Bytes that one task works on.
const TASK_BYTES: usize = 1 << 16;

/// Shannon entropy in bits, and χ², of the frequencies of bytes; `None` for an empty slice.
#[must_use]
pub fn byte_frequencies(bytes: &[u8]) -> Option<[f64; 2]> {
    let tally = |bytes: &[u8]| {
        let mut counts = [0u64; 256];
        for &byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        counts
    };
    let add = |one: [u64; 256], other: [u64; 256]| std::array::from_fn(|at| one[at] + other[at]);
    let counts = bytes.par_chunks(TASK_BYTES).map(tally).reduce(|| [0; 256], add).map(|count| count as f64);
    let all = bytes.len() as f64;
    let bits = counts.iter().filter(|&&count| count > 0.0).map(|count| count / all * (all / count).log2());
    let even = all / 256.0;
    let squares = counts.iter().map(|count| (count - even).powi(2) / even);
    (!bytes.is_empty()).then(|| [bits.sum(), squares.sum()])
}

/// NPCR and UACI of two ciphertexts of the same length, both from 0 to 1; `None` for empty ones.
#[must_use]
pub fn change_rates(one: &[u8], other: &[u8]) -> Option<[f64; 2]> {
    let pairs = one.par_chunks(TASK_BYTES).zip(other.par_chunks(TASK_BYTES));
    let part = |(one, other): (&[u8], &[u8])| {
        one.iter().zip(other).fold([0u64; 2], |[changed, by], (&one, &other)| {
            [changed + u64::from(one != other), by + u64::from(one.abs_diff(other))]
        })
    };
    let [changed, by] =
        pairs.map(part).reduce(|| [0; 2], |one, other| [one[0] + other[0], one[1] + other[1]]);
    let all = one.len().min(other.len()) as f64;
    (all > 0.0).then(|| [changed as f64 / all, by as f64 / all / 255.0])
}

/// Pearson's correlation of every pixel with the one to its right.
#[must_use]
pub fn neighbour_correlation(shape: Shape, luma: &[u8]) -> Option<f64> {
    // Sums of whole numbers: n, x, y, xx, yy, xy.
    let row = |row: &[u8]| {
        row.windows(2).fold([0u64; 6], |[n, x, y, xx, yy, xy], pair| {
            let (a, b) = (u64::from(pair[0]), u64::from(pair[1]));
            [n + 1, x + a, y + b, xx + a * a, yy + b * b, xy + a * b]
        })
    };
    let add = |one: [u64; 6], other: [u64; 6]| std::array::from_fn(|at| one[at] + other[at]);
    let sums = luma.par_chunks(shape.columns().max(1)).map(row).reduce(|| [0; 6], add);
    let [n, x, y, xx, yy, xy] = sums.map(i128::from);
    let (covariance, one, other) = (n * xy - x * y, n * xx - x * x, n * yy - y * y);
    (one > 0 && other > 0).then(|| covariance as f64 / ((one as f64).sqrt() * (other as f64).sqrt()))
}

/// Peak signal-to-noise ratio in dB, the peak being 255; `None` for equal planes.
#[must_use]
pub fn psnr(luma: &[u8], original: &[u8]) -> Option<f64> {
    let pairs = luma.par_chunks(TASK_BYTES).zip(original.par_chunks(TASK_BYTES));
    let squares = |(one, other): (&[u8], &[u8])| {
        let squares = one.iter().zip(other).map(|(&one, &other)| u32::from(one.abs_diff(other)).pow(2));
        squares.fold(0u64, |sum, square| sum + u64::from(square))
    };
    let sum: u64 = pairs.map(squares).sum();
    let mean = sum as f64 / luma.len().min(original.len()) as f64;
    (sum > 0).then(|| 10.0 * (255.0f64.powi(2) / mean).log10())
}

/// Side of a window of [`ssim`] and distance from one window to the next, in pixels.
const WINDOW: usize = 8;
const STRIDE: usize = 4;

/// Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004) in square windows of 8 × 8 pixels, every
/// 4 pixels, with K₁ = 0.01, K₂ = 0.03 and sample variances. `None` for pictures smaller than a window.
#[must_use]
pub fn ssim(shape: Shape, luma: &[u8], original: &[u8]) -> Option<f64> {
    let columns = shape.columns();
    let (across, down) = ((columns / STRIDE).saturating_sub(1), (shape.rows() / STRIDE).saturating_sub(1));
    let row = |top: usize| {
        let windows = (0..across).map(|window| {
            let rows = (top * STRIDE..).take(WINDOW).map(|y| y * columns + window * STRIDE);
            // Sums of x, y, xx + yy and xy.
            let sums = rows.fold([0u32; 4], |sums, start| {
                let pairs = luma[start..][..WINDOW].iter().zip(&original[start..][..WINDOW]);
                pairs.fold(sums, |[x, y, squares, xy], (&a, &b)| {
                    let (a, b) = (u32::from(a), u32::from(b));
                    [x + a, y + b, squares + a * a + b * b, xy + a * b]
                })
            });
            similarity(sums.map(f64::from))
        });
        windows.sum::<f64>()
    };
    // Row by row, so that the sum is the same on any number of threads.
    let rows: Vec<f64> = (0..down).into_par_iter().map(row).collect();
    (across * down > 0).then(|| rows.iter().sum::<f64>() / (across * down) as f64)
}

/// The similarity of one window. Numerator and denominator are multiplied by the square of the number of pixels, so
/// that the sums need no division.
fn similarity([x, y, squares, xy]: [f64; 4]) -> f64 {
    const PIXELS: f64 = (WINDOW * WINDOW) as f64;
    const C1: f64 = 0.01 * 0.01 * 255.0 * 255.0 * PIXELS * PIXELS;
    const C2: f64 = 0.03 * 0.03 * 255.0 * 255.0 * PIXELS * (PIXELS - 1.0);
    let variances = squares * PIXELS - x * x - y * y;
    let covariance = xy * PIXELS - x * y;
    (2.0 * x * y + C1) * (2.0 * covariance + C2) / ((x * x + y * y + C1) * (variances + C2))
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape::new(37, 29);

    /// Two pictures that have something in common.
    fn pictures() -> [Vec<u8>; 2] {
        let one = (0..SHAPE.pixels()).map(|at| (at % 37 * 5 + at / 37 * at / 200) as u8);
        let other = one.clone().enumerate().map(|(at, luma)| luma / 2 + (at * at % 61) as u8);
        [one.clone().collect(), other.collect()]
    }

    fn close(value: Option<f64>, expected: f64) {
        let value = value.expect("a number");
        assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value}, not {expected}");
    }

    #[test]
    fn entropy_and_chi_square_follow_their_formulas() {
        let bytes: Vec<u8> = (0..100_000u64).map(|i| (i * i / 777 % 211) as u8).collect();
        let count = |value: u8| bytes.iter().map(|&byte| f64::from(u8::from(byte == value))).sum::<f64>();
        let shares = (0..=255).map(|value| count(value) / 100_000.0).filter(|&share| share > 0.0);
        let chi: f64 = (0..=255).map(|value| (count(value) - 390.625).powi(2) / 390.625).sum();
        let [entropy, chi_square] = byte_frequencies(&bytes).expect("there are bytes");
        close(Some(entropy), -shares.map(|share| share * share.log2()).sum::<f64>());
        close(Some(chi_square), chi);
        assert_eq!(byte_frequencies(&[]), None);
        let even: Vec<u8> = (0..=255).cycle().take(256 * 300).collect();
        assert_eq!(byte_frequencies(&even), Some([8.0, 0.0]));
    }

    #[test]
    fn psnr_and_correlation_follow_their_formulas() {
        let [one, other] = pictures();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let squares: Vec<f64> =
            one.iter().zip(&other).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).collect();
        close(psnr(&one, &other), 20.0 * 255f64.log10() - 10.0 * mean(&squares).log10());
        assert_eq!(psnr(&one, &one), None);

        let pairs = one.chunks(37).flat_map(|row| row.windows(2));
        let (left, right): (Vec<f64>, Vec<f64>) =
            pairs.map(|pair| (f64::from(pair[0]), f64::from(pair[1]))).unzip();
        let (l, r) = (mean(&left), mean(&right));
        let products = |one: &[f64], m: f64, other: &[f64], n: f64| {
            one.iter().zip(other).map(|(a, b)| (a - m) * (b - n)).sum::<f64>()
        };
        let both = products(&left, l, &right, r);
        let expected = both / (products(&left, l, &left, l) * products(&right, r, &right, r)).sqrt();
        close(neighbour_correlation(SHAPE, &one), expected);
        assert_eq!(neighbour_correlation(SHAPE, &[7; 37 * 29]), None);
    }

    #[test]
    fn ssim_follows_its_formula() {
        let [one, other] = pictures();
        let window = |luma: &[u8], x: usize, y: usize| -> Vec<f64> {
            (0..64).map(|at| f64::from(luma[(y + at / 8) * 37 + x + at % 8])).collect()
        };
        let mut sum = 0.0;
        let places = (0..=20).step_by(4).flat_map(|y| (0..=28).step_by(4).map(move |x| (x, y)));
        for (x, y) in places.clone() {
            let (a, b) = (window(&one, x, y), window(&other, x, y));
            let mean = |values: &[f64]| values.iter().sum::<f64>() / 64.0;
            let (ma, mb) = (mean(&a), mean(&b));
            let moment = |one: &[f64], m: f64, other: &[f64], n: f64| {
                one.iter().zip(other).map(|(a, b)| (a - m) * (b - n)).sum::<f64>() / 63.0
            };
            let (va, vb, cov) = (moment(&a, ma, &a, ma), moment(&b, mb, &b, mb), moment(&a, ma, &b, mb));
            let (c1, c2) = ((0.01f64 * 255.0).powi(2), (0.03f64 * 255.0).powi(2));
            sum += (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
        }
        close(ssim(SHAPE, &one, &other), sum / places.count() as f64);
        close(ssim(SHAPE, &one, &one), 1.0);
        assert_eq!(ssim(Shape::new(7, 40), &[0; 280], &[0; 280]), None);
    }

    #[test]
    fn change_rates_are_the_share_of_changed_bytes_and_the_mean_change() {
        assert_eq!(change_rates(&[0, 10, 255, 7], &[0, 20, 0, 7]), Some([0.5, 265.0 / 4.0 / 255.0]));
        assert_eq!(change_rates(&[], &[]), None);
        // Two independent random bytes differ in 255 of 256 cases, by (256² − 1) / (3 · 256) on average.
        let noise = |seed: u32| -> Vec<u8> {
            let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            std::iter::successors(Some(seed), next).take(1 << 18).map(|state| (state >> 24) as u8).collect()
        };
        let [npcr, uaci] = change_rates(&noise(1), &noise(77)).expect("bytes");
        assert!((npcr - 0.9961).abs() < 0.002 && (uaci - 0.3346).abs() < 0.005, "{npcr} {uaci}");
    }
}
