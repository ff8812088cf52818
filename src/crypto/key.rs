//! Key material: one string of bytes from which every scheme takes what it needs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// The bytes that keys are taken from. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyMaterial(Zeroizing<Vec<u8>>);

impl KeyMaterial {
    /// The most bytes that a file with a key has: 64 bytes in hex are 128.
    pub const MOST_FILE_BYTES: u64 = 4096;

    /// The key of a scheme that needs `bytes` bytes: the leading ones.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] names the length needed.
    pub fn leading(&self, scheme: &'static str, bytes: usize) -> Result<&[u8], KeyError> {
        self.0.get(..bytes).ok_or(KeyError::TooShort { scheme, needed: bytes, given: self.0.len() })
    }

    /// The material with every bit turned over: a key that is wrong for every scheme.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self(Zeroizing::new(self.0.iter().map(|byte| !byte).collect()))
    }

    /// All of it in hex, for a scene or a report that must make the same picture again.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(&*self.0)
    }
}

impl Default for KeyMaterial {
    /// The demonstration key: the 64 bytes 00 01 02 … 3f.
    fn default() -> Self {
        Self(Zeroizing::new((0..64).collect()))
    }
}

impl FromStr for KeyMaterial {
    type Err = KeyError;

    /// Reads hex digits; white space around and between bytes is allowed.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = Zeroizing::new(text.split_whitespace().collect::<String>());
        if digits.is_empty() {
            return Err(KeyError::Empty);
        }
        hex::decode(&*digits).map(|bytes| Self(Zeroizing::new(bytes))).map_err(KeyError::NotHex)
    }
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyMaterial({} bytes)", self.0.len())
    }
}

impl Serialize for KeyMaterial {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for KeyMaterial {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Key material that cannot be used. The messages never hold the key itself.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// No digits at all.
    #[error("the key is empty; give hexadecimal digits, two a byte")]
    Empty,
    /// Something that is not hex.
    #[error(
        "the key is not hexadecimal ({0}); give two digits a byte, such as 00112233445566778899aabbccddeeff"
    )]
    NotHex(hex::FromHexError),
    /// Fewer bytes than the scheme takes.
    #[error("{scheme} needs a key of {needed} bytes ({} hex digits), but only {given} are given", needed * 2)]
    TooShort {
        /// The scheme.
        scheme: &'static str,
        /// Bytes it needs.
        needed: usize,
        /// Bytes there are.
        given: usize,
    },
    /// Two keys in one that are the same, which FIPS 140 forbids: some blocks would then lose their mask.
    #[error("{scheme} takes two keys, one after the other, and here they are the same; change one half")]
    SameTwice {
        /// The scheme.
        scheme: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_prints_a_key() {
        let key: KeyMaterial = "00112233445566778899aabbccddeeff".parse().expect("hex");
        assert_eq!(format!("{key:?}"), "KeyMaterial(16 bytes)");
        let error = "001122zz".parse::<KeyMaterial>().expect_err("zz is not hex");
        assert!(!error.to_string().contains("001122zz"), "{error}");
    }

    #[test]
    fn a_scheme_takes_the_leading_bytes_and_a_short_key_is_refused_by_length() {
        let key = KeyMaterial::default();
        assert_eq!(key.leading("aes-192-ecb", 24).expect("64 bytes are enough").last(), Some(&23));
        let short: KeyMaterial = "0011".parse().expect("hex");
        let error = short.leading("aes-128-ecb", 16).expect_err("too short").to_string();
        assert!(error.contains("16 bytes") && error.contains("aes-128-ecb"), "{error}");
    }
}
