//! Whether the file of a picture ends before the picture does.
//!
//! Decoders draw what there is, and some of them say nothing of what is missing: each format says where it
//! ends.

use super::photo::Jpeg;
use crate::media::error::MediaError;
use crate::media::origin::Origin;

/// Bytes of the largest file that is looked at.
const MOST_BYTES: u64 = 64 << 20;

/// True where a picture's file breaks off in it. One of more than 64 MiB is taken to be whole.
///
/// # Errors
/// When it cannot be read.
pub(in crate::media) fn is_file_cut_off(origin: &Origin) -> Result<bool, MediaError> {
    Ok(origin.read_whole(MOST_BYTES)?.is_some_and(|bytes| is_cut_off(&bytes)))
}

/// True where `bytes`, all of a file, break off in a picture. Formats that do not say where they end are taken
/// to be whole.
pub(in crate::media) fn is_cut_off(bytes: &[u8]) -> bool {
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

    #[test]
    fn a_file_that_is_too_large_to_be_looked_at_is_taken_to_be_whole() {
        let path = tempfile::tempdir().expect("a folder");
        let path = path.path().join("large.png");
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR").expect("room");
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("it is there");
        for (bytes, is_cut_off) in [(1 << 10, true), (MOST_BYTES, true), (MOST_BYTES + 1, false)] {
            // Holes take no room.
            file.set_len(bytes).expect("a length");
            let origin = Origin::file(&path).expect("a file");
            assert_eq!(is_file_cut_off(&origin).expect("it can be read"), is_cut_off, "{bytes} bytes");
        }
    }
}
