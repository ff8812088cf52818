//! Movement: for how long each block has stayed as it is.

use crate::picture::layout::BLOCK_BYTES;

/// For how many frames each block of the newest frame has had the value that it has now.
///
/// Kept up from frame to frame. What it says is a function of the frames in its window alone: blocks are
/// only ever compared with those of the frame before, at the same place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// For each block, how many of the frames before, without a gap, have it as it is.
    stayed: Vec<u32>,
    /// How many frames before the newest one can be compared with it: a frame of another size cuts the
    /// trail.
    followed: u32,
    /// How many of them are in the window.
    known: u32,
}

impl Trail {
    /// Starts at a frame, with nothing to compare it with.
    pub fn start(&mut self, now: &[u8]) {
        self.stayed.clear();
        self.stayed.resize(now.len() / BLOCK_BYTES, 0);
        (self.followed, self.known) = (0, 0);
    }

    /// Follows from one frame to the next, in a window of `frames` frames, the newest included. Frames of
    /// different size have nothing to do with each other.
    pub fn follow(&mut self, before: &[u8], now: &[u8], frames: usize) {
        if before.len() != now.len() {
            return self.start(now);
        }
        let pairs = before.as_chunks::<BLOCK_BYTES>().0.iter().zip(now.as_chunks::<BLOCK_BYTES>().0);
        for (stayed, (before, now)) in self.stayed.iter_mut().zip(pairs) {
            let same = u128::from_ne_bytes(*before) == u128::from_ne_bytes(*now);
            *stayed = if same { stayed.saturating_add(1) } else { 0 };
        }
        self.followed = self.followed.saturating_add(1);
        self.known = self.followed.min(u32::try_from(frames.saturating_sub(1)).unwrap_or(u32::MAX));
    }

    /// How many frames before this one it can be compared with.
    #[must_use]
    pub const fn known(&self) -> u32 {
        self.known
    }

    /// How many frames ago a block changed, 0 being from the frame before to this one; `None` where it did
    /// not, as far as the window goes.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn changed_ago(&self, block: usize) -> Option<u32> {
        Some(self.stayed[block]).filter(|&frames| frames < self.known)
    }

    /// In how many frames of the window, without a gap, a block is as it is now; at least 1. Also 1 for a
    /// trail that was never started.
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
        fn says_what_the_frames_of_the_window_say(
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
            let mut trail = Trail::default();
            for newest in 0..frames.len() {
                let held = &frames[(newest + 1).saturating_sub(window)..=newest];
                match newest.checked_sub(1) {
                    None => trail.start(&frames[0]),
                    Some(before) => trail.follow(&frames[before], &frames[newest], held.len()),
                }
                // The plain way: from the newest back.
                let (now, before) = held.split_last().expect("a frame");
                let alike = before.iter().rev().take_while(|frame| frame.len() == now.len());
                let known = alike.clone().count();
                prop_assert_eq!(trail.known() as usize, known);
                for block in 0..now.len() / 16 {
                    let same = |frame: &&Vec<u8>| frame.chunks(16).nth(block) == now.chunks(16).nth(block);
                    let stayed = alike.clone().take_while(same).count();
                    let ago = trail.changed_ago(block).map(|frames| frames as usize);
                    prop_assert_eq!(ago, (stayed < known).then_some(stayed));
                    prop_assert_eq!(trail.frames_alike(block) as usize, stayed + 1);
                }
            }
        }
    }
}
