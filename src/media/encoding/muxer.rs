//! Writes encoded packets as a Matroska file in memory. Each packet gets the time of its frame in the source, in
//! milliseconds from the first frame, so that frames keep their numbers.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::Arc;

use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Dictionary, Error, Packet, Rational};

use crate::media::encode::sink::OutputSink;
use crate::media::encode::{Container, EncodeError};
use crate::media::ffi::encoder::VideoEncoder;
use crate::media::index::Index;
use crate::units::FrameIndex;

use super::file::EncodedFile;

/// The tick that Matroska has by default: a millisecond.
const TICK: Rational = Rational(1, 1000);

/// When a frame is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// Seconds from the start of the source; `None` if that is unknown.
    pub(super) secs: Option<f64>,
    /// How long it is shown if another frame does not end it.
    pub(super) lasts_secs: f64,
}

/// A Matroska file that is being written.
pub(super) struct Muxer {
    output: Output,
    sink: OutputSink<Cursor<Vec<u8>>>,
    tick: Rational,
    /// Frames that the encoder holds.
    under_way: VecDeque<Expected>,
    /// The start of each frame, in ticks of the file.
    starts: Vec<i64>,
    /// How long the last frame is shown, in ticks of the file.
    last_lasts: i64,
    /// The frame of each packet.
    packet_frames: Vec<FrameIndex>,
    keyframes: Vec<FrameIndex>,
    /// When the first frame is shown.
    start_secs: Option<f64>,
    /// The first tick at which the next frame can start.
    free: i64,
    packets: u64,
    bytes: usize,
}

/// A frame that the encoder holds.
#[derive(Clone, Copy)]
struct Expected {
    frame: FrameIndex,
    /// The encoder's timestamp.
    pts: i64,
    /// Start and duration in ticks of the file.
    start: i64,
    lasts: i64,
}

impl Muxer {
    /// Begins a file for the packets of an encoder.
    pub(super) fn create(encoder: &VideoEncoder) -> Result<Self, EncodeError> {
        let sink = OutputSink::of(Cursor::new(Vec::new()), None);
        let begin = || {
            let mut output = sink.output(Container::Matroska, true)?;
            encoder.add_stream(&mut output, TICK)?;
            // Reproducible output: without it, Matroska gets random ids.
            output.write_header_with(Dictionary::from_iter([("fflags", "+bitexact")]))?;
            let tick = output.stream(0).ok_or(Error::StreamNotFound)?.time_base();
            Ok((output, tick))
        };
        let (output, tick) = begin().map_err(|error| sink.failed(error))?;
        Ok(Self {
            output,
            sink,
            tick,
            under_way: VecDeque::new(),
            starts: Vec::new(),
            last_lasts: 0,
            packet_frames: Vec::new(),
            keyframes: Vec::new(),
            start_secs: None,
            free: 0,
            packets: 0,
            bytes: 0,
        })
    }

    /// Bytes of the packets so far.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many frames the encoder was given, and how many of them have a packet.
    pub(super) const fn frames_and_packets(&self) -> (u64, u64) {
        (self.starts.len() as u64, self.packets)
    }

    /// Notes a frame that the encoder was given with the timestamp `pts`.
    pub(super) fn expect(&mut self, pts: i64, shown: Shown) {
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let ticks = |secs: f64| (secs / f64::from(self.tick)).round() as i64;
        let lasts = ticks(shown.lasts_secs).max(1);
        let start = match shown.secs {
            Some(secs) => ticks(secs - *self.start_secs.get_or_insert(secs)),
            None => self.free,
        };
        // Two frames never share a tick, however close they are.
        let start = start.max(self.free);
        self.free = start + 1;
        self.last_lasts = lasts;
        let frame = FrameIndex(self.starts.len() as u64);
        self.starts.push(start);
        self.under_way.push_back(Expected { frame, pts, start, lasts });
    }

    /// Writes a packet of the encoder.
    pub(super) fn write(&mut self, mut packet: Packet) -> Result<(), Error> {
        let last = FrameIndex((self.starts.len() as u64).saturating_sub(1));
        let (decoded, next) =
            self.under_way.front().map_or((self.free, last), |oldest| (oldest.start, oldest.frame));
        let at = match packet.pts() {
            Some(own) => self.under_way.iter().position(|expected| expected.pts == own),
            None => (!self.under_way.is_empty()).then_some(0),
        };
        // A packet without a frame, such as one of a frame that is only referred to, goes with the next frame.
        let (frame, start, lasts) = match at.and_then(|at| self.under_way.remove(at)) {
            Some(Expected { frame, start, lasts, .. }) => {
                self.packets += 1;
                if packet.is_key() {
                    self.keyframes.push(frame);
                }
                (frame, start, lasts)
            }
            None => (next, decoded, 0),
        };
        self.packet_frames.push(frame);
        self.bytes += packet.size();
        packet.set_stream(0);
        packet.set_pts(Some(start));
        // The oldest frame that the encoder holds: no later packet is of an earlier one.
        packet.set_dts(Some(decoded));
        packet.set_duration(lasts);
        packet.write_interleaved(&mut self.output)
    }

    /// Ends the file, and returns it.
    pub(super) fn finish(mut self) -> Result<EncodedFile, EncodeError> {
        self.output.write_trailer().map_err(|error| self.sink.failed(error))?;
        let Self { output, sink, tick, starts, last_lasts, packet_frames, mut keyframes, .. } = self;
        // The muxer's own buffer is empty: writing the trailer flushed it.
        drop(output);
        let mut bytes = sink.close()?.into_inner();
        bytes.shrink_to_fit();
        keyframes.sort_unstable();
        let secs = |ticks: i64| ticks as f64 * f64::from(tick);
        let end = starts.last().map_or(0, |last| last + last_lasts);
        let index = Index::new(starts.iter().map(|&start| secs(start)).collect(), secs(end), keyframes);
        Ok(EncodedFile { bytes, index: Arc::new(index), packet_frames })
    }
}
