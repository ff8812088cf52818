//! Decodes one sound stream: from bytes to samples.

use std::io;

use ffmpeg_next::codec::{self, decoder};
use ffmpeg_next::format::context::Input;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, frame};

use super::SoundFormat;
use super::convert::SampleConverter;
use crate::media::container;
use crate::media::error::MediaError;
use crate::media::ffi::{self, CountedDecoder, ErrorCount};
use crate::media::limits::Limits;
use crate::media::origin::Origin;
use crate::media::pictures::known::Known;
use crate::media::source::Source;
use crate::units::{Pts, TimeBase};

/// Upper bound of the problems that are kept until they are taken.
const MOST_PROBLEMS: usize = 64;

/// The most samples per channel in one decoded frame: four times those of the codec with the longest frames.
const MOST_SAMPLES: u32 = 4 << 20;

/// Decodes one sound stream from its start to interleaved `s16le`, byte for byte as written by `ffmpeg -i FILE -map
/// 0:N -f s16le -` of the same libraries. Damaged packets are skipped and reported.
pub struct SoundReader {
    origin: Origin,
    input: Input,
    stream: usize,
    decoder: CountedDecoder<decoder::Audio>,
    errors: ErrorCount,
    packet: Packet,
    /// The decoder was full; the packet is to be sent again.
    is_pending: bool,
    /// The demuxer has no more packets.
    is_draining: bool,
    is_at_end: bool,
    converter: SampleConverter,
    format: SoundFormat,
    start_secs: Option<f64>,
    /// The first samples, decoded when the stream was opened.
    first: Option<Vec<u8>>,
    /// The first error, which is the reason if nothing can be decoded.
    first_reason: Option<String>,
    problems: Vec<String>,
}

impl SoundReader {
    /// Opens the stream with the number `stream` and decodes its first samples.
    ///
    /// # Errors
    /// If the file cannot be read, there is no decoder for the stream, or no sample can be decoded.
    pub fn open(source: &Source, stream: usize, limits: Limits) -> Result<Self, MediaError> {
        let opened = Self::of(Origin::of(source)?, stream, limits);
        opened.map_err(|error| encrypted_or(error, source, stream, limits))
    }

    /// As [`open`](Self::open), with samples of another rate, and of one channel or two.
    pub(in crate::media) fn open_as(
        source: &Source,
        stream: usize,
        limits: Limits,
        (rate, channels): (u32, u32),
    ) -> Result<Self, MediaError> {
        let converter = SampleConverter::to(rate, channels);
        let opened = Self::with(Origin::of(source)?, stream, limits, converter);
        opened.map_err(|error| encrypted_or(error, source, stream, limits))
    }

    /// As [`open`](Self::open), for the bytes of `origin`.
    pub(super) fn of(origin: Origin, stream: usize, limits: Limits) -> Result<Self, MediaError> {
        Self::with(origin, stream, limits, SampleConverter::default())
    }

    fn with(
        origin: Origin,
        stream: usize,
        limits: Limits,
        converter: SampleConverter,
    ) -> Result<Self, MediaError> {
        let mut input = container::open(&origin, limits, Known::of(&origin)?)?;
        let no_sound = |reason| MediaError::NoSound { name: origin.name().to_owned(), stream, reason };
        let failed = |error| no_sound(ffi::reason(error));
        let (parameters, time_base) = {
            let stream = input.stream(stream).ok_or_else(|| failed(Error::StreamNotFound))?;
            (stream.parameters(), stream.time_base())
        };
        ffi::keep_only(&mut input, stream);
        let codec_id = parameters.id();
        let mut context = codec::Context::from_parameters(parameters).map_err(failed)?.decoder();
        context.set_packet_time_base(time_base);
        let codec = decoder::find(codec_id).ok_or_else(|| failed(Error::DecoderNotFound))?;
        let mut options = Dictionary::new();
        options.set("threads", "1");
        options.set("max_samples", &MOST_SAMPLES.to_string());
        let errors = ErrorCount::default();
        let open =
            |context: decoder::Decoder| context.open_as_with(codec, options).and_then(decoder::Opened::audio);
        let decoder = CountedDecoder::open(context, &errors, open).map_err(failed)?;
        let mut reader = Self {
            input,
            stream,
            decoder,
            errors,
            packet: Packet::empty(),
            is_pending: false,
            is_draining: false,
            is_at_end: false,
            converter,
            format: SoundFormat { rate: 0, channels: 0 },
            start_secs: None,
            first: None,
            first_reason: None,
            problems: Vec::new(),
            origin,
        };
        let base = TimeBase { numerator: time_base.numerator(), denominator: time_base.denominator().max(1) };
        reader.decode_first(base)?;
        Ok(reader)
    }

    /// Rate and channels of the samples.
    #[must_use]
    pub const fn format(&self) -> SoundFormat {
        self.format
    }

    /// When the first sample is sound, in seconds on the file's own clock; `None` if the file does not state it.
    #[must_use]
    pub const fn start_secs(&self) -> Option<f64> {
        self.start_secs
    }

