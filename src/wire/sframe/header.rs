//! The header of a ciphertext (RFC 9605, section 4.3).
//!
//! ```text
//! │X│ K │Y│ C │ key ID if X: K + 1 bytes │ counter if Y: C + 1 bytes │
//! ```
//!
//! Without X, K is the key ID itself; without Y, C is the counter.

use super::SframeError;

/// Key ID and counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The key that encrypts.
    pub key_id: u64,
    /// The counter, different for every ciphertext under one key.
    pub counter: u64,
}

impl Header {
    /// Appends the shortest encoding: 1 to 17 bytes.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        let (key, key_bytes) = field(self.key_id);
        let (counter, counter_bytes) = field(self.counter);
        bytes.push(key << 4 | counter);
        bytes.extend_from_slice(&self.key_id.to_be_bytes()[8 - key_bytes..]);
        bytes.extend_from_slice(&self.counter.to_be_bytes()[8 - counter_bytes..]);
    }

    /// Reads a header, and returns how many bytes it has. Longer encodings than the shortest are accepted.
    ///
    /// # Errors
    /// [`SframeError::TooShort`].
    pub fn parse(bytes: &[u8]) -> Result<(Self, usize), SframeError> {
        let too_short = |needed| SframeError::TooShort { needed, given: bytes.len() };
        let config = *bytes.first().ok_or(too_short(1))?;
        let mut end = 1;
        let mut number = |field: u8| -> Result<u64, SframeError> {
            if field & 8 == 0 {
                return Ok(u64::from(field));
            }
            let start = end;
            end += usize::from(field & 7) + 1;
            let digits = bytes.get(start..end).ok_or(too_short(end))?;
            Ok(digits.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
        };
        let header = Self { key_id: number(config >> 4)?, counter: number(config & 0x0f)? };
        Ok((header, end))
    }
}

/// The four bits of a number, and how many bytes follow for it.
#[expect(clippy::cast_possible_truncation, reason = "a number has 1 to 8 bytes")]
const fn field(number: u64) -> (u8, usize) {
    if number < 8 {
        return (number as u8, 0);
    }
    let bytes = (8 - number.leading_zeros() / 8) as u8;
    (8 | (bytes - 1), bytes as usize)
}
