//! Slice segments of HEVC: where the header of each ends (ITU-T H.265, 7.3).
//!
//! The header's length follows from the parameter sets that it refers to, which stand in the stream's extra data or in
//! the packets before. Layers beside the first, and profiles of screen content, are not read.

mod parameter_sets;
mod reference_sets;
mod slice_header;

use std::collections::BTreeMap;
use std::ops::Range;

use super::CodecError;
use super::nal::{self, NalStream, Syntax};
use parameter_sets::{PictureParameters, SequenceParameters};
pub use slice_header::SliceHeader;

/// Types of NAL units (table 7-1). Slices of types between these two are reserved.
const LAST_PLAIN_SLICE: u8 = 9;
const KEY_SLICES: std::ops::RangeInclusive<u8> = 16..=21;
const SEQUENCE_PARAMETER_SET: u8 = 33;
const PICTURE_PARAMETER_SET: u8 = 34;

/// A NAL unit of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// `nal_unit_type`.
    pub unit_type: u8,
    /// What a slice segment says of itself; `None` for other units.
    pub slice: Option<SliceHeader>,
}

impl Unit {
    /// The bytes behind the slice segment's header within the packet; `None` for other units.
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
        let stream = NalStream::read(Syntax::Hevc, extradata)?;
        let mut reader = Self { stream, sequences: BTreeMap::new(), pictures: BTreeMap::new() };
        for unit in nal::parameter_sets(Syntax::Hevc, extradata)? {
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
            let unit_type = Syntax::Hevc.unit_type(unit[0]);
            let is_slice = unit_type <= LAST_PLAIN_SLICE || KEY_SLICES.contains(&unit_type);
            let slice = if !is_slice {
                self.note_parameters(unit)?;
                None
            } else if is_of_first_layer(unit) {
                Some(slice_header::read(unit, |id| self.parameters(id))?)
            } else {
                return Err(CodecError::Unsupported("a second layer of HEVC"));
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

    /// Keeps a parameter set of the first layer; other units are passed over.
    fn note_parameters(&mut self, unit: &[u8]) -> Result<(), CodecError> {
        match unit.first().map(|&first| Syntax::Hevc.unit_type(first)).filter(|_| is_of_first_layer(unit)) {
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

/// True where `nuh_layer_id` is 0, and for a unit that is too short to say so.
fn is_of_first_layer(unit: &[u8]) -> bool {
    unit.first().is_none_or(|first| first & 1 == 0) && unit.get(1).is_none_or(|second| second >> 3 == 0)
}
