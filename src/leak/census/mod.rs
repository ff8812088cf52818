//! The census: which blocks of a ciphertext are equal, and how often each value occurs.
//!
//! Most blocks of a well encrypted frame occur once, and a hash table of all of them is far larger than a processor's
//! cache. In ECB many blocks equal the block above. So the census first separates such *copies*: comparing two blocks
//! costs far less than looking one up. It reads all other blocks twice, the second time only four bytes of each, and
//! keeps only bits for them. Only blocks that may occur twice enter a hash table. They are partitioned by hash, so that
//! the table of a part fits the cache:
//!
//! ```text
//! blocks ──equal to the one above?──▶ others ──seen before?──▶ candidates ─by hash─▶ parts ──equal?──▶ classes
//!    │                                          bits by hash                               a hash table            ▲
//!    └──────▶ copies ──────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Some chance collisions enter the table too, but the table compares whole blocks, so that the result is exact. The
//! first of the two readings may happen piece by piece, while the blocks are in the cache.
//!
//! Tried, and slower on film at 2160p: partitioning all blocks by hash before the search for repeats, with their values
//! read from the frame (by a third); the same with a hash of 64 bits in place of the values and a check at the end (by
//! a fifth); twice as many bits (by a fifth: they no longer fit the cache); reading the words of the bits some blocks
//! ahead (by a tenth); comparing with the block to the left too (it finds few more copies). Instructions of later
//! processors (AVX2) change little: the bandwidth of the memory is the limit.

mod block;
mod classes;
mod counter;
mod duplicate_filter;
mod partition;
mod table;

pub(super) use block::{Block, blocks, hash};
pub use classes::Census;
pub(super) use classes::{ALONE, pairs};
pub use counter::Counter;
