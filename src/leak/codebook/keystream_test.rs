//! The keystream test: does a keystream decrypt to a picture, or to random bytes?
//!
//! With a wrong keystream, bytes are independent and have each of 256 values with the same probability. In pictures,
//! two counts are far higher than that, and each is enough to pass the test:
//!
//! - the most frequent byte value: the bytes of a picture are not uniformly distributed (255 for every opaque pixel, to
//!   begin with). This detects reuse between frames that have nothing in common.
//! - **agreement**: bytes that equal the known frame at the same place; then the bytes of ciphertext are equal too.
//!   This detects reuse in a single block, if the frames have much in common.
//!
//! The probability that chance gives a count of k or more in n bytes is at most `2^(−n·D(k/n ‖ 1/256))`, where D is the
//! relative entropy in bits (Chernoff bound); for the most frequent of 256 values, 256 times that. A test is passed
//! below 2^-40: with one or two tests per frame, that is one wrong recovery in a hundred years of video. A frame of
//! uniform noise passes neither count and is not recovered even under a reused keystream, since it looks like random
//! bytes.

use super::Block;

/// A test is passed if the result has a probability below 2 to the minus this by chance.
const BITS: f64 = 40.0;

/// Counts over the bytes that a keystream gives for some blocks.
pub(super) struct KeystreamTest {
    /// How often each byte value occurs.
    counts: [u32; 256],
    /// Bytes that equal the known frame at the same place.
    agreeing: u32,
    bytes: u32,
}

impl Default for KeystreamTest {
    fn default() -> Self {
        Self { counts: [0; 256], agreeing: 0, bytes: 0 }
    }
}

impl KeystreamTest {
    /// Adds a block of ciphertext, with the known frame's ciphertext and plaintext at the same place.
    pub fn add(&mut self, now: Block, ciphertext: Block, plaintext: Block) {
        for (now, (cipher, plain)) in now.into_iter().zip(ciphertext.into_iter().zip(plaintext)) {
            self.counts[usize::from(now ^ cipher ^ plain)] += 1;
            self.agreeing += u32::from(now == cipher);
            self.bytes += 1;
        }
    }

    /// True if the keystream is the right one.
    pub fn is_passed(&self) -> bool {
        let most_frequent = self.counts.iter().copied().max().unwrap_or(0);
        bits_against_chance(most_frequent, self.bytes) >= BITS + 8.0 || self.is_passed_by_agreement()
    }

    /// True if more bytes equal the known frame than by chance.
    pub fn is_passed_by_agreement(&self) -> bool {
        bits_against_chance(self.agreeing, self.bytes) >= BITS
    }
}

/// −log2 of the bound for the probability that `hits` of `bytes` random bytes have one given value.
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
    fn the_bound_is_above_the_exact_probability_and_close_to_it() {
        // At least 7 of 16: about 11440 / 256^7.
        let exact = 56.0 - 11_440f64.log2();
        let bound = bits_against_chance(7, 16);
        assert!(bound < exact && bound > exact - 3.0, "{bound}, {exact}");
        assert!(bits_against_chance(1, 256).abs() < 1e-9 && bits_against_chance(0, 0).abs() < 1e-9);
        assert!((bits_against_chance(16, 16) - 128.0).abs() < 1e-9, "all of a block");
    }

    #[test]
    fn seven_bytes_of_a_single_block_pass_and_six_do_not() {
        let passes = |equal: usize| {
            let mut now = [0x5a; 16];
            now.iter_mut().skip(equal).zip(1..).for_each(|(byte, i)| *byte ^= i);
            let mut test = KeystreamTest::default();
            test.add(now, [0x5a; 16], [7; 16]);
            test.is_passed_by_agreement()
        };
        assert!(passes(7) && !passes(6));
    }
}
