//! The headers of files with uncompressed samples. The classic demonstration of ECB copies such a header in front of the
//! ciphertext, so that a viewer opens it.

/// How many bytes of a file come before its samples: in BMP before the pixel array, in PBM, PGM, PPM and PAM before the
/// raster, in WAV before the samples; 0 for other files.
#[must_use]
pub fn header_bytes(file: &[u8]) -> usize {
    let header = match file {
        [b'B', b'M', ..] => bmp(file),
        [b'P', b'4'..=b'6', ..] => netpbm(file),
        [b'P', b'7', ..] => pam(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav(file),
        _ => None,
    };
    header.filter(|&header| header <= file.len()).unwrap_or(0)
}

fn little_endian(file: &[u8], at: usize) -> Option<usize> {
    let bytes = file.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// `bfOffBits` of the file header.
fn bmp(file: &[u8]) -> Option<usize> {
    little_endian(file, 10)
}

/// After the magic number, two or three decimal numbers separated by white space and comments, and one byte of white
/// space.
fn netpbm(file: &[u8]) -> Option<usize> {
    let numbers = if file[1] == b'4' { 2 } else { 3 };
    let mut at = 2;
    for _ in 0..numbers {
        loop {
            match file.get(at)? {
                b'#' => at += file[at..].iter().position(|&byte| byte == b'\n')?,
                byte if byte.is_ascii_whitespace() => at += 1,
                byte if byte.is_ascii_digit() => break,
                _ => return None,
            }
        }
        at += file[at..].iter().position(|byte| !byte.is_ascii_digit())?;
    }
    file.get(at)?.is_ascii_whitespace().then_some(at + 1)
}

/// Lines up to `ENDHDR`.
fn pam(file: &[u8]) -> Option<usize> {
    const END: &[u8] = b"\nENDHDR\n";
    let start = file.windows(END.len()).take(4096).position(|window| window == END)?;
    Some(start + END.len())
}

/// Chunks up to `data`, each with its length in front.
fn wav(file: &[u8]) -> Option<usize> {
    let mut at = 12;
    loop {
        let name = file.get(at..at + 4)?;
        if name == b"data" {
            return Some(at + 8);
        }
        let length = little_endian(file, at + 4)?;
        // Chunks start at even offsets.
        at = at.checked_add(8 + length + length % 2)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_end_at_the_first_sample() {
        let bmp = [b"BM", &[0; 8][..], &54u32.to_le_bytes(), &[0; 100]].concat();
        let wav = [b"RIFF\0\0\0\0WAVEfmt \x03\0\0\0abc\0data", &[4u8, 0, 0, 0][..], b"abcd"].concat();
        for (file, header) in [
            (&bmp[..], 54),
            (b"P6\n# by hand\n2 1\n255\nabcdef", 21),
            (b"P5 3 1 255 abc", 11),
            (b"P4 8 1\nx", 7),
            (b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\nx", 46),
            (&wav, 12 + 8 + 4 + 8),
        ] {
            assert_eq!(header_bytes(file), header, "{:?}", String::from_utf8_lossy(file));
        }
    }

    #[test]
    fn other_and_broken_files_have_no_header() {
        let far = [b"BM", &[0; 8][..], &999u32.to_le_bytes(), &[0; 20]].concat();
        for file in [
            &far[..],
            b"BM",
            b"P6 2",
            b"P6 2 x",
            b"P6 # no end",
            b"P7\nWIDTH 1\n",
            b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
            b"\x89PNG\r\n",
            b"",
        ] {
            assert_eq!(header_bytes(file), 0, "{file:?}");
        }
    }
}
