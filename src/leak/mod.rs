//! What can be computed from ciphertext alone.
//!
//! ```text
//! ciphertext ──▶ Census, Memory: which blocks are equal ──▶ Outline, Ranks: the pictures
//!            │                                        ├──▶ Neighbours, chance ──┐
//!            ├─▶ Change: blocks equal to the frame before ──────────────────────┼──▶ Leakage ──▶ Finding
//!            │       the original ──▶ Edges ──with Outline──▶ Agreement ────────┘    the numbers, and their
//!            ├─▶ classical: the measures that papers use                             summary in a word
//!            ├─▶ ChangeAge: which blocks changed, and when
//!            ├─▶ silhouette: whether an outline or the changed blocks form a shape, for the Finding
//!            └─▶ difference: the XOR with the frame before
//! slices with known places, the original ──▶ Footprint: whether sizes draw the picture
//! ciphertext and plaintext of some frames ──▶ Codebook: parts of other frames that follow from them
//! ```
//!
//! Everything here is a pure function of bytes, deterministic and infallible. This room knows neither pictures nor
//! files nor keys; it works on ciphertext from any source.

pub mod shot;
pub mod tint;
pub mod tone;

mod agreement;
mod census;
mod chance;
mod change;
mod change_age;
pub mod classical;
mod codebook;
mod columns;
mod difference;
mod edges;
mod finding;
mod footprint;
mod leakage;
mod memory;
mod message_counts;
mod neighbours;
mod outline;
mod rank_correlation;
mod ranks;
mod silhouette;
mod size_agreement;
mod sobel;
mod stream_counts;

pub use agreement::Agreement;
pub use census::{Census, Counter};
pub use chance::{expected_by_chance, log10_of_bytes, log10_of_pairs};
pub use change::{Change, Comparison, unchanged_blocks};
pub use change_age::ChangeAge;
pub use classical::ClassicalMetrics;
pub use codebook::{Codebook, Recovery};
pub use columns::COLUMNS;
pub use difference::difference;
pub use edges::Edges;
pub use finding::Finding;
pub use footprint::{Detail, Footprint};
pub use leakage::{Leakage, Number};
pub use memory::Memory;
pub use message_counts::{LatestMessages, MessageCounts, MessageMemory};
pub use neighbours::Neighbours;
pub use outline::Outline;
pub use ranks::{Rank, Ranks};
pub use silhouette::{draws, looks_like_noise, shows_movement};
pub use size_agreement::SizeAgreement;
pub use stream_counts::{BYTES_PER_MESSAGE, BYTES_PER_VALUE, StreamCounts, StreamSummary};
