//! Blocks and their hashes.

use crate::picture::layout::BLOCK_BYTES;

pub(in crate::leak) type Block = [u8; BLOCK_BYTES];

/// Blocks that are worked on together: they and their hashes stay in the first-level cache.
pub(super) const CHUNK: usize = 1 << 10;

pub(in crate::leak) fn blocks(bytes: &[u8]) -> &[Block] {
    bytes.as_chunks().0
}

/// The kind of bytes that are counted. The wrong kind costs time, but the counts are right.
#[derive(Clone, Copy, Default)]
pub(super) enum Bytes {
    /// Ciphertext: half of a block serves as its hash.
    Random,
    /// Bytes that may have any pattern.
    #[default]
    Any,
}

/// Hashes a block to 64 bits, with one multiplication whose halves are XORed (as in wyhash, Wang Yi 2019).
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
pub(in crate::leak) fn hash(block: Block) -> u64 {
    let value = u128::from_le_bytes(block);
    let (low, high) = (value as u64, (value >> 64) as u64);
    let product = u128::from(low ^ 0xa076_1d64_78bd_642f) * u128::from(high ^ 0xe703_7ed1_a0b4_28db);
    product as u64 ^ (product >> 64) as u64
}

/// The hashes of a chunk of blocks, at most as many as `room` has entries.
///
/// A loop that only hashes makes a census of a large frame faster by a quarter: the processor then loads blocks ahead,
/// while a loop that also looks up bits waits for them.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "half of a block is enough")]
pub(super) fn hash_all<'a>(bytes: Bytes, chunk: &[Block], room: &'a mut [u64; CHUNK]) -> &'a [u64] {
    let hashes = room.iter_mut().zip(chunk);
    match bytes {
        Bytes::Any => hashes.for_each(|(to, &block)| *to = hash(block)),
        Bytes::Random => hashes.for_each(|(to, &block)| *to = u128::from_le_bytes(block) as u64),
    }
    &room[..chunk.len().min(CHUNK)]
}
