//! Packets: what the demuxer returns from every stream of a file, before anything is decoded.
//!
//! [`Packets`] reads a file once from start to end and holds one packet at a time, apart from what the demuxer itself
//! buffers to put packets in order. Numbers, times, flags and offsets equal those that the `ffprobe` program of the
//! same libraries shows with `-show_packets`. Timestamps are those of the file, in the stream's time base; jumps are
//! not corrected.

use std::io;

use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Error, media};

use super::display::{DisplayMatrix, Turn};
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

/// Upper bound of the problems that are kept until they are taken; if a whole file is damaged, the first ones are
/// enough.
const MOST_PROBLEMS: usize = 64;

/// One packet of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The number of its stream in the file.
    pub stream: usize,
    /// Its number within its stream, from 0, in the order of the demuxer.
    pub index: u64,
    /// When it is shown or heard, in ticks of the stream's time base; `None` if the file does not state it.
    pub pts: Option<i64>,
    /// When it is decoded, in ticks of the stream's time base; `None` if the file does not state it.
    pub dts: Option<i64>,
    /// How long it lasts, in ticks of the stream's time base; 0 if that is unknown.
    pub duration: i64,
    /// True if decoding can start here.
    pub is_key: bool,
    /// True if the container says to decode it without showing it, as before the start of an edit list.
    pub is_discarded: bool,
    /// True if the demuxer found it damaged.
    pub is_corrupt: bool,
    /// The offset in the file of its data, or of the header before it if the format has one; `None` if the data is in
    /// several places or the demuxer does not state it.
    pub offset: Option<u64>,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How the bytes are encrypted; `None` if they are not, or were decrypted with the content key.
    pub encryption: Option<&'a PacketEncryption>,
}

/// The packets of one file, in the order of the demuxer.
pub struct Packets {
    origin: Origin,
    input: Input,
    streams: Vec<StreamInfo>,
    /// How many packets of each stream were returned.
    counts: Vec<u64>,
    packet: ffmpeg_next::Packet,
    protections: Protections,
    /// How the current packet is encrypted.
    encryption: Option<PacketEncryption>,
    errors: ErrorCount,
    problems: Vec<String>,
    is_at_end: bool,
}

impl Packets {
    /// Opens a file for its packets. It may have no video, and codecs without a decoder.
    ///
    /// # Errors
    /// If the file cannot be read, is no container that FFmpeg knows, or states a picture larger than `limits`; and if
    /// the source is no file.
    pub fn open(source: &Source, limits: Limits) -> Result<Self, MediaError> {
        if matches!(source, Source::Pattern(..) | Source::Canvas(_)) {
            return Err(MediaError::NoPackets(source.to_string()));
        }
        let origin = Origin::of(source)?;
        let input = open(&origin, limits, Known::of(&origin)?)?;
        let mut packets = Self {
            protections: Protections::of(&origin, &input),
            problems: origin.problems().to_vec(),
            origin,
            input,
            streams: Vec::new(),
            counts: Vec::new(),
            packet: ffmpeg_next::Packet::empty(),
            encryption: None,
            errors: ErrorCount::default(),
            is_at_end: false,
        };
        packets.note_new_streams();
        if packets.streams.is_empty() {
            let name = packets.origin.name().to_owned();
            return Err(MediaError::NotMedia { name, reason: "it has no streams".to_owned() });
        }
        Ok(packets)
    }

    /// FFmpeg's name of the container format.
    #[must_use]
    pub fn container(&self) -> String {
        self.input.format().name().to_owned()
    }

    /// True if the packets of a frame are the rows of its picture without compression, as they were transmitted: encrypted or
    /// not, and each with a header of few bytes.
    #[must_use]
    pub fn are_rows(&self) -> bool {
        self.origin.transmitted().is_some_and(|transmitted| transmitted.has_rows)
    }

    /// The streams found so far, by their numbers. In some formats a stream is known only from its first packet on.
    #[must_use]
    pub fn streams(&self) -> &[StreamInfo] {
        &self.streams
    }

    /// The next packet, or `None` after the last. For a damaged file it returns what the demuxer recovers and may end
    /// early; the damage is reported by [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// If the file cannot be read any more. No packet follows.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, MediaError> {
        Ok(self.advance()?.then(|| self.current()))
    }

    /// The next packet of one stream, or `None` after the last. Packets of other streams are skipped.
    ///
    /// # Errors
    /// If the file cannot be read any more. No packet follows.
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
        let transmitted = self.origin.transmitted().map(|_| PacketEncryption::transmitted());
        self.encryption = transmitted.or_else(|| ffi::encryption(&self.packet));
        Ok(true)
    }

    /// How the samples of a stream are encrypted, as stated by its sample entry.
    pub(super) fn protection(&self, stream: usize) -> Option<&Protection> {
        self.input.stream(stream).and_then(|stream| self.protections.of_stream(&stream))
    }

    /// The demuxer.
    pub(super) const fn input(&self) -> &Input {
        &self.input
    }

    /// The next packet in FFmpeg's form, or `None` after the last.
    ///
    /// # Errors
    /// Those of [`next_packet`](Self::next_packet).
    pub(super) fn take_packet(&mut self) -> Result<Option<ffmpeg_next::Packet>, MediaError> {
        let is_there = self.advance()?;
        Ok(is_there.then(|| std::mem::replace(&mut self.packet, ffmpeg_next::Packet::empty())))
    }

    /// The name of the file for messages.
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
            // Which packets of a capture are key packets is not known.
            is_key: packet.is_key() && self.origin.transmitted().is_none(),
            is_discarded: ffi::is_hidden(packet),
            is_corrupt: packet.is_corrupt(),
            offset: ffi::offset(packet),
            bytes: packet.data().unwrap_or_default(),
            encryption: self.encryption.as_ref(),
        }
    }

    /// Reports of damage since the last call, in words: at most the first 64.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// Reads the next packet; returns false after the last and if the container is cut off.
    fn read(&mut self) -> Result<bool, MediaError> {
        let errors_before = self.errors.get();
        let counting = self.errors.count_on_this_thread();
        let read = loop {
            // A new packet each time: FFmpeg would overwrite the pointers of the old one without freeing its data.
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
                    let reason = ffi::take_last_message().unwrap_or_default();
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
                codec: match self.origin.transmitted() {
                    Some(transmitted) => transmitted.codec.clone(),
                    None => parameters.id().name().to_owned(),
                },
                shape: ffi::shape(&stream),
                orientation: DisplayMatrix::of_stream(&stream)
                    .map_or(Turn::Upright, DisplayMatrix::turn)
                    .orientation(),
                time_base: TimeBase { numerator: base.numerator(), denominator: base.denominator().max(1) },
                extradata: ffi::extradata(&stream),
                is_cover: stream.disposition().contains(Disposition::ATTACHED_PIC),
                is_encrypted: self.protections.of_stream(&stream).is_some(),
            });
            self.counts.push(0);
        }
    }
}

/// Opens a demuxer that can access no bytes but those of `origin`, and finds its streams.
pub(super) fn open(origin: &Origin, limits: Limits, known: Option<Known>) -> Result<Input, MediaError> {
    let not_media =
        |error| MediaError::NotMedia { name: origin.name().to_owned(), reason: ffi::reason(error) };
    ffi::take_last_message();
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
