//! Tone: shading recovered from ECB ciphertext alone.
//!
//! Neighbouring pixels mostly have similar colours. Under ECB each value of a ciphertext block represents one plaintext
//! block, so two values that are often neighbours in the picture have similar shades. An embedding that places such
//! values close to each other sorts them by shade:
//!
//! ```text
//! frames chosen across a shot
//!    │ repeated_values  the values that occur at two places or more; the common values become nodes
//!    │ graph            an edge joins two nodes that are neighbours; its weight is how often they are
//!    │ coarsen          nodes with the strongest edges are merged, until about 400 are left
//!    │ embedding        path lengths along the graph, then four coordinates that preserve these distances
//!    │ smooth           back to finer levels: a node starts at its group's coordinates and moves towards its neighbours
//!    ▼ rare_values      other values get the mean coordinates of their neighbours
//! Tone ──look_up(any frame of the shot)──▶ four numbers from 0 to 255 for each block; short gaps are filled
//! ```
//!
//! The attack needs no key and no known plaintext. It cannot determine which of the four numbers is brightness, or
//! which end of that number is light: the result is shading in false colours, possibly as a negative. Values that the
//! prepared frames do not have stay unpainted, unless they lie between two blocks of similar tone; these gaps trace the
//! outlines.
//!
//! # What was tried
//!
//! Measured at twelve points of an animated trailer (720p, `rgba32`): R² of the true ranks of brightness on the ranks
//! of the four numbers, the mean over all points and the worst point.
//!
//! | | mean | worst |
//! |---|---|---|
//! | leading eigenvectors of the random walk (Laplacian eigenmaps), edges in time too | 0.71 | 0.25 |
//! | the same without edges in time, which tie the graph to the geometry of the picture | 0.79 | 0.39 |
//! | the same, all degrees made larger by 0.01 or 0.001 of their mean (regularized) | 0.75, 0.79 | 0.49, 0.25 |
//! | the same, and of eight vectors the four that are spread most evenly | 0.79 | 0.33 |
//! | path lengths on the coarse graph, edges √(m₁m₂) / w long, squared distance = path length, no smoothing | 0.82 | 0.76 |
//! | the same with smoothing from level to level, 4 steps a level | 0.84 | 0.77 |
//! | the same with 8 steps, groups weighted by their blocks, smaller powers | 0.88 | 0.78 |
//! | the same with edges √(√(m₁m₂) / w) long, squared distance = path length to the power 0.7 | 0.88 | 0.83 |
//! | the same with components joined if several are large | 0.89 | 0.84 |
//!
//! In these variants every value is a node. This module leaves rare values out of the graph, takes the pairs of nodes
//! that are neighbours from one prepared frame in three, stops at 400 nodes and prepares fewer frames; edges are
//! (√(m₁m₂) / w)^¾ long, which is as good as the root at most points and better at the worst. On every eighth frame of
//! the same trailer, 166 in all, the mean R² is 0.87, and below 0.77 for a tenth of them, and 0.55 of a frame is
//! painted; at fourteen points that were measured with eigenvectors earlier, the mean is 0.86 and the worst 0.70.
//! Filled gaps are 0.026 of a frame, and lower R² by 0.003; if all gaps were filled, R² of the filled blocks would be
//! 0.3 to 0.5.
//!
//! Eigenvectors fail if parts of the picture are joined by few edges: the leading ones then only say which part a block
//! belongs to. (Eight of them together are nearly as good as four coordinates here, 0.86.) Path lengths do not depend
//! on the number of edges that join two parts, and take a fraction of the time.
//!
//! What did not help. To reduce 8 to 16 eigenvectors to four: principal components or maximum autocorrelation factors
//! of their ranks (0.64 to 0.80). On the coarse graph, without smoothing: PHATE (0.71 to 0.80), resistance distances
//! (0.64 to 0.71), paths measured in edges (0.72). Weights of edges to the power ½ (lower by 0.04); edges between
//! diagonal neighbours (the same), across gaps (0.01 more painted, R² lower by 0.03), between frames (the same at a
//! weight of 0.01, lower by 0.03 at 0.05). Twice as many frames (0.04 more painted, R² lower by 0.05). For values that
//! a part of a shot does not have, tones of the part before (0.003 more painted, R² lower by 0.01); for values that
//! occur twice in the painted frame, tones of their neighbours (0.007 more, lower by 0.002). The mean of several
//! coarsenings, in twice the time (the same). Which of two equal edges comes first is arbitrary, and moves the R² of a
//! point by 0.04 on average, and of the worst by 0.1.
//!
//! What remains weak: the first coordinate is brightness at most points, but not at all of them; footage whose blocks
//! seldom repeat is mostly unpainted; in `gray8` and `yuv420p`, where a block is 16 pixels, much less is painted.
//!
//! This room knows neither pictures nor files nor keys.

#![expect(
    clippy::cast_possible_truncation,
    reason = "places and nodes have 32-bit numbers, coordinates single precision"
)]

mod agreement;
mod align;
mod coarsen;
mod embedding;
mod gap_fill;
mod neighbour_pairs;
mod prepare;
mod rare_values;

pub use agreement::Agreement;
pub use prepare::NoTone;

use rayon::prelude::*;

use super::shot::Grid;
use super::shot::value_table::{ValueTable, blocks};

/// How many coordinates a block gets.
pub const VECTORS: usize = 4;

/// One number for each coordinate.
type Vectors = [f32; VECTORS];

/// The tones of a block, one for each coordinate: its rank among the blocks of the prepared frames, in 256
/// steps, so that each tone is painted equally often.
pub type Tones = [u8; VECTORS];

/// Blocks that one task looks up.
const BLOCKS_PER_TASK: usize = 1 << 14;

/// A prepared shot: the tones of the values of its blocks.
#[derive(Clone, Debug)]
pub struct Tone {
    table: ValueTable,
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

    /// Which blocks are neighbours; the same for all parts of a shot.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Writes the tones of a frame's blocks to `tones`, one entry for each whole block; `None` for a value without a
    /// tone, unless the block lies between two blocks of similar tone.
    ///
    /// The first coordinate has the largest spread. Which coordinate is brightness, and which end of it is light, is
    /// unknown.
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
