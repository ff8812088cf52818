//! Packets: what the demuxer hands out of every stream of a file, before anything is decoded.
//!
//! [`Packets`] reads a file once from its start to its end and holds one packet at a time, beside what the demuxer
//! itself keeps to put packets in order. Numbers, times, flags and places are those that the `ffprobe` program of the
//! same libraries shows with `-show_packets`: timestamps as the file has them, in the stream's time base, not
//! corrected where they jump.

use std::io;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, media};

use super::encryption::packet::{PacketEncryption, Protections};
use super::error::MediaError;
use super::ffi::{self, ErrorCount};
use super::limits::Limits;
use super::mp4::track_encryption::Protection;
use super::origin::Origin;
use super::pictures::known::Known;
use super::source::Source;
use crate::units::TimeBase;

pub use super::streams::info::{StreamInfo, StreamKind};

/// Problems that are kept until they are taken; of a file that is damaged everywhere the first ones say enough.
const MOST_PROBLEMS: usize = 64;

/// One packet of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The number of its stream in the file.
    pub stream: usize,
    /// Its number within its stream, from 0, in the order in which the demuxer hands packets out.
    pub index: u64,
    /// When it is to be shown or heard, in the stream's time base; `None` where the file does not say.
    pub pts: Option<i64>,
    /// When it is to be decoded, in the stream's time base; `None` where the file does not say.
    pub dts: Option<i64>,
    /// How long it lasts, in the stream's time base; 0 where that is not known.
    pub duration: i64,
    /// Decoding can start here.
    pub is_key: bool,
    /// The container has the decoder read it and keep the result to itself, as before the start of an edit list.
    pub is_discarded: bool,
    /// The demuxer found it damaged.
    pub is_corrupt: bool,
    /// The byte of the file at which its data begins, or the header in front of it where the format has one; `None`
    /// where it lies in several pieces or the demuxer does not say.
    pub offset: Option<u64>,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How the bytes are encrypted; `None` if they are not, or were decrypted with the content key.
    pub encryption: Option<&'a PacketEncryption>,
}

/// The packets of one file, in the order in which the demuxer hands them out.
pub struct Packets {
    origin: Origin,
    input: Input,
    streams: Vec<StreamInfo>,
    /// How many packets of each stream were handed out.
    counts: Vec<u64>,
    packet: ffmpeg_next::Packet,
    protections: Protections,
    /// How the packet that was read last is encrypted.
    encryption: Option<PacketEncryption>,
    errors: ErrorCount,
    problems: Vec<String>,
    is_at_end: bool,
}

impl Packets {
    /// Opens a file for its packets, whether or not there is a video in it or a decoder for it.
    ///
    /// # Errors
    /// When the file cannot be read, is no container that FFmpeg knows, or states a picture past `limits`; and for a
    /// source that is no file.
    pub fn open(source: &Source, limits: Limits) -> Result<Self, MediaError> {
        if matches!(source, Source::Pattern(..) | Source::Canvas(_)) {
            return Err(MediaError::NoPackets(source.to_string()));
        }
        let origin = Origin::of(source)?;
        let input = open(&origin, limits, Known::of(&origin)?)?;
        let mut packets = Self {
            protections: Protections::of(&origin, &input),
            origin,
            input,
            streams: Vec::new(),
            counts: Vec::new(),
            packet: ffmpeg_next::Packet::empty(),
            encryption: None,
            errors: ErrorCount::default(),
            problems: Vec::new(),
            is_at_end: false,
        };
        packets.note_new_streams();
        if packets.streams.is_empty() {
            let name = packets.origin.name().to_owned();
            return Err(MediaError::NotMedia { name, reason: "no streams in it".to_owned() });
        }
        Ok(packets)
    }

    /// FFmpeg's name of the container format.
    #[must_use]
    pub fn container(&self) -> String {
        self.input.format().name().to_owned()
    }

    /// The streams found so far, by their numbers. Some formats tell of a stream by its first packet only.
    #[must_use]
    pub fn streams(&self) -> &[StreamInfo] {
        &self.streams
    }

