//! Recognizes a TGA picture by the plausibility of its header, since the format has no magic number.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// The end of files in version 2 of the format.
const SIGNATURE: &[u8] = b"TRUEVISION-XFILE.\0";

/// Bytes of the header.
const HEADER: usize = 18;

/// The little-endian number of two bytes at `at` in the header.
fn number(header: &[u8; HEADER], at: usize) -> usize {
    usize::from(u16::from_le_bytes([header[at], header[at + 1]]))
}

/// The header at the start of a file, if all its fields have valid values and are consistent (Truevision TGA File
/// Format Specification, version 2.0).
pub(in crate::media) fn header(bytes: &[u8]) -> Option<&[u8; HEADER]> {
    let header = bytes.first_chunk::<HEADER>()?;
    let [_, has_map, kind, _, _, _, _, map_bits, ..] = *header;
    let (map_length, width, height) = (number(header, 5), number(header, 12), number(header, 14));
    let (depth, descriptor) = (header[16], header[17]);
    let is_map_right = match has_map {
        0 => header[3..8] == [0; 5],
        1 => map_length > 0 && matches!(map_bits, 15 | 16 | 24 | 32),
        _ => false,
    };
    let is_depth_right = match kind {
        1 | 9 => has_map == 1 && matches!(depth, 8 | 16),
        2 | 10 => matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => matches!(depth, 8 | 16),
        _ => false,
    };
    // Two bits are reserved; four are the number of alpha bits.
    let is_descriptor_right = descriptor & 0xC0 == 0 && descriptor & 0x0F <= 8;
    let is_right = is_map_right && is_depth_right && is_descriptor_right && width > 0 && height > 0;
    is_right.then_some(header)
}

/// True if the bytes begin with a header, and the file has the length that follows from it. Reads with a small buffer,
/// whatever the length is.
///
/// # Errors
/// If the bytes cannot be read.
pub(in crate::media) fn is_tga(bytes: &mut (impl Read + Seek + ?Sized)) -> io::Result<bool> {
    let length = bytes.seek(SeekFrom::End(0))?;
    bytes.rewind()?;
    let mut start = Vec::new();
    bytes.take(HEADER as u64).read_to_end(&mut start)?;
    let Some(header) = header(&start) else { return Ok(false) };
    let mut end = Vec::new();
    bytes.seek(SeekFrom::Start(length.saturating_sub(SIGNATURE.len() as u64)))?;
    bytes.read_to_end(&mut end)?;
    if end == SIGNATURE {
        return Ok(true);
    }
    let [id, has_map, kind, _, _, _, _, map_bits, ..] = *header;
    let (map_length, width, height) = (number(header, 5), number(header, 12), number(header, 14));
    let depth = header[16];
    let map_bytes = if has_map == 1 { map_length * usize::from(map_bits).div_ceil(8) } else { 0 };
    let start = (HEADER + usize::from(id) + map_bytes) as u64;
    let pixel_bytes = usize::from(depth).div_ceil(8);
    if kind < 8 {
        // Uncompressed: the file ends with the pixels.
        return Ok(length.saturating_sub(start) == (width * height * pixel_bytes) as u64);
    }
    bytes.seek(SeekFrom::Start(start))?;
    Ok(bytes_of_runs(BufReader::new(bytes), width * height, pixel_bytes)? == Some(length - start.min(length)))
}

/// The bytes of consecutive runs that give exactly `pixels` pixels; `None` if they give more or are cut off.
fn bytes_of_runs(mut runs: impl BufRead, pixels: usize, pixel_bytes: usize) -> io::Result<Option<u64>> {
    let (mut at, mut found) = (0, 0);
    while found < pixels {
        let mut run = [0];
        if runs.read(&mut run)? == 0 {
            return Ok(None);
        }
        let count = usize::from(run[0] & 0x7F) + 1;
        let bytes = (if run[0] & 0x80 == 0 { count * pixel_bytes } else { pixel_bytes }) as u64;
        at += 1 + bytes;
        if io::copy(&mut runs.by_ref().take(bytes), &mut io::sink())? < bytes {
            return Ok(None);
        }
        found += count;
    }
    Ok((found == pixels).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_tga(bytes: &[u8]) -> bool {
        super::is_tga(&mut io::Cursor::new(bytes)).expect("memory can be read")
    }

    const PLAIN: [u8; 18] = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 24, 0x20];

    #[test]
    fn a_header_and_the_length_that_follows_from_it_are_a_picture() {
        let picture = [&PLAIN[..], &[7; 18]].concat();
        assert!(is_tga(&picture));
        assert!(!is_tga(&picture[..35]) && !is_tga(&[&picture[..], &[0]].concat()), "another length");
        assert!(is_tga(&[&picture[..], &[0; 8], SIGNATURE].concat()), "an end of the second version");
        let mut runs = PLAIN;
        runs[2] = 10;
        // Four pixels of one colour, then two.
        assert!(is_tga(&[&runs[..], &[0x83, 1, 2, 3], &[1, 1, 2, 3, 4, 5, 6]].concat()));
        assert!(!is_tga(&[&runs[..], &[0x83, 1, 2, 3], &[2, 1, 2, 3, 4, 5, 6]].concat()), "too many");
    }

    #[test]
    fn a_header_with_one_invalid_field_is_no_picture() {
        for (at, value) in
            [(1, 1), (1, 2), (2, 1), (2, 4), (5, 1), (7, 24), (12, 0), (14, 0), (16, 8), (17, 0x80)]
        {
            let mut picture = [&PLAIN[..], &[7; 18]].concat();
            picture[at] = value;
            assert!(!is_tga(&picture), "byte {at} is {value}");
        }
        assert!(!is_tga(b"It was a dark and stormy night; the rain fell in torrents.\n"));
    }
}
