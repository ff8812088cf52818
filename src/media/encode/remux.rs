//! Copies the sound and video of a file to an MP4 in fragments. Packets stay as they are: nothing is decoded or
//! encoded.
//!
//! Timestamps are those that `ffmpeg -c copy` writes: the file begins at 0, and discontinuities are removed.

use std::ffi::CStr;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ffmpeg_next::format::context::{Output, StreamIo};
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, Rescale, Stream, format};

use crate::media::container::{Packets, StreamInfo, StreamKind};
use crate::media::continuity::Continuity;
use crate::media::encryption::packet::Protections;
use crate::media::error::MediaError;
use crate::media::ffi::bitstream_filter::BitstreamFilter;
use crate::media::ffi::{self, remux};
use crate::media::limits::Limits;
use crate::media::source::Source;
use crate::media::track::Track as Stated;

/// The tick of FFmpeg's own times: a microsecond.
const MICROSECOND: Rational = Rational(1, 1_000_000);
/// Timestamps from this value on are damage; computing with them could overflow.
const MOST_TICKS: u64 = 1 << 60;
/// A fragment begins at a keyframe, and lasts 2 s to 5 s.
const FRAGMENT_MICROS: [(&str, &str); 2] = [("min_frag_duration", "2000000"), ("frag_duration", "5000000")];
/// From this many bytes on, a fragment ends after 2 s.
const FRAGMENT_BYTES: (&str, &str) = ("frag_size", "16777216");
/// The muxer waits for the first packet of each stream before it writes a fragment, but for no more than this many
/// bytes.
const MOST_WAITING_BYTES: usize = 64 << 20;

/// Why a file cannot be written as MP4.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemuxError {
    /// The file cannot be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The file has neither video nor sound.
    #[error("there is neither video nor sound in this file; choose a film: {0}")]
    NoStreams(String),
    /// MP4 does not support a codec.
    #[error(
        "stream {stream} is {}, which MP4 cannot hold; encode it anew, for example with \
         ffmpeg -i FILE -c:v libx264 -c:a aac FILM.mp4, and name that: {name}",
        if codec == "none" { "of an unknown codec" } else { codec }
    )]
    Codec {
        /// The number of the stream in the file.
        stream: usize,
        /// FFmpeg's name of the codec; `none` if it knows none.
        codec: String,
        /// The file.
        name: String,
    },
    /// A packet has no presentation timestamp.
    #[error(
        "packets of stream {stream} do not say when they are shown, which MP4 needs; write them into a container \
         that does, for example with ffmpeg -fflags +genpts -i FILE -c:v libx264 FILM.mp4, and name that: {name}"
    )]
    NoTimes {
        /// The number of the stream in the file.
        stream: usize,
        /// The file.
        name: String,
    },
    /// The muxer failed.
    #[error("the packets cannot be written as MP4 ({reason}): {name}")]
    Mux {
        /// FFmpeg's error.
        reason: String,
        /// The file.
        name: String,
    },
}

/// Reads a file once and returns it, piece by piece, as an unencrypted MP4 in fragments.
pub struct Remuxer {
    packets: Packets,
    output: Output,
    written: Written,
    /// By the number of the stream in the source; `None` for streams that are left out.
    tracks: Vec<Option<Track>>,
    streams: Vec<StreamInfo>,
    shift_micros: i64,
    /// Bytes of packets since the muxer last wrote.
    waiting_bytes: usize,
    is_over: bool,
}

/// A stream that is written.
struct Track {
    /// Its index in the output.
    index: usize,
    tick: Rational,
    continuity: Continuity,
    /// Converts packets to the form that MP4 requires; `None` if they have it already.
    filter: Option<BitstreamFilter>,
    /// Samples a second; `None` for video.
    sample_rate: Option<i32>,
    /// The remainder of the last conversion of a sound timestamp.
    last_sound: Option<i64>,
    /// The decoding timestamp of the last packet, in ticks of the output.
    last_dts: Option<i64>,
    /// How long before its presentation the first packet is decoded, in microseconds.
    delay_micros: i64,
    /// When the next packet is due to be decoded, in microseconds.
    due_micros: Option<i64>,
}

