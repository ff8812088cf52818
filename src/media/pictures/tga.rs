//! Telling a TGA picture by its header alone: the format begins with no word of its own.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// What the end of files of the second version of the format says.
const SIGNATURE: &[u8] = b"TRUEVISION-XFILE.\0";

/// Bytes of the header.
const HEADER: usize = 18;

/// Number of two bytes at a place in the header.
fn number(header: &[u8; HEADER], at: usize) -> usize {
    usize::from(u16::from_le_bytes([header[at], header[at + 1]]))
}

/// The header at the start of a file, where every field has a value that the format allows, in a combination
/// that it allows (Truevision TGA File Format Specification, version 2.0).
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
    // Two bits are reserved, four tell how many bits of a pixel are no colour.
    let is_descriptor_right = descriptor & 0xC0 == 0 && descriptor & 0x0F <= 8;
    let is_right = is_map_right && is_depth_right && is_descriptor_right && width > 0 && height > 0;
    is_right.then_some(header)
}

/// True where a header stands at the start, and the file is as long as that makes it. However long it is, no more of it
/// is held in memory than a buffer.
///
/// # Errors
/// When the bytes cannot be read.
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
        // Not compressed: the pixels and nothing else.
        return Ok(length.saturating_sub(start) == (width * height * pixel_bytes) as u64);
    }
    bytes.seek(SeekFrom::Start(start))?;
    Ok(runs_to(BufReader::new(bytes), width * height, pixel_bytes)? == Some(length - start.min(length)))
}

/// Where runs of pixels, one after the other, have given exactly `pixels`, in bytes from the first of them; `None` where
/// they give more or break off.
fn runs_to(mut runs: impl BufRead, pixels: usize, pixel_bytes: usize) -> io::Result<Option<u64>> {
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
    fn a_header_and_as_many_bytes_as_it_says_are_a_picture() {
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
    fn a_header_with_one_field_that_cannot_be_is_none() {
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
