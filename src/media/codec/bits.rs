//! Reads a NAL unit bit by bit (ITU-T H.264, 7.2 and 9.1).

use super::CodecError;

/// Reads the bits of a NAL unit. Skips emulation prevention bytes, which keep start codes from appearing in the unit:
/// each 3 after two zeros (H.264, 7.3.1).
#[derive(Clone, Debug)]
pub(super) struct BitReader<'a> {
    unit: &'a [u8],
    /// The index of the byte after `current`.
    next: usize,
    current: u8,
    /// How many bits of `current` were not read yet.
    bits_left: u32,
    /// How many zero bytes end with `current`.
    zeros: u32,
    /// The name of the unit, for errors.
    what: &'static str,
}

impl<'a> BitReader<'a> {
    /// Reads `unit` from its first byte; `what` names it in errors.
    pub(super) fn new(unit: &'a [u8], what: &'static str) -> Self {
        Self { unit, next: 0, current: 0, bits_left: 0, zeros: 0, what }
    }

    /// The bytes of which at least one bit was read, including emulation prevention bytes.
    pub(super) fn bytes_read(&self) -> usize {
        self.next
    }

    pub(super) fn flag(&mut self) -> Result<bool, CodecError> {
        Ok(self.bits(1)? == 1)
    }

    /// The next `count` bits, at most 32, as a number; the first bit is the most significant.
    pub(super) fn bits(&mut self, count: u32) -> Result<u32, CodecError> {
        let (mut value, mut missing) = (0u64, count);
        while missing > 0 {
            if self.bits_left == 0 {
                self.load()?;
            }
            let taken = missing.min(self.bits_left);
            self.bits_left -= taken;
            let bits = u64::from(self.current) >> self.bits_left & ((1 << taken) - 1);
            value = value << taken | bits;
            missing -= taken;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits were read")]
        Ok(value as u32)
    }

    /// A number in Exp-Golomb code, `ue(v)`. An error names `field` if it is greater than `most`.
    pub(super) fn unsigned(&mut self, field: &'static str, most: u32) -> Result<u32, CodecError> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 32 {
                return Err(CodecError::OutOfRange { field, value: (1 << zeros) - 1 });
            }
        }
        let value = (1u64 << zeros) - 1 + u64::from(self.bits(zeros)?);
        u32::try_from(value)
            .ok()
            .filter(|&value| value <= most)
            .ok_or(CodecError::OutOfRange { field, value })
    }

    /// Skips bits.
    pub(super) fn skip(&mut self, count: u32) -> Result<(), CodecError> {
        let mut left = count;
        while left > 0 {
            let part = left.min(32);
            self.bits(part)?;
            left -= part;
        }
        Ok(())
    }

    /// Skips numbers in Exp-Golomb code, signed or unsigned, of any value.
    pub(super) fn skip_numbers(&mut self, count: u32, field: &'static str) -> Result<(), CodecError> {
        (0..count).try_for_each(|_| self.skip_number(field))
    }

    /// Skips a number in Exp-Golomb code, signed or unsigned, of any value.
    pub(super) fn skip_number(&mut self, field: &'static str) -> Result<(), CodecError> {
        // Signed and unsigned numbers have the same code.
        self.unsigned(field, u32::MAX).map(drop)
    }

    /// A signed number in Exp-Golomb code, `se(v)`.
    pub(super) fn signed(&mut self, field: &'static str) -> Result<i64, CodecError> {
        let code = i64::from(self.unsigned(field, u32::MAX)?);
        Ok(if code % 2 == 0 { -code / 2 } else { code / 2 + 1 })
    }

    fn load(&mut self) -> Result<(), CodecError> {
        let end = CodecError::CutOff(self.what);
        let mut byte = *self.unit.get(self.next).ok_or(end)?;
        self.next += 1;
        if self.zeros >= 2 && byte == 3 {
            byte = *self.unit.get(self.next).ok_or(end)?;
            self.next += 1;
            self.zeros = 0;
        }
        self.zeros = if byte == 0 { self.zeros + 1 } else { 0 };
        (self.current, self.bits_left) = (byte, 8);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes with a 3 before each byte of 3 or less that follows two zeros (H.264, 7.4.1).
    fn escaped(bytes: &[u8]) -> Vec<u8> {
        let (mut unit, mut zeros) = (Vec::new(), 0);
        for &byte in bytes {
            if zeros >= 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            unit.push(byte);
            zeros = if byte == 0 { zeros + 1 } else { 0 };
        }
        unit
    }

    #[test]
    fn exp_golomb_codes_are_read_as_in_the_tables_of_the_standard() {
        // 1, 010, 011, 00100, 00101 are 0 to 4 (H.264, table 9-2); as signed numbers 0, 1, -1, 2, -2 (table 9-3).
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut bits = BitReader::new(&bytes, "a test");
        let numbers: Vec<u32> = (0..5).map(|_| bits.unsigned("n", 9).expect("a number")).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
        let mut bits = BitReader::new(&bytes, "a test");
        let numbers: Vec<i64> = (0..5).map(|_| bits.signed("n").expect("a number")).collect();
        assert_eq!(numbers, [0, 1, -1, 2, -2]);
        assert_eq!(bits.bytes_read(), 3);
        let mut bits = BitReader::new(&bytes[1..], "a test");
        assert_eq!(bits.unsigned("n", 0), Err(CodecError::OutOfRange { field: "n", value: 1 }));
        let no_number = BitReader::new(&[0; 9], "zeros").skip_number("n");
        assert_eq!(no_number, Err(CodecError::OutOfRange { field: "n", value: (1 << 33) - 1 }));
        assert_eq!(BitReader::new(&[0; 2], "zeros").unsigned("n", 1), Err(CodecError::CutOff("zeros")));
    }

    #[test]
    fn an_emulation_prevention_byte_counts_once_a_bit_after_it_is_read() {
        let unit = [0x11, 0, 0, 3, 1, 0x22];
        let mut bits = BitReader::new(&unit, "a test");
        assert_eq!(bits.bits(24), Ok(0x11_0000));
        assert_eq!(bits.bytes_read(), 3);
        assert_eq!(bits.bits(1), Ok(0));
        assert_eq!(bits.bytes_read(), 5);
        assert_eq!(bits.bits(15), Ok(0x0122));
        assert_eq!(bits.bits(1), Err(CodecError::CutOff("a test")));
    }

    proptest! {
        #[test]
        fn all_bytes_are_read_without_emulation_prevention_bytes(
            bytes in prop::collection::vec(prop_oneof![Just(0u8), 0..4u8, any::<u8>()], 0..60),
        ) {
            let unit = escaped(&bytes);
            let mut bits = BitReader::new(&unit, "a test");
            for (n, &byte) in bytes.iter().enumerate() {
                prop_assert_eq!(bits.bits(8), Ok(u32::from(byte)));
                prop_assert_eq!(escaped(&bytes[..=n]).len(), bits.bytes_read());
            }
            prop_assert!(bits.bits(1).is_err());
        }
    }
}
