//! The age of the last change of each block, in frames.

use crate::picture::layout::BLOCK_BYTES;

/// For how many frames each block of the newest frame has had its value.
///
/// Updated from frame to frame: each block is compared with the block at the same place in the frame before. The result
/// depends only on the frames of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeAge {
    /// For each block, how many consecutive frames before the newest have the same value there.
    stayed: Vec<u32>,
    /// How many frames before the newest have its size, without a gap: a frame of another size starts over.
    comparable: u32,
    /// How many of these frames are in the window.
    known: u32,
}

impl ChangeAge {
    /// Starts over with a frame that has no frame before it.
    pub fn start(&mut self, now: &[u8]) {
        self.stayed.clear();
        self.stayed.resize(now.len() / BLOCK_BYTES, 0);
        (self.comparable, self.known) = (0, 0);
    }

    /// Advances from one frame to the next, in a window of `frames` frames including the newest. A frame of another
    /// size starts over.
    pub fn advance(&mut self, before: &[u8], now: &[u8], frames: usize) {
        if before.len() != now.len() {
            return self.start(now);
        }
        let pairs = before.as_chunks::<BLOCK_BYTES>().0.iter().zip(now.as_chunks::<BLOCK_BYTES>().0);
        for (stayed, (before, now)) in self.stayed.iter_mut().zip(pairs) {
            let same = u128::from_ne_bytes(*before) == u128::from_ne_bytes(*now);
            *stayed = if same { stayed.saturating_add(1) } else { 0 };
        }
        self.comparable = self.comparable.saturating_add(1);
        self.known = self.comparable.min(u32::try_from(frames.saturating_sub(1)).unwrap_or(u32::MAX));
    }

    /// How many frames before the newest it is compared with.
    #[must_use]
    pub const fn known(&self) -> u32 {
        self.known
    }

    /// How many frames ago a block changed: 0 if it changed with the newest frame; `None` if it has not changed within
    /// the window.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn changed_ago(&self, block: usize) -> Option<u32> {
        Some(self.stayed[block]).filter(|&frames| frames < self.known)
    }

    /// For how many frames of the window, up to the newest, a block has had its value; at least 1. Also 1 before the
    /// first frame.
    #[must_use]
    pub fn frames_alike(&self, block: usize) -> u32 {
        self.stayed.get(block).map_or(1, |&stayed| 1 + stayed.min(self.known))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ages_agree_with_a_plain_comparison_of_the_frames_of_the_window(
            frames in prop::collection::vec(prop::collection::vec(0u8..2, 12), 1..12),
            window in 1usize..6,
            odd in 0usize..14,
        ) {
            // 12 blocks of one of two values; one frame may be of another size.
            let mut frames: Vec<Vec<u8>> =
                frames.iter().map(|frame| frame.iter().flat_map(|&byte| [byte; 16]).collect()).collect();
            if let Some(frame) = frames.get_mut(odd) {
                frame.truncate(100);
            }
            let mut change_age = ChangeAge::default();
            for newest in 0..frames.len() {
                let window_frames = &frames[(newest + 1).saturating_sub(window)..=newest];
                match newest.checked_sub(1) {
                    None => change_age.start(&frames[0]),
                    Some(before) => change_age.advance(&frames[before], &frames[newest], window_frames.len()),
                }
                // A plain count, from the newest frame backwards.
                let (now, before) = window_frames.split_last().expect("a frame");
                let alike = before.iter().rev().take_while(|frame| frame.len() == now.len());
                let known = alike.clone().count();
                prop_assert_eq!(change_age.known() as usize, known);
                for block in 0..now.len() / 16 {
                    let same = |frame: &&Vec<u8>| frame.chunks(16).nth(block) == now.chunks(16).nth(block);
                    let stayed = alike.clone().take_while(same).count();
                    let ago = change_age.changed_ago(block).map(|frames| frames as usize);
                    prop_assert_eq!(ago, (stayed < known).then_some(stayed));
                    prop_assert_eq!(change_age.frames_alike(block) as usize, stayed + 1);
                }
            }
        }
    }
}
