//! Cuts packets into messages and pieces: which bytes of a packet are encrypted for each target.

use super::message::{Cut, message};
use super::slice::Part;
use super::stored::{self, Stored};
use super::target::Target;
use super::units::{holds_no_picture, obu_name, unit_name};
use super::{Category, Message, Pattern, Piece, Procedure};
use crate::media::codec::nal::{NalStream, Syntax};
use crate::media::codec::prores::{self, Rows};
use crate::media::codec::units::{SliceCodec, Unit};
use crate::media::codec::{CodecError, h264, hevc, jpeg, obu};
use crate::media::container::{StreamInfo, StreamKind};
use crate::picture::layout::BLOCK_BYTES;
use crate::picture::{Area, FieldRows, Orientation};
use crate::units::MessageNumber;

/// Messages of stream n are numbered from n times this number.
const NUMBERS_PER_STREAM: u64 = 1 << 48;

/// Cuts the packets of one stream into messages, in order. It keeps parameter sets and counts messages.
pub struct Cutter {
    target: Target,
    parts: Parts,
    /// Finds the slices of packets that are encrypted in their file, by their clear headers.
    clear_headers: Option<Box<h264::Reader>>,
    /// How frames are turned for display; `None` if not by quarter turns.
    orientation: Option<Orientation>,
    is_sound: bool,
    /// The number of the next message.
    next: MessageNumber,
}

/// How packets are divided.
enum Parts {
    /// As a whole.
    Whole,
    /// Into NAL units, by their headers alone.
    Nal(NalStream),
    /// Into open bitstream units.
    Obu,
    H264(Box<h264::Reader>),
    Hevc(Box<hevc::Reader>),
    ProRes,
    Jpeg,
}

/// Why the packets of a stream cannot be cut for a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutError {
    /// The target does not support the codec.
    #[error(
        "the target {target} takes {takes}, but the stream is {codec}; the target packets takes any codec"
    )]
    Codec {
        /// The target.
        target: Target,
        /// The codecs that it takes, in words.
        takes: &'static str,
        /// FFmpeg's name of the stream's codec.
        codec: String,
    },
    /// The target is not made from packets.
    #[error("the target {0} is not made of packets; choose packets, nal, slices, cenc, cbcs or samples")]
    NotOfPackets(Target),
    /// The stream's extra data is damaged.
    #[error("the codec's parameters in the file are damaged ({0})")]
    ExtraData(#[from] CodecError),
}

impl Cutter {
    /// A cutter for the packets of a stream.
    ///
    /// # Errors
    /// [`CutError`] if the target does not fit the codec.
    pub fn new(target: Target, stream: &StreamInfo) -> Result<Self, CutError> {
        let next = MessageNumber(stream.index as u64 * NUMBERS_PER_STREAM);
        let is_sound = stream.kind == StreamKind::Audio;
        let is_read = target == Target::Packets && stream.is_encrypted && stream.codec == "h264";
        let reader = is_read.then(|| h264::Reader::new(&stream.extradata).ok()).flatten();
        let (parts, clear_headers) = (Parts::of(target, stream)?, reader.map(Box::new));
        let orientation = stream.orientation;
        Ok(Self { target, parts, clear_headers, orientation, is_sound, next })
    }

    /// The number of the next message.
    #[must_use]
    pub const fn next_message(&self) -> MessageNumber {
        self.next
    }

    /// Cuts the next packet, which holds a keyframe if `is_key`. For the target packets, the pieces of a packet that is
    /// encrypted in its file are the parts that the file states.
    pub fn cut(&mut self, packet: &[u8], is_key: bool, stored: Stored<'_>) -> Cut {
        let mut cut = match (&mut self.parts, self.target) {
            (Parts::Whole, Target::Packets) if stored != Stored::Plain => {
                let slices = self.clear_headers.as_mut().map(|reader| h264_slices(reader, packet).0);
                stored::cut(packet.len(), stored, &slices.unwrap_or_default())
            }
            (Parts::H264(reader), Target::Slices) => {
                let (slices, problems) = h264_slices(reader, packet);
                Cut { messages: parts_as_messages(slices, packet.len()), problems }
            }
            (Parts::H264(reader), target) => sample(h264_slices(reader, packet), target, packet.len()),
            (Parts::Hevc(reader), target) => sample(hevc_slices(reader, packet), target, packet.len()),
            (Parts::Nal(stream), _) => nal_units(*stream, packet),
            (Parts::Obu, _) => obus(packet),
            (Parts::ProRes, _) => prores_slices(packet),
            (Parts::Jpeg, _) => jpeg_intervals(packet),
            (Parts::Whole, target) => {
                let kind = match target {
                    Target::Packets => "packet",
                    Target::Samples => "samples",
                    _ => "sample",
                };
                let piece = Piece::new(0..packet.len(), 0);
                Cut { messages: vec![message(kind, 0..packet.len(), vec![piece])], problems: Vec::new() }
            }
        };
        for message in &mut cut.messages {
            match self.orientation {
                Some(orientation) => {
                    for slice in &mut message.slices {
                        slice.area.orientation = orientation;
                    }
                }
                None => message.slices.clear(),
            }
            message.category = match () {
                () if self.is_sound => Category::Sound,
                () if holds_no_picture(message.kind) => Category::Headers,
                () if is_key => Category::Key,
                () => Category::Other,
            };
            message.number = self.next;
            self.next.0 += 1;
        }
        cut
    }
}

