//! The key that encrypts the samples of an MP4 file.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::text::hex_digits;

/// Bytes of a content key: the only size in Common Encryption.
const BYTES: usize = 16;

/// The content key of a file in Common Encryption: 16 bytes. `Debug` never prints them.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey(Zeroizing<[u8; BYTES]>);

impl ContentKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key as 32 hex digits, for the demuxer and for a scene.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(*self.0))
    }
}

impl Hash for ContentKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_slice().hash(state);
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(16 bytes)")
    }
}

/// A text that is no content key. The message never contains the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a content key has 16 bytes; give it as 32 hex digits, such as 00112233445566778899aabbccddeeff")]
pub struct NoContentKey;

impl FromStr for ContentKey {
    type Err = NoContentKey;

    /// Reads 32 hex digits as [`hex_digits::read`] does.
    fn from_str(text: &str) -> Result<Self, NoContentKey> {
        let bytes = hex_digits::read(text).map_err(|_| NoContentKey)?;
        bytes.as_slice().try_into().map(Self::new).map_err(|_| NoContentKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_key_is_32_hex_digits_in_all_notations_of_hex() {
        let key = ContentKey::new(std::array::from_fn(|n| u8::try_from(n * 17).expect("255 at most")));
        for text in [
            "00112233445566778899aabbccddeeff",
            " 00112233445566778899AABBCCDDEEFF\n",
            "0x00112233445566778899aabbccddeeff",
            "00112233-4455-6677-8899-aabbccddeeff",
            "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff",
        ] {
            assert_eq!(text.parse(), Ok(key.clone()), "{text}");
        }
        assert_eq!(*key.to_hex(), "00112233445566778899aabbccddeeff");
        assert!(!format!("{key:?}").contains("11"));
    }

    #[test]
    fn errors_of_wrong_lengths_and_letters_contain_no_digit_of_the_key() {
        let long = "77".repeat(17);
        for text in ["", "77", "0x", &long, &long[..31], "zz112233445566778899aabbccddeeff"] {
            let error = text.parse::<ContentKey>().expect_err(text).to_string();
            assert!(error.contains("32 hex digits") && !error.contains("777"), "{error}");
        }
    }
}
