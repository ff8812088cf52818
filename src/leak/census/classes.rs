//! The census: the classes of equal blocks of a frame, and what follows from their sizes.

use std::sync::OnceLock;

use rayon::prelude::*;

/// Blocks of which one task counts out the occurrences.
const BLOCKS_PER_TASK: usize = 1 << 15;

/// The class of all blocks whose value occurs nowhere else. Its size is stored as 1, so that looking a size up needs no
/// special case.
pub(in crate::leak) const ALONE: u32 = 0;

/// Which blocks of a ciphertext are equal.
///
/// Blocks are numbered along the ciphertext; a rest under 16 bytes is not counted. Two blocks have the same
/// class exactly when their 16 bytes are equal.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Blocks of the frame.
    pub(super) blocks: usize,
    /// Class of each of them, or [`ALONE`]; empty where all are.
    pub(super) class: Vec<u32>,
    /// Blocks of each class within the memory, two or more; but 1 for [`ALONE`].
    pub(super) sizes: Vec<u32>,
    /// The size of each block's class; computed once, on demand.
    pub(super) occurrences: OnceLock<Vec<u32>>,
    /// As the methods of these names say.
    pub(super) distinct: u64,
    pub(super) repeated: u64,
    pub(super) repeated_in_frame: u64,
    pub(super) largest_class: u64,
    pub(super) pairs: u64,
    pub(super) entropy: f64,
}

impl Census {
    /// Blocks of the frame.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.blocks
    }

    /// How often the value of block `block` occurs within the memory, itself included; at least 1.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn occurrences(&self, block: usize) -> u32 {
        self.class(block).map_or(1, |class| self.sizes[class])
    }

    /// The [`occurrences`](Self::occurrences) of all blocks, computed on the first call.
    #[must_use]
    pub fn all_occurrences(&self) -> &[u32] {
        self.occurrences.get_or_init(|| {
            if self.class.is_empty() {
                return vec![1; self.blocks];
            }
            let classes = self.class.par_iter().with_min_len(BLOCKS_PER_TASK);
            classes.map(|&class| self.sizes[class as usize]).collect()
        })
    }

    /// True where two blocks of the frame have the same 16 bytes.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn equal(&self, one: usize, other: usize) -> bool {
        one == other || self.class(one).is_some_and(|class| self.class(other) == Some(class))
    }

    /// Different values among the blocks of the frame.
    #[must_use]
    pub const fn distinct(&self) -> u64 {
        self.distinct
    }

    /// Blocks of the frame whose value occurs more than once within the memory.
    #[must_use]
    pub const fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Blocks of the frame whose value occurs at another place of the frame itself, whatever is remembered.
    #[must_use]
    pub const fn repeated_in_frame(&self) -> u64 {
        self.repeated_in_frame
    }

    /// Pairs of equal blocks within the memory: c(c−1)/2 for a value that occurs c times.
    #[must_use]
    pub const fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Shannon entropy of the values of the frame's blocks, in bits, from 0 to log2 of their number.
    #[must_use]
    pub const fn entropy(&self) -> f64 {
        self.entropy
    }

    /// Occurrences of the most frequent value within the memory; 0 for a frame without blocks.
    #[must_use]
    pub const fn largest_class(&self) -> u64 {
        self.largest_class
    }

    /// The class of a block, a number below [`classes`](Self::classes); `None` for a block that is unlike
    /// all others.
    pub(in crate::leak) fn class(&self, block: usize) -> Option<usize> {
        assert!(block < self.blocks, "there is no block {block}");
        self.class.get(block).filter(|&&class| class != ALONE).map(|&class| class as usize)
    }

    /// How many classes there are, that of those that are [`ALONE`] included.
    pub(in crate::leak) fn classes(&self) -> usize {
        self.sizes.len()
    }

    /// The class of every block: equal for equal blocks, but for those that are unlike all others, which
    /// have [`ALONE`]; empty where all are.
    pub(in crate::leak) fn names(&self) -> &[u32] {
        &self.class
    }

    /// The first block of each value of a frame counted by itself, and how many blocks have it.
    pub(in crate::leak) fn values(&self) -> Vec<(u32, u32)> {
        let mut met = vec![false; self.sizes.len()];
        let mut values = Vec::with_capacity(usize::try_from(self.distinct).unwrap_or(0));
        for (number, block) in (0u32..).zip(0..self.blocks) {
            match self.class(block) {
                None => values.push((number, 1)),
                Some(class) if !std::mem::replace(&mut met[class], true) => {
                    values.push((number, self.sizes[class]));
                }
                Some(_) => {}
            }
        }
        values
    }

    /// The census within a memory, from that of the frame by itself: the first block of each of its
    /// [`values`](Self::values) and how often it occurs within the memory, the occurrences of the most
    /// frequent value, and the pairs of equal blocks.
    pub(in crate::leak) fn remembered(
        self,
        occurrences: &[(u32, u32)],
        largest_class: u64,
        pairs: u64,
    ) -> Self {
        let Self { mut class, mut sizes, occurrences: _, .. } = self;
        let mut repeated = 0;
        for &(first, count) in occurrences.iter().filter(|&&(_, count)| count > 1) {
            let class = &mut for_all(&mut class, self.blocks)[first as usize];
            if *class == ALONE {
                repeated += 1;
                *class = u32::try_from(sizes.len()).expect("a census has fewer than 2^32 blocks");
                sizes.push(count);
            } else {
                let size = &mut sizes[*class as usize];
                repeated += u64::from(std::mem::replace(size, count));
            }
        }
        Self { class, sizes, occurrences: OnceLock::new(), repeated, largest_class, pairs, ..self }
    }
}

/// The class of each of so many blocks, once there is one to tell.
pub(super) fn for_all(class: &mut Vec<u32>, blocks: usize) -> &mut [u32] {
    if class.is_empty() {
        class.resize(blocks, ALONE);
    }
    class
}

/// Pairs among blocks of one value.
pub(in crate::leak) fn pairs(blocks: u32) -> u64 {
    u64::from(blocks) * u64::from(blocks.saturating_sub(1)) / 2
}
