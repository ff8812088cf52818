//! The keystream test: are the bytes that a keystream gives a picture, or random?
//!
//! Under a wrong keystream each byte is any of 256 with the same probability, independently. Two counts are
//! far from that in pictures, and each is enough to pass the test:
//!
//! - the **commonest** byte: a picture's bytes are not evenly spread (255 for every opaque pixel, to begin
//!   with). This sees reuse between frames that have nothing in common.
//! - **likeness**: bytes that equal those of the known frame at the same place, which the ciphertexts then do
//!   too. This sees it in a single block, where frames have much in common.
//!
//! The probability that chance gives a count of k or more in n bytes is at most `2^(−n·D(k/n ‖ 1/256))`, D the
//! relative entropy in bits (Chernoff); for the commonest byte 256 times as much. A test is passed below
//! 2^-40: with a test or two a frame that is one false recovery in a hundred years of video. A frame of
//! evenly spread noise passes neither, and stays unrecovered even under a reused keystream, since it looks
//! like random bytes.

use super::Block;

/// Bits against chance that pass a test.
const BITS: f64 = 40.0;

/// What a keystream gives for some blocks.
pub(super) struct KeystreamTest {
    /// How often each byte occurs.
    counts: [u32; 256],
    /// Bytes that equal those of the known frame.
    alike: u32,
    bytes: u32,
}

impl Default for KeystreamTest {
    fn default() -> Self {
        Self { counts: [0; 256], alike: 0, bytes: 0 }
    }
}

impl KeystreamTest {
    /// Adds a block of ciphertext, and the known frame's ciphertext and plaintext at its place.
    pub fn add(&mut self, now: Block, ciphertext: Block, plaintext: Block) {
        for (now, (cipher, plain)) in now.into_iter().zip(ciphertext.into_iter().zip(plaintext)) {
            self.counts[usize::from(now ^ cipher ^ plain)] += 1;
            self.alike += u32::from(now == cipher);
            self.bytes += 1;
        }
    }

    /// True where the keystream is the right one.
    pub fn is_passed(&self) -> bool {
        let commonest = self.counts.iter().copied().max().unwrap_or(0);
        bits_against_chance(commonest, self.bytes) >= BITS + 8.0 || self.is_passed_by_likeness()
    }

    /// True where the bytes are those of the known frame more often than chance has it.
    pub fn is_passed_by_likeness(&self) -> bool {
        bits_against_chance(self.alike, self.bytes) >= BITS
    }
}

/// How many bits speak against chance where `hits` of `bytes` bytes have a value that each has with 1/256.
fn bits_against_chance(hits: u32, bytes: u32) -> f64 {
    const CHANCE: f64 = 1.0 / 256.0;
    let share = f64::from(hits) / f64::from(bytes);
    if bytes == 0 || share <= CHANCE {
        return 0.0;
    }
    let part = |share: f64, chance: f64| if share > 0.0 { share * (share / chance).log2() } else { 0.0 };
    f64::from(bytes) * (part(share, CHANCE) + part(1.0 - share, 1.0 - CHANCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_above_the_exact_probability_and_of_its_kind() {
        // At least 7 of 16: 11440 / 256^7, to the first digits.
        let exact = 56.0 - 11_440f64.log2();
        let bound = bits_against_chance(7, 16);
        assert!(bound < exact && bound > exact - 3.0, "{bound}, {exact}");
        assert!(bits_against_chance(1, 256).abs() < 1e-9 && bits_against_chance(0, 0).abs() < 1e-9);
        assert!((bits_against_chance(16, 16) - 128.0).abs() < 1e-9, "all of a block");
    }

    #[test]
    fn seven_bytes_of_a_single_block_pass_and_six_do_not() {
        let passes = |alike: usize| {
            let mut now = [0x5a; 16];
            now.iter_mut().skip(alike).zip(1..).for_each(|(byte, i)| *byte ^= i);
            let mut test = KeystreamTest::default();
            test.add(now, [0x5a; 16], [7; 16]);
            test.is_passed_by_likeness()
        };
        assert!(passes(7) && !passes(6));
    }
}