/// The muxer's output that was not taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Remuxer {
    /// Opens a file and begins an MP4 with all its video and sound. Cover art is left out.
    ///
    /// # Errors
    /// [`RemuxError`] if the file cannot be read, has neither video nor sound, or a codec that MP4 cannot hold.
    pub fn open(source: &Source, limits: Limits) -> Result<Self, RemuxError> {
        let packets = Packets::open(source, limits)?;
        let name = packets.name().to_owned();
        let failed = |error| RemuxError::Mux { reason: ffi::reason(error), name: name.clone() };
        let (mut output, written) = muxer().map_err(failed)?;
        let (mut tracks, mut streams) = (Vec::new(), Vec::new());
        let input = packets.input();
        for (stream, info) in input.streams().zip(packets.streams()) {
            let is_cover = stream.disposition().contains(Disposition::ATTACHED_PIC);
            if is_cover || !matches!(info.kind, StreamKind::Video | StreamKind::Audio) {
                tracks.push(None);
                continue;
            }
            if !remux::can_hold(&output, &stream) {
                return Err(RemuxError::Codec { stream: info.index, codec: info.codec.clone(), name });
            }
            let index = remux::copy_stream(&stream, &mut output).map_err(failed)?;
            let stated = Stated::of(input, &stream, None, &Protections::default());
            tracks.push(Some(Track {
                index,
                tick: stream.time_base(),
                continuity: Continuity::new(&stated, ffi::allows_discontinuities(input)),
                filter: filter(&info.codec)
                    .map(|name| BitstreamFilter::new(name, &stream))
                    .transpose()
                    .map_err(failed)?,
                sample_rate: (info.kind == StreamKind::Audio).then(|| remux::sample_rate(&stream)),
                last_sound: None,
                last_dts: None,
                delay_micros: delay_micros(&stream),
                due_micros: None,
            }));
            streams.push(info.clone());
        }
        if streams.is_empty() {
            return Err(RemuxError::NoStreams(name));
        }
        remux::copy_metadata(input, &mut output).map_err(failed)?;
        // `delay_moov`: edit lists are written after the muxer has seen the first packets.
        let flags = "+frag_keyframe+empty_moov+delay_moov+default_base_moof";
        let options = [("movflags", flags), ("fflags", "+bitexact"), ("write_tmcd", "0"), FRAGMENT_BYTES];
        let options: Dictionary = options.into_iter().chain(FRAGMENT_MICROS).collect();
        output.write_header_with(options).map(drop).map_err(failed)?;
        let shift_micros = 0;
        Ok(Self { packets, output, written, tracks, streams, shift_micros, waiting_bytes: 0, is_over: false })
    }

    /// The streams of the source that are written, in the order of the tracks.
    #[must_use]
    pub fn streams(&self) -> &[StreamInfo] {
        &self.streams
    }

    /// Reads the next packet and returns the muxer's output, which is empty for most packets; `None` after the end.
    ///
    /// # Errors
    /// [`RemuxError`] if the file cannot be read any more, is encrypted already, or a packet cannot be written.
    pub fn next_bytes(&mut self) -> Result<Option<Vec<u8>>, RemuxError> {
        if self.is_over {
            return Ok(None);
        }
        if let Some(packet) = self.packets.take_packet()? {
            self.write(packet)?;
        } else {
            self.is_over = true;
            for track in 0..self.tracks.len() {
                self.filter_and_write(track, None)?;
            }
            self.output.write_trailer().map_err(|error| self.failed(error))?;
        }
        let mut bytes = self.written.take();
        if bytes.is_empty() && self.waiting_bytes > MOST_WAITING_BYTES {
            remux::end_fragment(&mut self.output).map_err(|error| self.failed(error))?;
            bytes = self.written.take();
            self.waiting_bytes = 0;
        }
        if !bytes.is_empty() {
            self.waiting_bytes = 0;
        }
        Ok(Some(bytes))
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.packets.take_problems()
    }

    fn failed(&self, error: Error) -> RemuxError {
        RemuxError::Mux { reason: ffi::reason(error), name: self.packets.name().to_owned() }
    }

    fn write(&mut self, mut packet: Packet) -> Result<(), RemuxError> {
        let (number, name) = (packet.stream(), self.packets.name());
        let Some(track) = self.tracks.get_mut(number).and_then(Option::as_mut) else { return Ok(()) };
        if packet.size() == 0 {
            // An empty packet has nothing to write, and would end the stream of a filter.
            return Ok(());
        }
        if remux::is_encrypted(&packet) {
            return Err(MediaError::Encrypted { name: name.to_owned() }.into());
        }
        let input = self.packets.input();
        track.continuity.set_shift(self.shift_micros);
        track.continuity.correct(&mut packet);
        self.shift_micros = track.continuity.shift_micros();
        let start = (-remux::start_micros(input)).rescale(MICROSECOND, track.tick);
        let from_start =
            |stamp: i64| stamp.checked_add(start).filter(|stamp| stamp.unsigned_abs() < MOST_TICKS);
        packet.set_pts(packet.pts().and_then(from_start));
        packet.set_dts(packet.dts().and_then(from_start));
        if track.sample_rate.is_some() && packet.pts().is_none() {
            // Sound is presented in decoding order.
            packet.set_pts(packet.dts());
        }
        if packet.pts().is_none() {
            return Err(RemuxError::NoTimes { stream: number, name: name.to_owned() });
        }
        track.state_dts(&mut packet);
        self.filter_and_write(number, Some(packet))
    }

    /// Writes the output of a stream's filter for a packet, or for the end of the stream.
    fn filter_and_write(&mut self, number: usize, packet: Option<Packet>) -> Result<(), RemuxError> {
        let Some(track) = self.tracks.get_mut(number).and_then(Option::as_mut) else { return Ok(()) };
        let filtered = match &mut track.filter {
            Some(filter) => filter.filter(packet),
            None => Ok(packet.into_iter().collect()),
        };
        let stream = self.packets.input().stream(number);
        let to = self.output.stream(track.index).map_or(track.tick, |stream| stream.time_base());
        let written = filtered.and_then(|packets| {
            packets.into_iter().try_for_each(|mut packet| {
                let samples = stream.as_ref().map_or(0, |stream| remux::audio_samples(stream, packet.size()));
                track.time(&mut packet, samples, to);
                packet.set_stream(track.index);
                packet.set_position(-1);
                self.waiting_bytes += packet.size();
                packet.write_interleaved(&mut self.output)
            })
        });
        written.map_err(|error| self.failed(error))
    }
}

