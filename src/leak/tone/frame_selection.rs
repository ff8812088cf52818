//! Selects the frames of a shot to prepare: those with new values.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Sample;

/// A value that occurs at two places or more.
const SEVERAL: u32 = u32::MAX;

/// Chooses frames by how many more of their blocks could be painted if they were prepared too.
///
/// A value gets a tone only where it occurs at two places or more in the prepared frames. In a shot that
/// stands still a few frames tell of all; in a fade, or under a camera that moves, nearly every frame has
/// values of its own. It looks at the same values in every frame: a [`Sample`].
#[derive(Clone, Debug, Default)]
pub struct FrameSelection {
    /// Where each value of the sample was met first in the frames chosen, or [`SEVERAL`].
    met: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
}

impl FrameSelection {
    /// The share of a frame's blocks that could be painted if it were prepared together with those chosen so
    /// far, and cannot be without.
    #[must_use]
    pub fn gain(&self, sample: &Sample) -> f64 {
        let gained = sample.values().map(|(hash, same)| {
            let first = same[0].1;
            let met = self.met.get(&hash).copied();
            let is_named = |met: u32| met == SEVERAL || same.iter().any(|&(_, place)| place != met);
            if met != Some(SEVERAL) && is_named(met.unwrap_or(first)) { same.len() } else { 0 }
        });
        gained.sum::<usize>() as f64 / sample.len().max(1) as f64
    }

    /// Adds a frame to those chosen.
    pub fn choose(&mut self, sample: &Sample) {
        for (hash, same) in sample.values() {
            let met = self.met.entry(hash).or_insert(same[0].1);
            if same.iter().any(|&(_, place)| place != *met) {
                *met = SEVERAL;
            }
        }
    }

    /// Forgets the frames chosen.
    pub fn clear(&mut self) {
        self.met.clear();
    }
}

/// For keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
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
    use crate::leak::tone::Grid;

    /// A frame of a row of blocks.
    fn frame(values: &[u8]) -> Sample {
        let bytes: Vec<u8> = values.iter().flat_map(|&value| u128::from(value).to_le_bytes()).collect();
        let row = |place: usize| [Some(place + 1).filter(|&next| next < values.len()), None];
        Sample::of(&bytes, &Grid::from_fn(values.len(), row))
    }

    #[test]
    fn a_frame_gains_what_only_it_would_name() {
        let mut choice = FrameSelection::default();
        // 1 and 2 occur twice, the others once.
        let first = frame(&[1, 1, 2, 2, 3, 4, 5, 6]);
        assert!((choice.gain(&first) - 0.5).abs() < 1e-9);
        choice.choose(&first);
        assert!(choice.gain(&first) < 1e-9, "it would tell nothing new");
        // 3 stands elsewhere now, 7 is new and occurs twice, 1 is known.
        let second = frame(&[3, 1, 1, 1, 7, 7, 8, 9]);
        assert!((choice.gain(&second) - 3.0 / 8.0).abs() < 1e-9);
        choice.choose(&second);
        assert!(choice.gain(&second) < 1e-9);
        choice.clear();
        assert!((choice.gain(&second) - 5.0 / 8.0).abs() < 1e-9);
    }

    #[test]
    fn where_nothing_repeats_there_is_nothing_to_gain() {
        let mut choice = FrameSelection::default();
        let noise = |from: u8| frame(&(0..200).map(|i| from.wrapping_add(i)).collect::<Vec<_>>());
        choice.choose(&noise(0));
        assert!(choice.gain(&noise(0)) < 1e-9, "every value keeps its place");
    }
}
