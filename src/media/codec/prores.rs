//! Slices of `ProRes` (SMPTE RDD 36). A table in each picture's header states their sizes.
//!
//! A packet holds one frame: one picture, or two fields. A picture's slices are rows of macroblocks of 16 × 16 pixels,
//! from left to right and from top to bottom. If a row is not a multiple of a slice's width, it ends in slices of half
//! the width, a quarter, and so on.

use std::ops::Range;

use super::CodecError;

/// Bytes of a frame before its header: its size and the word `icpf` (5.1).
const FRAME_START_BYTES: usize = 8;
/// Fewest bytes of a frame's header (5.1.1) and of a picture's (5.2.1).
const LEAST_FRAME_HEADER_BYTES: usize = 20;
const PICTURE_HEADER_BYTES: usize = 8;
/// Fewest bytes of a slice's header (5.3.1): its own size, the quantization and the sizes of two components.
const LEAST_SLICE_HEADER_BYTES: usize = 6;

/// The rows of the frame that a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All rows.
    All,
    /// Rows 0, 2, 4 …: the top field.
    Top,
    /// Rows 1, 3, 5 …: the bottom field.
    Bottom,
}

/// A slice of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// Bytes of its header.
    pub header_bytes: usize,
    /// The rows of the frame that its picture has.
    pub rows: Rows,
    /// Its column in the picture, in macroblocks.
    pub column: u32,
    /// Its row in the picture, in macroblocks.
    pub row: u32,
    /// Its width in macroblocks: 1, 2, 4 or 8. Its height is 1.
    pub width: u32,
}

impl Slice {
    /// The bytes after its header within the packet.
    #[must_use]
    pub fn data(&self) -> Range<usize> {
        self.range.start + self.header_bytes..self.range.end
    }
}

/// The slices of a packet.
///
/// # Errors
/// If the packet is no frame of `ProRes`, or its tables do not match its bytes.
pub fn slices(packet: &[u8]) -> Result<Vec<Slice>, CodecError> {
    let start = packet.get(..FRAME_START_BYTES).ok_or(CodecError::CutOff("a frame of ProRes"))?;
    if start[4..] != *b"icpf" {
        return Err(CodecError::Missing("icpf"));
    }
    let header = &packet[FRAME_START_BYTES..];
    let header_bytes = usize::from(number(header, 0, "a frame's header")?);
    if header_bytes < LEAST_FRAME_HEADER_BYTES {
        return Err(CodecError::OutOfRange { field: "frame_header_size", value: header_bytes as u64 });
    }
    let header = header.get(..header_bytes).ok_or(CodecError::CutOff("a frame's header"))?;
    let [width, height] = [number(header, 8, "a frame's header")?, number(header, 10, "a frame's header")?];
    let pictures: &[Rows] = match header[12] >> 2 & 3 {
        0 => &[Rows::All],
        1 => &[Rows::Top, Rows::Bottom],
        2 => &[Rows::Bottom, Rows::Top],
        mode => return Err(CodecError::OutOfRange { field: "interlace_mode", value: mode.into() }),
    };
    let mut at = FRAME_START_BYTES + header_bytes;
    let mut slices = Vec::new();
    for &rows in pictures {
        let height = match rows {
            Rows::All => u32::from(height),
            Rows::Top => u32::from(height).div_ceil(2),
            Rows::Bottom => u32::from(height) / 2,
        };
        let size = (u32::from(width).div_ceil(16), height.div_ceil(16));
        at = read_picture(packet, at, rows, size, &mut slices)?;
    }
    Ok(slices)
}

