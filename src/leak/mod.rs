//! What can be computed from ciphertext alone.
//!
//! ```text
//! ciphertext ──▶ Census, Memory: which blocks are equal ──▶ Leakage: the numbers
//!            │                                        └──▶ Outline, Ranks: the pictures
//!            ├─▶ Trail: which blocks changed, and when
//!            ├─▶ difference: what the XOR with the frame before leaves
//!            └─▶ unchanged: which blocks stayed      (and, through a lens, the pictures)
//! with the pictures of some frames ──▶ Codebook: what of the others follows from them
//! ```
//!
//! Everything here is a pure function of bytes, deterministic and infallible. This room knows neither
//! pictures nor files nor keys; it would work as well on ciphertext from anywhere.

pub mod tone;

mod census;
mod codebook;
mod difference;
mod leakage;
mod memory;
mod motion;
mod outline;
mod ranks;

pub use census::{Census, Counter};
pub use codebook::{Codebook, Recovery};
pub use difference::difference;
pub use leakage::{Leakage, Number, expected_by_chance, unchanged_blocks};
pub use memory::Memory;
pub use motion::Trail;
pub use outline::Outline;
pub use ranks::{Rank, Ranks};
