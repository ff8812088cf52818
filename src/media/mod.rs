//! Frames in: videos through FFmpeg, stills, and the built-in sources. Pictures out as a video: [`encode`].
//!
//! [`open`] gives a reader ([`Frames`]) of a [`Source`]: frames in order from 0, each in the bytes that the
//! `ffmpeg` program writes with `-f rawvideo`, and exact seeking: frame n is the same picture however it
//! is reached. [`scan()`] makes the [`Index`] that tells how many frames there are and when each is shown.
//!
//! ```text
//!  origin ──bytes──▶ decode ──pictures──▶ video ──────▶ convert ──Frame──▶
//!  a file or the      demuxer and          counts, seeks,  the program's chain
//!  bundled demo,      decoder at one       finds damage    of filters: turns,
//!  no way to others   place of a stream        │           then the layout
//!                          ▲                   ▼               ▲
//!                          └──────────────── scan ──▶ index    │
//!                           counts packets, decodes            │
//!                           where that is not enough           │
//!  pattern, still, canvas, animation ─────▶ generated ─────────┘
//! ```
//!
//! - **What a frame is**: what the decoder puts out, in that order. Packets are counted instead wherever
//!   they are known to come out one for one, which is looked at and not believed (see `scan`).
//! - **When**: as the program has it. Where timestamps start again or jump, as in transport streams one after the
//!   other, they run on (see `continuity`), and frames are found again by where their packets lie in the file; where
//!   the demuxer marks a packet at a joint as corrupt, as it does where a counter of the stream jumps, the file counts
//!   as damaged, and its frames are reached from the start.
//! - **Damage**: what FFmpeg makes up for damaged parts depends on how many threads it decodes with and on
//!   where it started. A reader that meets damage goes back to the start with one thread, and from then on
//!   reaches every frame from there: slow, and the same each time. Damage that FFmpeg itself does not
//!   notice cannot be treated so, and in a long file a seek past damage in the middle, unseen until then,
//!   goes by packets that may not all have become frames; an index made after it was met counts right.
//! - **Safety**: no source can make the program open a second file or an address: libavformat is given
//!   bytes, no name, no protocol and no way to open anything. Sizes are checked before anything is decoded.
//!
//! This is the only room that names FFmpeg, and `ffi` (with its `log`) the only module with `unsafe`. It knows nothing of
//! ciphers, threads or windows.

mod animation;
mod canvas;
mod clock;
mod continuity;
mod convert;
mod decode;
mod display;
pub mod encode;
mod ending;
mod ffi;
mod file_url;
mod generated;
mod index;
mod known;
mod nal;
mod named;
mod origin;
pub mod pattern;
mod photo;
mod scan;
mod source;
mod still;
mod tga;
mod video;

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

pub use index::Index;
pub use source::{Pattern, Source};

use crate::picture::layout::Layout;
use crate::picture::{Frame, Shape};
use crate::runtime::pool::Pool;
use crate::text::suggest;
use crate::units::FrameIndex;
use decode::Threads;
use generated::Generated;
use origin::Origin;
use video::Video;

/// The bundled video call.
static DEMO: &[u8] = include_bytes!("../../assets/demo.mp4");
/// The bundled still picture.
static DEMO_STILL: &[u8] = crate::picture::drawing::PENGUIN;

/// What a source may cost before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest width and largest height in pixels.
    pub side: u32,
    /// Largest width × height.
    pub pixels: u64,
}

impl Default for Limits {
    /// 16,384 pixels a side and 64 million pixels in all: 8K passes, a decompression bomb does not.
    fn default() -> Self {
        Self { side: 16_384, pixels: 64_000_000 }
    }
}

impl Limits {
    /// Refuses a picture past the limits.
    ///
    /// # Errors
    /// [`MediaError::TooLarge`] names both sizes.
    pub fn check(self, shape: Shape) -> Result<(), MediaError> {
        let pixels = u64::from(shape.width) * u64::from(shape.height);
        if shape.width > self.side || shape.height > self.side || pixels > self.pixels {
            return Err(MediaError::TooLarge { shape, limits: self });
        }
        Ok(())
    }
}

/// What kind of thing a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A video stream.
    Video,
    /// One picture, whatever file it is in.
    Still,
    /// Made by arithmetic.
    Generated,
}

