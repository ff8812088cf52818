//! What can be computed from ciphertext alone.
//!
//! ```text
//! ciphertext ──▶ Census: which blocks are equal ──▶ Leakage: the numbers
//!            ──▶ unchanged: which blocks stayed      (and, through a lens, the pictures)
//! ```
//!
//! Everything here is a pure function of bytes, deterministic and infallible. This room knows neither
//! pictures nor files nor keys; it would work as well on ciphertext from anywhere.

pub mod tone;

mod census;
mod leakage;

pub use census::{Census, Counter};
pub use leakage::{Leakage, expected_by_chance, unchanged_blocks};
