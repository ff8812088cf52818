//! Writes pictures as a video file, one by one; `remux` copies the packets of a file into another container.
//!
//! ```text
//! RGBA ──filters──▶ what the encoder takes ──▶ encoder ──packets──▶ muxer ──bytes──▶ any `Write + Seek`
//!        size, matrix, subsampling              the first that opens
//! ```
//!
//! Every picture keeps its own time, so that a variable frame rate stays variable. Settings favour playback everywhere
//! over small files: H.264 in 4:2:0, no B-frames, matrix and range stated. Memory does not grow with the length of the
//! video: an encoder buffers a few pictures.

mod container;
mod error;
mod gif_comment;
pub(super) mod remux;
mod settings;
pub(super) mod sink;
mod timing;
mod video_parameters;

use std::collections::VecDeque;
use std::io::{Seek, Write};

use ffmpeg_next::codec::encoder;
use ffmpeg_next::filter::Graph;
use ffmpeg_next::format::context::Output;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, frame};

use super::ffi;
pub use container::Container;
pub use error::EncodeError;
use sink::OutputSink;
use timing::Timing;
pub use video_parameters::{About, VideoParameters};

/// A video that is being written. The file is complete only after [`finish`](Self::finish).
pub struct Encoder<W> {
    video: VideoParameters,
    output: Output,
    codec: encoder::video::Encoder,
    filters: Graph,
    tick: Rational,
    /// Times and durations, in ticks, of the pictures that the encoder holds.
    under_way: VecDeque<(i64, i64)>,
    timing: Timing,
    sink: OutputSink<W>,
}

impl<W: Write + Seek + Send + 'static> Encoder<W> {
    /// Starts a video in `out`, with `about` as metadata.
    ///
    /// # Errors
    /// [`EncodeError::NoEncoder`] if the linked FFmpeg has no encoder for it, and if `out` cannot be written.
    pub fn create(video: VideoParameters, about: &About, out: W) -> Result<Self, EncodeError> {
        ffi::log_quietly();
        let is_gif = video.container == Container::Gif;
        let sink = OutputSink::of(out, is_gif.then(|| format!("{}\n{}", about.comment, about.description)));
        let tick = Rational::new(1, video.container.ticks_per_second());
        let mut output =
            sink.output(video.container, video.is_seekable).map_err(|error| sink.failed(error))?;
        let mut reason = None;
        let opened = settings::candidates(video.container).iter().find_map(|settings| {
            match settings::open(video, settings, tick) {
                Ok(codec) => Some((settings, codec)),
                Err(error) => {
                    reason.get_or_insert(format!("{}: {}", settings.encoder, ffi::reason(error)));
                    None
                }
            }
        });
        let Some((settings, codec)) = opened else {
            let reason = reason.unwrap_or_default();
            return Err(EncodeError::NoEncoder { container: video.container, reason });
        };
        let filters = settings::graph(video, settings, tick).map_err(|error| sink.failed(error))?;
        let mut begin = || {
            output.add_stream_with(&codec)?.set_time_base(tick);
            output.set_metadata(about.metadata());
            // Reproducible output: without it, Matroska gets random ids.
            output.write_header_with(Dictionary::from_iter([("fflags", "+bitexact")])).map(drop)
        };
        begin().map_err(|error| sink.failed(error))?;
        let (under_way, timing) = (VecDeque::new(), Timing::of(video.container));
        Ok(Self { video, output, codec, filters, tick, under_way, timing, sink })
    }

    /// Adds a picture: opaque RGBA, rows tightly packed, of the size in the parameters. It is shown at `time_secs` on
    /// the clock of the source, for `duration_secs` or until the next picture; the video starts with the first
    /// picture. A GIF has at most 50 pictures a second, and leaves out pictures that would end before they could be
    /// shown.
    ///
    /// # Errors
    /// If `out` cannot be written, or the encoder fails.
    pub fn add(&mut self, rgba: &[u8], time_secs: f64, duration_secs: f64) -> Result<(), EncodeError> {
        let Some((pts, duration)) = self.timing.next(time_secs, duration_secs) else { return Ok(()) };
        self.under_way.push_back((pts, duration));
        self.filter_and_encode(Some((rgba, pts))).map_err(|error| self.sink.failed(error))
    }

    /// Writes the pictures that the encoder still holds and the end of the file. Returns `out`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn finish(mut self) -> Result<W, EncodeError> {
        let mut end = || {
            self.filter_and_encode(None)?;
            self.codec.send_eof()?;
            self.write_packets()?;
            if self.video.container == Container::Gif {
                ffi::set_final_delay(&mut self.output, self.timing.last_delay())?;
            }
            self.output.write_trailer()
        };
        end().map_err(|error| self.sink.failed(error))?;
        let Self { output, sink, .. } = self;
        // The muxer's own buffer is empty: writing the trailer flushed it.
        drop(output);
        sink.close()
    }

    /// Sends a picture, or the end of all pictures, through the filters to the encoder.
    fn filter_and_encode(&mut self, picture: Option<(&[u8], i64)>) -> Result<(), Error> {
        let (Some(mut source), Some(mut filtered)) = (self.filters.get("in"), self.filters.get("out")) else {
            return Err(Error::FilterNotFound);
        };
        match picture {
            Some((rgba, pts)) => {
                let mut picture = ffi::rgba_picture(self.video.picture_size, rgba)?;
                picture.set_pts(Some(pts));
                source.source().add(&picture)?;
            }
            None => source.source().flush()?,
        }
        loop {
            let mut picture = frame::Video::empty();
            match filtered.sink().frame(&mut picture) {
                Ok(()) => {}
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                Err(error) => return Err(error),
            }
            self.codec.send_frame(&picture)?;
            self.write_packets()?;
        }
    }

    /// Writes the packets that the encoder has finished.
    fn write_packets(&mut self) -> Result<(), Error> {
        let stream_tick = self.output.stream(0).ok_or(Error::StreamNotFound)?.time_base();
        loop {
            let mut packet = Packet::empty();
            match self.codec.receive_packet(&mut packet) {
                Ok(()) => {}
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                Err(error) => return Err(error),
            }
            // No later picture ends the last one, so its duration is stated.
            if let Some(at) = self.under_way.iter().position(|&(pts, _)| packet.pts() == Some(pts)) {
                packet.set_duration(self.under_way[at].1);
                self.under_way.drain(..=at);
            }
            packet.set_stream(0);
            packet.rescale_ts(self.tick, stream_tick);
            packet.write_interleaved(&mut self.output)?;
        }
    }
}
