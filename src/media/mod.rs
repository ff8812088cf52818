//! Frames in: videos through FFmpeg, stills, waveforms, and the built-in sources. Packets in, as the file holds them:
//! [`container`] and [`codec`]. Sound in, as samples: [`sound`]. Pictures out as a video: [`encode`].
//!
//! [`open`] gives a reader ([`Frames`]) of a [`Source`]: frames in order from 0, each in the bytes that the
//! `ffmpeg` program writes with `-f rawvideo`, and exact seeking: frame n is the same picture however it
//! is reached. [`scan()`] makes the [`Index`] that tells how many frames there are and when each is shown.
//!
//! ```text
//!  origin ──bytes──▶ container ──packets──▶ decode ──pictures──▶ video ──────▶ convert ──Frame──▶
//!  a file or the      demuxer, with no      decoder at one        counts, seeks,  the program's chain
//!  bundled demo       way to other files    place of a stream     finds damage    of filters: turns,
//!                                                  ▲                   │          then the layout
//!                                                  │                   ▼              ▲
//!                                                  └───────────────── scan ──▶ index  │
//!                                                   counts packets, decodes           │
//!                                                   where that is not enough          │
//!  pictures: pattern, still, canvas, animation ──────────────────────── generated ────┘
//! ```
//!
//! | files | what they are for |
//! |---|---|
//! | `source`, `origin`, `file_url`, [`pattern`] | what can be opened, and its bytes |
//! | [`container`] | an open demuxer, and the packets of every stream |
//! | [`codec`] | where NAL units, OBUs, slices and restart intervals lie in a packet: knows no FFmpeg |
//! | `track`, `decode`, `continuity`, `clock`, `display`, `convert`, `video`, `scan`, `index` | from packets to frames |
//! | [`sound`] | decoded sound in pieces of 20 ms, and frames that show the waveform of the sound that is encrypted |
//! | `streams`, `packet_frames` | which streams there are, which one is encrypted, and the frame of each of its packets |
//! | `pictures` | frames that are not FFmpeg's, and what a picture's file says of itself |
//! | [`encode`] | clips; and the packets of a file as an MP4 in fragments, not encoded anew |
//! | [`encryption`] | files that other programs encrypted: what is clear, and their packets decrypted with the content key |
//! | [`mp4`] | boxes of MP4 and of its Common Encryption: knows no FFmpeg |
//! | `error`, `info`, `limits`, `frames` | what callers see |
//! | `ffi` | the only `unsafe` |
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
//! This is the only room that names FFmpeg, and `ffi` the only folder with `unsafe`. It knows nothing of
//! ciphers, threads or windows.

mod clock;
pub mod codec;
pub mod container;
mod continuity;
mod convert;
mod decode;
mod display;
pub mod encode;
pub mod encryption;
mod error;
mod ffi;
mod file_url;
mod frames;
mod index;
mod info;
mod limits;
pub mod mp4;
mod origin;
mod packet_frames;
pub mod pattern;
mod pictures;
mod scan;
pub mod sound;
mod source;
mod streams;
mod track;
mod video;

#[cfg(unix)]
use std::io;
use std::sync::Arc;

pub use encode::remux::{RemuxError, Remuxer};
pub use encryption::content_key::{ContentKey, NoContentKey};
pub use encryption::{StreamEncryption, encryption_of, is_encrypted};
pub use error::MediaError;
pub use frames::{Frames, Interrupt, Progress};
pub use index::Index;
pub use info::{Kind, Mirror, SourceInfo, StatedColour};
pub use limits::{Limits, TooLarge};
pub use packet_frames::{PacketFrames, start_secs};
pub use pattern::Pattern;
pub use sound::waveform_of;
pub use source::{ChosenStream, KeyedFile, Source};
pub use streams::choice::{MessageUnit, StreamChoice, UnknownStream, chosen, has_video};

use crate::picture::Picture;
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;
use decode::Threads;
use origin::Origin;
use pictures::generated::{self, Generated};
use pictures::{canvas, still};
use video::Video;

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
        Source::Stream(stream) => {
            if let Some(sound) = sound::open(stream, layout, limits, pool)? {
                return Ok(Box::new(sound));
            }
            return open_with(&stream.file(), layout, limits, pool, threads);
        }
        Source::Demo | Source::DemoStill | Source::DemoBitmap | Source::File(_) | Source::Keyed(_) => {}
    }
    let name = source.to_string();
    match Video::open(name.clone(), Origin::of(source)?, layout, (limits, threads), pool) {
        Ok(video) => Ok(Box::new(video)),
        Err(MediaError::Encrypted { .. }) => {
            Ok(Box::new(encryption::locked::open(name, &Origin::of(source)?, layout, limits, pool)?))
        }
        Err(error) => Ok(Box::new(otherwise(error, &name, &Origin::of(source)?, (layout, limits), pool)?)),
    }
}

/// All bytes of a source that is a file; `None` if there are more than `most`.
///
/// # Errors
/// When the source is no file, or cannot be read.
pub fn file_bytes(source: &Source, most: u64) -> Result<Option<Vec<u8>>, MediaError> {
    if matches!(source, Source::Pattern(..) | Source::Canvas(_)) {
        return Err(MediaError::NoPackets(source.to_string()));
    }
    Origin::of(source)?.read_whole(most)
}

/// The picture that a viewer shows of the bytes of a file: its first frame. `name` is for messages.
///
/// # Errors
/// When the bytes are no picture that can be decoded, or one past `limits`.
pub fn picture_of(name: &str, bytes: &[u8], limits: Limits, pool: &Pool) -> Result<Picture, MediaError> {
    let bytes = Arc::from(bytes);
    let origin = || Origin::memory(name, &bytes);
    let layout = Layout::RGBA32;
    let mut frames: Box<dyn Frames> =
        match Video::open(name.to_owned(), origin(), layout, (limits, Threads::One), pool) {
            Ok(video) => Box::new(video),
            Err(error) => Box::new(otherwise(error, name, &origin(), (layout, limits), pool)?),
        };
    let reason = "not one frame can be decoded".to_owned();
    let none = MediaError::NotMedia { name: name.to_owned(), reason };
    let frame = frames.next_frame()?.ok_or(none)?;
    Ok(Picture::new(frame.shape, frame.bytes))
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
    name: &str,
    origin: &Origin,
    (layout, limits): (Layout, Limits),
    pool: &Pool,
) -> Result<Generated, MediaError> {
    // Bytes without a word at their start can look like sound to FFmpeg.
    if !matches!(error, MediaError::NotMedia { .. } | MediaError::NoVideo { .. }) {
        return Err(error);
    }
    pictures::open(name, origin, layout, limits, pool)?.ok_or(error)
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
        Source::Stream(stream) => {
            if let Some(index) = sound::scan(stream, limits, progress)? {
                return Ok(Arc::new(index));
            }
            return scan(&stream.file(), limits, progress);
        }
        Source::Demo | Source::DemoStill | Source::DemoBitmap | Source::File(_) | Source::Keyed(_) => {}
    }
    let origin = Origin::of(source)?;
    match scan::scan(&origin, limits, false, progress) {
        Ok(index) if index.frames() > 0 => Ok(Arc::new(index)),
        counted => {
            let reason = "not one frame can be decoded".to_owned();
            let none = MediaError::NotMedia { name: origin.name().to_owned(), reason };
            let error = counted.err().unwrap_or(none);
            let (name, as_default) = (source.to_string(), (Layout::default(), limits));
            let opened = otherwise(error, &name, &Origin::of(source)?, as_default, &Pool::default())?;
            Ok(Arc::clone(opened.own_index()))
        }
    }
}
