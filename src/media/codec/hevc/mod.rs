//! Slice segments of HEVC: finds the end of each header (ITU-T H.265, 7.3).
//!
//! The length of the header depends on the parameter sets that it refers to. They are in the stream's extra data or in
//! earlier packets. Layers other than the first and screen content profiles are not supported.

mod parameter_sets;
mod reference_sets;
mod slice_header;

use super::CodecError;
use super::nal::Syntax;
use super::units::{self, SliceCodec, SliceHeaderBytes, UnitKind};
use parameter_sets::{PictureParameters, SequenceParameters};
pub use slice_header::SliceHeader;

/// Types of NAL units (table 7-1). Slice types between these two are reserved.
const LAST_PLAIN_SLICE: u8 = 9;
const KEY_SLICES: std::ops::RangeInclusive<u8> = 16..=21;
const SEQUENCE_PARAMETER_SET: u8 = 33;
const PICTURE_PARAMETER_SET: u8 = 34;

/// A NAL unit of a packet.
pub type Unit = units::Unit<SliceHeader>;

/// Reads the packets of a stream, in order, and keeps its parameter sets.
pub type Reader = units::Reader<Hevc>;

/// The type parameter of [`Reader`] for HEVC.
#[derive(Clone, Copy, Debug)]
pub enum Hevc {}

impl SliceCodec for Hevc {
    const SYNTAX: Syntax = Syntax::Hevc;
    type Sequence = SequenceParameters;
    type Picture = PictureParameters;
    type Header = SliceHeader;

    fn kind(unit: &[u8]) -> UnitKind {
        let unit_type = Syntax::Hevc.unit_type(unit[0]);
        let is_slice = unit_type <= LAST_PLAIN_SLICE || KEY_SLICES.contains(&unit_type);
        match unit_type {
            _ if !is_of_first_layer(unit) && is_slice => UnitKind::Unsupported("a further layer of HEVC"),
            _ if !is_of_first_layer(unit) => UnitKind::Other,
            _ if is_slice => UnitKind::Slice,
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

/// True if `nuh_layer_id` is 0, and for a unit that is too short to have one.
fn is_of_first_layer(unit: &[u8]) -> bool {
    unit.first().is_none_or(|first| first & 1 == 0) && unit.get(1).is_none_or(|second| second >> 3 == 0)
}
