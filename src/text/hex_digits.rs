//! Bytes that are written as hex digits: keys.

use zeroize::Zeroizing;

/// Why a text cannot be read as hex digits. It never contains the text, which may be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// A character that is no digit from 0 to 9 or from a to f.
    NotHex,
    /// A group of digits has an odd number of them.
    HalfByte,
}

/// Reads hex digits, two a byte. Bytes may be separated by white space, colons, commas or hyphens; `0x` may precede
/// digits, and a byte-order mark the whole text.
///
/// # Errors
/// [`HexError`].
pub fn read(text: &str) -> Result<Zeroizing<Vec<u8>>, HexError> {
    let text = text.trim_start_matches('\u{feff}');
    let is_separator = |mark: char| mark.is_whitespace() || matches!(mark, ':' | ',' | '-');
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for group in text.split(is_separator).filter(|group| !group.is_empty()) {
        let digits = group.strip_prefix("0x").or_else(|| group.strip_prefix("0X")).unwrap_or(group);
        let decoded = hex::decode(digits).map(Zeroizing::new).map_err(|error| match error {
            hex::FromHexError::OddLength if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                HexError::HalfByte
            }
            _ => HexError::NotHex,
        })?;
        bytes.extend_from_slice(&decoded);
    }
    Ok(bytes)
}
