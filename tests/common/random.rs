//! Generators of numbers that look random and are the same in every run.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

/// xorshift64 with the shifts 13, 7 and 17 (Marsaglia 2003). The seed must not be 0.
pub struct XorShift(pub u64);

impl XorShift {
    /// A generator from any seed.
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// xorshift64* (Vigna 2016). The seed must not be 0.
pub struct XorShiftStar(pub u64);

impl XorShiftStar {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_le_bytes()).flatten().take(len).collect()
    }
}

/// Bytes without a pattern.
pub fn noise(len: usize) -> Vec<u8> {
    XorShiftStar(0x9e37_79b9_7f4a_7c15).bytes(len)
}

/// `SplitMix64` (Steele, Lea and Flood 2014).
pub struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
