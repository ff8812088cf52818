//! The census: which blocks of a ciphertext are equal, and how often each value occurs.
//!
//! Most blocks of a well encrypted frame occur once, and a hash table that holds them all is far larger than
//! a processor's cache. In pictures that repeat, on the other hand, many blocks equal the one above. So the census
//! first sets aside such *copies*: to compare two blocks costs far less than to look one up. It goes twice over all
//! others, the second time over four bytes of each, with nothing but bits in hand, and lets into a table only what
//! may occur twice, parted by hash, so that what it keeps of a part fits the cache:
//!
//! ```text
//! blocks ──equal to the one above?──▶ others ──seen before?──▶ candidates ─by hash─▶ parts ──equal?──▶ classes
//!    │                                          bits by hash                               a hash table            ▲
//!    └──────▶ copies ──────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Some chance collisions enter the table too; it compares whole blocks. The result is exact. The first time,
//! blocks may come piece by piece, whenever they are in the cache anyway.
//!
//! Tried, and slower on film at 2160p: parting all blocks by hash before looking which of them may occur twice,
//! with their values looked up where they stand (by a third); the same with a hash of 64 bits in their stead and
//! a check at the end (by a fifth); twice as many bits (by a fifth: they no longer fit beside all else); reading the
//! words of the bits some blocks ahead (by a tenth); to compare with the block to the left, too (it finds few more
//! copies). Instructions of later processors (AVX2) change little: the memory is the bound.

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
