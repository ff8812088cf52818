//! Chance: how likely random ciphertext has as many equal blocks or bytes as were counted.

use std::f64::consts::LN_10;

/// How many of `blocks` random blocks are expected to equal another one: n(n−1)/2^128.
#[must_use]
pub fn expected_by_chance(blocks: u64) -> f64 {
    let n = blocks as f64;
    if blocks == 0 { 0.0 } else { n * (n - 1.0) / 2f64.powi(128) }
}

/// log10 of the probability that `blocks` random blocks have `pairs` equal pairs or more: the tail of a
/// Poisson distribution with λ = n(n−1)/2^129, half the blocks [expected](expected_by_chance).
#[must_use]
pub fn log10_of_pairs(pairs: u64, blocks: u64) -> f64 {
    log10_of_tail(pairs, expected_by_chance(blocks) / 2.0)
}

/// log10 of the probability that `equal` or more of `bytes` random bytes equal a given byte each. An upper bound: the
/// tail of a Poisson distribution with the same mean, which is heavier than that of the binomial distribution.
#[must_use]
pub fn log10_of_bytes(equal: u64, bytes: u64) -> f64 {
    log10_of_tail(equal, bytes as f64 / 256.0)
}

/// log10 P(X ≥ k) for a Poisson distribution with mean λ, even if the probability is far below the smallest `f64`.
///
/// The tail is P(X = k), taken as a logarithm, times a series of ratios of neighbouring terms that starts with the
/// largest term. Above the mean the series runs upwards; below the mean it runs downwards and gives 1 − P(X ≥ k).
fn log10_of_tail(k: u64, lambda: f64) -> f64 {
    if k == 0 {
        return 0.0;
    }
    if lambda <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let log_of = |k: f64| k * lambda.ln() - lambda - libm::lgamma(k + 1.0);
    let k = k as f64;
    if k > lambda {
        let ratios = (1u32..).map(|step| lambda / (k + f64::from(step)));
        return (log_of(k) + series(ratios).ln()).min(0.0) / LN_10;
    }
    let below = k - 1.0;
    let ratios = (0u32..).map(|step| (below - f64::from(step)).max(0.0) / lambda);
    let rest = (log_of(below) + series(ratios).ln()).exp();
    (-rest.min(1.0)).ln_1p() / LN_10
}

/// 1 + r₁ + r₁r₂ + …, until a term no longer changes the sum.
fn series(ratios: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    for ratio in ratios {
        term *= ratio;
        if term < sum * f64::EPSILON / 4.0 {
            break;
        }
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_blocks_are_expected_to_have_n_n_minus_1_over_2_to_the_128_repeats() {
        assert!(expected_by_chance(0).abs() < f64::MIN_POSITIVE);
        assert!(expected_by_chance(1).abs() < f64::MIN_POSITIVE);
        let full_hd = expected_by_chance(518_400);
        assert!((full_hd / 7.897_5e-28 - 1.0).abs() < 1e-3, "{full_hd:e}");
    }

    /// From mpmath at 60 digits: `log10(gammainc(k, 0, l, regularized=True))`.
    #[test]
    fn tails_agree_with_mpmath() {
        let tails = [
            (1, 0.5, -0.405_089_102_854_537),
            (3, 2.0, -0.490_362_615_994_686_5),
            (5, 5.0, -0.252_194_696_907_526_2),
            (90, 100.0, -0.068_718_209_218_135_5),
            (20, 5.0, -6.461_912_125_728_183),
            (200, 5.0, -237.263_421_594_713_7),
            (31_000, 32_400.0, -1.004_315_705_463_789_7e-15),
            (32_400, 32_400.0, -0.300_388_771_270_001_8),
            (33_000, 32_400.0, -3.348_704_381_746_268),
            (1000, 1e-28, -30_567.604_644_222_13),
        ];
        for (k, lambda, expected) in tails {
            let tail = log10_of_tail(k, lambda);
            assert!((tail - expected).abs() <= 1e-9 * expected.abs() + 1e-15, "{k}, {lambda}: {tail}");
        }
        // 1080p in `rgba32`; summed directly, at 60 digits.
        let pairs = [
            (1, -27.403_540_292_688_73),
            (2, -55.108_110_581_041_43),
            (1000, -29_971.144_936_910_86),
            (100_000_000, -3_496_924_585.477_637),
        ];
        for (pairs, expected) in pairs {
            let tail = log10_of_pairs(pairs, 518_400);
            assert!((tail - expected).abs() <= 1e-12 * expected.abs(), "{pairs}: {tail}");
        }
    }

    #[test]
    fn a_tail_falls_with_k_and_rises_with_the_mean() {
        for lambda in [1e-28, 0.3, 17.0, 900.5] {
            let tails: Vec<f64> = (0..2000).map(|k| log10_of_tail(k, lambda)).collect();
            assert!(tails.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12), "λ = {lambda}");
            assert!(
                (0..50)
                    .all(|k| log10_of_tail(k, lambda * 1.01) + 1e-12
                        >= tails[usize::try_from(k).expect("few")])
            );
        }
    }

    #[test]
    fn zero_pairs_have_probability_1_and_one_pair_has_less() {
        assert!(log10_of_pairs(0, 518_400).abs() < f64::MIN_POSITIVE);
        assert!(log10_of_pairs(0, 0).abs() < f64::MIN_POSITIVE);
        let one = log10_of_pairs(1, 518_400);
        assert!((one - (expected_by_chance(518_400) / 2.0).log10()).abs() < 1e-9, "{one}");
        let penguin = log10_of_pairs(10_000_000_000, 518_400);
        assert!(penguin.is_finite() && penguin < -1e11, "{penguin}");
    }
}
