//! One video stream on its way from bytes to decoded pictures, and back to an earlier place.

use std::collections::VecDeque;

use ffmpeg_next::codec::packet::Flags;
use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, frame};

use super::container;
use super::continuity::Continuity;
use super::display::DisplayMatrix;
use super::encryption::packet::Protections;
use super::error::MediaError;
use super::ffi::{self, CountedDecoder, ErrorCount, Properties};
use super::index::Key;
use super::limits::Limits;
use super::origin::Origin;
use super::pictures::known::Known;
use super::track::{self, Track};
use crate::picture::Shape;

/// Packets after one that is marked as damaged among which a joint explains the mark.
const PACKETS_TO_JOINT: usize = 2;

/// A decoded picture and what is known of it.
pub(super) struct Picture {
    pub(super) picture: frame::Video,
    pub(super) properties: Properties,
}

/// What comes out of a decoder next.
pub(super) enum Step {
    /// A picture.
    Picture(Picture),
    /// Something could not be decoded, for this reason; there may be more after it.
    Broken(String),
    /// Nothing more.
    End,
}

/// What a packet says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PacketInfo {
    pub(super) pts: Option<i64>,
    pub(super) dts: Option<i64>,
    pub(super) duration: i64,
    pub(super) is_key: bool,
    /// An edit list hides its picture.
    pub(super) is_hidden: bool,
    pub(super) is_corrupt: bool,
    /// The byte of the file at which it starts, -1 where that is not known.
    pub(super) position: i64,
    /// What was added to its timestamps, in microseconds.
    pub(super) shift_micros: i64,
}

/// How many threads decode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Threads {
    /// As many as FFmpeg sees fit.
    Many,
    /// One: what is made up for damage then depends on nothing but the bytes. With more it depends on
    /// which of them was where, and no two runs give the same pictures.
    One,
}

/// Pictures from the start of a stream among which errors are no damage. A recording that begins in the
/// middle of things lacks what the pictures refer to that lead its first key; the key and the first picture
/// after it come out when all those have been tried.
const fn pictures_of_grace(codec: codec::Id) -> u32 {
    match codec {
        codec::Id::H264 | codec::Id::HEVC | codec::Id::MPEG1VIDEO | codec::Id::MPEG2VIDEO => 2,
        _ => 0,
    }
}

/// Where the packets for the decoder come from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Feed {
    /// From the demuxer.
    Packets,
    /// There are none left: the decoder gives what it still holds.
    Draining,
}

/// A demuxer and a decoder at one place in a stream.
pub(super) struct Decoding {
    input: Input,
    stream: usize,
    /// None once it was [closed](Self::close).
    decoder: Option<CountedDecoder<decoder::Video>>,
    errors: ErrorCount,
    now: CurrentPacket,
    feed: Feed,
    pub(super) track: Track,
    continuity: Continuity,
    read: PacketsRead,
    pub(super) threads: Threads,
    damage: Damage,
    /// Packets go to the decoder with their number in place of their timestamps.
    has_numbers_as_pts: bool,
}

/// The packet that was read last, and packets that were read ahead of it.
struct CurrentPacket {
    packet: Packet,
    /// What was added to its timestamps, in microseconds.
    shift_micros: i64,
    /// It waits for a decoder that was full.
    is_pending: bool,
    /// Packets after it that were read already, and what was added to their timestamps.
    ahead: VecDeque<(Packet, i64)>,
}

/// What was read of the stream since it was opened or started anew.
#[derive(Default)]
struct PacketsRead {
    count: u64,
    /// The sample entry or a packet says that the stream is encrypted, and there is no content key; this stays when the stream is started anew.
    has_encryption: bool,
    /// Each packet, if a caller asked for them.
    infos: Option<Vec<PacketInfo>>,
}

/// Whether anything was broken so far.
#[derive(Clone, Copy, Debug, Default)]
struct Damage {
    is_seen: bool,
    pictures: u32,
    /// FFmpeg's count of errors up to which none means damage; a higher count does. `None` after a seek, because
    /// the leading pictures of an open GOP always fail to decode there.
    errors_before: Option<u64>,
}