    /// The next packet, or `None` after the last. A file that is damaged gives what the demuxer makes of it and may
    /// end early; what was wrong is noted in [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// When the file cannot be read any more. No packet follows.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, MediaError> {
        Ok(self.advance()?.then(|| self.current()))
    }

    /// The next packet of one stream, or `None` after the last; those of other streams are passed over.
    ///
    /// # Errors
    /// When the file cannot be read any more. No packet follows.
    pub fn next_packet_of(&mut self, stream: usize) -> Result<Option<Packet<'_>>, MediaError> {
        while self.advance()? {
            if self.packet.stream() == stream {
                return Ok(Some(self.current()));
            }
        }
        Ok(None)
    }

    /// Reads and counts the next packet; false after the last.
    fn advance(&mut self) -> Result<bool, MediaError> {
        if self.is_at_end || !self.read()? {
            self.is_at_end = true;
            return Ok(false);
        }
        let stream = self.packet.stream();
        if stream >= self.streams.len() {
            self.note_new_streams();
        }
        if let Some(count) = self.counts.get_mut(stream) {
            *count += 1;
        }
        self.encryption = ffi::encryption(&self.packet);
        Ok(true)
    }

    /// How the samples of a stream are encrypted, as its sample entry says.
    pub(super) fn protection(&self, stream: usize) -> Option<&Protection> {
        self.input.stream(stream).and_then(|stream| self.protections.of_stream(&stream))
    }

    /// The demuxer.
    pub(super) const fn input(&self) -> &Input {
        &self.input
    }

    /// The next packet as FFmpeg has it, or `None` after the last.
    ///
    /// # Errors
    /// Those of [`next_packet`](Self::next_packet).
    pub(super) fn take_packet(&mut self) -> Result<Option<ffmpeg_next::Packet>, MediaError> {
        let is_there = self.advance()?;
        Ok(is_there.then(|| std::mem::replace(&mut self.packet, ffmpeg_next::Packet::empty())))
    }

    /// What the file is called in messages.
    pub(super) fn name(&self) -> &str {
        self.origin.name()
    }

    /// The packet that was read last.
    fn current(&self) -> Packet<'_> {
        let packet = &self.packet;
        let stream = packet.stream();
        let count = self.counts.get(stream).copied().unwrap_or_default();
        Packet {
            stream,
            index: count.saturating_sub(1),
            pts: packet.pts(),
            dts: packet.dts(),
            duration: packet.duration(),
            is_key: packet.is_key(),
            is_discarded: ffi::is_hidden(packet),
            is_corrupt: packet.is_corrupt(),
            offset: ffi::offset(packet),
            bytes: packet.data().unwrap_or_default(),
            encryption: self.encryption.as_ref(),
        }
    }

    /// What was found damaged since the last call, in words for a person: at most the first 64 places.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// Reads the next packet; false after the last, and where the container breaks off.
    fn read(&mut self) -> Result<bool, MediaError> {
        let errors_before = self.errors.get();
        let counting = self.errors.count_on_this_thread();
        let read = loop {
            // FFmpeg reads over what a packet holds, and would never free it.
            self.packet = ffmpeg_next::Packet::empty();
            match self.packet.read(&mut self.input) {
                Err(Error::Other { errno: EAGAIN }) => {}
                read => break read,
            }
        };
        drop(counting);
        match read {
            Ok(()) | Err(Error::Eof) => {
                if self.errors.get() > errors_before {
                    let reason = ffi::last_words().unwrap_or_default();
                    self.note_problem(&reason);
                }
                Ok(read.is_ok())
            }
            Err(Error::Other { errno }) => {
                self.is_at_end = true;
                Err(self.origin.unreadable(io::Error::from_raw_os_error(errno)))
            }
            Err(error) => {
                self.note_problem(&ffi::reason(error));
                Ok(false)
            }
        }
    }

    fn note_problem(&mut self, reason: &str) {
        if self.problems.len() < MOST_PROBLEMS {
            let after: u64 = self.counts.iter().sum();
            let name = self.origin.name();
            self.problems.push(format!("the file is damaged after {after} packets ({reason}): {name}"));
        }
    }

    fn note_new_streams(&mut self) {
        for stream in self.input.streams().skip(self.streams.len()) {
            let (base, parameters) = (stream.time_base(), stream.parameters());
            self.streams.push(StreamInfo {
                index: stream.index(),
                kind: match parameters.medium() {
                    media::Type::Video => StreamKind::Video,
                    media::Type::Audio => StreamKind::Audio,
                    media::Type::Subtitle => StreamKind::Subtitle,
                    _ => StreamKind::Other,
                },
                codec: parameters.id().name().to_owned(),
                shape: ffi::shape(&stream),
                time_base: TimeBase { numerator: base.numerator(), denominator: base.denominator().max(1) },
                extradata: ffi::extradata(&stream),
                is_cover: stream.disposition().contains(Disposition::ATTACHED_PIC),
                is_encrypted: self.protections.of_stream(&stream).is_some(),
            });
            self.counts.push(0);
        }
    }
}

/// Opens a demuxer that can reach nothing but the bytes of `origin`, and finds its streams.
pub(super) fn open(origin: &Origin, limits: Limits, known: Option<Known>) -> Result<Input, MediaError> {
    let not_media =
        |error| MediaError::NotMedia { name: origin.name().to_owned(), reason: ffi::reason(error) };
    ffi::last_words();
    let format = known.map(|known| known.format);
    let mut opened = ffi::open(origin.io()?, format, origin.content_key()).map_err(not_media)?;
    if origin.content_key().is_none() && Protections::of(origin, opened.input()).has_any() {
        opened.leave_unparsed();
    }
    for shape in opened.shapes() {
        limits.check(shape)?;
    }
    opened.find_streams(limits.pixels).map_err(not_media)
}
