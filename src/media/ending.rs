//! Whether the file of a picture ends before the picture does.
//!
//! Decoders draw what there is, and some of them say nothing of what is missing: each format says where it
//! ends.

use super::photo::Jpeg;

/// Bytes of a file that are looked at: what is larger is taken to be whole.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// True where `bytes`, all of a file, break off in a picture. Formats that do not say where they end are taken
/// to be whole.
pub(super) fn is_cut_off(bytes: &[u8]) -> bool {
    if let Some(jpeg) = Jpeg::read(bytes) {
        return !jpeg.is_whole;
    }
    let number = |at: usize| {
        let number = bytes.get(at..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    };
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => !has_last_chunk(bytes),
        [b'G', b'I', b'F', b'8', ..] => {
            let last = bytes.iter().rfind(|byte| !matches!(byte, 0 | b'\r' | b'\n'));
            last != Some(&b';')
        }
        [b'q', b'o', b'i', b'f', ..] => !bytes.ends_with(&[0, 0, 0, 0, 0, 0, 0, 1]),
        // The size of what follows it.
        [b'R', b'I', b'F', b'F', ..] => number(4).is_some_and(|size| bytes.len() < size.saturating_add(8)),
        // The size of the file; 0 where none is stated.
        [b'B', b'M', ..] => number(2).is_some_and(|size| bytes.len() < size),
        _ => false,
    }
}

/// True where the chunks of a PNG lead to the one that ends it.
fn has_last_chunk(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some([a, b, c, d, name @ ..]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        if name == b"IEND" {
            return true;
        }
        at = at.saturating_add(12).saturating_add(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_ends_with_its_picture_is_whole_and_one_byte_less_is_not() {
        let png = [&b"\x89PNG\r\n\x1a\n"[..], b"\0\0\0\x01IDATx....", b"\0\0\0\0IEND"].concat();
        let riff = b"RIFF\x06\0\0\0WEBP12";
        let bitmap = b"BM\x08\0\0\0..";
        let qoi = b"qoif....\0\0\0\0\0\0\0\x01";
        for whole in [&png[..], riff, bitmap, qoi, b"GIF89a....;"] {
            assert!(!is_cut_off(whole), "{whole:?}");
            assert!(is_cut_off(&whole[..whole.len() - 1]), "{whole:?}");
        }
        assert!(!is_cut_off(b"") && !is_cut_off(b"P6 1 1 255"), "what does not say where it ends");
    }
}