impl Decoding {
    /// Opens the stream that the `ffmpeg` program would take.
    pub(super) fn open(origin: &Origin, limits: Limits, threads: Threads) -> Result<Self, MediaError> {
        let known = Known::of(origin)?;
        let mut input = container::open(origin, limits, known)?;
        let (stream, parameters, track) = {
            let stream = track::choose(origin, &input)?;
            if let Some(shape) = ffi::shape(&stream) {
                limits.check(shape)?;
            }
            let protections = Protections::of(origin, &input);
            (stream.index(), stream.parameters(), Track::of(&input, &stream, known, &protections))
        };
        let is_locked = track.is_protected && origin.content_key().is_none();
        ffi::keep_only(&mut input, stream);
        let has_joints = ffi::has_joints(&input);
        let failed =
            |error| MediaError::Decode { name: origin.name().to_owned(), reason: ffi::reason(error) };
        let mut context = codec::Context::from_parameters(parameters).map_err(failed)?.decoder();
        context.set_packet_time_base(Rational(track.time_base.numerator, track.time_base.denominator));
        let codec = decoder::find(track.codec_id).ok_or_else(|| failed(Error::DecoderNotFound))?;
        let mut options = Dictionary::new();
        options.set("threads", if threads == Threads::Many { "auto" } else { "1" });
        options.set("max_pixels", &limits.pixels.to_string());
        let errors = ErrorCount::default();
        let open =
            |context: decoder::Decoder| context.open_as_with(codec, options).and_then(decoder::Opened::video);
        let decoder = CountedDecoder::open(context, &errors, open).map_err(failed)?;
        Ok(Self {
            input,
            stream,
            decoder: Some(decoder),
            errors,
            now: CurrentPacket {
                packet: Packet::empty(),
                shift_micros: 0,
                is_pending: false,
                ahead: VecDeque::new(),
            },
            feed: Feed::Packets,
            continuity: Continuity::new(&track, has_joints),
            read: PacketsRead { has_encryption: is_locked, ..PacketsRead::default() },
            track,
            threads,
            damage: Damage { errors_before: Some(0), ..Damage::default() },
            has_numbers_as_pts: false,
        })
    }

    /// The next picture in the order of showing, as the decoder puts them out.
    ///
    /// # Errors
    /// When the bytes cannot be read at all any more.
    pub(super) fn next(&mut self) -> Result<Step, Error> {
        let counting = self.errors.count_on_this_thread();
        let step = self.step()?;
        drop(counting);
        let errors = self.errors.get();
        let is_broken = match &step {
            Step::Picture(picture) => picture.properties.is_corrupt,
            Step::Broken(_) => true,
            Step::End => false,
        };
        let damage = &mut self.damage;
        if let Some(errors_before) = &mut damage.errors_before {
            if damage.pictures < pictures_of_grace(self.track.codec_id) {
                *errors_before = errors;
            }
            damage.is_seen |= *errors_before != errors;
        }
        // Before the first picture there is nothing that could be damaged.
        damage.is_seen |= is_broken && damage.pictures > 0;
        damage.pictures = damage.pictures.saturating_add(matches!(step, Step::Picture(_)).into());
        Ok(step)
    }

    /// True where something did not decode as it should, so that pictures since then may be made up.
    pub(super) fn is_damaged(&self) -> bool {
        self.damage.is_seen
    }

    /// True where the video stands encrypted in the file and no content key was given: it is not decoded.
    pub(super) fn is_encrypted(&self) -> bool {
        self.read.has_encryption
    }

    /// How many errors FFmpeg has logged for this stream since it was opened.
    pub(super) fn errors(&self) -> u64 {
        self.errors.get()
    }

    /// Forgets damage: it was in pictures before the one that was sought.
    pub(super) fn forgive(&mut self) {
        self.damage.is_seen = false;
    }

    /// Frees the decoder with the picture that it keeps, and the packets that were read. Nothing comes out any more.
    pub(super) fn close(&mut self) {
        (self.decoder, self.now.packet) = (None, Packet::empty());
        self.now.ahead.clear();
    }

