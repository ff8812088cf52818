//! Pictures out: a video file, written picture by picture.
//!
//! ```text
//! RGBA ──filters──▶ what the encoder takes ──▶ encoder ──packets──▶ muxer ──bytes──▶ any `Write + Seek`
//!        size, matrix, subsampling              the first that opens
//! ```
//!
//! Every picture keeps its own time: a variable frame rate stays one. What a file is to be played by decides
//! more here than size does: H.264 in 4:2:0, no picture that refers to a later one, matrix and range stated.
//! Memory does not grow with the length of the video: an encoder holds back a few pictures.

mod gif_comment;
mod tap;

mod timing;

use std::collections::VecDeque;
use std::io::{self, Seek, Write};
use std::path::Path;

use ffmpeg_next::codec::{self, encoder};
use ffmpeg_next::filter::{self, Graph};
use ffmpeg_next::format::context::Output;
use ffmpeg_next::util::error::EAGAIN;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, color, frame};

use super::ffi;
use crate::picture::Shape;
use tap::Tap;
use timing::Timing;

/// What a file is, as its name's ending says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// H.264 in MP4: what every player plays.
    Mp4,
    /// The same in Matroska, which can be written to a pipe.
    Matroska,
    /// VP9 in `WebM`.
    WebM,
    /// Pictures of 256 colours each, for where no video is taken.
    Gif,
}

/// A way to encode for a container.
struct Recipe {
    /// FFmpeg's name of the encoder.
    encoder: &'static str,
    /// FFmpeg's name of the pixel format that it is given.
    pixel_format: &'static str,
    /// Its options: good enough that noise stays noise, and quick.
    options: &'static [(&'static str, &'static str)],
}

const X264: Recipe = Recipe {
    encoder: "libx264",
    pixel_format: "yuv420p",
    options: &[("preset", "veryfast"), ("crf", "18"), ("bf", "0")],
};

const OPENH264: Recipe =
    Recipe { encoder: "libopenh264", pixel_format: "yuv420p", options: &[("b", "20000000")] };

/// A fixed quantizer of 3, in FFmpeg's units.
const MPEG4: Recipe = Recipe {
    encoder: "mpeg4",
    pixel_format: "yuv420p",
    options: &[("flags", "+qscale"), ("global_quality", "354")],
};

/// Version 1 of the format: later ones are cut into slices, for which some versions of FFmpeg refuse small pictures.
const FFV1: Recipe = Recipe { encoder: "ffv1", pixel_format: "yuv444p", options: &[("level", "1")] };

const VP9: Recipe = Recipe {
    encoder: "libvpx-vp9",
    pixel_format: "yuv420p",
    options: &[("deadline", "realtime"), ("cpu-used", "7"), ("row-mt", "1"), ("crf", "20"), ("b", "0")],
};

const VP8: Recipe = Recipe {
    encoder: "libvpx",
    pixel_format: "yuv420p",
    options: &[("deadline", "realtime"), ("cpu-used", "8"), ("crf", "10"), ("b", "20000000")],
};

const GIF: Recipe = Recipe { encoder: "gif", pixel_format: "pal8", options: &[] };

impl Container {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mp4, Self::Matroska, Self::WebM, Self::Gif];

    /// What a file's name ends in.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Matroska => "mkv",
            Self::WebM => "webm",
            Self::Gif => "gif",
        }
    }

    /// What the ending of a name asks for; `None` for one that nobody knows.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|it| extension.eq_ignore_ascii_case(it.extension()))
    }

    /// True where the beginning of the file is written last.
    #[must_use]
    pub const fn is_seeking(self) -> bool {
        matches!(self, Self::Mp4)
    }

    /// FFmpeg's name of the muxer.
    const fn muxer(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
            Self::Gif => "gif",
        }
    }

    /// Ways to encode for it, the best first: the next is taken where the linked FFmpeg has not that one.
    const fn recipes(self) -> &'static [Recipe] {
        match self {
            Self::Mp4 => &[X264, OPENH264, MPEG4],
            Self::Matroska => &[X264, OPENH264, FFV1, MPEG4],
            Self::WebM => &[VP9, VP8],
            Self::Gif => &[GIF],
        }
    }

    /// Ticks a second in which pictures are timed. MPEG-4 part 2 takes no more than 65,535; a GIF has these.
    const fn ticks_a_second(self) -> i32 {
        match self {
            Self::Gif => 100,
            Self::Mp4 | Self::Matroska | Self::WebM => 60_000,
        }
    }
}