    /// The next samples, each with all channels; `None` after the last. Parts that cannot be decoded are skipped and
    /// reported by [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// If the file cannot be read any more.
    pub fn next_samples(&mut self) -> Result<Option<Vec<u8>>, MediaError> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.decode().map(|decoded| decoded.map(|(samples, _)| samples)),
        }
    }

    /// Reports of damage since the last call, in words: at most the first 64.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// The error of a stream without usable sound.
    pub(super) fn refused(&self, reason: String) -> MediaError {
        MediaError::NoSound { name: self.origin.name().to_owned(), stream: self.stream, reason }
    }

    /// Decodes the first samples, from which the format is known.
    fn decode_first(&mut self, time_base: TimeBase) -> Result<(), MediaError> {
        let decoded = self.decode()?;
        let (Some((first, pts)), Some(format)) = (decoded, self.converter.format()) else {
            let reason = self.first_reason.take().unwrap_or_else(|| "it is empty".to_owned());
            return Err(self.refused(reason));
        };
        self.start_secs = pts.map(|pts| time_base.secs_between(Pts(0), Pts(pts)));
        (self.first, self.format) = (Some(first), format);
        Ok(())
    }

    /// Decodes until there are samples; `None` at the end.
    fn decode(&mut self) -> Result<Option<Decoded>, MediaError> {
        let (mut samples, mut pts) = (Vec::new(), None);
        while !self.is_at_end && samples.is_empty() {
            let errors_before = self.errors.get();
            let counting = self.errors.count_on_this_thread();
            let step = self.step(&mut samples);
            drop(counting);
            match step {
                Ok(decoded) => {
                    pts = decoded.or(pts);
                    if self.errors.get() > errors_before {
                        self.note_problem(&ffi::take_last_message().unwrap_or_default());
                    }
                }
                Err(Error::Other { errno }) => {
                    self.is_at_end = true;
                    return Err(self.origin.unreadable(io::Error::from_raw_os_error(errno)));
                }
                Err(error) => self.note_problem(&ffi::reason(error)),
            }
        }
        Ok((!samples.is_empty()).then_some((samples, pts)))
    }

    /// Decodes one frame of sound, or sends one packet to the decoder. Returns the timestamp of the decoded sound.
    fn step(&mut self, samples: &mut Vec<u8>) -> Result<Option<i64>, Error> {
        let mut sound = frame::Audio::empty();
        match self.decoder.receive_frame(&mut sound) {
            Ok(()) => {
                let pts = sound.timestamp();
                let converted =
                    if sound.samples() == 0 { Ok(()) } else { self.converter.convert(sound, samples) };
                return not_a_file_error(converted).map(|()| pts);
            }
            Err(Error::Eof) => {
                self.is_at_end = true;
                return not_a_file_error(self.converter.finish(samples)).map(|()| None);
            }
            Err(Error::Other { errno: EAGAIN }) => return self.feed().map(|()| None),
            Err(_) => {}
        }
        // The decoder has logged the reason; continue with the next packet.
        self.feed().map(|()| None)
    }

    /// Sends one packet, or the end of the stream, to the decoder.
    fn feed(&mut self) -> Result<(), Error> {
        if !self.is_pending && !self.is_draining {
            self.is_draining = !self.read()?;
        }
        let sent =
            if self.is_draining { self.decoder.send_eof() } else { self.decoder.send_packet(&self.packet) };
        self.is_pending = matches!(sent, Err(Error::Other { errno: EAGAIN }));
        match sent {
            // `Eof`: the end was sent before, and the decoder reported an error in between.
            Ok(()) | Err(Error::Other { errno: EAGAIN } | Error::Eof) => Ok(()),
            sent => not_a_file_error(sent),
        }
    }

    /// Reads the next packet of the stream; returns false after the last and if the container is cut off.
    fn read(&mut self) -> Result<bool, Error> {
        loop {
            // A new packet each time: FFmpeg would overwrite the pointers of the old one without freeing its data.
            self.packet = Packet::empty();
            match self.packet.read(&mut self.input) {
                Ok(()) if self.packet.stream() == self.stream => return Ok(true),
                Ok(()) | Err(Error::Other { errno: EAGAIN }) => {}
                Err(Error::Eof) => return Ok(false),
                Err(Error::Other { errno }) => return Err(Error::Other { errno }),
                Err(error) => {
                    self.note_problem(&ffi::reason(error));
                    return Ok(false);
                }
            }
        }
    }

    fn note_problem(&mut self, reason: &str) {
        self.first_reason.get_or_insert_with(|| reason.to_owned());
        if self.problems.len() < MOST_PROBLEMS {
            let name = self.origin.name();
            self.problems.push(format!("some sound could not be decoded ({reason}): {name}"));
        }
    }
}

/// The error of a stream that does not open; if it is encrypted, an error that says so.
fn encrypted_or(error: MediaError, source: &Source, stream: usize, limits: Limits) -> MediaError {
    match error {
        MediaError::NoSound { name, stream: of, .. } if is_locked(source, stream, limits) => {
            let reason = "it is encrypted in the file, and --content-key decrypts it".into();
            MediaError::NoSound { name, stream: of, reason }
        }
        error => error,
    }
}

/// True if a stream is encrypted in its file and no content key is given.
fn is_locked(source: &Source, stream: usize, limits: Limits) -> bool {
    let is_encrypted = || {
        let packets = container::Packets::open(source, limits).ok()?;
        packets.streams().get(stream).map(|stream| stream.is_encrypted)
    };
    source.content_key().is_none() && is_encrypted() == Some(true)
}

/// Samples, and the timestamp of the last frame of sound that was decoded for them.
type Decoded = (Vec<u8>, Option<i64>);

/// Changes a system error of the decoder or a filter to `InvalidData`: only a system error of the demuxer means that
/// the file cannot be read.
fn not_a_file_error(result: Result<(), Error>) -> Result<(), Error> {
    result.map_err(|error| match error {
        Error::Other { .. } => Error::InvalidData,
        error => error,
    })
}