    /// Keeps what each packet says of itself, for [`take_infos`](Self::take_infos).
    pub(super) fn keep_infos(&mut self) {
        self.read.infos = Some(Vec::new());
    }

    /// What the packets read so far say of themselves, if it was kept.
    pub(super) fn take_infos(&mut self) -> Option<Vec<PacketInfo>> {
        self.read.infos.take()
    }

    /// Has pictures tell which packet gave them: their timestamp is from now on the packet's number in the stream.
    pub(super) fn number_packets(&mut self) {
        self.has_numbers_as_pts = true;
    }

    /// Width and height of the pictures as they are coded, as the container states them.
    pub(super) fn coded_shape(&self) -> Option<Shape> {
        self.input.stream(self.stream).and_then(|stream| ffi::shape(&stream))
    }

    /// The number of the stream in the file.
    pub(super) fn stream(&self) -> usize {
        self.stream
    }

    /// Packets of the stream that were read since it was opened or started anew.
    pub(super) fn packets(&self) -> u64 {
        self.read.count
    }

    fn step(&mut self) -> Result<Step, Error> {
        loop {
            let Some(decoder) = &mut self.decoder else { return Ok(Step::End) };
            let mut picture = frame::Video::empty();
            match decoder.receive_frame(&mut picture) {
                Ok(()) => {
                    let properties = ffi::properties(&picture);
                    return Ok(Step::Picture(Picture { picture, properties }));
                }
                Err(Error::Eof) => return Ok(Step::End),
                Err(Error::Other { errno: EAGAIN }) => {}
                Err(error) => return Ok(Step::Broken(ffi::reason(error))),
            }
            if let Some(broken) = self.feed()? {
                return Ok(Step::Broken(broken));
            }
        }
    }

    /// The next packet, not decoded; `None` after the last.
    ///
    /// # Errors
    /// When the bytes cannot be read at all any more, and when the container is damaged.
    pub(super) fn next_packet_info(&mut self) -> Result<Option<PacketInfo>, Error> {
        let _counting = self.errors.count_on_this_thread();
        if self.read()?.is_some() {
            return Err(Error::InvalidData);
        }
        Ok((self.feed == Feed::Packets).then(|| self.packet_info()))
    }

    /// Makes the decoder start afresh at the packet of `key`, from which `next` then goes on. The
    /// container is asked for the place of `from`, which is that key or one before, or stays where it is
    /// without one; false where that place turned out to lie past the key.
    pub(super) fn start_at(&mut self, key: Key, from: Option<Key>) -> Result<bool, Error> {
        if let Some(from) = from {
            if self.seek(from).is_err() {
                // A container that cannot seek: there is another way.
                ffi::last_words();
                return Ok(false);
            }
            self.continuity.resume(from.place.map_or(0, |place| place.shift_micros));
        }
        self.damage = Damage::default();
        if let Some(decoder) = &mut self.decoder {
            decoder.flush();
        }
        self.now.ahead.clear();
        (self.feed, self.now.is_pending, self.read.count) = (Feed::Packets, false, 0);
        while let Some(info) = self.next_packet_info()? {
            if info.is_key && info.pts >= Some(key.pts) {
                let is_there = key.place.is_none_or(|place| place.position == info.position);
                self.now.is_pending = is_there && info.pts == Some(key.pts);
                return Ok(self.now.is_pending);
            }
        }
        Ok(false)
    }

    /// Has the container go to a key or before it.
    fn seek(&mut self, key: Key) -> Result<(), Error> {
        match key.place {
            Some(place) => ffi::seek_byte(&mut self.input, place.position),
            None => ffi::seek(&mut self.input, self.stream, key.dts),
        }
    }