/// How a decoded picture is mirrored, before it is turned, to give a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mirror {
    /// Left becomes right.
    Horizontally,
    /// Top becomes bottom.
    Vertically,
}

/// What the stream states of its colours, in FFmpeg's names (ITU-T H.273); `None` where it states nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatedColour {
    /// `tv` where luma spans 16 to 235, `pc` where it spans 0 to 255.
    pub range: Option<&'static str>,
    /// The weights of red, green and blue, such as `bt709`.
    pub matrix: Option<&'static str>,
    /// The transfer characteristics, such as `smpte2084`.
    pub transfer: Option<&'static str>,
    /// The primaries, such as `bt2020`.
    pub primaries: Option<&'static str>,
}

/// What is known of a source once it is open.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceInfo {
    /// The source as it was named.
    pub source: String,
    /// Video, still or generated.
    pub kind: Kind,
    /// Name of the container format, as FFmpeg calls it; the picture format for a still.
    pub container: String,
    /// Name of the codec, as FFmpeg calls it.
    pub codec: String,
    /// Pixel format as decoded, as FFmpeg calls it.
    pub pixel_format: String,
    /// Width of a frame in pixels, rotation applied.
    pub width: u32,
    /// Height of a frame in pixels, rotation applied.
    pub height: u32,
    /// Width of a pixel over its height, as numerator and denominator; 1, 1 where nothing is stated.
    pub sample_aspect_ratio: (u32, u32),
    /// Degrees, clockwise, by which the decoded picture is turned to give a frame: 0, 90, 180 or 270.
    pub rotation_degrees: u32,
    /// How the decoded picture is mirrored before it is turned; `None` where it is not.
    pub mirrored: Option<Mirror>,
    /// What the stream states of its colours.
    pub colour: StatedColour,
    /// Frames a second, on average; `None` where the container does not say and no index does, and for a still.
    pub frame_rate: Option<f64>,
    /// Seconds from frame 0 to the end of the last frame; an estimate until the source is indexed.
    pub duration_secs: Option<f64>,
    /// Number of frames; `None` until the source is indexed.
    pub frames: Option<u64>,
    /// Number of keyframes; `None` until the source is indexed.
    pub keyframes: Option<u64>,
}

impl SourceInfo {
    /// Width and height of a frame.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape::new(self.width, self.height)
    }
}

