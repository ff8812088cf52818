//! NAL units of H.264 and HEVC: their bytes in a packet, and their types.
//!
//! In a byte stream, each unit follows a start code: two zeros and a one, with any number of zeros in front (ITU-T
//! H.264 and H.265, annex B). In MP4 and Matroska it follows its length; the stream's extra data states how many bytes
//! a length has (ISO/IEC 14496-15).

use std::ops::Range;

use super::CodecError;

/// The standard of the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// ITU-T H.264.
    H264,
    /// ITU-T H.265.
    Hevc,
}

impl Syntax {
    /// The standard of the codec with this name in FFmpeg; `None` for codecs without NAL units.
    #[must_use]
    pub fn of(codec: &str) -> Option<Self> {
        match codec {
            "h264" => Some(Self::H264),
            "hevc" => Some(Self::Hevc),
            _ => None,
        }
    }

    /// Bytes of the header at the start of each unit.
    #[must_use]
    pub const fn header_bytes(self) -> usize {
        match self {
            Self::H264 => 1,
            Self::Hevc => 2,
        }
    }

    /// `nal_unit_type` of a unit with this first byte.
    #[must_use]
    pub const fn unit_type(self, first: u8) -> u8 {
        match self {
            Self::H264 => first & 0x1F,
            Self::Hevc => first >> 1 & 0x3F,
        }
    }

    /// True for types that hold coded samples of a picture (tables 7-1): 1 to 5 in H.264, 0 to 31 in HEVC.
    #[must_use]
    pub const fn is_slice(self, unit_type: u8) -> bool {
        match self {
            Self::H264 => matches!(unit_type, 1..=5),
            Self::Hevc => unit_type < 32,
        }
    }

    /// True for types of slices at which decoding can start: IDR in H.264, IRAP in HEVC.
    #[must_use]
    pub const fn is_key(self, unit_type: u8) -> bool {
        match self {
            Self::H264 => unit_type == 5,
            Self::Hevc => matches!(unit_type, 16..=23),
        }
    }

    /// True for parameter sets: sequence (also subset and extension) and picture; in HEVC also video.
    #[must_use]
    pub const fn is_parameter_set(self, unit_type: u8) -> bool {
        match self {
            Self::H264 => matches!(unit_type, 7 | 8 | 13 | 15),
            Self::Hevc => matches!(unit_type, 32..=34),
        }
    }
}

/// What precedes each unit of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A start code.
    StartCodes,
    /// The unit's length, big-endian, in 1 to 4 bytes.
    Lengths(usize),
}

/// How packets of a stream are cut into units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NalStream {
    /// The standard.
    pub syntax: Syntax,
    /// What precedes each unit.
    pub framing: Framing,
}

impl NalStream {
    /// Reads the extra data of a stream. Without a configuration record (`avcC`, `hvcC`), units follow start codes.
    ///
    /// # Errors
    /// If the record ends before the size of lengths.
    pub fn read(syntax: Syntax, extradata: &[u8]) -> Result<Self, CodecError> {
        let framing = if has_record(extradata) {
            let place = match syntax {
                Syntax::H264 => 4,
                Syntax::Hevc => 21,
            };
            let byte = extradata.get(place).ok_or(CodecError::CutOff("the configuration record"))?;
            Framing::Lengths(usize::from(byte & 3) + 1)
        } else {
            Framing::StartCodes
        };
        Ok(Self { syntax, framing })
    }

    /// The non-empty units of a packet, in order, each with its header but without the start code or length before it.
    /// An error ends them.
    pub fn units(self, packet: &[u8]) -> impl Iterator<Item = Result<Range<usize>, CodecError>> {
        let mut at = 0;
        let mut is_over = false;
        std::iter::from_fn(move || {
            while !is_over && at < packet.len() {
                let unit = match self.framing {
                    Framing::Lengths(bytes) => unit_behind_length(packet, at, bytes),
                    Framing::StartCodes => unit_behind_start_code(packet, at),
                };
                match unit {
                    Ok(unit) => {
                        at = unit.end.max(at + 1);
                        if !unit.is_empty() {
                            return Some(Ok(unit));
                        }
                    }
                    Err(error) => {
                        is_over = true;
                        return Some(Err(error));
                    }
                }
            }
            None
        })
    }

    /// True if the units fill the packet to its end, no header is damaged, and at least one unit holds a slice. Damage
    /// within a file does not change timestamps and sizes, which the container stores elsewhere, but then lengths no
    /// longer lead from unit to unit.
    #[must_use]
    pub fn is_whole(self, packet: &[u8]) -> bool {
        let mut has_slice = false;
        for unit in self.units(packet) {
            let Ok(unit) = unit else { return false };
            let first = packet[unit.start];
            // The first bit must be 0.
            if first & 0x80 != 0 {
                return false;
            }
            has_slice |= self.syntax.is_slice(self.syntax.unit_type(first));
        }
        has_slice
    }
}