/// Why a video cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The linked FFmpeg has none of the encoders.
    #[error(
        "the FFmpeg on this machine cannot write .{} files ({reason}); choose another ending: {}",
        container.extension(),
        others(*container)
    )]
    NoEncoder {
        /// What was asked for.
        container: Container,
        /// What the encoder that came closest says.
        reason: String,
    },
    /// The bytes cannot be written.
    #[error("the video cannot be written")]
    Write(#[source] io::Error),
    /// The encoder or the muxer gives up.
    #[error("encoding failed ({0})")]
    Encode(String),
}

fn others(container: Container) -> String {
    let others = Container::ALL.into_iter().filter(|&other| other != container);
    others.map(|other| format!(".{}", other.extension())).collect::<Vec<_>>().join(", ")
}

/// What all pictures of a video have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    /// What the file is.
    pub container: Container,
    /// Size of the pictures that are given.
    pub given: Shape,
    /// Size of the video; even both ways.
    pub size: Shape,
    /// Frames a second, about: what an encoder plans with.
    pub frame_rate: f64,
    /// The output can go back and correct what it wrote.
    pub is_seekable: bool,
}

/// What a file says of itself, in the words that all containers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What it is called.
    pub title: String,
    /// How it was made.
    pub comment: String,
    /// All that it was made of.
    pub description: String,
}

impl About {
    fn metadata(&self) -> Dictionary<'static> {
        let Self { title, comment, description } = self;
        let all = [("title", title), ("comment", comment), ("description", description)];
        let mut metadata = Dictionary::new();
        for (name, text) in all.into_iter().filter(|(_, text)| !text.is_empty()) {
            // FFmpeg's texts end at the first zero.
            metadata.set(name, &text.replace('\0', ""));
        }
        metadata
    }
}

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
    tap: Tap<W>,
}

