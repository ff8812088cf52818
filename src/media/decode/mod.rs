//! Decodes one video stream: from bytes to pictures, from the start or from a keyframe.

mod packets;

use std::collections::VecDeque;

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
pub(super) use packets::PacketInfo;
use packets::{CurrentPacket, PacketsRead};

/// A decoded picture and its properties.
pub(super) struct Picture {
    pub(super) picture: frame::Video,
    pub(super) properties: Properties,
}

/// The next output of a decoder.
pub(super) enum Step {
    /// A picture.
    Picture(Picture),
    /// Something could not be decoded, for this reason; more may follow.
    Broken(String),
    /// The end of the stream.
    End,
}

/// The number of threads that decode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Threads {
    /// FFmpeg's choice.
    Many,
    /// One. FFmpeg's concealment of damage then depends on the bytes only. With more threads it depends on their
    /// timing, and differs from run to run.
    One,
}

/// The number of pictures at the start of a stream during which errors do not count as damage. A recording may begin
/// in the middle of a broadcast: pictures before its first keyframe then refer to pictures that are missing. All of
/// them were tried when the keyframe and the next picture come out.
const fn pictures_that_may_fail_at_start(codec: codec::Id) -> u32 {
    match codec {
        codec::Id::H264 | codec::Id::HEVC | codec::Id::MPEG1VIDEO | codec::Id::MPEG2VIDEO => 2,
        _ => 0,
    }
}

/// The source of packets for the decoder.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Feed {
    /// The demuxer.
    Packets,
    /// No packets are left: the decoder outputs what it still holds.
    Draining,
}

/// A demuxer and a decoder at one position of a stream.
pub(super) struct Decoding {
    input: Input,
    stream: usize,
    /// `None` after [`close`](Self::close).
    decoder: Option<CountedDecoder<decoder::Video>>,
    errors: ErrorCount,
    now: CurrentPacket,
    feed: Feed,
    pub(super) track: Track,
    continuity: Continuity,
    read: PacketsRead,
    pub(super) threads: Threads,
    damage: Damage,
    /// Packets get their number as timestamp before they are decoded.
    has_numbers_as_pts: bool,
}

/// Whether damage was found so far.
#[derive(Clone, Copy, Debug, Default)]
struct Damage {
    is_seen: bool,
    pictures: u32,
    /// FFmpeg's count of errors that are no damage; a higher count means damage. `None` after a seek, because the
    /// leading pictures of an open GOP always fail to decode there.
    errors_before: Option<u64>,
}

impl Decoding {
    /// Opens the stream that the `ffmpeg` program would choose.
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
        let allows_discontinuities = ffi::allows_discontinuities(&input);
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
            continuity: Continuity::new(&track, allows_discontinuities),
            read: PacketsRead { has_encryption: is_locked, ..PacketsRead::default() },
            track,
            threads,
            damage: Damage { errors_before: Some(0), ..Damage::default() },
            has_numbers_as_pts: false,
        })
    }

    /// The next picture in presentation order, as the decoder outputs them.
    ///
    /// # Errors
    /// If the bytes cannot be read any more.
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
            if damage.pictures < pictures_that_may_fail_at_start(self.track.codec_id) {
                *errors_before = errors;
            }
            damage.is_seen |= *errors_before != errors;
        }
        // Before the first picture, errors cannot have damaged a picture.
        damage.is_seen |= is_broken && damage.pictures > 0;
        damage.pictures = damage.pictures.saturating_add(matches!(step, Step::Picture(_)).into());
        Ok(step)
    }

    /// True if decoding failed somewhere, so that pictures since then may be concealment.
    pub(super) fn is_damaged(&self) -> bool {
        self.damage.is_seen
    }

    /// True if the video is encrypted in the file and no content key was given: it is not decoded.
    pub(super) fn is_encrypted(&self) -> bool {
        self.read.has_encryption
    }

    /// How many errors FFmpeg has logged for this stream since it was opened.
    pub(super) fn errors(&self) -> u64 {
        self.errors.get()
    }

    /// Resets [`is_damaged`](Self::is_damaged), when damage was only in pictures before the wanted one.
    pub(super) fn reset_damage(&mut self) {
        self.damage.is_seen = false;
    }

    /// Frees the decoder and the packets that were read. [`next`](Self::next) then returns [`Step::End`].
    pub(super) fn close(&mut self) {
        (self.decoder, self.now.packet) = (None, Packet::empty());
        self.now.ahead.clear();
    }

    /// Keeps the properties of each packet, for [`take_infos`](Self::take_infos).
    pub(super) fn keep_infos(&mut self) {
        self.read.infos = Some(Vec::new());
    }

    /// The properties of the packets read so far, if they were kept.
    pub(super) fn take_infos(&mut self) -> Option<Vec<PacketInfo>> {
        self.read.infos.take()
    }

    /// From now on, the timestamp of a picture is the number of its packet in the stream.
    pub(super) fn number_packets(&mut self) {
        self.has_numbers_as_pts = true;
    }

    /// Width and height of the coded pictures, as stated by the container.
    pub(super) fn coded_shape(&self) -> Option<Shape> {
        self.input.stream(self.stream).and_then(|stream| ffi::shape(&stream))
    }

    /// The demuxer.
    pub(super) const fn input(&self) -> &Input {
        &self.input
    }

    /// Frames per second as the `ffmpeg` program assumes them; 0 if they are unknown.
    pub(super) fn guessed_frame_rate(&mut self) -> Rational {
        ffi::encoder::guessed_frame_rate(&mut self.input, self.stream)
    }

    /// Bits of a sample that the decoder states; 0 if it does not.
    pub(super) fn bits_per_raw_sample(&self) -> i32 {
        self.decoder.as_ref().map_or(0, |decoder| ffi::encoder::bits_per_raw_sample(decoder))
    }

    /// The number of the stream in the file.
    pub(super) fn stream(&self) -> usize {
        self.stream
    }

    /// How many packets of the stream were read since it was opened or restarted.
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

    /// Restarts the decoder at the packet of `key`, so that `next` continues from there. The container first seeks to
    /// `from`, which is that key or an earlier one; without `from` it stays where it is. Returns false if the key was
    /// not found, because the container cannot seek or came out after the key.
    pub(super) fn start_at(&mut self, key: Key, from: Option<Key>) -> Result<bool, Error> {
        if let Some(from) = from {
            if self.seek(from).is_err() {
                // The container cannot seek; the caller reaches the frame in another way.
                ffi::take_last_message();
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

    /// The display matrix of a picture; the stream's if it has none of its own.
    pub(super) fn matrix_of(&self, picture: &frame::Video) -> Option<DisplayMatrix> {
        DisplayMatrix::of(picture).or(self.track.matrix)
    }

    /// Sends one packet, or the end of the stream, to the decoder.
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
            // `Eof`: the end was sent before, and the decoder reported an error in between.
            Ok(()) | Err(Error::Other { errno: EAGAIN } | Error::Eof) => Ok(broken),
            Err(error) => Ok(Some(ffi::reason(error))),
        }
    }
}
