//! Telling a TGA picture by its header alone: the format begins with no word of its own.

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
pub(super) fn header(bytes: &[u8]) -> Option<&[u8; HEADER]> {
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

/// True where a header stands at the start, and the file is as long as that makes it.
pub(super) fn is_tga(bytes: &[u8]) -> bool {
    let Some(header) = header(bytes) else { return false };
    let [id, has_map, kind, _, _, _, _, map_bits, ..] = *header;
    let (map_length, width, height) = (number(header, 5), number(header, 12), number(header, 14));
    let depth = header[16];
    let map_bytes = if has_map == 1 { map_length * usize::from(map_bits).div_ceil(8) } else { 0 };
    let start = HEADER + usize::from(id) + map_bytes;
    let pixel_bytes = usize::from(depth).div_ceil(8);
    let rest = bytes.len().saturating_sub(start);
    if bytes.ends_with(SIGNATURE) {
        return true;
    }
    if kind < 8 {
        // Not compressed: the pixels and nothing else.
        rest == width * height * pixel_bytes
    } else {
        runs_to(&bytes[start.min(bytes.len())..], width * height, pixel_bytes)
    }
}

/// True where runs of pixels, one after the other, give exactly as many as there are and then the file ends.
fn runs_to(bytes: &[u8], pixels: usize, pixel_bytes: usize) -> bool {
    let (mut at, mut found) = (0, 0);
    while found < pixels {
        let Some(&run) = bytes.get(at) else { return false };
        let count = usize::from(run & 0x7F) + 1;
        at += 1 + if run & 0x80 == 0 { count * pixel_bytes } else { pixel_bytes };
        found += count;
    }
    found == pixels && at == bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

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
