//! Slices of H.264: where the header of each ends and its samples begin (ITU-T H.264, 7.3).
//!
//! The header's length follows from the parameter sets that it refers to, which stand in the stream's extra data or in
//! the packets before.

mod parameter_sets;
mod slice_header;

use std::collections::BTreeMap;
use std::ops::Range;

use super::CodecError;
use super::nal::{self, NalStream, Syntax};
use parameter_sets::{PictureParameters, SequenceParameters};
pub use slice_header::{SliceHeader, SliceType, Structure};

/// Types of NAL units (table 7-1).
const SLICE: u8 = 1;
const PARTITION_A: u8 = 2;
const PARTITION_C: u8 = 4;
const IDR_SLICE: u8 = 5;
const SEQUENCE_PARAMETER_SET: u8 = 7;
const PICTURE_PARAMETER_SET: u8 = 8;

/// A NAL unit of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// `nal_unit_type`.
    pub unit_type: u8,
    /// What a slice (types 1 and 5) says of itself; `None` for other units.
    pub slice: Option<SliceHeader>,
}

impl Unit {
    /// The bytes behind the slice's header within the packet; `None` for units that are no slices.
    #[must_use]
    pub fn slice_data(&self) -> Option<Range<usize>> {
        self.slice.map(|slice| self.range.start + slice.header_bytes..self.range.end)
    }
}

/// Reads the packets of a stream, in order, and keeps its parameter sets.
#[derive(Clone, Debug)]
pub struct Reader {
    stream: NalStream,
    sequences: BTreeMap<u32, SequenceParameters>,
    pictures: BTreeMap<u32, PictureParameters>,
}

impl Reader {
    /// A reader of a stream with this extra data.
    ///
    /// # Errors
    /// Where the extra data is no record of configuration, nor parameter sets between start codes.
    pub fn new(extradata: &[u8]) -> Result<Self, CodecError> {
        let stream = NalStream::read(Syntax::H264, extradata)?;
        let mut reader = Self { stream, sequences: BTreeMap::new(), pictures: BTreeMap::new() };
        for unit in nal::parameter_sets(Syntax::H264, extradata)? {
            reader.note_parameters(&extradata[unit])?;
        }
        Ok(reader)
    }

    /// The units of the next packet, in order. A unit that cannot be read is an error in its place, and those after
    /// it follow, unless it is unknown where they are.
    pub fn units(&mut self, packet: &[u8]) -> impl Iterator<Item = Result<Unit, CodecError>> {
        self.stream.units(packet).map(|range| {
            let range = range?;
            let unit = &packet[range.clone()];
            let unit_type = Syntax::H264.unit_type(unit[0]);
            let slice = match unit_type {
                SLICE | IDR_SLICE => Some(slice_header::read(unit, |id| self.parameters(id))?),
                PARTITION_A..=PARTITION_C => {
                    return Err(CodecError::Unsupported("a slice of H.264 in data partitions"));
                }
                _ => {
                    self.note_parameters(unit)?;
                    None
                }
            };
            Ok(Unit { range, unit_type, slice })
        })
    }

    /// The parameter sets of the slices that refer to the picture parameter set `id`.
    fn parameters(&self, id: u32) -> Result<(&PictureParameters, &SequenceParameters), CodecError> {
        let kind = "picture parameter set";
        let picture = self.pictures.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        let (kind, id) = ("sequence parameter set", picture.sequence);
        let sequence = self.sequences.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        Ok((picture, sequence))
    }

