//! Reads videos through FFmpeg, stills, waveforms and the built-in sources as frames; reads the packets of a file as
//! they are ([`container`] and [`codec`]) and decoded sound ([`sound`]); writes pictures as a video ([`encode`]).
//!
//! [`open`] returns a reader ([`Frames`]) of a [`Source`]: frames in order from 0, each with the bytes that the
//! `ffmpeg` program writes with `-f rawvideo`, and exact seeking: frame n is the same picture however it is reached.
//! [`scan()`] makes the [`Index`], which has the number of frames and the time of each.
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
//! | `source`, `origin`, `files`, [`pattern`] | what can be opened, and its bytes |
//! | [`container`] | an open demuxer, and the packets of every stream |
//! | [`codec`] | finds NAL units, OBUs, slices and restart intervals in a packet; knows no FFmpeg |
//! | `track`, `decode`, `continuity`, `clock`, `display`, `picture_filters`, `convert`, `video`, `scan`, `index` | from packets to frames |
//! | [`concealed`] | packets that were encrypted since, decoded as a player without the key does |
//! | [`sound`] | decoded sound in pieces of 20 ms, and frames that show its waveform |
//! | `streams`, `packet_frames` | the streams of a file, the choice of the encrypted one, and the frames of its packets |
//! | `pictures` | pictures that FFmpeg does not decode, and what a picture's file states |
//! | [`encode`] | clips; and the packets of a file copied to an MP4 in fragments |
//! | `encoding` | a source encoded anew with any encoder, in memory ([`encode_anew`]) |
//! | [`capture`] | one stream of a pcap or pcapng file as a source |
//! | [`rtp`] | a source as packets of RTP, and packets of RTP as a source; opens no socket |
//! | [`encryption`] | files that other programs encrypted: their clear bytes, and their decrypted packets |
//! | [`mp4`] | boxes of MP4 and of its Common Encryption: knows no FFmpeg |
//! | `error`, `info`, `limits`, `frames` | the types that callers use |
//! | `ffi` | the only `unsafe` code |
//!
//! - **Frames** are the pictures that the decoder outputs, in that order. To count them faster, packets are counted
//!   instead, if a comparison with the decoder's output at both ends of the file agrees (see `scan`).
//! - **Times** are those of the program. If timestamps restart or jump, as in joined transport streams, they are made
//!   continuous (see `continuity`), and frames are found again by the position of their packets in the file. If the
//!   demuxer marks a packet at a discontinuity as corrupt, because a counter of the stream jumps, the file counts as
//!   damaged, and its frames are reached from the start.
//! - **Damage**: FFmpeg's concealment of damaged parts depends on the number of its threads and on where decoding
//!   started. A reader that finds damage restarts at the beginning with one thread, and from then on reaches every
//!   frame from there: slow, but the same each time. This fails for damage that FFmpeg does not report. Also, in a
//!   long file, a seek past damage that was not found yet relies on counted packets that may not all be frames; an
//!   index made after the damage was found counts correctly.
//! - **Safety**: no source can make the program open a second file or an address. libavformat is given bytes, but no
//!   name, no protocol and no way to open anything. Sizes are checked before anything is decoded.
//!
//! This is the only room that names FFmpeg, and `ffi` the only folder with `unsafe`. It knows no ciphers, threads or
//! windows.

pub mod capture;
mod clock;
pub mod codec;
pub mod concealed;
pub mod container;
mod continuity;
mod convert;
mod decode;
mod display;
pub mod encode;
mod encoding;
pub mod encryption;
mod error;
mod ffi;
mod files;
mod frames;
mod index;
mod info;
mod limits;
pub mod mp4;
mod origin;
mod packet_frames;
pub mod pattern;
mod picture_filters;
mod pictures;
pub mod rtp;
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
pub use encoding::choices::{EncodingChoice, named_encoding};
pub use encoding::error::EncodingError;
pub use encoding::name::{Encoding, NoEncoding};
pub use encoding::{MOST_BYTES as MOST_ENCODED_BYTES, encode_anew, is_encoded, video_encoders};
pub use encryption::content_key::{ContentKey, NoContentKey};
pub use encryption::{StreamEncryption, encryption_of, is_encrypted, is_locked};
pub use error::MediaError;
pub use frames::{Frames, Interrupt, Progress};
pub use index::Index;
pub use info::{Kind, Mirror, SourceInfo, StatedColour};
pub use limits::{Limits, TooLarge};
pub use packet_frames::{PacketFrames, StartPacket, start_secs};
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

/// Opens a source. Its frames have the layout `layout` and use buffers from `pool`. Reads no more than frame 0 needs;
/// the file is not scanned.
///
/// # Errors
/// If the source cannot be read, has no picture that can be decoded, or has one larger than `limits`.
pub fn open(
    source: &Source,
    layout: Layout,
    limits: Limits,
    pool: &Pool,
) -> Result<Box<dyn Frames>, MediaError> {
    open_with(source, layout, limits, pool, Threads::Many)
}

