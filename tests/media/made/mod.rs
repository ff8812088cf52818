//! Random streams with features that no available encoder writes. FFmpeg's `trace_headers` reads their headers, which shows
//! that they follow the standard.

pub mod h264;
pub mod hevc;

use crate::random::SplitMix;

/// Writes bits (ITU-T H.264, 7.2 and 9.1).
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, count: u32, value: u32) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn flag(&mut self, value: bool) {
        self.0.push(value);
    }

    fn unsigned(&mut self, value: u32) {
        let length = (value + 1).ilog2();
        self.put(length, 0);
        self.put(length + 1, value + 1);
    }

    fn signed(&mut self, value: i32) {
        self.unsigned(if value > 0 { value.unsigned_abs() * 2 - 1 } else { value.unsigned_abs() * 2 });
    }

    /// A unit with a start code and this header: the bits, a one, zeros up to a whole byte, and more bytes.
    fn unit(mut self, header: &[u8], more: &[u8]) -> Vec<u8> {
        self.flag(true);
        while !self.0.len().is_multiple_of(8) {
            self.flag(false);
        }
        let bytes = self.0.chunks(8).map(|bits| bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit)));
        let (mut unit, mut zeros) = ([&[0, 0, 0, 1], header].concat(), 0);
        for byte in bytes.chain(more.iter().copied()) {
            if zeros >= 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            unit.push(byte);
            zeros = if byte == 0 { zeros + 1 } else { 0 };
        }
        unit
    }
}

/// Random numbers from a seed.
struct Dice(SplitMix);

impl Dice {
    /// A number from 0 to `most`.
    fn upto(&mut self, most: u32) -> u32 {
        u32::try_from(self.0.next() % u64::from(most + 1)).expect("at most a number of 32 bits")
    }

    fn flag(&mut self) -> bool {
        self.upto(1) == 1
    }

    fn signed(&mut self, most: u32) -> i32 {
        let value = i32::try_from(self.upto(most)).expect("small");
        if self.flag() { value } else { -value }
    }
}
