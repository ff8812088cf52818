//! Tone: shading recovered from ECB ciphertext alone.
//!
//! Pixels that stand next to each other are mostly alike. Under ECB a block's ciphertext is a name for its
//! plaintext, so "these two names often stand side by side" means "these two blocks look alike". Laid out so
//! that those which look alike lie close together, the names fall into the order of their shades:
//!
//! ```text
//! frames chosen across a shot
//!    │ repeated_values  the values that occur at two places or more; the common ones are the nodes
//!    │ graph            nodes are joined if they are neighbours, weighted by how often they are
//!    │ coarsen          the most strongly tied nodes are merged, until about 400 are left
//!    │ embedding        path lengths between these along the graph; four coordinates that keep these distances
//!    │ smooth           back level by level: a node starts at its group's coordinates, then nears its neighbours
//!    ▼ rare_values      values that are no nodes take the mean coordinates of their neighbours
//! Tone ──look_up(any frame of the shot)──▶ for each block, four numbers from 0 to 255; gaps between two that are alike
//! ```
//!
//! No key and no known plaintext enters. What the eavesdropper cannot know is which of the four numbers is
//! brightness, nor which end of it is light: the picture is shading, as on a negative in false colours. Values that
//! were not met stay unpainted, unless they stand between two that look alike; such gaps draw the outlines.
//!
//! # What was tried
//!
//! Measured on twelve places of an animated trailer (720p, `rgba32`): R² of the true ranks of brightness on the
//! ranks of the four numbers, the mean of all places and the worst.
//!
//! | | mean | worst |
//! |---|---|---|
//! | leading eigenvectors of the random walk (Laplacian eigenmaps), edges in time too | 0.71 | 0.25 |
//! | the same without edges in time, which tie the graph to the geometry of the picture | 0.79 | 0.39 |
//! | the same, all degrees made larger by 0.01 or 0.001 of their mean (regularized) | 0.75, 0.79 | 0.49, 0.25 |
//! | the same, and of eight vectors the four that are spread most evenly | 0.79 | 0.33 |
//! | ways on the coarse graph, edges √(m₁m₂) / w long, squared distance = way, no smoothing | 0.82 | 0.76 |
//! | and smoothed on the way back, 4 steps a level | 0.84 | 0.77 |
//! | and 8 steps, groups weighted by their blocks, gentler powers | 0.88 | 0.78 |
//! | and edges √(√(m₁m₂) / w) long, squared distance = way to the power 0.7 | 0.88 | 0.83 |
//! | and components joined where several are large | 0.89 | 0.84 |
//!
//! Those have every value for a node. This module leaves the rare ones out of the graph, learns from one prepared
//! frame in three which nodes stand side by side, stops at 400 nodes and prepares fewer frames; edges are then
//! (√(m₁m₂) / w)^¾ long, which is as good as the root at most places and better at the worst. On one frame in eight of
//! the same trailer, which is 166, R² is 0.87 in the mean and below 0.77 at a tenth of them, and 0.55 of a frame is
//! painted; at fourteen places that were measured with eigenvectors before, 0.86 in the mean and 0.70 at the worst.
//! Gaps between two blocks that look alike make 0.026 of that, with R² lower by 0.003; closed whatever stands around
//! them, they would lower it to 0.3 to 0.5.
//!
//! Eigenvectors fail where parts of the picture hang together by a thread: the leading ones then say no more
//! than which part a block is in. (Eight of them together know nearly as much as four coordinates here, 0.86.)
//! Ways along the graph do not mind how narrow a passage is, and are found in a fraction of the time.
//!
//! What did not help. To condense 8 to 16 eigenvectors: principal components or maximum autocorrelation factors
//! of their ranks (0.64 to 0.80). On the coarse graph, without smoothing: PHATE (0.71 to 0.80), resistance
//! distances (0.64 to 0.71), ways counted in edges (0.72). Weights of edges to the power ½ (lower by 0.04);
//! edges between diagonal neighbours (the same), across gaps (0.01 more painted, R² lower by 0.03), in time (the
//! same at a weight of 0.01, lower by 0.03 at 0.05). Twice the frames paint 0.04 more, with R² lower by 0.05. Tones
//! of the part before for values that a part did not meet: 0.003 more painted, R² lower by 0.01; of values that
//! occur twice in the very frame that is drawn, from their neighbours: 0.007 more, lower by 0.002. The mean of several
//! coarsenings, in twice the time: the same. Which of two equal ties comes first is chance, and moves the R² of a
//! place by 0.04 on average, that of the worst by 0.1.
//!
//! What stays weak: the first coordinate is brightness at most places and not at all; footage whose blocks
//! hardly repeat is hardly painted; in `gray8` and `yuv420p`, where a block is 16 pixels, much less is.
//!
//! This room knows neither pictures nor files nor keys.

#![expect(
    clippy::cast_possible_truncation,
    reason = "places and nodes are numbered in 32 bits, coordinates are single"
)]

mod agreement;
mod align;
mod coarsen;
mod embedding;
mod frame_selection;
mod gap_fill;
mod graph;
mod grid;
mod neighbour_pairs;
mod prepare;
mod rare_values;
mod repeated_values;
mod sample;
mod shots;
mod tone_table;

pub use agreement::Agreement;
pub use frame_selection::FrameSelection;
pub use grid::Grid;
pub use prepare::NoTone;
pub use sample::Sample;
pub use shots::Shots;

use rayon::prelude::*;

use tone_table::{ToneTable, blocks};

/// How many coordinates a block gets.
pub const VECTORS: usize = 4;

/// One number for each coordinate.
type Vectors = [f32; VECTORS];

/// The tones of a block, one for each coordinate: its rank among the blocks of the prepared frames, in 256
/// steps, so that each tone is painted equally often.
pub type Tones = [u8; VECTORS];

/// Blocks that one task looks up.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// A shot prepared: the tones of all block values that were met.
#[derive(Clone, Debug)]
pub struct Tone {
    table: ToneTable,
    grid: Grid,
}

impl Tone {
    /// How many values have a tone.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.table.len()
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Which blocks stand next to each other: parts of a shot have one for all.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The tones of the blocks of a frame, in order; `None` for a value that was not met, unless it stands between
    /// two that look alike. `tones` is cleared first and holds one entry for each whole block afterwards.
    ///
    /// The first coordinate is the widest. Which is brightness, and which end of it light, is not known.
    pub fn look_up(&self, ciphertext: &[u8], tones: &mut Vec<Option<Tones>>) {
        let blocks = blocks(ciphertext);
        tones.resize(blocks.len(), None);
        tones
            .par_chunks_mut(BLOCKS_PER_TASK)
            .zip(blocks.par_chunks(BLOCKS_PER_TASK))
            .for_each(|(tones, blocks)| self.table.find_all(blocks, tones));
        gap_fill::fill_gaps(tones, &self.grid);
    }
}

#[cfg(test)]
mod tests;
