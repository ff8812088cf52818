//! The census: the classes of equal blocks of a frame, and the numbers that follow from their sizes.

use std::sync::OnceLock;

use rayon::prelude::*;

/// Blocks whose occurrences one task writes.
const BLOCKS_PER_TASK: usize = 1 << 15;

/// The class of every block whose value occurs once. Its size is stored as 1, so that looking a size up needs no
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
    /// The class of each block, or [`ALONE`]; empty if all blocks are alone.
    pub(super) class: Vec<u32>,
    /// Blocks of each class within the memory: at least two, and 1 for [`ALONE`].
    pub(super) sizes: Vec<u32>,
    /// The size of each block's class; computed once, on demand.
    pub(super) occurrences: OnceLock<Vec<u32>>,
    // The numbers that the methods of the same names return.
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

    /// True if two blocks of the frame have the same 16 bytes.
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

    /// Blocks of the frame whose value occurs more than once in the frame alone, without the memory.
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

    /// The class of a block, a number below [`class_count`](Self::class_count); `None` for a block whose value occurs
    /// once.
    pub(in crate::leak) fn class(&self, block: usize) -> Option<usize> {
        assert!(block < self.blocks, "there is no block {block}");
        self.class.get(block).filter(|&&class| class != ALONE).map(|&class| class as usize)
    }

    /// How many classes there are, including [`ALONE`].
    pub(in crate::leak) fn class_count(&self) -> usize {
        self.sizes.len()
    }

    /// The class of every block: the same for equal blocks, and [`ALONE`] for every block whose value occurs once.
    /// Empty if all blocks are alone.
    pub(in crate::leak) fn block_classes(&self) -> &[u32] {
        &self.class
    }

    /// The first block of each value, and how many blocks have the value, for a census of one frame.
    pub(in crate::leak) fn values(&self) -> Vec<(u32, u32)> {
        let mut seen = vec![false; self.sizes.len()];
        let mut values = Vec::with_capacity(usize::try_from(self.distinct).unwrap_or(0));
        for (number, block) in (0u32..).zip(0..self.blocks) {
            match self.class(block) {
                None => values.push((number, 1)),
                Some(class) if !std::mem::replace(&mut seen[class], true) => {
                    values.push((number, self.sizes[class]));
                }
                Some(_) => {}
            }
        }
        values
    }

    /// Turns the census of one frame into its census within a memory. `occurrences` holds the first block of each of
    /// the frame's [`values`](Self::values), and how often the value occurs within the memory; `largest_class` and
    /// `pairs` are the numbers of the memory.
    pub(in crate::leak) fn within_memory(
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

/// An entry for each of `blocks` blocks; allocated on the first call, since frames without repeats need none.
pub(super) fn for_all(class: &mut Vec<u32>, blocks: usize) -> &mut [u32] {
    if class.is_empty() {
        class.resize(blocks, ALONE);
    }
    class
}

/// Pairs of equal blocks among `blocks` blocks of one value.
pub(in crate::leak) fn pairs(blocks: u32) -> u64 {
    u64::from(blocks) * u64::from(blocks.saturating_sub(1)) / 2
}
