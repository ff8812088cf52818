//! A shot: frames between two cuts, which values its blocks have, and which blocks are neighbours.
//!
//! ```text
//! ciphertext of every frame ─▶ Sample ─▶ Shots: where a shot starts
//!                                    └─▶ FrameSelection: the frames with new values
//! selected frames ─▶ repeated_values: the values at two places or more ─▶ graph of values that are neighbours
//! an attack on the graph ─▶ value_table: four numbers for each value ─▶ look-up in any frame
//! ```
//!
//! [`tone`](super::tone) and [`tint`](super::tint) are attacks on such graphs. This room knows neither pictures nor
//! files nor keys.

#![expect(
    clippy::cast_possible_truncation,
    reason = "places and nodes have 32-bit numbers, coordinates single precision"
)]

mod frame_selection;
pub(in crate::leak) mod graph;
mod grid;
pub(in crate::leak) mod repeated_values;
mod sample;
mod shots;
pub(in crate::leak) mod value_table;

pub use frame_selection::FrameSelection;
pub use grid::Grid;
pub use sample::Sample;
pub use shots::Shots;
