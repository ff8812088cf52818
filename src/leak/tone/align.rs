//! Aligns the tones of one part of a shot with those of the part before.

use super::{Tone, Tones, VECTORS};

/// The least number of values that both parts must have for an alignment.
const LEAST_SHARED: f64 = 64.0;

/// Sums over the values that both parts have.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    own: [f64; VECTORS],
    before: [f64; VECTORS],
    own_squares: [f64; VECTORS],
    before_squares: [f64; VECTORS],
    products: [[f64; VECTORS]; VECTORS],
}

impl Sums {
    fn add(&mut self, own: Tones, before: Tones) {
        self.count += 1.0;
        for (v, own) in own.into_iter().enumerate() {
            let own = f64::from(own);
            self.own[v] += own;
            self.own_squares[v] += own * own;
            for (product, before) in self.products[v].iter_mut().zip(before) {
                *product += own * f64::from(before);
            }
        }
        for (v, before) in before.into_iter().enumerate() {
            let before = f64::from(before);
            self.before[v] += before;
            self.before_squares[v] += before * before;
        }
    }

    /// Correlation of an own coordinate with one of the part before; 0 if either is constant.
    fn correlation(&self, own: usize, before: usize) -> f64 {
        let covariance = self.count * self.products[own][before] - self.own[own] * self.before[before];
        let spread = |squares: f64, sum: f64| (self.count * squares - sum * sum).max(0.0);
        let scale = (spread(self.own_squares[own], self.own[own])
            * spread(self.before_squares[before], self.before[before]))
        .sqrt();
        if scale > 0.0 { covariance / scale } else { 0.0 }
    }
}

impl Tone {
    /// Permutes and flips coordinates so that values that both parts have get tones close to their tones in `before`.
    /// The first coordinate is matched first. So colours stay the same from part to part of a shot.
    pub fn align_to(&mut self, before: &Self) {
        let mut sums = Sums::default();
        for (hash, own) in self.table.values() {
            if let Some(before) = before.table.find(hash) {
                sums.add(own, before);
            }
        }
        if sums.count < LEAST_SHARED {
            return;
        }
        let mut free = [true; VECTORS];
        // For each coordinate, the own coordinate that becomes it, and whether it is flipped.
        let mapping: [(usize, bool); VECTORS] = std::array::from_fn(|axis| {
            let candidates = (0..VECTORS).filter(|&own| free[own]);
            let of = |own: usize| sums.correlation(own, axis);
            let best = candidates.max_by(|&a, &b| of(a).abs().total_cmp(&of(b).abs()).then(b.cmp(&a)));
            let own = best.unwrap_or(axis);
            free[own] = false;
            (own, of(own) < 0.0)
        });
        for tones in self.table.stored_mut() {
            let own = *tones;
            *tones = mapping.map(|(from, is_flipped)| if is_flipped { 255 - own[from] } else { own[from] });
        }
    }
}