/// The parameter sets in the extra data of a stream, in order, as units with their headers.
///
/// # Errors
/// If the configuration record is cut off. Extra data with start codes has no lengths that could be wrong.
pub fn parameter_sets(syntax: Syntax, extradata: &[u8]) -> Result<Vec<Range<usize>>, CodecError> {
    if !has_record(extradata) {
        if extradata.is_empty() {
            return Ok(Vec::new());
        }
        return NalStream { syntax, framing: Framing::StartCodes }.units(extradata).collect();
    }
    let mut reader = RecordReader { record: extradata, at: 0 };
    let mut units = Vec::new();
    match syntax {
        // ISO/IEC 14496-15, 5.3.3.1.2.
        Syntax::H264 => {
            reader.at = 5;
            for counted in [0x1F, 0xFF] {
                let count = reader.byte()? & counted;
                for _ in 0..count {
                    units.push(reader.unit()?);
                }
            }
        }
        // ISO/IEC 14496-15, 8.3.3.1.2.
        Syntax::Hevc => {
            reader.at = 22;
            for _ in 0..reader.byte()? {
                reader.byte()?;
                for _ in 0..reader.number()? {
                    units.push(reader.unit()?);
                }
            }
        }
    }
    Ok(units)
}

/// True if extra data begins with the version of a record, 1; a start code begins with 0.
fn has_record(extradata: &[u8]) -> bool {
    extradata.first() == Some(&1)
}

/// Reads a configuration record.
struct RecordReader<'a> {
    record: &'a [u8],
    at: usize,
}

impl RecordReader<'_> {
    fn byte(&mut self) -> Result<u8, CodecError> {
        let byte = self.record.get(self.at).ok_or(CodecError::CutOff("the configuration record"))?;
        self.at += 1;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<usize, CodecError> {
        Ok(usize::from(self.byte()?) << 8 | usize::from(self.byte()?))
    }

    /// A unit with its length in two bytes before it.
    fn unit(&mut self) -> Result<Range<usize>, CodecError> {
        let length = self.number()?;
        let unit = self.at..self.at + length;
        self.record.get(unit.clone()).ok_or(CodecError::CutOff("a parameter set"))?;
        self.at = unit.end;
        Ok(unit)
    }
}

/// The unit whose length is at `at`.
fn unit_behind_length(packet: &[u8], at: usize, bytes: usize) -> Result<Range<usize>, CodecError> {
    let length = packet.get(at..at + bytes).ok_or(CodecError::CutOff("the length of a NAL unit"))?;
    let length = length.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
    let start = at + bytes;
    if length > packet.len() - start {
        return Err(CodecError::CutOff("a NAL unit"));
    }
    Ok(start..start + length)
}

/// The unit after the first start code from `at` on, up to the zeros before the next start code or at the end.
fn unit_behind_start_code(packet: &[u8], at: usize) -> Result<Range<usize>, CodecError> {
    let Some(code) = start_code(packet, at) else {
        // Zeros may follow the last unit.
        let is_end = at > 0 && packet[at..].iter().all(|&byte| byte == 0);
        let none = CodecError::Missing("start code");
        return if is_end { Ok(packet.len()..packet.len()) } else { Err(none) };
    };
    let start = code + 3;
    let next = start_code(packet, start).unwrap_or(packet.len());
    // The last byte of a unit is never 0 (7.4.1).
    let end = packet[start..next].iter().rposition(|&byte| byte != 0).map_or(start, |last| start + last + 1);
    Ok(start..end)
}