impl Track {
    /// Sets a missing decoding timestamp to continue the packet before, as the program does: Matroska states
    /// presentation times only, and FFmpeg's demuxer computes the others only after a few packets.
    fn state_dts(&mut self, packet: &mut Packet) {
        let micros = |ticks: i64| ticks.rescale(self.tick, MICROSECOND);
        let first = packet.pts().map(|pts| micros(pts).saturating_sub(self.delay_micros));
        let decoded = packet.dts().map(micros).or(self.due_micros).or(first);
        if packet.dts().is_none() {
            packet.set_dts(decoded.map(|at| at.rescale(MICROSECOND, self.tick)));
        }
        self.due_micros = decoded.map(|at| at.saturating_add(micros(packet.duration())));
    }

    /// Converts the times of a packet to ticks of the output. Decoding timestamps are made to increase.
    fn time(&mut self, packet: &mut Packet, samples: i32, to: Rational) {
        let (pts, dts) = (packet.pts(), packet.dts());
        packet.rescale_ts(self.tick, to);
        if let (Some(rate), Some(dts), true) = (self.sample_rate.filter(|&rate| rate > 0), dts, samples > 0) {
            let stamp = remux::rescale_sound((dts, self.tick), samples, rate, &mut self.last_sound, to);
            packet.set_dts(Some(stamp));
            if pts == Some(dts) {
                packet.set_pts(Some(stamp));
            }
        }
        let earliest = self.last_dts.map(|last| last.saturating_add(1));
        let shown = packet.pts();
        let mut decoded = packet.dts().or(earliest).or(shown);
        if let (Some(at), Some(shown)) = (decoded, shown)
            && at > shown
        {
            // The median of the three, as in the program.
            let mut three = [at, shown, earliest.unwrap_or(shown.min(at))];
            three.sort_unstable();
            decoded = Some(three[1]);
        }
        decoded = decoded.max(earliest);
        packet.set_dts(decoded);
        packet.set_pts(shown.max(decoded));
        self.last_dts = decoded;
    }
}

/// How long before its presentation the first packet of a stream is decoded, in microseconds.
fn delay_micros(stream: &Stream<'_>) -> i64 {
    let rate = stream.avg_frame_rate();
    if rate.numerator() <= 0 || rate.denominator() <= 0 {
        return 0;
    }
    i64::from(remux::video_delay(stream)).rescale(rate.invert(), MICROSECOND)
}

/// The bitstream filter that converts packets of a codec to the form that MP4 requires, as FFmpeg chooses it for MP4
/// without fragments. It does not change packets that have this form.
fn filter(codec: &str) -> Option<&'static CStr> {
    match codec {
        // ADTS frames, which have headers of their own, become raw frames.
        "aac" => Some(c"aac_adtstoasc"),
        // Frames that are not shown are joined with shown ones.
        "vp9" => Some(c"vp9_superframe"),
        _ => None,
    }
}

/// A muxer of MP4 that writes to memory.
fn muxer() -> Result<(Output, Written), Error> {
    ffi::log_quietly();
    let written = Written::default();
    let output = format::output_to_stream(StreamIo::from_write(written.clone())?, None, Some("mp4"))?;
    Ok((output, written))
}
