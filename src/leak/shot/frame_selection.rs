//! Selects the frames of a shot that are prepared: frames with new values.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Sample;

/// Stands for a value that occurs at two places or more.
const SEVERAL: u32 = u32::MAX;

/// Selects frames by how many more of their blocks can be painted if the frame is prepared too.
///
/// A value gets a tone, or an estimated colour, only if it occurs at two places or more in the prepared frames. In a still shot a few frames
/// have nearly all values; in a fade, or if the camera moves, nearly every frame has new values. The selection uses a
/// [`Sample`]: the blocks of the same values in every frame.
#[derive(Clone, Debug, Default)]
pub struct FrameSelection {
    /// The first place of each value of the sample in the selected frames, or [`SEVERAL`].
    places: HashMap<u64, u32, BuildHasherDefault<IdentityHasher>>,
}

impl FrameSelection {
    /// The share of a frame's blocks that can be painted only if it is prepared together with the frames selected so
    /// far.
    #[must_use]
    pub fn gain(&self, sample: &Sample) -> f64 {
        let gained = sample.values().map(|(hash, same)| {
            let first = same[0].1;
            let known = self.places.get(&hash).copied();
            let has_several = |known: u32| known == SEVERAL || same.iter().any(|&(_, place)| place != known);
            if known != Some(SEVERAL) && has_several(known.unwrap_or(first)) { same.len() } else { 0 }
        });
        gained.sum::<usize>() as f64 / sample.len().max(1) as f64
    }

    /// Adds a frame to the selection.
    pub fn select(&mut self, sample: &Sample) {
        for (hash, same) in sample.values() {
            let known = self.places.entry(hash).or_insert(same[0].1);
            if same.iter().any(|&(_, place)| place != *known) {
                *known = SEVERAL;
            }
        }
    }

    /// Clears the selection.
    pub fn clear(&mut self) {
        self.places.clear();
    }
}

/// For keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::shot::Grid;

    /// A frame of a row of blocks.
    fn frame(values: &[u8]) -> Sample {
        let bytes: Vec<u8> = values.iter().flat_map(|&value| u128::from(value).to_le_bytes()).collect();
        let row = |place: usize| [Some(place + 1).filter(|&next| next < values.len()), None];
        Sample::of(&bytes, &Grid::from_fn(values.len(), row))
    }

    #[test]
    fn the_gain_of_a_frame_is_the_share_of_blocks_that_need_it_to_be_painted() {
        let mut selection = FrameSelection::default();
        // 1 and 2 occur twice, the others once.
        let first = frame(&[1, 1, 2, 2, 3, 4, 5, 6]);
        assert!((selection.gain(&first) - 0.5).abs() < 1e-9);
        selection.select(&first);
        assert!(selection.gain(&first) < 1e-9, "it has no new value");
        // 3 is at another place now, 7 is new and occurs twice, 1 is known.
        let second = frame(&[3, 1, 1, 1, 7, 7, 8, 9]);
        assert!((selection.gain(&second) - 3.0 / 8.0).abs() < 1e-9);
        selection.select(&second);
        assert!(selection.gain(&second) < 1e-9);
        selection.clear();
        assert!((selection.gain(&second) - 5.0 / 8.0).abs() < 1e-9);
    }

    #[test]
    fn without_repeats_there_is_no_gain() {
        let mut selection = FrameSelection::default();
        let noise = |from: u8| frame(&(0..200).map(|i| from.wrapping_add(i)).collect::<Vec<_>>());
        selection.select(&noise(0));
        assert!(selection.gain(&noise(0)) < 1e-9, "every value keeps its place");
    }
}
