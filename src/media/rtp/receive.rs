//! Opens packets of RTP as a source.

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::{Dictionary, Error, Packet, frame};

use super::container::StreamFile;
use super::description::MediaDescription;
use super::error::RtpError;
use super::raw::RawPictures;
use super::received::ReceivedStream;
use crate::media::MOST_ENCODED_BYTES;
use crate::media::ffi::remux;
use crate::media::ffi::rtp::{RtpDemuxer, set_shape};
use crate::media::ffi::{self, CountedDecoder, ErrorCount};
use crate::media::limits::Limits;
use crate::media::source::Source;
use crate::picture::Shape;
use crate::wire::rtp;

/// The timestamp that the first packet gets: not 0, which FFmpeg takes for none.
const FIRST_TIMESTAMP: u32 = 1 << 16;

/// The largest step of sequence numbers that FFmpeg is shown. It takes a large one for a new sender, and drops a
/// packet.
const MOST_STEP: u16 = 64;

/// Opens the packets of one stream as a source, which has an index, seeks and plays like a file. The packets are kept
/// in a container in memory. `name` is for messages. Packets must be in order and without duplicates; any may be
/// missing. Those that are no RTP or have another payload type than `description` are left out.
///
/// Times are those of the RTP timestamps, from the first packet. A timestamp that goes back counts as the one before
/// it.
///
/// # Errors
/// If no packet fits the description, nothing can be decoded, a picture is larger than `limits`, or there are more
/// bytes than [`MOST_ENCODED_BYTES`].
pub fn receive(
    name: &str,
    description: &MediaDescription,
    packets: impl IntoIterator<Item = impl Into<Vec<u8>>>,
    limits: Limits,
) -> Result<Source, RtpError> {
    let not_read = |error| RtpError::Description(ffi::reason(error));
    ffi::take_last_message();
    let demuxer = RtpDemuxer::open(&description.text()).map_err(not_read)?;
    let mut receiver = Receiver::new(name, limits, demuxer)?;
    let mut raw = RawPictures::of(description, limits)?;
    let mut places = Places::default();
    for packet in packets {
        let mut packet: Vec<u8> = packet.into();
        if !places.renumber(&mut packet, description.format.payload_type) {
            continue;
        }
        if let Some(raw) = &mut raw {
            raw.add(&packet).into_iter().try_for_each(|picture| receiver.add(picture))?;
        } else {
            receiver.demuxer.give(packet);
            receiver.take_ready()?;
        }
    }
    if places.last.is_none() {
        let payload_type = description.format.payload_type;
        return Err(RtpError::NoPackets { name: name.to_owned(), payload_type });
    }
    if let Some(last) = raw.and_then(|mut raw| raw.finish()) {
        receiver.add(last)?;
    }
    receiver.demuxer.end();
    receiver.take_ready()?;
    let file = receiver.finish()?;
    Ok(Source::Received(ReceivedStream::new(name, file)))
}

/// Numbers packets as FFmpeg reads them best: a gap stays a gap, and nothing else is changed.
#[derive(Default)]
struct Places {
    /// Sequence number and timestamp of the last packet, as they were and as they are.
    last: Option<[(u16, u32); 2]>,
}

impl Places {
    /// False for bytes that are no RTP packet of the payload type; they are left as they are.
    fn renumber(&mut self, packet: &mut [u8], payload_type: u8) -> bool {
        let parsed = rtp::Packet::parse(packet).ok().filter(|_| !rtp::is_rtcp(packet));
        let Some(parsed) = parsed.filter(|parsed| parsed.payload_type() == payload_type) else {
            return false;
        };
        let (sequence_number, timestamp) = (parsed.sequence(), parsed.timestamp());
        let (new_number, new_timestamp) = match self.last {
            None => (0, FIRST_TIMESTAMP),
            Some([was, is]) => {
                let step = sequence_number.wrapping_sub(was.0).clamp(1, MOST_STEP);
                (is.0.wrapping_add(step), is.1.wrapping_add(timestamp.wrapping_sub(was.1)))
            }
        };
        rtp::set_place(packet, new_number, new_timestamp);
        self.last = Some([(sequence_number, timestamp), (new_number, new_timestamp)]);
        true
    }
}

/// What is known of the stream.
enum State {
    /// The size of the pictures is not: packets wait until one is decoded.
    Waiting {
        decoder: CountedDecoder<decoder::Video>,
        packets: Vec<Packet>,
        bytes: usize,
    },
    Writing(StreamFile),
}

/// Turns packets of RTP into a file.
struct Receiver<'a> {
    name: &'a str,
    limits: Limits,
    // Dropped before the demuxer, whose parameters its decoder shares.
    state: State,
    demuxer: RtpDemuxer,
    /// The first error of the decoder.
    first_reason: Option<String>,
}

