//! Open bitstream units of AV1 (AV1 bitstream and decoding process specification, 5.3), as in packets of MP4,
//! Matroska, IVF and FFmpeg's demuxers: one after the other, each with its size; the last one may omit it.

use std::ops::Range;

use super::CodecError;

/// Upper bound of the bytes of a size in LEB128 (4.10.5).
const MOST_SIZE_BYTES: usize = 8;

/// A unit of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obu {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// `obu_type`: 1 sequence header, 2 temporal delimiter, 3 frame header, 4 tile group, 5 metadata, 6 frame, 7
    /// redundant frame header, 8 tile list, 15 padding.
    pub obu_type: u8,
    /// Bytes of its header, including the optional extension and size: 1 to 10.
    pub header_bytes: usize,
}

impl Obu {
    /// The bytes after its header within the packet.
    #[must_use]
    pub fn payload(&self) -> Range<usize> {
        self.range.start + self.header_bytes..self.range.end
    }
}

/// The units of a packet, in order. An error ends them.
pub fn units(packet: &[u8]) -> impl Iterator<Item = Result<Obu, CodecError>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = packet.get(at..).filter(|rest| !rest.is_empty())?;
        let unit = unit(rest, at);
        at = unit.as_ref().map_or(packet.len(), |unit| unit.range.end);
        Some(unit)
    })
}

/// The unit at the start of `rest`, which begins at `start` in the packet.
fn unit(rest: &[u8], start: usize) -> Result<Obu, CodecError> {
    let header = rest[0];
    if header & 0x80 != 0 {
        return Err(CodecError::OutOfRange { field: "obu_forbidden_bit", value: 1 });
    }
    let (has_extension, has_size) = (header & 4 != 0, header & 2 != 0);
    let mut header_bytes = 1 + usize::from(has_extension);
    let behind = rest.get(header_bytes..).ok_or(CodecError::CutOff("the header of an OBU"))?;
    let mut size = behind.len();
    if has_size {
        let (stated, bytes) = leb128(behind)?;
        header_bytes += bytes;
        let left = behind.len() - bytes;
        size =
            usize::try_from(stated).ok().filter(|&size| size <= left).ok_or(CodecError::CutOff("an OBU"))?;
    }
    Ok(Obu { range: start..start + header_bytes + size, obu_type: header >> 3 & 0xF, header_bytes })
}

/// A number in LEB128, and how many bytes it has.
fn leb128(bytes: &[u8]) -> Result<(u64, usize), CodecError> {
    let mut value = 0;
    for (n, &byte) in bytes.iter().take(MOST_SIZE_BYTES).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * n);
        if byte & 0x80 == 0 {
            let allowed = value <= u32::MAX.into();
            let field = "obu_size";
            return if allowed { Ok((value, n + 1)) } else { Err(CodecError::OutOfRange { field, value }) };
        }
    }
    if bytes.len() < MOST_SIZE_BYTES {
        return Err(CodecError::CutOff("the size of an OBU"));
    }
    Err(CodecError::OutOfRange { field: "obu_size", value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_and_size_in_headers_are_optional() {
        // A temporal delimiter; a frame with an extension and a size in two bytes (3); padding up to the end.
        let packet = [0x12, 0, 0x36, 0x20, 0x83, 0x00, 7, 8, 9, 0x78, 1, 2];
        let units: Vec<Obu> = units(&packet).collect::<Result<_, _>>().expect("three units");
        let found: Vec<_> = units.iter().map(|it| (it.range.clone(), it.obu_type, it.header_bytes)).collect();
        assert_eq!(found, [(0..2, 2, 2), (2..9, 6, 4), (9..12, 15, 1)]);
        assert_eq!(units[1].payload(), 6..9);
    }

    #[test]
    fn impossible_sizes_are_errors_and_end_the_packet() {
        let only = |packet: &[u8]| units(packet).collect::<Vec<_>>();
        assert_eq!(only(&[0x32, 2, 7]), [Err(CodecError::CutOff("an OBU"))]);
        assert_eq!(only(&[0x32, 0x80]), [Err(CodecError::CutOff("the size of an OBU"))]);
        assert_eq!(only(&[0x36]), [Err(CodecError::CutOff("the header of an OBU"))]);
        let value = 0x7FFF_FFFF_FFFF;
        let huge = [0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F];
        assert_eq!(only(&huge), [Err(CodecError::OutOfRange { field: "obu_size", value })]);
        assert!(matches!(only(&[0x32, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])[..], [Err(_)]));
        assert!(matches!(only(&[0x92, 0])[..], [Err(_)]), "the forbidden bit");
    }
}
