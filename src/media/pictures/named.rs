//! Names of formats that cannot be decoded, recognized by their first bytes.

use crate::media::error::MediaError;
use crate::media::origin::Origin;

/// How many bytes at the start of a file are read to recognize it.
const START_BYTES: u64 = 4096;

/// Brands of ISO base media files (ISO/IEC 14496-12) that are pictures, and the names of their formats.
const PICTURES: [(&[u8; 4], &str); 13] = [
    (b"avif", "an AVIF picture"),
    (b"avis", "an AVIF sequence of pictures"),
    (b"heic", "a HEIC picture"),
    (b"heix", "a HEIC picture"),
    (b"heim", "a HEIC picture"),
    (b"heis", "a HEIC picture"),
    (b"hevc", "a HEIC sequence of pictures"),
    (b"hevx", "a HEIC sequence of pictures"),
    (b"hevm", "a HEIC sequence of pictures"),
    (b"hevs", "a HEIC sequence of pictures"),
    (b"mif1", "a HEIF picture"),
    (b"mif2", "a HEIF picture"),
    (b"msf1", "a HEIF sequence of pictures"),
];

/// The error for a source of a known format that cannot be decoded; `None` for unknown formats.
pub(in crate::media) fn refusal(origin: &Origin) -> Option<MediaError> {
    let what = picture(&origin.read(START_BYTES).ok()?)?;
    Some(MediaError::CannotDecode { name: origin.name().to_owned(), what })
}

/// The kind of picture that the box at the start of a file states: its first known brand. The major brand comes before
/// compatible ones.
fn picture(start: &[u8]) -> Option<&'static str> {
    let (size, rest) = start.split_first_chunk::<4>()?;
    let rest = rest.strip_prefix(b"ftyp")?;
    let size = u32::from_be_bytes(*size) as usize;
    let brands = &rest[..size.saturating_sub(8).min(rest.len())];
    let (brands, _) = brands.as_chunks::<4>();
    let (main, compatible) = brands.split_first()?;
    // The version follows the major brand.
    let compatible = compatible.get(1..).unwrap_or_default();
    let known = |brand: &[u8; 4]| PICTURES.iter().find(|(name, _)| *name == brand).map(|(_, what)| *what);
    known(main).or_else(|| {
        // Films can be compatible with the brands of pictures.
        let is_film = [&b"isom"[..], b"mp41", b"mp42", b"qt  "].contains(&&main[..]);
        compatible.iter().find_map(known).filter(|_| !is_film)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_recognized_by_their_brands_and_films_are_not() {
        let brands = |names: &[&[u8; 4]]| {
            let size = u32::try_from(8 + names.len() * 4).expect("short").to_be_bytes();
            let names: Vec<u8> = names.iter().flat_map(|name| name.iter().copied()).collect();
            [&size[..], b"ftyp", &names, b"heicmdat"].concat()
        };
        let none = &[0; 4];
        assert_eq!(picture(&brands(&[b"heic", none, b"mif1"])), Some("a HEIC picture"));
        assert_eq!(picture(&brands(&[b"avif", none, b"mif1", b"miaf"])), Some("an AVIF picture"));
        assert_eq!(picture(&brands(&[b"mif1", none, b"heic"])), Some("a HEIF picture"));
        assert_eq!(picture(&brands(&[b"jxxx", none, b"heic"])), Some("a HEIC picture"));
        assert_eq!(picture(&brands(&[b"isom", none, b"avc1", b"mif1"])), None);
        assert_eq!(picture(&brands(&[b"jxxx", none])), None, "bytes after the box are no brands");
        assert_eq!(picture(b"RIFF....WEBP"), None);
    }
}
