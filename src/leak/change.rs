//! Change: which blocks and bytes of a ciphertext equal those at the same place in the one before.

use rayon::prelude::*;

use super::census::{Block, blocks};

/// Blocks that one task compares: few enough for the second-level cache.
const BLOCKS_PER_TASK: usize = 1 << 13;

/// Equal blocks and bytes at the same places of two ciphertexts. A rest under 16 bytes is ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Whole blocks that are equal.
    pub same: u64,
    /// Equal blocks at the start, up to the first that differs.
    pub prefix: u64,
    /// Equal bytes in blocks that differ, without the first such block: under CFB with a fixed initialization vector
    /// only that block has the same keystream in both.
    pub bytes_in_changed: u64,
}

/// Blocks whose equal bytes, counted per byte position, fit counters of one byte.
const BLOCKS_PER_COUNT: usize = u8::MAX as usize;

/// The comparison of some pieces of two ciphertexts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comparison {
    blocks: u64,
    same: u64,
    bytes: u64,
    /// The number of the first block that differs, and how many of its bytes are equal.
    first: Option<(u64, u64)>,
}

impl Comparison {
    /// Compares two pieces that start with block `start`, up to the end of the shorter.
    #[must_use]
    pub fn of(start: usize, now: &[u8], before: &[u8]) -> Self {
        let (now, before) = (blocks(now), blocks(before));
        let length = now.len().min(before.len());
        let tasks =
            now[..length].par_chunks(BLOCKS_PER_TASK).zip(before[..length].par_chunks(BLOCKS_PER_TASK));
        let parts = tasks
            .enumerate()
            .map(|(task, (now, before))| compare(start + task * BLOCKS_PER_TASK, now, before));
        parts.reduce(Self::default, Self::and)
    }

    /// Adds the comparison of other pieces; the order of pieces does not matter.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            blocks: self.blocks + other.blocks,
            same: self.same + other.same,
            bytes: self.bytes + other.bytes,
            first: self.first.into_iter().chain(other.first).min(),
        }
    }

    /// The result for all pieces together.
    #[must_use]
    pub fn change(self) -> Change {
        let (prefix, in_first) = self.first.unwrap_or((self.blocks, 0));
        Change {
            same: self.same,
            prefix,
            bytes_in_changed: self.bytes - self.same * size_of::<Block>() as u64 - in_first,
        }
    }
}

impl Change {
    /// Compares two ciphertexts, up to the end of the shorter.
    #[must_use]
    pub fn between(now: &[u8], before: &[u8]) -> Self {
        Comparison::of(0, now, before).change()
    }
}

/// Compares two slices of the same number of blocks, of which the first is block `start`.
fn compare(start: usize, now: &[Block], before: &[Block]) -> Comparison {
    let mut found = Comparison { blocks: now.len() as u64, ..Comparison::default() };
    for (now, before) in now.chunks(BLOCKS_PER_COUNT).zip(before.chunks(BLOCKS_PER_COUNT)) {
        // A counter for each byte position, so that the compiler compares all bytes of a block at once.
        let mut columns: Block = [0; _];
        for (now, before) in now.iter().zip(before) {
            for (column, (now, before)) in columns.iter_mut().zip(now.iter().zip(before)) {
                *column += u8::from(now == before);
            }
            found.same += u64::from(u128::from_ne_bytes(*now) == u128::from_ne_bytes(*before));
        }
        found.bytes += columns.iter().map(|&count| u64::from(count)).sum::<u64>();
    }
    let first = now.iter().zip(before).position(|(now, before)| now != before);
    found.first = first.map(|at| {
        let equal = now[at].iter().zip(&before[at]).filter(|(now, before)| now == before).count();
        ((start + at) as u64, equal as u64)
    });
    found
}

/// Whole blocks that are equal at the same place in both ciphertexts.
#[must_use]
pub fn unchanged_blocks(now: &[u8], before: &[u8]) -> u64 {
    Change::between(now, before).same
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "made up bytes may be any")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unchanged_blocks_are_those_equal_at_the_same_place() {
        let before: Vec<u8> = (0..64).collect();
        let mut now = before.clone();
        now[20] ^= 1;
        assert_eq!(unchanged_blocks(&now, &before), 3);
        now.rotate_left(16);
        assert_eq!(unchanged_blocks(&now, &before), 0, "the same blocks at other places do not count");
    }

    #[test]
    fn equal_bytes_of_the_first_changed_block_are_not_counted() {
        let before = [7u8; 80];
        let mut now = before;
        now[16] ^= 1;
        now[40..48].fill(0);
        now[64] ^= 1;
        let expected = Change { same: 2, prefix: 1, bytes_in_changed: 8 + 15 };
        assert_eq!(Change::between(&now, &before), expected);
        assert_eq!(Change::between(&before, &before), Change { same: 5, prefix: 5, bytes_in_changed: 0 });
        assert_eq!(Change::between(&[], &before), Change::default());
    }

    proptest! {
        #[test]
        fn comparison_in_tasks_and_pieces_agrees_with_a_plain_one(
            changes in prop::collection::vec((0usize..700_000, 0u8..3), 0..40), rest in 0usize..16,
        ) {
            let before: Vec<u8> = (0..700_000 + rest).map(|i| (i / 7) as u8).collect();
            let mut now = before.clone();
            for (at, by) in changes {
                now[at] ^= by;
            }
            let pairs: Vec<_> = now.chunks_exact(16).zip(before.chunks_exact(16)).collect();
            let same = pairs.iter().filter(|(now, before)| now == before).count() as u64;
            let prefix = pairs.iter().take_while(|(now, before)| now == before).count() as u64;
            let changed = pairs.iter().filter(|(now, before)| now != before).skip(1);
            let bytes = changed.map(|(now, before)| now.iter().zip(*before).filter(|(a, b)| a == b).count() as u64);
            let expected = Change { same, prefix, bytes_in_changed: bytes.sum() };
            prop_assert_eq!(Change::between(&now, &before), expected);
            // Piece by piece, the last piece first.
            let pieces = now.chunks(65_536).zip(before.chunks(65_536)).enumerate();
            let all = pieces.rev().fold(Comparison::default(), |all, (at, (now, before))| {
                all.and(Comparison::of(at * 4096, now, before))
            });
            prop_assert_eq!(all.change(), expected);
        }
    }
}