    fn packet_info(&self) -> PacketInfo {
        PacketInfo {
            pts: self.now.packet.pts(),
            dts: self.now.packet.dts(),
            duration: self.now.packet.duration(),
            is_key: self.now.packet.is_key(),
            is_hidden: ffi::is_hidden(&self.now.packet),
            is_corrupt: self.now.packet.is_corrupt()
                || self
                    .track
                    .nal_lengths
                    .is_some_and(|it| !it.is_whole(self.now.packet.data().unwrap_or_default())),
            position: self.now.packet.position() as i64,
            shift_micros: self.now.shift_micros,
        }
    }

    /// The display matrix of a picture: its own, else the stream's.
    pub(super) fn matrix_of(&self, picture: &frame::Video) -> Option<DisplayMatrix> {
        DisplayMatrix::of(picture).or(self.track.matrix)
    }

    /// Hands one packet, or the end of them, to the decoder.
    fn feed(&mut self) -> Result<Option<String>, Error> {
        let mut broken = None;
        if !self.now.is_pending && self.feed == Feed::Packets {
            broken = self.read()?;
        }
        let Some(decoder) = &mut self.decoder else { return Ok(broken) };
        let sent = match self.feed {
            Feed::Packets => decoder.send_packet(&self.now.packet),
            Feed::Draining => decoder.send_eof(),
        };
        self.now.is_pending = matches!(sent, Err(Error::Other { errno: EAGAIN }));
        match sent {
            // The end may be told twice, where the decoder met an error in between.
            Ok(()) | Err(Error::Other { errno: EAGAIN } | Error::Eof) => Ok(broken),
            Err(error) => Ok(Some(ffi::reason(error))),
        }
    }

    /// Takes the next packet of the stream. A container that breaks off is a stream that ends.
    fn read(&mut self) -> Result<Option<String>, Error> {
        if self.track.is_photo && self.read.count > 0 {
            self.feed = Feed::Draining;
            return Ok(None);
        }
        let next = match self.now.ahead.pop_front() {
            Some(next) => Ok(Some(next)),
            None => self.read_packet(),
        };
        match next {
            Ok(Some(next)) => (self.now.packet, self.now.shift_micros) = next,
            Ok(None) => {
                self.feed = Feed::Draining;
                return Ok(None);
            }
            Err(Error::InvalidData) => {
                self.feed = Feed::Draining;
                return Ok(Some(ffi::reason(Error::InvalidData)));
            }
            Err(error) => return Err(error),
        }
        if self.continuity.has_joints() && self.now.packet.is_corrupt() && self.is_before_joint()? {
            self.now.packet.set_flags(self.now.packet.flags() - Flags::CORRUPT);
        }
        self.read.count += 1;
        self.read.has_encryption |=
            self.now.packet.side_data().any(|data| data.kind() == SideData::EncryptionInfo);
        let info = self.packet_info();
        if let Some(infos) = &mut self.read.infos {
            infos.push(info);
        }
        if self.has_numbers_as_pts {
            self.now.packet.set_pts(i64::try_from(self.read.count - 1).ok());
            self.now.packet.set_dts(None);
        }
        Ok(None)
    }

    /// The next packet of the stream with its timestamps corrected, and what was added to them; `None` after the last.
    fn read_packet(&mut self) -> Result<Option<(Packet, i64)>, Error> {
        loop {
            // FFmpeg reads over what a packet holds, and would never free it.
            let mut packet = Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() == self.stream => {
                    self.continuity.correct(&mut packet);
                    return Ok(Some((packet, self.continuity.shift_micros())));
                }
                Ok(()) | Err(Error::Other { errno: EAGAIN }) => {}
                Err(Error::Eof) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// True where a joint follows the packet. The demuxer of transport streams, which count their packets, takes the
    /// new start of the count for a loss and marks the last picture before it, or the one before that, whose end it
    /// finds there. Nothing of it is missing.
    fn is_before_joint(&mut self) -> Result<bool, Error> {
        while self.now.ahead.len() < PACKETS_TO_JOINT {
            match self.read_packet() {
                Ok(Some(next)) => self.now.ahead.push_back(next),
                // An error is met again after the packets that were read.
                Ok(None) | Err(Error::InvalidData) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(self.now.ahead.iter().any(|(_, shift_micros)| *shift_micros != self.now.shift_micros))
    }
}
