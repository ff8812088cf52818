//! The NAL units of packets, with what their slices say: the part that H.264 and HEVC have in common.

use std::collections::BTreeMap;
use std::ops::Range;

use super::CodecError;
use super::nal::{self, NalStream, Syntax};

/// What a NAL unit is to a reader of slices.
pub enum UnitKind {
    /// A slice, or a segment of one.
    Slice,
    /// A sequence parameter set.
    SequenceParameters,
    /// A picture parameter set.
    PictureParameters,
    /// A slice that is not read, in words.
    Unsupported(&'static str),
    /// Any other unit.
    Other,
}

/// A codec whose slices are NAL units that refer to parameter sets.
pub trait SliceCodec {
    /// How its units are cut and named.
    const SYNTAX: Syntax;
    /// What is kept of a sequence parameter set.
    type Sequence;
    /// What is kept of a picture parameter set.
    type Picture;
    /// What a slice says of itself.
    type Header: SliceHeaderBytes;

    /// What a unit is, of which there is at least one byte.
    fn kind(unit: &[u8]) -> UnitKind;

    /// Reads a sequence parameter set: its id, and what is kept of it.
    ///
    /// # Errors
    /// Where it ends early, or holds a value that the standard does not allow.
    fn sequence(unit: &[u8]) -> Result<(u32, Self::Sequence), CodecError>;

    /// Reads a picture parameter set: its id, that of its sequence, and what is kept of it.
    ///
    /// # Errors
    /// Where it ends early, or holds a value that the standard does not allow.
    fn picture(unit: &[u8]) -> Result<(u32, u32, Self::Picture), CodecError>;

    /// Reads the header of a slice, which asks for its parameter sets by the id of the picture's.
    ///
    /// # Errors
    /// Where a parameter set is missing, or the header ends early or holds a value that the standard does not allow.
    fn slice<'a>(
        unit: &[u8],
        sets: impl Fn(u32) -> Result<(&'a Self::Picture, &'a Self::Sequence), CodecError>,
    ) -> Result<Self::Header, CodecError>
    where
        Self: 'a;
}

/// A slice's header that knows its length.
pub trait SliceHeaderBytes: Copy {
    /// Bytes of the unit that hold the unit's header and the slice's.
    fn header_bytes(&self) -> usize;
}

/// A NAL unit of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit<H> {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// `nal_unit_type`.
    pub unit_type: u8,
    /// What a slice says of itself; `None` for other units.
    pub slice: Option<H>,
}

impl<H: SliceHeaderBytes> Unit<H> {
    /// The bytes behind the slice's header within the packet; `None` for units that are no slices.
    #[must_use]
    pub fn slice_data(&self) -> Option<Range<usize>> {
        self.slice.map(|slice| self.range.start + slice.header_bytes()..self.range.end)
    }
}

/// Reads the packets of a stream, in order, and keeps its parameter sets.
#[derive(Clone, Debug)]
pub struct Reader<C: SliceCodec> {
    stream: NalStream,
    sequences: BTreeMap<u32, C::Sequence>,
    /// With the id of the sequence parameter set that each refers to.
    pictures: BTreeMap<u32, (u32, C::Picture)>,
}

impl<C: SliceCodec> Reader<C> {
    /// A reader of a stream with this extra data.
    ///
    /// # Errors
    /// Where the extra data is no record of configuration, nor parameter sets between start codes.
    pub fn new(extradata: &[u8]) -> Result<Self, CodecError> {
        let stream = NalStream::read(C::SYNTAX, extradata)?;
        let mut reader = Self { stream, sequences: BTreeMap::new(), pictures: BTreeMap::new() };
        for unit in nal::parameter_sets(C::SYNTAX, extradata)? {
            let unit = &extradata[unit];
            if !unit.is_empty() {
                reader.keep_parameters(unit, &C::kind(unit))?;
            }
        }
        Ok(reader)
    }

    /// The units of the next packet, in order. A unit that cannot be read is an error in its place, and those after
    /// it follow, unless it is unknown where they are.
    pub fn units(&mut self, packet: &[u8]) -> impl Iterator<Item = Result<Unit<C::Header>, CodecError>> {
        self.stream.units(packet).map(|range| {
            let range = range?;
            let unit = &packet[range.clone()];
            let unit_type = C::SYNTAX.unit_type(unit[0]);
            let slice = match C::kind(unit) {
                UnitKind::Slice => Some(C::slice(unit, |id| self.parameters(id))?),
                UnitKind::Unsupported(what) => return Err(CodecError::Unsupported(what)),
                kind => {
                    self.keep_parameters(unit, &kind)?;
                    None
                }
            };
            Ok(Unit { range, unit_type, slice })
        })
    }

    /// The parameter sets of the slices that refer to the picture parameter set `id`.
    fn parameters(&self, id: u32) -> Result<(&C::Picture, &C::Sequence), CodecError> {
        let kind = "picture parameter set";
        let (sequence, picture) = self.pictures.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        let (kind, id) = ("sequence parameter set", *sequence);
        let sequence = self.sequences.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        Ok((picture, sequence))
    }

    /// Keeps a parameter set; other units are passed over.
    fn keep_parameters(&mut self, unit: &[u8], kind: &UnitKind) -> Result<(), CodecError> {
        match kind {
            UnitKind::SequenceParameters => {
                let (id, sequence) = C::sequence(unit)?;
                self.sequences.insert(id, sequence);
            }
            UnitKind::PictureParameters => {
                let (id, sequence, picture) = C::picture(unit)?;
                self.pictures.insert(id, (sequence, picture));
            }
            UnitKind::Slice | UnitKind::Unsupported(_) | UnitKind::Other => {}
        }
        Ok(())
    }
}
