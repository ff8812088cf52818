//! Finds out whether the file of a picture is truncated.
//!
//! Decoders draw what there is, and some of them report no error. Many formats mark or state their end.

use super::photo::Jpeg;
use crate::media::error::MediaError;
use crate::media::origin::Origin;

/// The largest file that is checked, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// True if the file of a picture is truncated. A file of more than 64 MiB counts as whole.
///
/// # Errors
/// If it cannot be read.
pub(in crate::media) fn is_file_cut_off(origin: &Origin) -> Result<bool, MediaError> {
    Ok(origin.read_whole(MOST_BYTES)?.is_some_and(|bytes| is_cut_off(&bytes)))
}

/// True if `bytes`, all bytes of a file, are a truncated picture. Formats that do not mark their end count as whole.
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
        // The header states the size of the rest of the file.
        [b'R', b'I', b'F', b'F', ..] => number(4).is_some_and(|size| bytes.len() < size.saturating_add(8)),
        // The header states the size of the file, or 0.
        [b'B', b'M', ..] => number(2).is_some_and(|size| bytes.len() < size),
        _ => false,
    }
}

/// True if the chunks of a PNG lead to its last one.
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
    fn a_complete_file_is_whole_and_one_byte_less_is_cut_off() {
        let png = [&b"\x89PNG\r\n\x1a\n"[..], b"\0\0\0\x01IDATx....", b"\0\0\0\0IEND"].concat();
        let riff = b"RIFF\x06\0\0\0WEBP12";
        let bitmap = b"BM\x08\0\0\0..";
        let qoi = b"qoif....\0\0\0\0\0\0\0\x01";
        for whole in [&png[..], riff, bitmap, qoi, b"GIF89a....;"] {
            assert!(!is_cut_off(whole), "{whole:?}");
            assert!(is_cut_off(&whole[..whole.len() - 1]), "{whole:?}");
        }
        assert!(!is_cut_off(b"") && !is_cut_off(b"P6 1 1 255"), "formats that do not mark their end");
    }

    #[test]
    fn a_file_too_large_to_be_checked_counts_as_whole() {
        let path = tempfile::tempdir().expect("a folder");
        let path = path.path().join("large.png");
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR").expect("room");
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("it is there");
        for (bytes, is_cut_off) in [(1 << 10, true), (MOST_BYTES, true), (MOST_BYTES + 1, false)] {
            // A sparse file needs no room on the disk.
            file.set_len(bytes).expect("a length");
            let origin = Origin::file(&path).expect("a file");
            assert_eq!(is_file_cut_off(&origin).expect("it can be read"), is_cut_off, "{bytes} bytes");
        }
    }
}