    /// Keeps a parameter set; other units are passed over.
    fn note_parameters(&mut self, unit: &[u8]) -> Result<(), CodecError> {
        match unit.first().map(|&first| Syntax::H264.unit_type(first)) {
            Some(SEQUENCE_PARAMETER_SET) => {
                let sequence = SequenceParameters::read(unit)?;
                self.sequences.insert(sequence.id, sequence);
            }
            Some(PICTURE_PARAMETER_SET) => {
                let picture = PictureParameters::read(unit)?;
                self.pictures.insert(picture.id, picture);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The macroblocks of each slice of one packet, given what the slices say, in order: a slice ends where the next one of
/// its picture begins, the last one with the picture. `None` where macroblocks are not in the order of rows, and for
/// redundant slices.
#[must_use]
pub fn macroblocks(slices: &[SliceHeader]) -> Vec<Option<Range<u32>>> {
    let range = |(n, slice): (usize, &SliceHeader)| {
        if !slice.is_in_row_order || slice.is_redundant {
            return None;
        }
        let all = slice.width_macroblocks * slice.rows_macroblocks;
        let each = if slice.structure == Structure::FrameOfPairs { 2 } else { 1 };
        let next = slices[n + 1..].iter().find(|next| !next.is_redundant);
        let next = next.filter(|next| {
            next.structure == slice.structure && next.first_macroblock > slice.first_macroblock
        });
        let end = next.map_or(all, |next| (next.first_macroblock * each).min(all));
        Some(slice.first_macroblock * each..end)
    };
    slices.iter().enumerate().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameter sets by x264 for 64 × 48 pixels, coded with CAVLC.
    const SEQUENCE: [u8; 22] = [
        0x67, 0x64, 0, 0x0A, 0xAC, 0xB4, 0x23, 0xD8, 0x08, 0x80, 0, 0, 3, 0, 0x80, 0, 0, 0x19, 0x07, 0x89,
        0x13, 0x50,
    ];
    const PICTURE: [u8; 5] = [0x68, 0xCF, 0x0F, 0x2C, 0x8B];
    /// The start of a slice of the same stream.
    const IDR: [u8; 8] = [0x65, 0x88, 0x84, 0x09, 0x7A, 0x21, 0x11, 0x50];

    /// Units between start codes.
    fn packet(units: &[&[u8]]) -> Vec<u8> {
        units.iter().flat_map(|unit| [&[0, 0, 1], *unit].concat()).collect()
    }

    fn reader() -> Reader {
        Reader::new(&[]).expect("no extra data")
    }

    #[test]
    fn a_slice_is_read_with_the_parameter_sets_before_it() {
        let whole = packet(&[&SEQUENCE, &PICTURE, &IDR]);
        let mut reader = reader();
        let units: Vec<Unit> = reader.units(&whole).collect::<Result<_, _>>().expect("three units");
        assert_eq!(units.iter().map(|unit| unit.unit_type).collect::<Vec<_>>(), [7, 8, 5]);
        let slice = units[2].slice.expect("a slice");
        assert_eq!((slice.slice_type, slice.first_macroblock, slice.is_cabac), (SliceType::I, 0, false));
        assert_eq!((slice.width_macroblocks, slice.rows_macroblocks), (4, 3));
        assert_eq!(units[2].slice_data(), Some(whole.len() - 3..whole.len()), "header of 36 bits");
        assert_eq!(units[0].slice_data(), None);
        // They are kept for the next packet.
        assert!(reader.units(&packet(&[&IDR])).all(|unit| unit.is_ok()));
        let kept =
            Reader::new(&packet(&[&SEQUENCE, &PICTURE])).expect("extra data").units(&packet(&[&IDR])).count();
        assert_eq!(kept, 1);
    }

    #[test]
    fn without_its_parameter_sets_a_slice_is_an_error_and_other_units_are_not() {
        let missing = |kind, id| Err(CodecError::NoParameterSet { kind, id });
        let packet = packet(&[&[9, 0xF0], &IDR, &PICTURE, &IDR, &[2, 0x80], &[6, 5]]);
        let found: Vec<_> = reader().units(&packet).map(|unit| unit.map(|unit| unit.unit_type)).collect();
        let partition = Err(CodecError::Unsupported("a slice of H.264 in data partitions"));
        let expected = [
            Ok(9),
            missing("picture parameter set", 0),
            Ok(8),
            missing("sequence parameter set", 0),
            partition,
            Ok(6),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn headers_that_break_off_are_errors() {
        for (unit, least) in [(&SEQUENCE[..], 8), (&PICTURE, 4), (&IDR, 5)] {
            for end in 1..unit.len() {
                let cut = packet(&[&SEQUENCE, &PICTURE, &unit[..end]]);
                let last = reader().units(&cut).last().expect("a unit");
                // A zero at the end belongs to what would follow.
                let end = if unit[end - 1] == 0 { end - 1 } else { end };
                assert_eq!(last.is_ok(), end >= least, "{end} bytes of {unit:?}");
            }
        }
    }

    #[test]
    fn a_slice_ends_where_the_next_one_of_its_picture_begins() {
        let whole = packet(&[&SEQUENCE, &PICTURE, &IDR]);
        let last = reader().units(&whole).last().expect("a unit").expect("a slice");
        let first = last.slice.expect("a slice");
        let at = |first_macroblock, structure| SliceHeader { first_macroblock, structure, ..first };
        let frame = [0, 5, 9].map(|it| at(it, Structure::Frame));
        assert_eq!(macroblocks(&frame), [Some(0..5), Some(5..9), Some(9..12)]);
        let fields = [at(0, Structure::TopField), at(6, Structure::TopField), at(0, Structure::BottomField)];
        assert_eq!(macroblocks(&fields), [Some(0..6), Some(6..12), Some(0..12)]);
        assert_eq!(macroblocks(&[0, 2].map(|it| at(it, Structure::FrameOfPairs))), [Some(0..4), Some(4..12)]);
        let [first, second, third] = frame;
        let redundant = SliceHeader { is_redundant: true, ..second };
        assert_eq!(macroblocks(&[first, redundant, third]), [Some(0..9), None, Some(9..12)]);
        assert_eq!(macroblocks(&[SliceHeader { is_in_row_order: false, ..first }]), [None]);
    }
}
