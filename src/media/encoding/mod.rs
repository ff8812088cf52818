//! Encodes a source anew with any video encoder of FFmpeg, as a Matroska file in memory.
//!
//! The packets are byte for byte those that `ffmpeg -i SOURCE -fps_mode passthrough -an -c:v ENCODER -threads 1 …
//! -f matroska` writes with the same libraries. Frame n of the source is frame n of the encoding.
//!
//! ```text
//! pictures ──▶ filters ──▶ encoder ──▶ muxer ──▶ bytes ──▶ cache
//! own format   turned,     one thread, or more    in memory  while the program runs
//!              scaled if   where packets do not
//!              need be     depend on it
//! ```
//!
//! A scene may come from someone else, so no option may make an encoder read or write a file. [`Encoding`] refuses such options.

mod cache;
pub(super) mod choices;
pub(super) mod error;
pub(super) mod file;
mod filters;
mod muxer;
pub(super) mod name;
mod options;
pub(super) mod pictures;
mod transcode;

use std::sync::Arc;

use super::decode::Threads;
use super::error::MediaError;
use super::ffi;
use super::frames::Progress;
use super::limits::Limits;
use super::source::{EncodedSource, Source};
pub use cache::MOST_BYTES;
use cache::{Found, Key, MADE};
use name::Encoding;
use transcode::transcode;

/// Encodes a source anew, unless that was done before and is kept. The result has the packets of the encoding, and holds
/// them in memory. It takes as long as the encoder does; call it on a thread on which nothing waits.
///
/// # Errors
/// If the source cannot be read, the encoder or its options do not exist or do not suit it, or there are more bytes than
/// [`MOST_BYTES`]; [`MediaError::Interrupted`] if `progress` returns `Break`.
pub fn encode_anew(
    source: &Source,
    encoding: Encoding,
    limits: Limits,
    progress: Progress<'_>,
) -> Result<Source, MediaError> {
    let file = match MADE.find(Key::of(source, encoding), || progress(0.0).is_continue()) {
        Found::Made(file) => file,
        Found::Unneeded => return Err(MediaError::Interrupted),
        Found::ToMake(under_way) => {
            let mut made = transcode((source, encoding), (limits, Threads::Many), MOST_BYTES, progress)?;
            if made.is_damaged {
                made = transcode((source, encoding), (limits, Threads::One), MOST_BYTES, progress)?;
            }
            let file = Arc::new(made.file);
            under_way.keep(&file);
            file
        }
    };
    Ok(Source::Encoded(EncodedSource::new(source.clone(), encoding, file)))
}

/// True if a source was encoded so before and is kept, so that [`encode_anew`] returns at once.
#[must_use]
pub fn is_encoded(source: &Source, encoding: Encoding) -> bool {
    MADE.get(&Key::of(source, encoding)).is_some()
}

/// Names and descriptions of the video encoders of the linked FFmpeg, in its order, without those that need a device.
#[must_use]
pub fn video_encoders() -> Vec<(String, String)> {
    ffi::encoder::video_encoders()
}
