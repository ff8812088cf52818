//! Agreement of tones with the true brightness, for numbers and tests. It needs the original, which an eavesdropper
//! does not have.

use rayon::prelude::*;

use super::{Tones, VECTORS};

/// Blocks that one task counts.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// Fewer blocks always agree: a combination of four numbers fits any few values.
const LEAST_BLOCKS: u64 = 32;

/// Covariances of the ranks of the four coordinates and, last, of the brightness; only the upper triangle is set.
type Sums = [[f64; VECTORS + 1]; VECTORS + 1];

/// How well the tones of a frame agree with its brightness.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Share of the blocks that have tones.
    pub painted: f64,
    /// Largest absolute rank correlation (Spearman's) of one coordinate with the brightness, over the blocks that have
    /// tones; `None` if there are too few, or all coordinates or the brightness are constant.
    pub rho: Option<f64>,
    /// Share of the variance of the brightness's ranks that a linear combination of the ranks of all
    /// coordinates explains (R²); `None` as above.
    pub r2: Option<f64>,
}

impl Agreement {
    /// Compares the tones of a frame's blocks with their brightness, on any scale. Both slices have one entry for each
    /// block, in the same order; the caller leaves out blocks past the end of the picture.
    ///
    /// # Panics
    /// If there are more `tones` than `brightness`.
    #[must_use]
    pub fn of(tones: &[Option<Tones>], brightness: &[u16]) -> Self {
        assert!(tones.len() <= brightness.len(), "a block without brightness");
        let brightness = &brightness[..tones.len()];
        let (light, tone) = count_levels(tones, brightness);
        let painted: u64 = light.iter().map(|&count| u64::from(count)).sum();
        let share = if tones.is_empty() { 0.0 } else { painted as f64 / tones.len() as f64 };
        if painted < LEAST_BLOCKS {
            return Self { painted: share, rho: None, r2: None };
        }
        let (light, tone) = (centred_ranks(&light), tone.map(|counts| centred_ranks(&counts)));
        let sums = sums(tones, brightness, &tone, &light);
        Self { painted: share, rho: best_correlation(&sums), r2: explained(sums) }
    }
}

/// How often each brightness occurs among the blocks that have tones, and how often each tone of each coordinate does.
fn count_levels(tones: &[Option<Tones>], brightness: &[u16]) -> (Vec<u32>, [[u32; 256]; VECTORS]) {
    let count = |(tones, brightness): (&[Option<Tones>], &[u16])| {
        let mut light = vec![0u32; 1 << 16];
        let mut tone = [[0u32; 256]; VECTORS];
        for (tones, &brightness) in tones.iter().zip(brightness) {
            let Some(tones) = tones else { continue };
            light[usize::from(brightness)] += 1;
            for (counts, &level) in tone.iter_mut().zip(tones) {
                counts[usize::from(level)] += 1;
            }
        }
        (light, tone)
    };
    // One part per thread: each part has its own table.
    let blocks = tones.len().div_ceil(rayon::current_num_threads()).max(BLOCKS_PER_TASK);
    let parts = tones.par_chunks(blocks).zip(brightness.par_chunks(blocks)).map(count);
    let sum = |(mut light, mut tone): (Vec<u32>, [[u32; 256]; VECTORS]),
               other: (Vec<u32>, [[u32; 256]; VECTORS])| {
        light.iter_mut().zip(other.0).for_each(|(sum, count)| *sum += count);
        let counts = tone.iter_mut().flatten().zip(other.1.iter().flatten());
        counts.for_each(|(sum, count)| *sum += count);
        (light, tone)
    };
    parts.reduce_with(sum).unwrap_or_else(|| (vec![0; 1 << 16], [[0; 256]; VECTORS]))
}

/// Ranks of values, given how often each occurs, from -½ to ½; equal values share their mean rank.
fn centred_ranks(counts: &[u32]) -> Vec<f32> {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let mut below = 0.0;
    let rank = |&count: &u32| {
        let own = f64::from(count);
        let rank = (below + own / 2.0) / total - 0.5;
        below += own;
        rank as f32
    };
    counts.iter().map(rank).collect()
}