/// Why a source gives no (more) frames.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// An empty name.
    #[error("no source is named; give a file, demo, demo:still or pattern:NAME")]
    NoSource,
    /// `-` for a source.
    #[error(
        "standard input is not read, since frames are looked for in both directions; save it as a file, and name that"
    )]
    StandardInput,
    /// The address of something on a network.
    #[error("addresses are not read; save the video as a file, and name that: {0:?}")]
    Address(String),
    /// `pattern:` with a name that nobody knows.
    #[error(
        "there is no pattern {0:?}{meant}; choose one of bars, checker, gradient, noise, moving-box, frame-counter",
        meant = suggest::hint(.0, Pattern::ALL.map(Pattern::name))
    )]
    UnknownPattern(String),
    /// No size of a pattern.
    #[error("{0:?} is no size of a pattern; write width and height in pixels, as in pattern:bars@1281x720")]
    PatternSize(String),
    /// The file cannot be opened or read.
    #[error(
        "cannot read the file{}; check that it exists and that you may read it: {}",
        source::meant_by(path, source),
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder where a file should be.
    #[error("this is a folder; choose a file in it: {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file holds nothing at all.
    #[error("the file is empty: {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Neither FFmpeg nor the still decoders know the content.
    #[error("this is neither a video nor a picture that can be decoded ({reason}): {name}")]
    NotMedia {
        /// The source.
        name: String,
        /// What the decoders say.
        reason: String,
    },
    /// Sound without a picture, or subtitles alone.
    #[error("there is no video in this file, only {found}; choose a file with a picture: {name}")]
    NoVideo {
        /// The source.
        name: String,
        /// The kinds of streams found.
        found: String,
    },
    /// A format that is known by name, and that no decoder here takes.
    #[error("this is {what}, which cannot be decoded here; save it as JPEG or PNG first: {name}")]
    CannotDecode {
        /// The source.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// The video stands encrypted in the file.
    #[error(
        "the video in this file is encrypted already (Common Encryption); decrypt it first, \
         for example with ffmpeg -decryption_key KEY -i FILE -c copy DECRYPTED.mp4: {name}"
    )]
    Encrypted {
        /// The source.
        name: String,
    },
    /// Past the limits.
    #[error(
        "the picture is too large: {} × {} pixels, where at most {} a side and {} in all are read; scale it down first",
        shape.width, shape.height, limits.side, limits.pixels
    )]
    TooLarge {
        /// Its size.
        shape: Shape,
        /// The limits in force.
        limits: Limits,
    },
    /// There is no frame with this number.
    #[error("there is no frame {index}: the source has {frames} frames, numbered from 0")]
    NoSuchFrame {
        /// The number asked for.
        index: FrameIndex,
        /// How many frames there are.
        frames: u64,
    },
    /// Nothing is shown at this time any more.
    #[error("there is no frame at {secs} s: the source has {frames} frames and ends at {duration_secs:.3} s")]
    NoSuchTime {
        /// The time asked for, in seconds from frame 0.
        secs: f64,
        /// When the last frame ends.
        duration_secs: f64,
        /// How many frames there are.
        frames: u64,
    },
    /// The decoder gives up.
    #[error("decoding failed ({reason}): {name}")]
    Decode {
        /// The source.
        name: String,
        /// What FFmpeg says.
        reason: String,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What long work reports: the share done, from 0 to 1. `Break` stops it with
/// [`MediaError::Interrupted`].
pub type Progress<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// Says whether what is being decoded is no longer wanted.
pub type Interrupt = Box<dyn Fn() -> bool + Send>;

/// Frames of one source, in order, with exact seeking: frame n is the same picture however it is reached.
///
/// The methods may take as long as the decoder does; call them where nobody waits.
pub trait Frames: Send {
    /// What is known of the source. Grows more precise once an index is set.
    fn info(&self) -> &SourceInfo;

    /// Frames that follow come in this layout.
    fn set_layout(&mut self, layout: Layout);

    /// The next frame, or `None` after the last. What cannot be decoded is skipped and noted in
    /// [`take_problems`](Self::take_problems).
    ///
    /// # Errors
    /// When reading fails for good: the file is gone, a frame is past the limits.
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError>;

    /// Makes `index` the next frame. Makes the index first if there is none and one is needed.
    ///
    /// # Errors
    /// [`MediaError::NoSuchFrame`] past the end; the position is then unchanged.
    fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError>;

    /// The index set or made so far.
    fn index(&self) -> Option<&Arc<Index>>;

    /// Uses an index that [`scan()`] made of the same source.
    fn set_index(&mut self, index: Arc<Index>);

    /// What could not be decoded since the last call, in words for a person.
    fn take_problems(&mut self) -> Vec<String>;

    /// Asks `interrupt` between pictures from now on: where it says true, the method at work ends with
    /// [`MediaError::Interrupted`], and the next one to call is [`seek`](Self::seek). Sources that decode
    /// nothing never ask.
    fn set_interrupt(&mut self, interrupt: Interrupt) {
        drop(interrupt);
    }
}

/// Opens a source whose frames are to come in `layout`, in buffers from `pool`. Never looks further than
/// needed to give frame 0 (no scan of the whole file).
///
/// # Errors
/// When the source cannot be read, holds no picture that can be decoded, or one past `limits`.
pub fn open(
    source: &Source,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Box<dyn Frames>, MediaError> {
    open_with(source, layout, limits, pool, Threads::Many)
}

/// As [`open`], for a reader beside the one that plays: it decodes on one thread, and so takes neither the
/// time nor the memory of as many pictures as there are cores.
///
/// # Errors
/// Those of [`open`].
pub fn open_aside(
    source: &Source,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Box<dyn Frames>, MediaError> {
    open_with(source, layout, limits, pool, Threads::One)
}

fn open_with(
    source: &Source,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
    threads: Threads,
) -> Result<Box<dyn Frames>, MediaError> {
    match source {
        Source::Pattern(pattern, shape) => {
            limits.check(*shape)?;
            return Ok(Box::new(Generated::pattern(*pattern, *shape, layout, pool)));
        }
        Source::Canvas(drawing) => return Ok(Box::new(canvas::open(drawing, layout, pool))),
        Source::Demo | Source::DemoStill | Source::File(_) => {}
    }
    match Video::open(source.to_string(), origin(source)?, layout, (limits, threads), pool) {
        Ok(video) => Ok(Box::new(video)),
        Err(error) => Ok(Box::new(otherwise(error, source, layout, limits, pool)?)),
    }
}

/// The release of FFmpeg and the versions of its libraries that the program runs with, in one line.
#[must_use]
pub fn ffmpeg_versions() -> String {
    let libraries = [
        ("libavutil", ffmpeg_next::util::version()),
        ("libavcodec", ffmpeg_next::codec::version()),
        ("libavformat", ffmpeg_next::format::version()),
        ("libavfilter", ffmpeg_next::filter::version()),
        ("libswscale", ffmpeg_next::software::scaling::version()),
    ];
    // Major, minor and micro version, as AV_VERSION_INT packs them.
    let version = |packed: u32| format!("{}.{}.{}", packed >> 16, packed >> 8 & 0xff, packed & 0xff);
    let libraries = libraries.map(|(name, packed)| format!("{name} {}", version(packed)));
    format!("FFmpeg {} ({})", ffi::release(), libraries.join(", "))
}

/// Opens a source in which FFmpeg finds no picture, for which it gives `error`.
fn otherwise(
    error: MediaError,
    source: &Source,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Generated, MediaError> {
    // Bytes without a word at their start can look like sound to FFmpeg.
    if !matches!(error, MediaError::NotMedia { .. } | MediaError::NoVideo { .. }) {
        return Err(error);
    }
    let origin = origin(source)?;
    if let Some(refused) = named::refusal(&origin) {
        return Err(refused);
    }
    still::open(source.to_string(), &origin, layout, limits, pool)?.ok_or(error)
}

/// Has the memory of large frames go back to the system when they are freed, where the C library would keep
/// it: for a program that runs for long and has several threads.
pub fn give_back_large_blocks() {
    ffi::give_back_large_blocks();
}

/// Has the memory of large frames stay with the program when they are freed, for the next ones: for a program that
/// works through many frames of one size as fast as it can.
pub fn keep_large_blocks() {
    ffi::keep_large_blocks();
}

/// A file that the program was started with as an open descriptor, such as 1 for standard output, under another
/// number: what is written goes where the descriptor stands. Ask before the program opens files of its own.
///
/// # Errors
/// Where no such descriptor is open.
#[cfg(unix)]
pub fn inherited_descriptor(number: u32) -> io::Result<std::fs::File> {
    ffi::inherited_descriptor(number)
}

/// Makes the index of a source by reading it once; for another thread than the reader's.
///
/// # Errors
/// As [`open`], and [`MediaError::Interrupted`] when `progress` says so.
pub fn scan(source: &Source, limits: Limits, progress: Progress<'_>) -> Result<Arc<Index>, MediaError> {
    match source {
        Source::Pattern(..) => return Ok(Arc::new(generated::index())),
        Source::Canvas(_) => return Ok(Arc::new(still::index())),
        Source::Demo | Source::DemoStill | Source::File(_) => {}
    }
    let origin = origin(source)?;
    match scan::scan(&origin, limits, false, progress) {
        Ok(index) if index.frames() > 0 => Ok(Arc::new(index)),
        counted => {
            let reason = "not one frame can be decoded".to_owned();
            let none = MediaError::NotMedia { name: origin.name().to_owned(), reason };
            let error = counted.err().unwrap_or(none);
            let opened = otherwise(error, source, Layout::default(), limits, &Pool::default())?;
            Ok(Arc::clone(opened.own_index()))
        }
    }
}

/// Where the bytes of a source come from.
fn origin(source: &Source) -> Result<Origin, MediaError> {
    match source {
        Source::Demo => Ok(Origin::bundled("demo", DEMO)),
        Source::DemoStill => Ok(Origin::bundled("demo:still", DEMO_STILL)),
        Source::File(path) => Origin::file(path),
        Source::Pattern(..) | Source::Canvas(_) => Err(MediaError::NoSource),
    }
}
