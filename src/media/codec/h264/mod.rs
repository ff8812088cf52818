//! Slices of H.264: finds the end of each slice header, where coded samples begin (ITU-T H.264, 7.3).
//!
//! The length of the header depends on the parameter sets that it refers to. They are in the stream's extra data or in
//! earlier packets.

mod parameter_sets;
mod slice_header;

use std::ops::Range;

use super::CodecError;
use super::nal::Syntax;
use super::units::{self, SliceCodec, SliceHeaderBytes, UnitKind};
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
pub type Unit = units::Unit<SliceHeader>;

/// Reads the packets of a stream, in order, and keeps its parameter sets.
pub type Reader = units::Reader<H264>;

/// The type parameter of [`Reader`] for H.264.
#[derive(Clone, Copy, Debug)]
pub enum H264 {}

impl SliceCodec for H264 {
    const SYNTAX: Syntax = Syntax::H264;
    type Sequence = SequenceParameters;
    type Picture = PictureParameters;
    type Header = SliceHeader;

    fn kind(unit: &[u8]) -> UnitKind {
        match Syntax::H264.unit_type(unit[0]) {
            SLICE | IDR_SLICE => UnitKind::Slice,
            PARTITION_A..=PARTITION_C => UnitKind::Unsupported("a slice of H.264 in data partitions"),
            SEQUENCE_PARAMETER_SET => UnitKind::SequenceParameters,
            PICTURE_PARAMETER_SET => UnitKind::PictureParameters,
            _ => UnitKind::Other,
        }
    }

    fn sequence(unit: &[u8]) -> Result<(u32, SequenceParameters), CodecError> {
        SequenceParameters::read(unit).map(|sequence| (sequence.id, sequence))
    }

    fn picture(unit: &[u8]) -> Result<(u32, u32, PictureParameters), CodecError> {
        PictureParameters::read(unit).map(|picture| (picture.id, picture.sequence, picture))
    }

    fn slice<'a>(
        unit: &[u8],
        sets: impl Fn(u32) -> Result<(&'a PictureParameters, &'a SequenceParameters), CodecError>,
    ) -> Result<SliceHeader, CodecError> {
        slice_header::read(unit, sets)
    }
}

impl SliceHeaderBytes for SliceHeader {
    fn header_bytes(&self) -> usize {
        self.header_bytes
    }
}

/// The macroblocks of each slice of one packet, from the headers of its slices, in order: a slice ends where the next
/// one of its picture begins, the last one with the picture. `None` if macroblocks are not in the order of rows, and
/// for redundant slices.
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

    /// Units with start codes between them.
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
        // Parameter sets are kept for the next packet.
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
    fn headers_that_are_cut_off_are_errors() {
        for (unit, least) in [(&SEQUENCE[..], 8), (&PICTURE, 4), (&IDR, 5)] {
            for end in 1..unit.len() {
                let cut = packet(&[&SEQUENCE, &PICTURE, &unit[..end]]);
                let last = reader().units(&cut).last().expect("a unit");
                // A zero at the end would belong to the next start code.
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