impl Parts {
    fn of(target: Target, stream: &StreamInfo) -> Result<Self, CutError> {
        let StreamInfo { kind, codec, extradata, .. } = stream;
        let refuse = |takes| CutError::Codec { target, takes, codec: codec.clone() };
        let is_video = *kind == StreamKind::Video;
        let h264 = || Ok(Self::H264(Box::new(h264::Reader::new(extradata)?)));
        match target {
            Target::Packets => Ok(Self::Whole),
            Target::Nal => match Syntax::of(codec) {
                Some(syntax) => Ok(Self::Nal(NalStream::read(syntax, extradata)?)),
                None if codec == "av1" => Ok(Self::Obu),
                None => Err(refuse("H.264, HEVC and AV1")),
            },
            Target::Slices => match &**codec {
                "h264" => h264(),
                "prores" => Ok(Self::ProRes),
                "mjpeg" => Ok(Self::Jpeg),
                _ => Err(refuse("H.264, ProRes and JPEG")),
            },
            Target::Cenc => match &**codec {
                "h264" => h264(),
                "hevc" => Ok(Self::Hevc(Box::new(hevc::Reader::new(extradata)?))),
                _ => Ok(Self::Whole),
            },
            Target::Cbcs => match &**codec {
                "h264" => h264(),
                _ if !is_video => Ok(Self::Whole),
                _ => Err(refuse("H.264 and sound")),
            },
            Target::Samples if *kind == StreamKind::Audio => Ok(Self::Whole),
            Target::Samples => Err(refuse("sound")),
            Target::Pixels | Target::File => Err(CutError::NotOfPackets(target)),
        }
    }
}

/// Messages of one piece each, which encrypt the data of parts. Each message starts where the one before
/// ends, with clear bytes; the last one ends with the packet.
fn parts_as_messages(parts: impl IntoIterator<Item = Part>, packet_bytes: usize) -> Vec<Message> {
    let mut start = 0;
    let mut messages: Vec<Message> = Vec::new();
    for part in parts {
        let slices = part.slice().into_iter().collect();
        let Part { kind, data, .. } = part;
        let piece = Piece::new(start..data.end, data.start - start);
        messages.push(Message { slices, ..message(kind, piece.range.clone(), vec![piece]) });
        start = data.end;
    }
    if let Some(last) = messages.last_mut() {
        last.range.end = packet_bytes;
    }
    messages
}

fn nal_units(stream: NalStream, packet: &[u8]) -> Cut {
    let mut problems = Vec::new();
    let parts = stream.units(packet).filter_map(|unit| unit.map_err(|error| problems.push(error)).ok());
    let parts = parts.map(|unit| {
        let unit_type = stream.syntax.unit_type(packet[unit.start]);
        let header = stream.syntax.header_bytes().min(unit.len());
        let (kind, data) = (unit_name(stream.syntax, unit_type), unit.start + header..unit.end);
        Part { kind, start: unit.start, data, area: None }
    });
    let messages = parts_as_messages(parts, packet.len());
    Cut { messages, problems }
}

fn obus(packet: &[u8]) -> Cut {
    let mut problems = Vec::new();
    let parts = obu::units(packet).filter_map(|unit| unit.map_err(|error| problems.push(error)).ok());
    let parts = parts.map(|unit| {
        let data = unit.payload();
        Part { kind: obu_name(unit.obu_type), start: data.start, data, area: None }
    });
    let messages = parts_as_messages(parts, packet.len());
    Cut { messages, problems }
}

