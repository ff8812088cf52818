//! Tint: true colours of blocks that no known frame has.
//!
//! If the pictures of a few frames are known, the [codebook](super::Codebook) gives the blocks whose values stood in
//! them. Other values of the shot get the colours of the known values that they are joined to: values that are often
//! neighbours have similar colours. For each value, think of a random walk that starts there, goes from value to value
//! along pairs of neighbours, and ends at the first known value:
//!
//! ```text
//! frames chosen across a shot, the colours of their known blocks
//!    │ repeated_values   the values that occur at two places or more; those that are not known everywhere become nodes
//!    │ pairs             which nodes are neighbours of each other, and of known blocks
//!    ▼ walk              the mean colour at the end of a walk, and the share of walks that end at a known value
//! Tint ──look_up(any frame of the shot)──▶ red, green, blue and confidence for each block
//! ```
//!
//! A walk dies with odds of [`DEATH_ODDS`] to one at each step, so that far nodes get little confidence. The colour is the mean
//! over the ends of the walks that do not die (a harmonic function with absorption: Doyle and Snell 1984; label
//! propagation: Zhu, Ghahramani and Lafferty 2003). Three things make the confidence honest, all without the original:
//!
//! - Neighbours in a drawing differ more than in a film, and at a flat area more than elsewhere. So pairs of neighbours have
//!   classes, and the pairs whose blocks are both known show how similar those of a class are. At a step
//!   along a pair of a class whose pairs are seldom similar, most walks die.
//! - Walks from one node that end at different colours contradict each other: the confidence is lower.
//! - A single gap between two blocks of similar colours is filled, but not in a flat area: there another block is a
//!   line.
//!
//! # What was tried
//!
//! Measured on an animated trailer (720p, `rgba32`, `aes-128-ecb`) with one known frame: frame 1092 with 1052 known, and
//! frame 923 with 903 known, where the camera moves. Share of the blocks that are filled, and the PSNR of their mean
//! colours in dB. The last three rows are steps of this module, the others a prototype.
//!
//! | | 1092, confidence 0.5 | 923, confidence 0.7 |
//! |---|---|---|
//! | walks that cannot die, edges in time too, pulled towards a spectral embedding | 0.21, 34.1 | 0.22, 18.4 |
//! | the same without the embedding | 0.21, 34.4 | 0.22, 19.4 |
//! | the same without edges in time | 0.20, 36.8 | 0.17, 37.9 |
//! | walks that die, from 16 frames instead of 48 and 24 | 0.18, 37.3 | 0.17, 38.1 |
//! | the same, and every value is a node | 0.24, 31.3 | 0.17, 35.2 |
//! | walks that die, from the frames that [`FrameSelection`](super::shot::FrameSelection) selects | 0.15, 37.6 | 0.14, 37.9 |
//! | the same with gaps | 0.18, 37.8 | 0.17, 38.0 |
//! | the same with classes and contradictions | 0.18, 37.8 | 0.16, 38.4 |
//!
//! Edges in time join blocks that something moved across, which have nothing in common: at a weight of 0.1 they still
//! cost 10 dB at frame 923. Walks that die give the same colours as walks that cannot, and a solution in 32 steps
//! instead of 100 to 200. Classes and contradictions cost nothing in a film. In a drawn slide with text, where letters
//! stand beside a known ground, they lower the share that is filled, wrongly for the most part, from 0.07 at 14.5 dB to
//! 0.003 at 26.5 dB (the demo, frame 90 with 0 known).
//!
//! What did not help: the colours of the four pixels of a block instead of their mean (the same PSNR, over pixels too);
//! weights of edges to the power ½ (0.00 to 0.01 less filled).
//!
//! This room knows neither pictures nor files nor keys.

mod agreement;
mod gaps;
mod joins;
mod walk;

pub use agreement::FilledAgreement;
pub use walk::DEATH_ODDS;

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::shot::Grid;
use super::shot::graph::Graph;
use super::shot::repeated_values::RepeatedValues;
use super::shot::value_table::{ValueTable, blocks};
use joins::{CLASSES, Joins, Nodes};

/// Red, green and blue.
pub type Colour = [u8; 3];

/// Red, green and blue of a block, and the confidence in 255ths.
pub type Estimate = [u8; 4];

/// Blocks that one task looks up.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// A value that two parts of a shot have keeps the colour of the earlier part, unless its confidence in the later part is
/// higher by more than this, in 255ths.
const KEPT: u8 = 26;

/// Why there is no [`Tint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTint {
    /// No value that repeats is joined to a known one. This holds for every ciphertext that does not repeat.
    #[error("no block that repeats is a neighbour of a known one: no colours follow")]
    NothingFollows,
    /// The caller cancelled the preparation.
    #[error("cancelled")]
    Cancelled,
}