/// Adds the slices of the picture that begins at `at` and has this size in macroblocks. Returns its end.
fn read_picture(
    packet: &[u8],
    at: usize,
    rows: Rows,
    (width, height): (u32, u32),
    slices: &mut Vec<Slice>,
) -> Result<usize, CodecError> {
    let cut_off = CodecError::CutOff("a picture of ProRes");
    let picture = packet.get(at..).ok_or(cut_off)?;
    let header = picture.get(..PICTURE_HEADER_BYTES).ok_or(cut_off)?;
    let header_bytes = usize::from(header[0] >> 3);
    if header_bytes < PICTURE_HEADER_BYTES {
        return Err(CodecError::OutOfRange { field: "picture_header_size", value: header_bytes as u64 });
    }
    let size = u32::from_be_bytes([header[1], header[2], header[3], header[4]]) as usize;
    let picture = picture.get(..size).ok_or(cut_off)?;
    let log2_width = header[7] >> 4;
    if log2_width > 3 || header[7] & 15 != 0 {
        return Err(CodecError::OutOfRange {
            field: "log2_desired_slice_size_in_mb",
            value: header[7].into(),
        });
    }
    let full = 1 << log2_width;
    // One slice per full width in a row, and one per power of two in the rest.
    let in_row = width / full + (width % full).count_ones();
    let count = in_row as usize * height as usize;
    let table = picture.get(header_bytes..).ok_or(cut_off)?;
    let sizes = table.get(..count * 2).ok_or(CodecError::CutOff("a table of slices"))?;
    let mut start = header_bytes + sizes.len();
    let (mut column, mut row) = (0, 0);
    for size in sizes.as_chunks::<2>().0 {
        let end = start + usize::from(u16::from_be_bytes(*size));
        let slice = picture.get(start..end).ok_or(CodecError::CutOff("a slice"))?;
        let header_bytes = usize::from(slice.first().ok_or(CodecError::CutOff("a slice"))? >> 3);
        if header_bytes < LEAST_SLICE_HEADER_BYTES || header_bytes > slice.len() {
            return Err(CodecError::OutOfRange { field: "slice_header_size", value: header_bytes as u64 });
        }
        let mut slice_width = full;
        while slice_width > width - column {
            slice_width /= 2;
        }
        slices.push(Slice {
            range: at + start..at + end,
            header_bytes,
            rows,
            column,
            row,
            width: slice_width,
        });
        column += slice_width;
        if column == width {
            (column, row) = (0, row + 1);
        }
        start = end;
    }
    Ok(at + size)
}

/// The number of two bytes at `at`; `what` names the structure in errors.
fn number(bytes: &[u8], at: usize, what: &'static str) -> Result<u16, CodecError> {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(CodecError::CutOff(what))?;
    Ok(u16::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of 40 × 16 pixels: one row of two slices, of two macroblocks and of one, 8 and 7 bytes long.
    fn packet() -> Vec<u8> {
        let mut header = vec![0, 20, 0, 0, b't', b'e', b's', b't', 0, 40, 0, 16];
        header.resize(20, 0);
        // Header of 8 bytes, 27 bytes in all, 2 slices, each up to two macroblocks wide.
        let picture = [8 << 3, 0, 0, 0, 27, 0, 2, 1 << 4, 0, 8, 0, 7];
        let slices = [6 << 3, 1, 2, 3, 4, 5, 9, 9, 6 << 3, 1, 2, 3, 4, 5, 9];
        [&[0, 0, 0, 55][..], b"icpf", &header, &picture, &slices].concat()
    }

    #[test]
    fn a_row_ends_in_a_narrower_slice() {
        let packet = packet();
        let slices = slices(&packet).expect("slices");
        let found: Vec<_> = slices.iter().map(|it| (it.range.clone(), it.column, it.row, it.width)).collect();
        assert_eq!(found, [(40..48, 0, 0, 2), (48..55, 2, 0, 1)]);
        assert_eq!(slices.iter().map(Slice::data).collect::<Vec<_>>(), [46..48, 54..55]);
    }

    #[test]
    fn tables_that_do_not_match_the_packet_are_errors() {
        assert!(slices(&packet()).is_ok());
        assert_eq!(slices(b"\0\0\0\x08avc1"), Err(CodecError::Missing("icpf")));
        for end in 0..packet().len() {
            assert!(slices(&packet()[..end]).is_err(), "cut off after {end} bytes");
        }
        for (place, value) in [
            // Wrong sizes of headers, of the picture and of slices; wrong interlacing, width of slices, and width.
            (9, 19),
            (9, 200),
            (28, 7 << 3),
            (32, 200),
            (37, 9),
            (37, 5),
            (20, 3 << 2),
            (35, 4 << 4),
            (35, 1),
            (16, 0xFF),
            (40, 5 << 3),
            (48, 8 << 3),
        ] {
            let mut packet = packet();
            packet[place] = value;
            assert!(slices(&packet).is_err(), "{value} in the byte {place}");
        }
    }
}