/// The slices of a packet, and the parts that could not be parsed.
fn h264_slices(reader: &mut h264::Reader, packet: &[u8]) -> (Vec<Part>, Vec<CodecError>) {
    let (units, problems) = read_units(reader, packet);
    let headers: Vec<_> = units.iter().filter_map(|unit| unit.slice).collect();
    let mut places = h264::macroblocks(&headers).into_iter().zip(&headers);
    let parts = units.iter().filter_map(|unit| {
        let (data, (macroblocks, header)) = (unit.slice_data()?, places.next()?);
        let rows = match header.structure {
            h264::Structure::TopField => FieldRows::Top,
            h264::Structure::BottomField => FieldRows::Bottom,
            h264::Structure::Frame | h264::Structure::FrameOfPairs => FieldRows::All,
        };
        let area = macroblocks.map(|macroblocks| Area {
            unit: [16, 16],
            columns: header.width_macroblocks.max(1),
            first: macroblocks.start,
            count: macroblocks.end.saturating_sub(macroblocks.start),
            is_in_pairs: header.structure == h264::Structure::FrameOfPairs,
            rows,
            orientation: Orientation::default(),
        });
        Some(Part { kind: unit_name(Syntax::H264, unit.unit_type), start: unit.range.start, data, area })
    });
    (parts.collect(), problems)
}

/// The slices of a packet, whose places are not read, and the parts that could not be parsed.
fn hevc_slices(reader: &mut hevc::Reader, packet: &[u8]) -> (Vec<Part>, Vec<CodecError>) {
    let (units, problems) = read_units(reader, packet);
    let parts = units.iter().filter_map(|unit| {
        let kind = unit_name(Syntax::Hevc, unit.unit_type);
        Some(Part { kind, start: unit.range.start, data: unit.slice_data()?, area: None })
    });
    (parts.collect(), problems)
}

fn prores_slices(packet: &[u8]) -> Cut {
    let slices = match prores::slices(packet) {
        Ok(slices) => slices,
        Err(error) => return Cut { messages: Vec::new(), problems: vec![error] },
    };
    // The table in the header states widths, not the number of columns.
    let columns = slices.iter().map(|slice| slice.column + slice.width).max().unwrap_or(1);
    let parts = slices.iter().map(|slice| {
        let rows = match slice.rows {
            Rows::All => FieldRows::All,
            Rows::Top => FieldRows::Top,
            Rows::Bottom => FieldRows::Bottom,
        };
        let first = slice.row * columns + slice.column;
        let (count, orientation) = (slice.width, Orientation::default());
        let area = Area { unit: [16, 16], columns, first, count, is_in_pairs: false, rows, orientation };
        let data = slice.data();
        Part { kind: "slice", start: data.start, data, area: Some(area) }
    });
    Cut { messages: parts_as_messages(parts, packet.len()), problems: Vec::new() }
}

fn jpeg_intervals(packet: &[u8]) -> Cut {
    let found = match jpeg::scans(packet) {
        Ok(found) => found,
        Err(error) => return Cut { messages: Vec::new(), problems: vec![error] },
    };
    let parts = found.intervals.iter().map(|interval| {
        let scan = found.scans[interval.scan];
        // The arrangement of several pictures in a packet, such as the fields of motion JPEG, is unknown; and several scans of one picture
        // cover the same places.
        let area = (found.scans.len() == 1 && scan.columns > 0).then_some(Area {
            unit: [scan.unit_width, scan.unit_height],
            columns: scan.columns,
            first: interval.first,
            count: interval.count,
            is_in_pairs: false,
            rows: FieldRows::All,
            orientation: Orientation::default(),
        });
        let data = interval.data.clone();
        Part { kind: "interval", start: data.start, data, area }
    });
    Cut { messages: parts_as_messages(parts, packet.len()), problems: Vec::new() }
}

/// The units of a packet, and the parts that could not be parsed.
fn read_units<C: SliceCodec>(
    reader: &mut crate::media::codec::units::Reader<C>,
    packet: &[u8],
) -> (Vec<Unit<C::Header>>, Vec<CodecError>) {
    let (mut units, mut problems) = (Vec::new(), Vec::new());
    for unit in reader.units(packet) {
        match unit {
            Ok(unit) => units.push(unit),
            Err(error) => problems.push(error),
        }
    }
    (units, problems)
}

/// A sample of Common Encryption (ISO/IEC 23001-7), from the bodies of its slices.
fn sample((parts, problems): (Vec<Part>, Vec<CodecError>), target: Target, bytes: usize) -> Cut {
    let mut start = 0;
    let mut pieces = Vec::new();
    let slices = parts.iter().filter_map(Part::slice).collect();
    for Part { data: body, .. } in parts {
        // In `cenc`, protected ranges are whole blocks: the bytes before them stay clear.
        let more = if target == Target::Cenc { body.len() % BLOCK_BYTES } else { 0 };
        let pattern = if target == Target::Cbcs { Pattern::ONE_IN_TEN } else { Pattern::All };
        let clear = body.start + more - start;
        pieces.push(Piece { pattern, ..Piece::new(start..body.end, clear) });
        start = body.end;
    }
    let procedure = if target == Target::Cbcs { Procedure::EachPiece } else { Procedure::Joined };
    let sample = Message { slices, procedure, ..message("sample", 0..bytes, pieces) };
    Cut { messages: vec![sample], problems }
}
