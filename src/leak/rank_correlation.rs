//! Spearman's rank correlation.

/// Spearman's rank correlation of two rows of numbers of equal length, from -1 to 1, equal numbers at the mean of their ranks; `None`
/// under two numbers, and if all numbers of a row are equal.
#[must_use]
pub fn spearman(one: &[f64], other: &[f64]) -> Option<f64> {
    let [one, other] = [centred_ranks(one)?, centred_ranks(other)?];
    Some(shifted_product(&one, &other, 0))
}

/// Ranks minus their mean, scaled to a sum of squares of 1; `None` if all numbers are equal.
pub(super) fn centred_ranks(numbers: &[f64]) -> Option<Vec<f64>> {
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
pub(super) fn shifted_product(one: &[f64], other: &[f64], shift: usize) -> f64 {
    let (start, rest) = other.split_at(shift.min(other.len()));
    one.iter().zip(rest.iter().chain(start)).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_correlation_of_ranks() {
        // By hand: ranks 2, 3.5, 3.5, 1, 5 and 1, 4, 2.5, 2.5, 5; 7.25 / 9.5.
        let rho = spearman(&[10.0, 20.0, 20.0, 5.0, 80.0], &[1.0, 7.0, 3.0, 3.0, 9.0]);
        assert!((rho.expect("different numbers") - 0.763_157_894_736_842).abs() < 1e-12, "{rho:?}");
        assert_eq!(spearman(&[7.0; 3], &[1.0, 2.0, 3.0]), None);
        assert_eq!(spearman(&[7.0], &[1.0]), None);
        assert_eq!(spearman(&[], &[]), None);
    }
}
