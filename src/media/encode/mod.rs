//! Pictures out: a video file, written picture by picture; and `remux`: packets of a file copied into another container.
//!
//! ```text
//! RGBA ──filters──▶ what the encoder takes ──▶ encoder ──packets──▶ muxer ──bytes──▶ any `Write + Seek`
//!        size, matrix, subsampling              the first that opens
//! ```
//!
//! Every picture keeps its own time: a variable frame rate stays one. What a file is to be played by decides
//! more here than size does: H.264 in 4:2:0, no picture that refers to a later one, matrix and range stated.
//! Memory does not grow with the length of the video: an encoder holds back a few pictures.

mod container;
mod error;
mod film;
mod gif_comment;
pub(super) mod remux;
mod settings;
mod sink;
mod timing;

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
pub use film::{About, Film};
use sink::OutputSink;
use timing::Timing;

/// A video that is being written. It is whole only after [`finish`](Self::finish).
pub struct Encoder<W> {
    film: Film,
    output: Output,
    codec: encoder::video::Encoder,
    filters: Graph,
    tick: Rational,
    /// Of the pictures on their way through the encoder: when they are shown and for how long, in ticks.
    under_way: VecDeque<(i64, i64)>,
    timing: Timing,
    sink: OutputSink<W>,
}

impl<W: Write + Seek + Send + 'static> Encoder<W> {
    /// Starts writing a video to `out` that says `about` itself what it is.
    ///
    /// # Errors
    /// [`EncodeError::NoEncoder`] where the linked FFmpeg cannot, and when `out` takes no bytes.
    pub fn create(film: Film, about: &About, out: W) -> Result<Self, EncodeError> {
        ffi::log_quietly();
        let is_gif = film.container == Container::Gif;
        let sink = OutputSink::of(out, is_gif.then(|| format!("{}\n{}", about.comment, about.description)));
        let tick = Rational::new(1, film.container.ticks_a_second());
        let mut output = sink.output(film.container, film.is_seekable).map_err(|error| sink.failed(error))?;
        let mut reason = None;
        let opened = settings::candidates(film.container).iter().find_map(|settings| {
            match settings::open(film, settings, tick) {
                Ok(codec) => Some((settings, codec)),
                Err(error) => {
                    reason.get_or_insert(format!("{}: {}", settings.encoder, ffi::reason(error)));
                    None
                }
            }
        });
        let Some((settings, codec)) = opened else {
            let reason = reason.unwrap_or_default();
            return Err(EncodeError::NoEncoder { container: film.container, reason });
        };
        let filters = settings::graph(film, settings, tick).map_err(|error| sink.failed(error))?;
        let mut begin = || {
            output.add_stream_with(&codec)?.set_time_base(tick);
            output.set_metadata(about.metadata());
            // The same bytes from run to run: else Matroska draws its numbers by chance.
            output.write_header_with(Dictionary::from_iter([("fflags", "+bitexact")])).map(drop)
        };
        begin().map_err(|error| sink.failed(error))?;
        let (under_way, timing) = (VecDeque::new(), Timing::of(film.container));
        Ok(Self { film, output, codec, filters, tick, under_way, timing, sink })
    }

    /// Adds a picture: RGBA, opaque, rows tightly packed, of the size that was said. It is shown at `time_secs`
    /// on the clock of the source, of which the video starts with the first picture, for `duration_secs` or
    /// until the next one. A GIF leaves out what would be over before it may be shown: it has at most 50 pictures a
    /// second.
    ///
    /// # Errors
    /// When `out` takes no more bytes, or the encoder gives up.
    pub fn add(&mut self, rgba: &[u8], time_secs: f64, duration_secs: f64) -> Result<(), EncodeError> {
        let Some((pts, duration)) = self.timing.next(time_secs, duration_secs) else { return Ok(()) };
        self.under_way.push_back((pts, duration));
        self.filter_and_encode(Some((rgba, pts))).map_err(|error| self.sink.failed(error))
    }

    /// Writes what is still under way and the end of the file. Gives `out` back.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn finish(mut self) -> Result<W, EncodeError> {
        let mut end = || {
            self.filter_and_encode(None)?;
            self.codec.send_eof()?;
            self.write_packets()?;
            if self.film.container == Container::Gif {
                ffi::set_final_delay(&mut self.output, self.timing.last_delay())?;
            }
            self.output.write_trailer()
        };
        end().map_err(|error| self.sink.failed(error))?;
        let Self { output, sink, .. } = self;
        // The muxer's own buffer is empty now: the last that it had to say was written with the trailer.
        drop(output);
        sink.close()
    }

    /// Sends a picture, or the end of all pictures, through the filters, and what comes out to the encoder.
    fn filter_and_encode(&mut self, picture: Option<(&[u8], i64)>) -> Result<(), Error> {
        let (Some(mut source), Some(mut filtered)) = (self.filters.get("in"), self.filters.get("out")) else {
            return Err(Error::FilterNotFound);
        };
        match picture {
            Some((rgba, pts)) => {
                let mut picture = ffi::rgba_picture(self.film.given, rgba)?;
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

    /// Writes what the encoder has ready.
    fn write_packets(&mut self) -> Result<(), Error> {
        let stream_tick = self.output.stream(0).ok_or(Error::StreamNotFound)?.time_base();
        loop {
            let mut packet = Packet::empty();
            match self.codec.receive_packet(&mut packet) {
                Ok(()) => {}
                Err(Error::Eof | Error::Other { errno: EAGAIN }) => return Ok(()),
                Err(error) => return Err(error),
            }
            // No later picture tells how long the last one is shown.
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
