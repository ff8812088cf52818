//! Finds where the pictures of a JPEG file begin and end.
//!
//! Photos may hold several pictures: a gain map (Ultra HDR), a second view (MPO), the film of a motion photo. Motion
//! JPEG films are pictures one after the other, too. The format does not distinguish the two; segments of the first
//! picture, and the data after it, do.

/// Second bytes of markers, which begin with `0xFF`: start and end of a picture, start of a scan.
const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// The first bytes of segments that cameras and editors write, but films do not have: Exif and XMP (`APP1`), a list of
/// pictures (`APP2`, CIPA DC-007), gains (`APP2`, ISO 21496-1).
const PHOTO_SEGMENTS: [&[u8]; 4] =
    [b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"MPF\0", b"urn:iso:std:iso:ts:21496:-1\0"];

/// The content of a JPEG file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::media) struct Jpeg {
    /// The file is a photo: only its first picture is shown, whatever follows it.
    pub(in crate::media) is_photo: bool,
    /// The first picture is complete.
    pub(in crate::media) is_whole: bool,
}

impl Jpeg {
    /// Parses the first picture; `None` if there is none.
    pub(in crate::media) fn read(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(&[0xFF, START]) {
            return None;
        }
        let (mut at, mut is_of_camera) = (2, false);
        let end = loop {
            let Some(marker) = marker(bytes, at) else { break None };
            at = marker.after;
            match marker.code {
                END => break Some(at),
                // Markers without a length: restarts and padding.
                0x01 | 0xD0..=0xD7 | START => continue,
                _ => {}
            }
            let Some(length) = bytes.get(at..at + 2) else { break None };
            let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
            let segment = bytes.get(at + 2..at + length.max(2)).unwrap_or_default();
            is_of_camera |= PHOTO_SEGMENTS.iter().any(|start| segment.starts_with(start));
            at += length.max(2);
            if marker.code == SCAN {
                at = end_of_scan(bytes, at);
            }
        };
        let is_followed = end.is_some_and(|end| {
            let rest =
                bytes[end..].iter().position(|&byte| byte != 0).map_or(&[][..], |at| &bytes[end + at..]);
            rest.starts_with(&[0xFF, START])
        });
        Some(Self { is_photo: is_of_camera || !is_followed, is_whole: end.is_some() })
    }
}

/// A marker, which begins with `0xFF`.
struct Marker {
    code: u8,
    after: usize,
}

/// The next marker from `at` on. Any number of `0xFF` may precede its code.
fn marker(bytes: &[u8], at: usize) -> Option<Marker> {
    let start =
        at + bytes.get(at..)?.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF))?;
    Some(Marker { code: bytes[start + 1], after: start + 2 })
}

/// The end of the samples of a scan: the next marker that is neither stuffing nor a restart.
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(marker) = marker(bytes, at) {
        if !matches!(marker.code, 0xD0..=0xD7) {
            return marker.after - 2;
        }
        at = marker.after;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with one segment, and samples with a restart and a stuffed byte.
    fn picture(segment: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, START, 0xFF, 0xE1];
        bytes.extend(u16::try_from(segment.len() + 2).expect("short").to_be_bytes());
        bytes.extend(segment);
        bytes.extend([0xFF, SCAN, 0, 3, 1, 7, 0xFF, 0, 8, 0xFF, 0xD0, 9, 0xFF, END]);
        bytes
    }

    fn read(parts: &[&[u8]]) -> (bool, bool) {
        let jpeg = Jpeg::read(&parts.concat()).expect("a picture");
        (jpeg.is_photo, jpeg.is_whole)
    }

    #[test]
    fn a_photo_is_one_picture_whatever_follows_and_a_film_is_many() {
        let (film, photo) = (picture(b"AVI1"), picture(b"Exif\0\0MM"));
        assert_eq!(read(&[&film, &film]), (false, true), "a film");
        assert_eq!(read(&[&film, &[0, 0], &film]), (false, true), "a film with padding");
        assert_eq!(read(&[&photo, &film]), (true, true), "a second view");
        assert_eq!(read(&[&film]), (true, true), "one picture");
        assert_eq!(read(&[&film, b"\0\0\0\x18ftypmp42"]), (true, true), "a motion photo");
        // A thumbnail within a segment is no picture of the file.
        assert_eq!(read(&[&picture(&[b"Exif\0\0", &film[..]].concat())]), (true, true));
    }

    #[test]
    fn a_picture_without_its_end_is_not_whole() {
        let film = picture(b"JFIF");
        for length in 3..film.len() {
            assert_eq!(read(&[&film[..length]]), (true, false), "{length} bytes");
        }
        assert_eq!(Jpeg::read(b"\x89PNG"), None);
    }
}