/// A part of a shot in which some blocks are known: the estimated colours of other values.
#[derive(Clone, Debug)]
pub struct Tint {
    table: ValueTable,
    grid: Grid,
    /// How often neighbours of each class are similar.
    likeness: [f32; CLASSES],
}

impl Tint {
    /// Prepares a part of a shot from the ciphertexts of some of its frames, all under one key and of the shape that
    /// `grid` describes. `known` holds the mean colours of the known blocks of each frame, one entry for each block that
    /// has a place in the picture. Calls `progress` with the share that is done, from 0 to 1; it may cancel.
    ///
    /// The result depends on the frames alone, not on the number of threads.
    ///
    /// # Errors
    /// [`NoTint::NothingFollows`] if no colour can be estimated, [`NoTint::Cancelled`] if `progress` cancelled.
    ///
    /// # Panics
    /// If `known` has fewer frames than `frames`.
    pub fn prepare(
        frames: &[&[u8]],
        known: &[Vec<Option<Colour>>],
        grid: &Grid,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, NoTint> {
        assert!(known.len() >= frames.len(), "a frame without colours");
        let mut done = |share| match progress(share) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(NoTint::Cancelled),
        };
        done(0.0)?;
        if known.par_iter().all(|frame| frame.iter().all(Option::is_none)) {
            return Err(NoTint::NothingFollows);
        }
        let values = RepeatedValues::of(frames, grid.columns(), &mut done)?;
        done(0.3)?;
        let nodes = Nodes::of(&values, known);
        let joins: Vec<Joins> = Joins::of_frames(frames, known, grid, &values, &nodes);
        done(0.5)?;
        let likeness = joins::likeness(&joins);
        let around = joins::surroundings(nodes.count, &joins, likeness);
        let graph = Graph::of_classes(nodes.count, joins::pairs(&joins), likeness);
        drop(joins);
        done(0.6)?;
        let ends = walk::ends(&graph, &around, &mut |share| done(0.6 + 0.35 * share))?;
        let of_value = |&node: &u32| ends.get(node as usize).copied().and_then(walk::estimate);
        let estimates: Vec<Option<Estimate>> = nodes.number.iter().map(of_value).collect();
        let count = estimates.iter().flatten().count();
        if count == 0 {
            return Err(NoTint::NothingFollows);
        }
        let all = values.values.iter().zip(estimates).filter_map(|(&hash, estimate)| Some((hash, estimate?)));
        let table = ValueTable::of(count, all);
        done(1.0)?;
        Ok(Self { table, grid: grid.clone(), likeness })
    }

    /// How many values have a colour.
    #[must_use]
    pub fn values(&self) -> usize {
        self.table.len()
    }

    /// The grid of its frames.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// About how much memory it takes, in bytes, without its grid.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Keeps the colours of the part before for values that both have, unless the confidence is much higher here: so
    /// colours stay the same from part to part of a shot.
    pub fn keep_colours_of(&mut self, before: &Self) {
        let kept: Vec<Option<Estimate>> = self
            .table
            .values()
            .map(|(hash, [.., confidence])| {
                before.table.find(hash).filter(|before| before[3].saturating_add(KEPT) >= confidence)
            })
            .collect();
        for (own, kept) in self.table.stored_mut().zip(kept) {
            *own = kept.unwrap_or(*own);
        }
    }

    /// Writes the estimates of a frame's blocks to `estimates`, one entry for each whole block; `None` for a block without
    /// a colour, and for known blocks. `known` holds the mean colours of these, as for [`prepare`](Self::prepare).
    pub fn look_up(
        &self,
        ciphertext: &[u8],
        known: &[Option<Colour>],
        estimates: &mut Vec<Option<Estimate>>,
    ) {
        let blocks = blocks(ciphertext);
        estimates.resize(blocks.len(), None);
        estimates
            .par_chunks_mut(BLOCKS_PER_TASK)
            .zip(blocks.par_chunks(BLOCKS_PER_TASK))
            .for_each(|(estimates, blocks)| self.table.find_all(blocks, estimates));
        estimates.par_iter_mut().zip(known).with_min_len(BLOCKS_PER_TASK).for_each(|(estimate, known)| {
            if let Some([red, green, blue]) = *known {
                *estimate = Some([red, green, blue, u8::MAX]);
            }
        });
        for (place, estimate) in gaps::between(estimates, blocks, &self.grid, self.likeness) {
            estimates[place] = Some(estimate);
        }
        estimates.par_iter_mut().zip(known).with_min_len(BLOCKS_PER_TASK).for_each(|(estimate, known)| {
            if known.is_some() {
                *estimate = None;
            }
        });
    }
}

#[cfg(test)]
mod tests;
