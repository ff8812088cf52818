//! Base64 as in `a=crypto` lines (RFC 4648, section 4): the standard alphabet, with padding or without it.

use zeroize::Zeroizing;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of some bytes, with padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |group, &byte| group << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = (group >> (18 - 6 * digit)) & 0x3f;
            text.push(if digit <= chunk.len() { char::from(ALPHABET[value as usize]) } else { '=' });
        }
    }
    text
}

/// The bytes of a text; `None` if it is no base64. Bits after the last whole byte must be zero.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let has_right_length =
        digits.len() % 4 != 1 && (padding == 0 || padding < 3 && text.len().is_multiple_of(4));
    if !has_right_length {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() * 3 / 4));
    let (mut group, mut bits) = (0u32, 0);
    for digit in digits.bytes() {
        let value = ALPHABET.iter().position(|&other| other == digit)?;
        group = group << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(group >> bits & 0xff).ok()?);
        }
    }
    (group & ((1 << bits) - 1) == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_hold() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref().map(Vec::as_slice), Some(bytes.as_bytes()));
            assert_eq!(
                decode(text.trim_end_matches('=')).as_deref().map(Vec::as_slice),
                Some(bytes.as_bytes())
            );
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Z", "Zg=", "Zg===", "Zm9v====", "Zm9vY", "Zm 9v", "Zm-v", "Zh==", "=", "Zg==Zg=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_return_from_their_text(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)).map(|bytes| bytes.to_vec()), Some(bytes));
        }
    }
}
