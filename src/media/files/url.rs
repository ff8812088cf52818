//! `file://` addresses, as desktops put them on the clipboard.

use std::path::PathBuf;

/// The path in a `file://` address, with percent encoding such as `%20` decoded. `None` if it names a file of another
/// machine, or if the text is no such address. A percent sign without two hex digits after it is taken literally.
pub(in crate::media) fn path(address: &str) -> Option<PathBuf> {
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    // `file:///a` names no machine; `file://localhost/a` names this one.
    let path = match rest.split_once('/') {
        Some((host, _)) if host.is_empty() || host.eq_ignore_ascii_case("localhost") => &rest[host.len()..],
        _ => return None,
    };
    from_bytes(decoded(path))
}

/// Decodes percent encoding: `%` and two hex digits are one byte.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let value = after.get(..2).filter(|_| first == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            // Tested first, since parsing would accept `+1` too.
            digits
                .bytes()
                .all(|digit| digit.is_ascii_hexdigit())
                .then(|| u8::from_str_radix(digits, 16).ok())?
        });
        bytes.push(value.unwrap_or(first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    bytes
}

/// On Unix, a path may have any bytes.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not every path can be written")]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

/// On other systems a path is text, and the path of a drive has a slash in front: `/C:/film.mp4`.
#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    let text = String::from_utf8(bytes).ok()?;
    let is_on_drive = text.as_bytes().get(2) == Some(&b':');
    Some(if is_on_drive { text[1..].into() } else { text.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_address_is_decoded_to_a_path() {
        for (address, expected) in [
            ("file:///film.mp4", "/film.mp4"),
            ("FILE:///a%20b/%C3%A9t%c3%a9.mp4", "/a b/été.mp4"),
            ("file://localhost/a%2Fb", "/a/b"),
            ("file:///100%/50%2/a%+1b", "/100%/50%2/a%+1b"),
            ("file:///a?b#c", "/a?b#c"),
        ] {
            assert_eq!(path(address), Some(expected.into()), "{address}");
        }
    }

    #[test]
    fn addresses_of_other_machines_and_other_schemes_have_no_path() {
        for address in ["file://server/film.mp4", "file://", "https://example.org/a", "film.mp4", ""] {
            assert_eq!(path(address), None, "{address}");
        }
    }
}
