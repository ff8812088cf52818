//! Key material: one string of bytes. Every scheme uses its leading bytes as key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::text::hex_digits::{self, HexError};

/// The bytes that keys are taken from. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyMaterial(Zeroizing<Vec<u8>>);

impl KeyMaterial {
    /// Upper bound of a key file in bytes. The longest key, 64 bytes, has 128 hex digits.
    pub const MOST_FILE_BYTES: u64 = 4096;

    /// The key of a scheme that needs `bytes` bytes: the leading ones.
    ///
    /// # Errors
    /// [`KeyError::TooShort`] names the length needed.
    pub fn leading(&self, scheme: &'static str, bytes: usize) -> Result<&[u8], KeyError> {
        self.0.get(..bytes).ok_or(KeyError::TooShort { scheme, needed: bytes, given: self.0.len() })
    }

    /// All bytes, from which keys are derived.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The material with every bit inverted: a wrong key for every scheme.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self(Zeroizing::new(self.0.iter().map(|byte| !byte).collect()))
    }

    /// All bytes in hex, for a scene or a report from which the same picture can be made.
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

    /// Reads hex digits as [`hex_digits::read`] does.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = hex_digits::read(text).map_err(|error| match error {
            HexError::HalfByte => KeyError::HalfByte,
            HexError::NotHex => KeyError::NotHex,
        })?;
        if bytes.is_empty() { Err(KeyError::Empty) } else { Ok(Self(bytes)) }
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
    /// No digits.
    #[error("the key is empty; give hexadecimal digits, two a byte")]
    Empty,
    /// A character that is no hex digit.
    #[error(
        "the key is not hexadecimal; give two digits (0 to 9, a to f) a byte, such as \
         00112233445566778899aabbccddeeff"
    )]
    NotHex,
    /// A byte of one digit only.
    #[error("the key has a byte of one hex digit; write two digits a byte, 0f and not f")]
    HalfByte,
    /// Fewer bytes than the scheme needs.
    #[error("{scheme} needs a key of {needed} bytes ({} hex digits), but only {given} are given", needed * 2)]
    TooShort {
        /// The scheme.
        scheme: &'static str,
        /// Bytes it needs.
        needed: usize,
        /// Bytes there are.
        given: usize,
    },
    /// Two equal keys, which FIPS 140 forbids for XTS: the masks of some blocks would cancel.
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
    fn a_key_is_read_in_all_notations_of_hex() {
        let key: KeyMaterial = "000102aBff".parse().expect("hex");
        for text in [
            "00:01:02:ab:FF",
            " 00 01\t02\r\nab ff\n",
            "0x000102abff",
            "0X00,0x01,0x02,0xAB,0xff",
            "00-01-02-ab-ff",
            "\u{feff}0001 02abff\n",
        ] {
            assert_eq!(text.parse(), Ok(key.clone()), "{text:?}");
        }
    }

    #[test]
    fn errors_of_bad_keys_contain_no_digit_of_the_key() {
        for (text, error) in [
            ("", KeyError::Empty),
            (" : \n", KeyError::Empty),
            ("0x", KeyError::Empty),
            ("\u{feff}", KeyError::Empty),
            ("7:7", KeyError::HalfByte),
            ("777", KeyError::HalfByte),
            ("7g", KeyError::NotHex),
            ("7g7", KeyError::NotHex),
            ("77;77", KeyError::NotHex),
            ("77\u{feff}77", KeyError::NotHex),
            ("x77", KeyError::NotHex),
        ] {
            assert_eq!(text.parse::<KeyMaterial>(), Err(error), "{text:?}");
            assert!(
                !["7g", "777", "7:7", "77;"].iter().any(|part| error.to_string().contains(part)),
                "{error}"
            );
        }
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
