//! Writes the packets of one stream as a NUT file in memory.
//!
//! NUT has ticks of any length, so that the times of RTP stay exact; it needs no parameter sets outside the packets,
//! so that H.264 and HEVC stay as they were sent; and FFmpeg has a name in it for every codec that comes by RTP.

use std::collections::VecDeque;
use std::io::Cursor;

use ffmpeg_next::format::context::Output;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, media};

use crate::media::encode::EncodeError;
use crate::media::encode::sink::OutputSink;
use crate::media::ffi;

/// The most packets whose pictures are shown later than their places say: more than any codec holds back. Sound is
/// played in order.
const REORDERED_PICTURES: usize = 17;

/// A file that is being written.
pub(super) struct StreamFile {
    output: Output,
    sink: OutputSink<Cursor<Vec<u8>>>,
    /// The ticks of packets, and those of the file.
    from: Rational,
    to: Rational,
    /// Packets that wait for their decoding times, with their presentation times.
    waiting: VecDeque<(Packet, i64)>,
    /// The time of the last packet that was added.
    last_pts: Option<i64>,
    /// Packets since then that have no time, and ticks between two of them.
    untimed: Vec<Packet>,
    step: i64,
    last_dts: Option<i64>,
    /// How many packets are looked at for the earliest presentation time, besides the oldest.
    reordered: usize,
    bytes: usize,
}

impl StreamFile {
    /// Begins a file with one stream, which `add_stream` adds. Timestamps of packets are in ticks `tick`.
    pub(super) fn create(
        tick: Rational,
        add_stream: impl FnOnce(&mut Output) -> Result<(), Error>,
    ) -> Result<Self, String> {
        ffi::log_quietly();
        let sink = OutputSink::of(Cursor::new(Vec::new()), None);
        let begin = || {
            let mut output = sink.output_as("nut", true)?;
            add_stream(&mut output)?;
            // Reproducible output.
            output.write_header_with(Dictionary::from_iter([("fflags", "+bitexact")]))?;
            let stream = output.stream(0).ok_or(Error::StreamNotFound)?;
            let is_video = stream.parameters().medium() == media::Type::Video;
            let to = stream.time_base();
            Ok((output, to, is_video))
        };
        let (output, to, is_video) = begin().map_err(|error| reason(sink.failed(error)))?;
        Ok(Self {
            output,
            sink,
            from: tick,
            to,
            waiting: VecDeque::new(),
            last_pts: None,
            untimed: Vec::new(),
            step: 1,
            last_dts: None,
            reordered: if is_video { REORDERED_PICTURES } else { 0 },
            bytes: 0,
        })
    }

    /// Bytes of the packets so far.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a packet. Those without a time, as all but the first of several in one RTP packet, divide the time up to
    /// the next one that has one.
    pub(super) fn add(&mut self, packet: Packet) -> Result<(), Error> {
        self.bytes += packet.size();
        match (packet.pts(), self.last_pts) {
            (Some(pts), last) => {
                let parts = i64::try_from(self.untimed.len()).unwrap_or(i64::MAX - 1) + 1;
                self.step = (pts.saturating_sub(last.unwrap_or(pts)) / parts).max(1);
                self.add_untimed()?;
                self.add_at(packet, pts)
            }
            (None, None) => self.add_at(packet, 0),
            (None, Some(_)) => {
                self.untimed.push(packet);
                Ok(())
            }
        }
    }

    /// Adds the packets without a time, one step after the other.
    fn add_untimed(&mut self) -> Result<(), Error> {
        for packet in std::mem::take(&mut self.untimed) {
            let pts = self.last_pts.map_or(0, |last| last.saturating_add(self.step));
            self.add_at(packet, pts)?;
        }
        Ok(())
    }

    fn add_at(&mut self, packet: Packet, pts: i64) -> Result<(), Error> {
        self.last_pts = Some(pts);
        self.waiting.push_back((packet, pts));
        if self.waiting.len() > self.reordered { self.write_oldest() } else { Ok(()) }
    }

    /// Writes the packet that has waited longest. RTP states when pictures are shown, and not when they are decoded:
    /// that is, at the latest, when the earliest picture from here on is shown. NUT wants increasing times, so each
    /// is a few ticks earlier: as many as packets that can have the same earliest picture.
    fn write_oldest(&mut self) -> Result<(), Error> {
        let earliest = self.waiting.iter().map(|&(_, pts)| pts).min();
        let Some((mut packet, pts)) = self.waiting.pop_front() else { return Ok(()) };
        let early = i64::try_from(self.reordered).unwrap_or(i64::MAX);
        let dts = earliest.unwrap_or(pts).saturating_sub(early);
        let dts = self.last_dts.map_or(dts, |last| dts.max(last.saturating_add(1)));
        self.last_dts = Some(dts);
        // A sender whose clock went back goes on from where it was.
        packet.set_pts(Some(pts.max(dts)));
        packet.set_dts(Some(dts));
        packet.rescale_ts(self.from, self.to);
        packet.set_stream(0);
        packet.set_position(-1);
        packet.write_interleaved(&mut self.output)
    }

    /// Ends the file, and returns its bytes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, String> {
        let mut end = || {
            self.add_untimed()?;
            while !self.waiting.is_empty() {
                self.write_oldest()?;
            }
            self.output.write_trailer()
        };
        end().map_err(|error| reason(self.sink.failed(error)))?;
        let Self { output, sink, .. } = self;
        // The muxer's own buffer is empty: writing the trailer flushed it.
        drop(output);
        let mut bytes = sink.close().map_err(reason)?.into_inner();
        bytes.shrink_to_fit();
        Ok(bytes)
    }
}

fn reason(error: EncodeError) -> String {
    match error {
        EncodeError::Encode(reason) => reason,
        error => error.to_string(),
    }
}