impl<W: Write + Seek + Send + 'static> Encoder<W> {
    /// Starts writing a video to `out` that says `about` itself what it is.
    ///
    /// # Errors
    /// [`EncodeError::NoEncoder`] where the linked FFmpeg cannot, and when `out` takes no bytes.
    pub fn create(film: Film, about: &About, out: W) -> Result<Self, EncodeError> {
        ffi::log_quietly();
        let is_gif = film.container == Container::Gif;
        let tap = Tap::of(out, is_gif.then(|| format!("{}\n{}", about.comment, about.description)));
        let tick = Rational::new(1, film.container.ticks_a_second());
        let mut output = tap.output(film).map_err(|error| tap.failed(error))?;
        let mut reason = None;
        let opened = film.container.recipes().iter().find_map(|recipe| match open(film, recipe, tick) {
            Ok(codec) => Some((recipe, codec)),
            Err(error) => {
                reason.get_or_insert(format!("{}: {}", recipe.encoder, ffi::reason(error)));
                None
            }
        });
        let Some((recipe, codec)) = opened else {
            let reason = reason.unwrap_or_default();
            return Err(EncodeError::NoEncoder { container: film.container, reason });
        };
        let filters = graph(film, recipe, tick).map_err(|error| tap.failed(error))?;
        let mut begin = || {
            output.add_stream_with(&codec)?.set_time_base(tick);
            output.set_metadata(about.metadata());
            // The same bytes from run to run: else Matroska draws its numbers by chance.
            output.write_header_with(Dictionary::from_iter([("fflags", "+bitexact")])).map(drop)
        };
        begin().map_err(|error| tap.failed(error))?;
        let (under_way, timing) = (VecDeque::new(), Timing::of(film.container));
        Ok(Self { film, output, codec, filters, tick, under_way, timing, tap })
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
        self.filter_and_encode(Some((rgba, pts))).map_err(|error| self.tap.failed(error))
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
        end().map_err(|error| self.tap.failed(error))?;
        let Self { output, tap, .. } = self;
        // The muxer's own buffer is empty now: the last that it had to say was written with the trailer.
        drop(output);
        tap.close()
    }

    /// Sends a picture, or the end of all pictures, through the filters, and what comes out to the encoder.
    fn filter_and_encode(&mut self, picture: Option<(&[u8], i64)>) -> Result<(), Error> {
        let (Some(mut source), Some(mut sink)) = (self.filters.get("in"), self.filters.get("out")) else {
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
            match sink.sink().frame(&mut picture) {
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
            // Of the last picture nobody else knows how long it is shown.
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

/// Options for pictures that are so large that those an encoder holds back would take several hundred megabytes: it
/// plans fewer of them ahead.
fn sparing(size: Shape, recipe: &Recipe) -> &'static [(&'static str, &'static str)] {
    match recipe.encoder {
        _ if !size.is_large() => &[],
        "libx264" => &[("rc-lookahead", "2"), ("x264-params", "sync-lookahead=0")],
        "libvpx" | "libvpx-vp9" => &[("lag-in-frames", "2")],
        _ => &[],
    }
}

/// Opens an encoder.
fn open(film: Film, recipe: &Recipe, tick: Rational) -> Result<encoder::video::Encoder, Error> {
    let codec = encoder::find_by_name(recipe.encoder).ok_or(Error::EncoderNotFound)?;
    let mut context = codec::Context::new_with_codec(codec);
    // Without the encoder's own version in the file.
    let mut flags = codec::Flags::BITEXACT;
    if matches!(film.container, Container::Mp4 | Container::Matroska | Container::WebM) {
        flags |= codec::Flags::GLOBAL_HEADER;
    }
    context.set_flags(flags);
    context.set_time_base(tick);
    context.set_frame_rate(Some(Rational::from(film.frame_rate.clamp(1.0, 240.0))));
    let mut video = context.encoder().video()?;
    video.set_width(film.size.width);
    video.set_height(film.size.height);
    video.set_format(recipe.pixel_format.parse().map_err(|_| Error::InvalidData)?);
    video.set_aspect_ratio(Rational::new(1, 1));
    // Two seconds or so: places to jump to while it is scrubbed through.
    video.set_gop(60);
    if film.container != Container::Gif {
        video.set_colorspace(color::Space::BT709);
        video.set_color_range(color::Range::MPEG);
        video.set_color_primaries(color::Primaries::BT709);
        video.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
    }
    let mut options = Dictionary::new();
    for (name, value) in recipe.options.iter().chain(sparing(film.size, recipe)) {
        options.set(name, value);
    }
    video.open_with(options)
}

/// The filters that make of RGBA what an encoder takes.
fn graph(film: Film, recipe: &Recipe, tick: Rational) -> Result<Graph, Error> {
    let Shape { width, height } = film.size;
    let mut filters = Vec::new();
    if film.size != film.given {
        filters.push(format!("scale=w={width}:h={height}:flags=area:sws_dither=none"));
    }
    match film.container {
        // A palette of its own for each picture: one for all would have to see all of them first.
        Container::Gif => filters.push(
            "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none".to_owned(),
        ),
        Container::Mp4 | Container::Matroska | Container::WebM => {
            filters.push("scale=out_color_matrix=bt709:out_range=tv".to_owned());
            filters.push(format!("format=pix_fmts={}", recipe.pixel_format));
        }
    }
    filters.push(format!("settb=1/{}", tick.denominator()));
    let find = |name| filter::find(name).ok_or(Error::FilterNotFound);
    let mut graph = Graph::new();
    ffi::set_scale_flags(&mut graph);
    let Shape { width, height } = film.given;
    let arguments = format!(
        "video_size={width}x{height}:pix_fmt=rgba:time_base=1/{}:pixel_aspect=1/1",
        tick.denominator()
    );
    graph.add(&find("buffer")?, "in", &arguments)?;
    graph.add(&find("buffersink")?, "out", "")?;
    graph.output("in", 0)?.input("out", 0)?.parse(&filters.join(","))?;
    graph.validate()?;
    Ok(graph)
}
