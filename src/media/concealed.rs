//! Decodes packets that a caller changed, such as encrypted ones, as a player does: what cannot be decoded is concealed.
//!
//! The pictures depend on nothing but the packets sent: one thread decodes, and each picture is copied as soon as the
//! decoder returns it. Decoders leave parts of damaged pictures unwritten, so that these show an older picture, and which
//! one it is depends on the order in which the pictures are returned to the decoder.

use std::sync::Arc;

use ffmpeg_next::codec::packet::Flags;
use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, frame};

use super::container;
use super::convert::{Converted, Converter};
use super::display::DisplayMatrix;
use super::encryption::packet::Protections;
use super::error::MediaError;
use super::ffi::{self, CountedDecoder, ErrorCount, Properties};
use super::limits::Limits;
use super::origin::Origin;
use super::pictures::known::Known;
use super::source::Source;
use super::track::Track;
use crate::picture::layout::Samples;
use crate::picture::{Picture, Shape};
use crate::runtime::pool::Pool;

/// Pixels by which a side of a coded picture may be larger than the container states. Codecs add whole units and borders; the
/// decoder of MPEG-4 compares them with the limit, too.
const MOST_PADDING: u64 = 512;

/// Upper bound of the errors that a decoder returns in a row without a picture.
const MOST_ERRORS: u32 = 64;

/// A video stream whose packets are decoded with concealment: all that the container states of it.
pub struct ConcealedStream {
    name: String,
    parameters: codec::Parameters,
    track: Track,
    /// Upper bound of the pixels of a picture. Damaged headers can state any size.
    most_pixels: u64,
    converter: Converter,
}

/// A decoder for the packets of a [`ConcealedStream`], from a keyframe on.
pub struct ConcealedDecoder {
    decoder: CountedDecoder<decoder::Video>,
    errors: ErrorCount,
    /// The number of the packet sent last.
    last: u64,
}

/// A packet for the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcealedPacket<'a> {
    /// Its number, which the picture made from it has.
    pub number: u64,
    /// True if decoding can start here, as the container states.
    pub is_key: bool,
    /// True if the container says to decode it without showing it.
    pub is_discarded: bool,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A picture as the decoder made it.
pub struct ConcealedPicture {
    /// The number of the packet that it was made from.
    pub packet: u64,
    picture: frame::Video,
    properties: Properties,
    matrix: Option<DisplayMatrix>,
}

impl ConcealedStream {
    /// Opens a file for what it states of stream number `stream`.
    ///
    /// # Errors
    /// If the file cannot be read, is no container that FFmpeg knows, states a picture larger than `limits`, or has no such
    /// stream.
    pub fn open(source: &Source, stream: usize, limits: Limits) -> Result<Self, MediaError> {
        let origin = Origin::of(source)?;
        let known = Known::of(&origin)?;
        let input = container::open(&origin, limits, known)?;
        let name = origin.name().to_owned();
        let Some(stream) = input.stream(stream) else {
            return Err(MediaError::Decode { name, reason: ffi::reason(Error::StreamNotFound) });
        };
        let padded = |side: u32| u64::from(side) + MOST_PADDING;
        let stated = ffi::shape(&stream).map(|shape| padded(shape.width) * padded(shape.height));
        Ok(Self {
            name,
            parameters: stream.parameters().clone(),
            track: Track::of(&input, &stream, known, &Protections::of(&origin, &input)),
            most_pixels: stated.unwrap_or(limits.pixels).min(limits.pixels),
            converter: Converter::default(),
        })
    }

    /// A new decoder, which has seen no packet.
    ///
    /// # Errors
    /// If FFmpeg has no decoder for the codec, or it does not accept what the container states.
    pub fn decoder(&self) -> Result<ConcealedDecoder, MediaError> {
        let failed = |error| MediaError::Decode { name: self.name.clone(), reason: ffi::reason(error) };
        ffi::take_last_message();
        let mut context = codec::Context::from_parameters(self.parameters.clone()).map_err(failed)?.decoder();
        let time_base = self.track.time_base;
        context.set_packet_time_base(Rational(time_base.numerator, time_base.denominator));
        let codec = decoder::find(self.track.codec_id).ok_or_else(|| failed(Error::DecoderNotFound))?;
        let mut options = Dictionary::new();
        options.set("threads", "1");
        options.set("ec", "guess_mvs+deblock");
        // After a keyframe of an open GOP, H.264's decoder would leave out the last pictures otherwise.
        options.set("flags", "+output_corrupt");
        options.set("max_pixels", &self.most_pixels.to_string());
        let errors = ErrorCount::default();
        let open =
            |context: decoder::Decoder| context.open_as_with(codec, options).and_then(decoder::Opened::video);
        let decoder = CountedDecoder::open(context, &errors, open).map_err(failed)?;
        Ok(ConcealedDecoder { decoder, errors, last: 0 })
    }