/// The position of the next two zeros and a one, from `at` on.
fn start_code(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at..at + 3)? {
            [0, 0, 1] => return Some(at),
            // No start code contains this byte.
            [_, _, 2..=255] => at += 3,
            [_, 1, _] => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Extra data that begins as `avcC` with lengths of 4 bytes.
    const LENGTHS_OF_4: [u8; 5] = [1, 0, 0, 0, 0xFF];

    fn h264(extradata: &[u8]) -> NalStream {
        NalStream::read(Syntax::H264, extradata).expect("a stream")
    }

    /// The ranges of all units.
    fn units(stream: NalStream, packet: &[u8]) -> Result<Vec<Range<usize>>, CodecError> {
        stream.units(packet).collect()
    }

    #[test]
    fn extra_data_states_what_precedes_units() {
        assert_eq!(h264(&LENGTHS_OF_4).framing, Framing::Lengths(4));
        assert_eq!(h264(&[1, 0, 0, 0, 0xFD]).framing, Framing::Lengths(2));
        assert_eq!(h264(&[0, 0, 0, 1, 0x67]).framing, Framing::StartCodes);
        assert_eq!(h264(&[]).framing, Framing::StartCodes);
        assert!(NalStream::read(Syntax::H264, &[1, 0, 0]).is_err());
        let mut hevc = [0; 22];
        (hevc[0], hevc[21]) = (1, 3);
        assert_eq!(NalStream::read(Syntax::Hevc, &hevc).map(|it| it.framing), Ok(Framing::Lengths(4)));
        assert!(NalStream::read(Syntax::Hevc, &hevc[..21]).is_err());
        assert_eq!(Syntax::of("vp9"), None);
    }

    #[test]
    fn a_packet_is_whole_if_its_lengths_lead_to_its_end() {
        let stream = h264(&LENGTHS_OF_4);
        let packet = [0, 0, 0, 2, 6, 9, 0, 0, 0, 3, 0x65, 1, 2];
        assert!(stream.is_whole(&packet));
        assert_eq!(units(stream, &packet), Ok(vec![4..6, 10..13]));
        assert!(!stream.is_whole(&packet[..12]), "cut off");
        assert!(!stream.is_whole(&packet[..6]), "no slice");
        assert!(!stream.is_whole(&[]), "nothing");
        let mut damaged = packet;
        damaged[3] = 200;
        assert!(!stream.is_whole(&damaged));
        let mut damaged = packet;
        damaged[4] |= 0x80;
        assert!(!stream.is_whole(&damaged), "the first bit of a header");
    }

    #[test]
    fn start_codes_have_three_bytes_or_more_and_include_zeros_around_them() {
        let stream = h264(&[]);
        let packet = [0, 0, 0, 1, 0x67, 7, 0, 0, 1, 0x68, 0, 0, 0, 0, 0, 1, 0x65, 0, 0, 3, 0, 0];
        assert_eq!(units(stream, &packet), Ok(vec![4..6, 9..10, 16..20]));
        let after_nothing = units(stream, &[0, 0, 1, 0, 0, 1, 0x65, 0, 0, 1, 0x65]);
        assert_eq!(after_nothing, Ok(vec![6..7, 10..11]), "an empty unit is left out");
        assert_eq!(units(stream, &[0, 0, 0, 1]), Ok(vec![]));
        assert_eq!(units(stream, &[]), Ok(vec![]));
        assert_eq!(units(stream, &[9, 9]), Err(CodecError::Missing("start code")));
    }

    #[test]
    fn configuration_records_hold_parameter_sets() {
        let avcc = [1, 66, 0, 30, 0xFF, 0xE1, 0, 2, 0x67, 66, 1, 0, 1, 0x68];
        assert_eq!(parameter_sets(Syntax::H264, &avcc), Ok(vec![8..10, 13..14]));
        for end in 5..avcc.len() {
            assert!(parameter_sets(Syntax::H264, &avcc[..end]).is_err(), "cut off after {end} bytes");
        }
        let mut hvcc = vec![0; 22];
        hvcc[0] = 1;
        hvcc.extend([2, 0x20, 0, 1, 0, 1, 0x40, 0x21, 0, 2, 0, 1, 0x42, 0, 1, 0x42]);
        assert_eq!(parameter_sets(Syntax::Hevc, &hvcc), Ok(vec![28..29, 34..35, 37..38]));
        assert_eq!(parameter_sets(Syntax::H264, &[0, 0, 1, 0x67, 1, 0, 0, 1, 0x68]), Ok(vec![3..5, 8..9]));
        assert_eq!(parameter_sets(Syntax::H264, &[]), Ok(vec![]));
    }

    proptest! {
        /// Units are found with any framing.
        #[test]
        fn units_are_those_that_were_put_together(
            // A unit has no two zeros before a byte below 3, and does not end in a zero.
            wanted in prop::collection::vec(prop::collection::vec(1..255u8, 1..20), 1..10),
            zeros in prop::collection::vec(0..4usize, 10),
        ) {
            let (mut coded, mut sized) = (Vec::new(), Vec::new());
            for (unit, &zeros) in wanted.iter().zip(&zeros) {
                coded.extend(std::iter::repeat_n(0, 2 + zeros));
                coded.push(1);
                coded.extend(unit);
                sized.extend([0, 0, 0, u8::try_from(unit.len()).expect("short")]);
                sized.extend(unit);
            }
            for (stream, packet) in [(h264(&[]), &coded), (h264(&LENGTHS_OF_4), &sized)] {
                let found = units(stream, packet).expect("units");
                prop_assert_eq!(found.into_iter().map(|it| packet[it].to_vec()).collect::<Vec<_>>(), wanted.clone());
            }
        }

        /// In any bytes, units are in order within the packet, and the bytes between them contain no unit.
        #[test]
        fn any_bytes_give_units_in_order_or_an_error(
            packet in prop::collection::vec(prop_oneof![4 => Just(0u8), 2 => Just(1u8), 1 => any::<u8>()], 0..200),
            bytes in 0..5usize,
        ) {
            let framing = if bytes == 0 { Framing::StartCodes } else { Framing::Lengths(bytes) };
            let mut end = 0;
            for unit in (NalStream { syntax: Syntax::H264, framing }).units(&packet) {
                let Ok(unit) = unit else { break };
                prop_assert!(end <= unit.start && unit.start < unit.end && unit.end <= packet.len());
                if bytes == 0 {
                    prop_assert!(packet[..unit.start].ends_with(&[0, 0, 1]));
                    prop_assert!(!packet[unit.clone()].windows(3).any(|it| it == [0, 0, 1]));
                }
                end = unit.end;
            }
        }
    }
}
