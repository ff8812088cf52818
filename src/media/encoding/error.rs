//! Why a source cannot be encoded anew.

use super::name::Encoding;
use crate::text::suggest;

/// Why a source cannot be encoded anew.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodingError {
    /// The linked FFmpeg has no encoder with this name.
    #[error(
        "the FFmpeg on this machine has no video encoder {name:?}{}; --encode list lists those that it has",
        suggest::hint(name, known.iter().map(String::as_str))
    )]
    NoEncoder {
        /// The name.
        name: String,
        /// The encoders that it has.
        known: Vec<String>,
    },
    /// The name is that of an encoder of sound or subtitles.
    #[error("the encoder {0} is not one of video; --encode list lists those that are")]
    NotVideo(String),
    /// The encoder has no such option.
    #[error(
        "the encoder {encoder} has no option {option:?}{}; ffmpeg -h encoder={encoder} lists its options",
        suggest::hint(option, known.iter().map(String::as_str))
    )]
    NoOption {
        /// The encoder.
        encoder: &'static str,
        /// The option.
        option: String,
        /// The options that it has.
        known: Vec<String>,
    },
    /// A value of `pix_fmt`, `q` or `qscale` that cannot be used.
    #[error("the encoder {encoder} takes no {option}={value}; {fix}")]
    Value {
        /// The encoder.
        encoder: &'static str,
        /// The option.
        option: &'static str,
        /// The value.
        value: String,
        /// What would be right.
        fix: String,
    },
    /// The encoder refuses its options or the pictures.
    #[error(
        "{encoding} does not encode this source ({reason}); change its options, or take another encoder: {name}"
    )]
    Refused {
        /// The source.
        name: String,
        /// The encoder and its options.
        encoding: Encoding,
        /// FFmpeg's error.
        reason: String,
    },
    /// The encoder left pictures out.
    #[error(
        "{encoding} made {packets} packets of {frames} frames, so frames cannot be told apart; change its options, or take \
         another encoder: {name}"
    )]
    FramesLeftOut {
        /// The source.
        name: String,
        /// The encoder and its options.
        encoding: Encoding,
        /// The number of frames.
        frames: u64,
        /// The number of packets.
        packets: u64,
    },
    /// The encoded bytes are too many to be kept.
    #[error(
        "{encoding} makes more than {most_mib} MiB of this source, which is the most that is kept; take an encoder or options \
         that make fewer bytes, or shorten the video first: {name}"
    )]
    TooLarge {
        /// The source.
        name: String,
        /// The encoder and its options.
        encoding: Encoding,
        /// The bound in MiB.
        most_mib: usize,
    },
}