    /// A picture in RGBA, turned as the container states.
    ///
    /// # Errors
    /// The size of the picture, if it is not `shape`, or if the picture cannot be converted.
    pub fn convert(
        &mut self,
        picture: &ConcealedPicture,
        shape: Shape,
        pool: &Pool,
    ) -> Result<Picture, Shape> {
        let ConcealedPicture { picture, properties, matrix, .. } = picture;
        let own = properties.shape;
        let matrix = matrix.or(self.track.matrix);
        // Checked first, so that no picture of a wrong size is converted.
        let is_turned = matrix.is_some() && own == Shape::new(shape.height, shape.width);
        if own != shape && !is_turned {
            return Err(own);
        }
        let picture = ffi::shared(picture).map_err(|_| own)?;
        let converted = self.converter.convert(picture, properties, matrix, Samples::Rgba32, pool);
        ffi::take_last_message();
        match converted {
            Ok(Converted { shape: found, bytes, .. }) if found == shape => {
                Ok(Picture::new(shape, Arc::new(bytes)))
            }
            Ok(Converted { shape, .. }) => Err(shape),
            Err(_) => Err(own),
        }
    }
}

impl ConcealedDecoder {
    /// Decodes the next packet, and returns the pictures that come out, in the decoder's order. A packet that cannot be
    /// decoded gives none.
    pub fn send(&mut self, packet: ConcealedPacket<'_>) -> Vec<ConcealedPicture> {
        let mut pictures = Vec::new();
        self.last = packet.number;
        // FFmpeg takes an empty packet for the end.
        if packet.bytes.is_empty() {
            return pictures;
        }
        let mut sent = Packet::copy(packet.bytes);
        sent.set_pts(i64::try_from(packet.number).ok());
        if packet.is_key {
            sent.set_flags(Flags::KEY);
        }
        if packet.is_discarded {
            ffi::hide(&mut sent);
        }
        let _counting = self.errors.clone().count_on_this_thread();
        while matches!(self.decoder.send_packet(&sent), Err(Error::Other { errno: EAGAIN })) {
            // The decoder is full.
            let before = pictures.len();
            self.receive(&mut pictures);
            if pictures.len() == before {
                break;
            }
        }
        self.receive(&mut pictures);
        pictures
    }

    /// Sends the end of the stream. No packet may follow.
    pub fn finish(&mut self) {
        let _counting = self.errors.clone().count_on_this_thread();
        // Fails if the decoder is full, which it is not after all pictures were taken, and if the end was sent before.
        let _ended = self.decoder.send_eof();
    }

    /// The next picture that the decoder still holds after the [end](Self::finish); `None` after the last.
    pub fn next_held(&mut self) -> Option<ConcealedPicture> {
        let _counting = self.errors.clone().count_on_this_thread();
        self.next_picture()
    }

    /// Takes the pictures that are ready.
    fn receive(&mut self, pictures: &mut Vec<ConcealedPicture>) {
        while let Some(picture) = self.next_picture() {
            pictures.push(picture);
        }
    }

    /// The next picture that is ready.
    fn next_picture(&mut self) -> Option<ConcealedPicture> {
        let next = (0..MOST_ERRORS).find_map(|_| {
            let mut picture = frame::Video::empty();
            match self.decoder.receive_frame(&mut picture) {
                // Fails without memory, and for pictures on a graphics card, which no decoder here makes.
                Ok(()) => ffi::copied(&picture).ok().map(Some),
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => Some(None),
                Err(_) => None,
            }
        });
        // The messages are about ciphertext: they explain no other error.
        ffi::take_last_message();
        let picture = next.flatten()?;
        let (properties, matrix) = (ffi::properties(&picture), DisplayMatrix::of(&picture));
        let packet = properties.pts.and_then(|number| u64::try_from(number).ok()).unwrap_or(self.last);
        Some(ConcealedPicture { packet, picture, properties, matrix })
    }
}
