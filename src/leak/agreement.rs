//! Agreement of an outline with the edges of the original.

use super::{Edges, Outline};

/// A sum over this number of blocks fits a byte, so that the compiler can count many blocks at once.
const BLOCKS_PER_SUM: usize = 128;

/// How ink and edges agree, block by block. A number is `None` if its denominator is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Share of the ink that lies on edges.
    pub precision: Option<f64>,
    /// Share of the edges that are ink.
    pub recall: Option<f64>,
    /// The harmonic mean of precision and recall; 0 for a blank sheet if the original has edges.
    pub f1: Option<f64>,
    /// The mean F1 of random pictures with as much ink: of `ink` random blocks out of n, `ink` · `edges` / n are
    /// expected to lie on edges.
    pub by_chance: Option<f64>,
}

impl Agreement {
    /// Compares an outline with the edges of the same frame.
    #[must_use]
    pub fn of(outline: &Outline, edges: &Edges) -> Self {
        let pairs = outline.ink().chunks(BLOCKS_PER_SUM).zip(edges.blocks().chunks(BLOCKS_PER_SUM));
        let both: u32 = pairs
            .map(|(ink, edge)| {
                u32::from(ink.iter().zip(edge).map(|(&ink, &edge)| u8::from(ink & edge)).sum::<u8>())
            })
            .sum();
        let chunks = outline.ink().chunks(BLOCKS_PER_SUM);
        let ink: u32 = chunks.map(|ink| u32::from(ink.iter().map(|&ink| u8::from(ink)).sum::<u8>())).sum();
        let (both, ink, count) = (f64::from(both), f64::from(ink), edges.count() as f64);
        let share = |part: f64, of: f64| (of > 0.0).then(|| part / of);
        let expected = share(ink * count, outline.ink().len() as f64).unwrap_or(0.0);
        Self {
            precision: share(both, ink),
            recall: share(both, count),
            f1: share(2.0 * both, ink + count),
            by_chance: share(2.0 * expected, ink + count),
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use super::*;
    use crate::leak::Counter;
    use crate::picture::Shape;
    use crate::picture::layout::{Layout, Places};

    #[test]
    fn agreement_is_precision_recall_and_their_harmonic_mean() {
        // Two flat halves: both the outline and the edge run along the border between them.
        let shape = Shape::new(256, 32);
        let luma: Vec<u8> = (0..shape.pixels()).map(|at| if at % 256 < 128 { 40 } else { 200 }).collect();
        let places = Places::of(Layout::GRAY8, shape);
        let outline = Outline::of(&places, &Counter::default().count(&luma), None);
        let edges = Edges::of(Layout::GRAY8, shape, &luma);
        let ink = outline.ink().iter().filter(|&&ink| ink).count() as f64;
        let both = (0..places.blocks()).filter(|&b| outline.is_ink(b) && edges.blocks()[b]).count() as f64;
        let Agreement { precision, recall, f1, by_chance } = Agreement::of(&outline, &edges);
        let (precision, recall) = (precision.expect("ink"), recall.expect("edges"));
        assert!((precision - both / ink).abs() < 1e-12 && precision > 0.9);
        assert!((recall - both / edges.count() as f64).abs() < 1e-12 && recall > 0.9);
        let mean = 2.0 * precision * recall / (precision + recall);
        assert!((f1.expect("both") - mean).abs() < 1e-12);
        assert!(by_chance.expect("both") < 0.2);
    }

    #[test]
    fn f1_by_chance_is_the_mean_of_all_pictures_with_as_much_ink() {
        // 3 of 10 blocks are edges; the F1 of every picture with 4 blocks of ink.
        let edges = 0b111u32;
        let pictures = (0..1u32 << 10).filter(|picture| picture.count_ones() == 4);
        let f1s: Vec<f64> = pictures.map(|ink| 2.0 * f64::from((ink & edges).count_ones()) / 7.0).collect();
        let mean = f1s.iter().sum::<f64>() / f1s.len() as f64;
        assert!((mean - 2.0 * (4.0 * 3.0 / 10.0) / 7.0).abs() < 1e-12);
    }

    #[test]
    fn a_blank_sheet_has_recall_0_and_a_picture_without_edges_has_none() {
        let shape = Shape::new(64, 8);
        let luma: Vec<u8> = (0..shape.pixels()).map(|at| (at * at / 7 % 251) as u8).collect();
        let edges = Edges::of(Layout::GRAY8, shape, &luma);
        let blank = Agreement::of(&Outline::default(), &edges);
        assert_eq!(
            blank,
            Agreement { precision: None, recall: Some(0.0), f1: Some(0.0), by_chance: Some(0.0) }
        );
        let nothing = Edges::of(Layout::GRAY8, shape, &vec![9; shape.pixels()]);
        assert_eq!(Agreement::of(&Outline::default(), &nothing), Agreement::default());
    }
}