/// As [`open`], for a second reader next to the player's. It decodes on one thread, which saves memory, since FFmpeg
/// holds a picture per thread, and leaves the cores to the player.
///
/// # Errors
/// Those of [`open`].
pub fn open_single_threaded(
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
            return open_with(&stream.file, layout, limits, pool, threads);
        }
        Source::Demo
        | Source::DemoFilm
        | Source::DemoStill
        | Source::DemoBitmap
        | Source::File(_)
        | Source::Keyed(_)
        | Source::Capture(_)
        | Source::Simulated(_)
        | Source::Encoded(_)
        | Source::Received(_) => {}
    }
    let name = source.to_string();
    match Video::open(name.clone(), Origin::of(source)?, layout, (limits, threads), pool) {
        Ok(video) => Ok(Box::new(video)),
        Err(MediaError::Encrypted { .. }) => {
            Ok(Box::new(encryption::locked::open(name, &Origin::of(source)?, layout, limits, pool)?))
        }
        Err(error) => {
            Ok(Box::new(open_without_ffmpeg(error, &name, &Origin::of(source)?, (layout, limits), pool)?))
        }
    }
}

/// All bytes of a source that is a file; `None` if there are more than `most` bytes.
///
/// # Errors
/// If the source is no file or cannot be read.
pub fn file_bytes(source: &Source, most: u64) -> Result<Option<Vec<u8>>, MediaError> {
    if matches!(source, Source::Pattern(..) | Source::Canvas(_)) {
        return Err(MediaError::NoPackets(source.to_string()));
    }
    Origin::of(source)?.read_whole(most)
}

/// The first frame of a file in memory: the picture that a viewer would show. `name` is for messages.
///
/// # Errors
/// If the bytes are no picture that can be decoded, or if it is larger than `limits`.
pub fn picture_of(name: &str, bytes: &[u8], limits: Limits, pool: &Pool) -> Result<Picture, MediaError> {
    let bytes = Arc::from(bytes);
    let origin = || Origin::memory(name, &bytes);
    let layout = Layout::RGBA32;
    let mut frames: Box<dyn Frames> =
        match Video::open(name.to_owned(), origin(), layout, (limits, Threads::One), pool) {
            Ok(video) => Box::new(video),
            Err(error) => Box::new(open_without_ffmpeg(error, name, &origin(), (layout, limits), pool)?),
        };
    let reason = "no frame can be decoded".to_owned();
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
    // AV_VERSION_INT packs major, minor and micro version.
    let version = |packed: u32| format!("{}.{}.{}", packed >> 16, packed >> 8 & 0xff, packed & 0xff);
    let libraries = libraries.map(|(name, packed)| format!("{name} {}", version(packed)));
    format!("FFmpeg {} ({})", ffi::release(), libraries.join(", "))
}

/// Opens a source with the decoders that are not FFmpeg's. `error` is FFmpeg's error, which is returned if they fail.
fn open_without_ffmpeg(
    error: MediaError,
    name: &str,
    origin: &Origin,
    (layout, limits): (Layout, Limits),
    pool: &Pool,
) -> Result<Generated, MediaError> {
    // `NoVideo` too: FFmpeg can take bytes without a magic number for sound.
    if !matches!(error, MediaError::NotMedia { .. } | MediaError::NoVideo { .. }) {
        return Err(error);
    }
    pictures::open(name, origin, layout, limits, pool)?.ok_or(error)
}

/// Makes the C library return the memory of freed large frames to the system: for a long-running program with several
/// threads.
pub fn give_back_large_blocks() {
    ffi::give_back_large_blocks();
}

/// Makes the C library keep the memory of freed large frames for the next ones: for a program that processes many
/// frames of one size as fast as possible.
pub fn keep_large_blocks() {
    ffi::keep_large_blocks();
}

/// A file from a descriptor that the program inherited, such as 1 for standard output, duplicated under another
/// number. Both share one position in the file. Call it before the program opens files of its own, which could reuse
/// the number.
///
/// # Errors
/// If no such descriptor is open.
#[cfg(unix)]
pub fn inherited_descriptor(number: u32) -> io::Result<std::fs::File> {
    ffi::inherited_descriptor(number)
}

/// Makes the index of a source by reading it once. It is slow; call it on another thread than the reader's.
///
/// # Errors
/// Those of [`open`], and [`MediaError::Interrupted`] if `progress` returns `Break`.
pub fn scan(source: &Source, limits: Limits, progress: Progress<'_>) -> Result<Arc<Index>, MediaError> {
    match source {
        Source::Pattern(..) => return Ok(Arc::new(generated::index())),
        Source::Canvas(_) => return Ok(Arc::new(still::index())),
        Source::Encoded(encoded) => return Ok(Arc::clone(&encoded.file().index)),
        Source::Stream(stream) => {
            if let Some(index) = sound::scan(stream, limits, progress)? {
                return Ok(Arc::new(index));
            }
            return scan(&stream.file, limits, progress);
        }
        Source::Demo
        | Source::DemoFilm
        | Source::DemoStill
        | Source::DemoBitmap
        | Source::File(_)
        | Source::Keyed(_)
        | Source::Capture(_)
        | Source::Simulated(_)
        | Source::Received(_) => {}
    }
    let origin = Origin::of(source)?;
    match scan::scan(&origin, limits, false, progress) {
        Ok(index) if index.frames() > 0 => Ok(Arc::new(index)),
        counted => {
            let reason = "no frame can be decoded".to_owned();
            let none = MediaError::NotMedia { name: origin.name().to_owned(), reason };
            let error = counted.err().unwrap_or(none);
            let (name, as_default) = (source.to_string(), (Layout::default(), limits));
            let opened =
                open_without_ffmpeg(error, &name, &Origin::of(source)?, as_default, &Pool::default())?;
            Ok(Arc::clone(opened.own_index()))
        }
    }
}
