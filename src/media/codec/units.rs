//! The common part of H.264 and HEVC: NAL units of packets, with the headers of their slices.

use std::collections::BTreeMap;
use std::ops::Range;

use super::CodecError;
use super::nal::{self, NalStream, Syntax};

/// The kind of a NAL unit, for a reader of slices.
pub enum UnitKind {
    /// A slice, or a segment of one.
    Slice,
    /// A sequence parameter set.
    SequenceParameters,
    /// A picture parameter set.
    PictureParameters,
    /// A slice that is not supported, in words.
    Unsupported(&'static str),
    /// Any other unit.
    Other,
}

/// A codec whose slices are NAL units that refer to parameter sets.
pub trait SliceCodec {
    /// The syntax of its units.
    const SYNTAX: Syntax;
    /// The fields of a sequence parameter set that are kept.
    type Sequence;
    /// The fields of a picture parameter set that are kept.
    type Picture;
    /// The fields of a slice header.
    type Header: SliceHeaderBytes;

    /// The kind of a unit, which is not empty.
    fn kind(unit: &[u8]) -> UnitKind;

    /// Reads a sequence parameter set: its id, and the fields that are kept.
    ///
    /// # Errors
    /// If it is cut off, or has a value that the standard does not allow.
    fn sequence(unit: &[u8]) -> Result<(u32, Self::Sequence), CodecError>;

    /// Reads a picture parameter set: its id, the id of its sequence parameter set, and the fields that are kept.
    ///
    /// # Errors
    /// If it is cut off, or has a value that the standard does not allow.
    fn picture(unit: &[u8]) -> Result<(u32, u32, Self::Picture), CodecError>;

    /// Reads the header of a slice. `parameters` finds its parameter sets by the id of the picture's.
    ///
    /// # Errors
    /// If a parameter set is missing, or the header is cut off or has a value that the standard does not allow.
    fn slice<'a>(
        unit: &[u8],
        sets: impl Fn(u32) -> Result<(&'a Self::Picture, &'a Self::Sequence), CodecError>,
    ) -> Result<Self::Header, CodecError>
    where
        Self: 'a;
}

/// A slice header with a known length.
pub trait SliceHeaderBytes: Copy {
    /// The bytes of the unit that hold its own header and the slice header.
    fn header_bytes(&self) -> usize;
}

/// A NAL unit of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit<H> {
    /// Its bytes within the packet, from its header on.
    pub range: Range<usize>,
    /// `nal_unit_type`.
    pub unit_type: u8,
    /// The slice header; `None` for other units.
    pub slice: Option<H>,
}

impl<H: SliceHeaderBytes> Unit<H> {
    /// The bytes after the slice header within the packet; `None` for units that are no slices.
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
    /// Each with the id of the sequence parameter set that it refers to.
    pictures: BTreeMap<u32, (u32, C::Picture)>,
}

impl<C: SliceCodec> Reader<C> {
    /// A reader for a stream with this extra data.
    ///
    /// # Errors
    /// If the extra data is neither a configuration record nor parameter sets with start codes.
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

    /// The units of the next packet, in order. A unit that cannot be read is an error in its place; later units follow
    /// if their position is known.
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

    /// The parameter sets of a slice that refers to the picture parameter set `id`.
    fn parameters(&self, id: u32) -> Result<(&C::Picture, &C::Sequence), CodecError> {
        let kind = "picture parameter set";
        let (sequence, picture) = self.pictures.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        let (kind, id) = ("sequence parameter set", *sequence);
        let sequence = self.sequences.get(&id).ok_or(CodecError::NoParameterSet { kind, id })?;
        Ok((picture, sequence))
    }

    /// Keeps a parameter set; ignores other units.
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