/// Sums of the products of all pairs of ranks, over the blocks that have tones. Ranks have the mean 0.
fn sums(tones: &[Option<Tones>], brightness: &[u16], tone: &[Vec<f32>; VECTORS], light: &[f32]) -> Sums {
    let part = |(tones, brightness): (&[Option<Tones>], &[u16])| {
        let mut sums = Sums::default();
        for (tones, &brightness) in tones.iter().zip(brightness) {
            let Some(tones) = tones else { continue };
            let mut ranks = [0.0; VECTORS + 1];
            for v in 0..VECTORS {
                ranks[v] = f64::from(tone[v][usize::from(tones[v])]);
            }
            ranks[VECTORS] = f64::from(light[usize::from(brightness)]);
            for one in 0..=VECTORS {
                for other in one..=VECTORS {
                    sums[one][other] += ranks[one] * ranks[other];
                }
            }
        }
        sums
    };
    let parts: Vec<Sums> =
        tones.par_chunks(BLOCKS_PER_TASK).zip(brightness.par_chunks(BLOCKS_PER_TASK)).map(part).collect();
    // In order, so that the result does not depend on the number of threads.
    let mut all = Sums::default();
    for part in parts {
        for (row, part) in all.iter_mut().zip(part) {
            for (sum, part) in row.iter_mut().zip(part) {
                *sum += part;
            }
        }
    }
    all
}

fn best_correlation(sums: &Sums) -> Option<f64> {
    let light = sums[VECTORS][VECTORS];
    let rho = |v: usize| {
        let scale = (sums[v][v] * light).sqrt();
        (scale > 0.0).then(|| (sums[v][VECTORS].abs() / scale).min(1.0))
    };
    (0..VECTORS).filter_map(rho).max_by(f64::total_cmp)
}

/// R² of the least squares fit, by Gaussian elimination: one coordinate after another is eliminated, and the last entry
/// is the variance of the brightness that remains unexplained.
fn explained(mut sums: Sums) -> Option<f64> {
    let all = sums[VECTORS][VECTORS];
    if all <= 0.0 {
        return None;
    }
    let own: [f64; VECTORS] = std::array::from_fn(|v| sums[v][v]);
    for v in 0..VECTORS {
        let pivot = sums[v][v];
        // A coordinate that depends linearly on earlier ones explains nothing more.
        if pivot <= own[v] * 1e-9 {
            continue;
        }
        let row = sums[v];
        for other in v + 1..=VECTORS {
            let share = row[other] / pivot;
            for (sum, row) in sums[other].iter_mut().zip(row) {
                *sum -= share * row;
            }
        }
    }
    Some((1.0 - sums[VECTORS][VECTORS] / all).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toned(levels: impl Iterator<Item = Tones>) -> Vec<Option<Tones>> {
        levels.map(Some).collect()
    }

    #[test]
    fn a_negative_agrees_as_well_as_a_positive_and_noise_does_not() {
        let brightness: Vec<u16> = (0..10_000).map(|i| i * 6).collect();
        let slope = |i: u16| u8::try_from(i / 40).expect("below 256");
        let noise = |i: u16, by: u32| (u32::from(i).wrapping_mul(by) >> 8) as u8;
        for negative in [false, true] {
            let first = |i| if negative { 255 - slope(i) } else { slope(i) };
            let tones = toned((0..10_000).map(|i| [noise(i, 2_654_435_761), first(i), 7, 7]));
            let Agreement { painted, rho, r2 } = Agreement::of(&tones, &brightness);
            assert!((painted - 1.0).abs() < 1e-12);
            assert!(rho.is_some_and(|rho| rho > 0.999) && r2.is_some_and(|r2| r2 > 0.999), "{rho:?} {r2:?}");
        }
        let chance = toned(
            (0..10_000)
                .map(|i| [2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263].map(|by| noise(i, by))),
        );
        let Agreement { rho, r2, .. } = Agreement::of(&chance, &brightness);
        assert!(rho.is_some_and(|rho| rho < 0.1) && r2.is_some_and(|r2| r2 < 0.02), "{rho:?} {r2:?}");
    }

    #[test]
    fn two_coordinates_may_explain_together_more_than_each_alone() {
        // Brightness is the sum of two independent tones.
        let cell = |i: u16| ((i % 100) as u8, (i / 100) as u8);
        let tones = toned((0..10_000).map(|i| [cell(i).0, cell(i).1, 0, 0]));
        let brightness: Vec<u16> = (0..10_000).map(|i| u16::from(cell(i).0) + u16::from(cell(i).1)).collect();
        let Agreement { rho, r2, .. } = Agreement::of(&tones, &brightness);
        assert!(rho.is_some_and(|rho| (0.6..0.8).contains(&rho)), "{rho:?}");
        assert!(r2.is_some_and(|r2| r2 > 0.95), "{r2:?}");
    }

    #[test]
    fn only_painted_blocks_count_and_too_few_have_no_agreement() {
        let tones = [Some([0; 4]), None, Some([255; 4]), None];
        let agreement = Agreement::of(&tones, &[1, 2, 3, 4]);
        assert_eq!(agreement, Agreement { painted: 0.5, rho: None, r2: None });
        assert_eq!(Agreement::of(&[], &[]), Agreement::default());
        let flat = Agreement::of(&[Some([0; 4]); 99], &[5; 99]);
        assert_eq!(flat, Agreement { painted: 1.0, rho: None, r2: None });
    }
}