impl<'a> Receiver<'a> {
    fn new(name: &'a str, limits: Limits, demuxer: RtpDemuxer) -> Result<Self, RtpError> {
        let not_read = |error| RtpError::Description(ffi::reason(error));
        let decoder = {
            let stream = demuxer.stream().ok_or_else(|| not_read(Error::StreamNotFound))?;
            if let Some(shape) = ffi::shape(&stream) {
                limits.check(shape)?;
            }
            let is_sized = ffi::shape(&stream).is_some();
            let is_video = stream.parameters().medium() == ffmpeg_next::media::Type::Video;
            let decoder = if is_video && !is_sized { Some(open_decoder(&stream, limits)) } else { None };
            decoder.transpose().map_err(not_read)?
        };
        let state = match decoder {
            Some(decoder) => State::Waiting { decoder, packets: Vec::new(), bytes: 0 },
            None => State::Writing(create(name, &demuxer, None)?),
        };
        Ok(Self { name, limits, state, demuxer, first_reason: None })
    }

    /// Takes all packets of the codec that are ready. What a payload format refuses is left out.
    fn take_ready(&mut self) -> Result<(), RtpError> {
        loop {
            match self.demuxer.read() {
                Ok(Some(packet)) => self.add(packet)?,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.first_reason.get_or_insert(ffi::reason(error));
                    return Ok(());
                }
            }
        }
    }

    fn add(&mut self, packet: Packet) -> Result<(), RtpError> {
        let bytes = match &mut self.state {
            State::Writing(file) => {
                file.add(packet).map_err(|error| mux_error(self.name, ffi::reason(error)))?;
                file.bytes()
            }
            State::Waiting { decoder, packets, bytes } => {
                *bytes += packet.size();
                let bytes = *bytes;
                let decoded = decode(decoder, Some(&packet));
                packets.push(packet);
                self.begin(decoded)?;
                bytes
            }
        };
        if bytes > MOST_ENCODED_BYTES {
            let most_mib = MOST_ENCODED_BYTES >> 20;
            return Err(RtpError::TooManyBytes { name: self.name.to_owned(), most_mib });
        }
        Ok(())
    }

    /// Begins the file if a picture was decoded.
    fn begin(&mut self, decoded: Result<Option<Shape>, Error>) -> Result<(), RtpError> {
        let shape = match decoded {
            Ok(Some(shape)) => shape,
            Ok(None) => return Ok(()),
            Err(error) => {
                self.first_reason.get_or_insert(ffi::reason(error));
                return Ok(());
            }
        };
        self.limits.check(shape)?;
        let mut file = create(self.name, &self.demuxer, Some(shape))?;
        if let State::Waiting { packets, .. } = &mut self.state {
            for packet in packets.drain(..) {
                file.add(packet).map_err(|error| mux_error(self.name, ffi::reason(error)))?;
            }
        }
        self.state = State::Writing(file);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, RtpError> {
        if let State::Waiting { decoder, .. } = &mut self.state {
            let decoded = decode(decoder, None);
            self.begin(decoded)?;
        }
        match self.state {
            State::Writing(file) if file.bytes() > 0 => {
                file.finish().map_err(|reason| mux_error(self.name, reason))
            }
            State::Writing(_) | State::Waiting { .. } => {
                let reason = self.first_reason.unwrap_or_else(|| "no picture or sound is complete".into());
                Err(RtpError::Undecodable { name: self.name.to_owned(), reason })
            }
        }
    }
}

fn mux_error(name: &str, reason: String) -> RtpError {
    RtpError::Mux { name: name.to_owned(), reason }
}

/// Begins a file for the stream. `shape` is that of its pictures, if the description does not state it.
fn create(name: &str, demuxer: &RtpDemuxer, shape: Option<Shape>) -> Result<StreamFile, RtpError> {
    let Some(stream) = demuxer.stream() else {
        return Err(RtpError::Description(Error::StreamNotFound.to_string()));
    };
    let created = StreamFile::create(stream.time_base(), |output| {
        let index = remux::copy_stream(&stream, output)?;
        shape.map_or(Ok(()), |shape| set_shape(output, index, shape))
    });
    created.map_err(|reason| mux_error(name, reason))
}

/// A decoder that finds the size of the pictures.
fn open_decoder(
    stream: &ffmpeg_next::Stream<'_>,
    limits: Limits,
) -> Result<CountedDecoder<decoder::Video>, Error> {
    let parameters = stream.parameters();
    let codec = decoder::find(parameters.id()).ok_or(Error::DecoderNotFound)?;
    let context = codec::Context::from_parameters(parameters)?.decoder();
    let mut options = Dictionary::new();
    options.set("threads", "1");
    options.set("max_pixels", &limits.pixels.to_string());
    let open =
        |context: decoder::Decoder| context.open_as_with(codec, options).and_then(decoder::Opened::video);
    CountedDecoder::open(context, &ErrorCount::default(), open)
}

/// Decodes a packet, or what the decoder holds at the end, and returns the size of a picture that comes out.
fn decode(
    decoder: &mut CountedDecoder<decoder::Video>,
    packet: Option<&Packet>,
) -> Result<Option<Shape>, Error> {
    match packet {
        Some(packet) => decoder.send_packet(packet)?,
        None => decoder.send_eof()?,
    }
    let mut picture = frame::Video::empty();
    match decoder.receive_frame(&mut picture) {
        Ok(()) => Ok(Some(Shape::new(picture.width(), picture.height()))),
        Err(_) => Ok(None),
    }
}
