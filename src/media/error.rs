//! Why a source has no frames.

use std::io;
use std::path::{Path, PathBuf};

use super::encoding::error::EncodingError;
use super::limits::TooLarge;
use super::pattern::Pattern;
use crate::text::suggest;
use crate::units::FrameIndex;

/// Why a source has no frames, or no more of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// No name.
    #[error("there is no source; give a file, demo, demo:still or pattern:NAME")]
    NoSource,
    /// `-`, which other programs read as standard input.
    #[error(
        "standard input is not read, since frames are read in any order; save it as a file, and give its name"
    )]
    StandardInput,
    /// A network address.
    #[error("addresses are not read; save the video as a file, and give its name: {0:?}")]
    Address(String),
    /// `pattern:` with an unknown name.
    #[error(
        "there is no pattern {0:?}{meant}; choose one of bars, checker, gradient, noise, moving-box, frame-counter",
        meant = suggest::hint(.0, Pattern::ALL.map(Pattern::name))
    )]
    UnknownPattern(String),
    /// A size of a pattern that cannot be parsed.
    #[error(
        "{0:?} is not the size of a pattern; write width and height in pixels, as in pattern:bars@1281x720"
    )]
    PatternSize(String),
    /// The file cannot be opened or read.
    #[error(
        "cannot read the file{}; check that it exists and that you may read it: {}",
        hint_at_built_in(path, source),
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A folder where a file should be.
    #[error("this is a folder; choose a file in it: {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file has no bytes.
    #[error("the file is empty: {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Neither FFmpeg nor the decoders of pictures recognize the content.
    #[error("this is neither a video nor a picture that can be decoded ({reason}): {name}")]
    NotMedia {
        /// The source.
        name: String,
        /// The decoders' error.
        reason: String,
    },
    /// Sound without video, or subtitles only.
    #[error("this file has no video, only {found}; {}: {name}", without_video(found))]
    NoVideo {
        /// The source.
        name: String,
        /// The kinds of streams found.
        found: String,
    },
    /// A stream whose sound cannot be decoded.
    #[error(
        "the sound of stream {stream} cannot be decoded ({reason}); use --target packets, which decodes nothing: {name}"
    )]
    NoSound {
        /// The source.
        name: String,
        /// The number of the stream in the file.
        stream: usize,
        /// FFmpeg's error.
        reason: String,
    },
    /// A known format that no decoder here supports.
    #[error("this is {what}, which cannot be decoded here; save it as JPEG or PNG first: {name}")]
    CannotDecode {
        /// The source.
        name: String,
        /// The name of the format.
        what: &'static str,
    },
    /// The video is encrypted in the file.
    #[error(
        "the video in this file is encrypted already (Common Encryption); give its key with --content-key HEX, or take \
         the scheme own, which shows the ciphertext as it is: {name}"
    )]
    Encrypted {
        /// The source.
        name: String,
    },
    /// Decrypted packets cannot be decoded.
    #[error(
        "the video in this file is encrypted, and nothing can be decoded with this content key ({reason}); give the key of \
         the file: {name}"
    )]
    WrongKey {
        /// The source.
        name: String,
        /// The decoder's error.
        reason: String,
    },
    /// The scheme `own` for a stream that is not encrypted.
    #[error(
        "nothing in this stream is encrypted in its file, so the scheme own has nothing to show; take a scheme that \
         encrypts it, such as aes-128-ecb: {name}"
    )]
    NotEncrypted {
        /// The source.
        name: String,
    },
    /// A stream of a capture that was not decrypted or decoded.
    #[error(
        "the packets of this stream are encrypted, or no codec is stated for them; give its key with --keys FILE, or with \
         --content-key HEX and --protection NAME, and its codec with --sdp FILE; or take the scheme own, which shows the \
         packets as they were transmitted: {name}"
    )]
    AsTransmitted {
        /// The source.
        name: String,
    },
    /// A stream of a capture cannot be opened.
    #[error(transparent)]
    Capture(Box<dyn std::error::Error + Send + Sync>),
    /// The picture is larger than the limits.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// There is no frame with this number.
    #[error("there is no frame {index}: the source has {frames} frames, numbered from 0")]
    NoSuchFrame {
        /// The requested number.
        index: FrameIndex,
        /// The number of frames.
        frames: u64,
    },
    /// A time after the end of the last frame.
    #[error("there is no frame at {secs} s: the source has {frames} frames and ends at {duration_secs:.3} s")]
    NoSuchTime {
        /// The requested time, in seconds from frame 0.
        secs: f64,
        /// When the last frame ends, in seconds from frame 0.
        duration_secs: f64,
        /// The number of frames.
        frames: u64,
    },
    /// A generated source, for which a caller needs the packets of a file.
    #[error(
        "{0} is no file and has no packets; encode it anew with --encode, or write it as a video with afterimage clip, and give its name"
    )]
    NoPackets(String),
    /// The source cannot be encoded anew.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The decoder failed.
    #[error("decoding failed ({reason}): {name}")]
    Decode {
        /// The source.
        name: String,
        /// FFmpeg's error.
        reason: String,
    },
    /// A simulation cannot be made.
    #[error("{0}")]
    Simulation(Box<dyn std::error::Error + Send + Sync>),
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// For the name of a missing file: the hint at the built-in source that the user may have meant, or nothing.
fn hint_at_built_in(path: &Path, error: &io::Error) -> String {
    let patterns = Pattern::ALL.map(|pattern| format!("pattern:{}", pattern.name()));
    let names = ["demo", "demo:film", "demo:still", "demo:bmp", "canvas"]
        .into_iter()
        .chain(patterns.iter().map(String::as_str));
    match path.to_str() {
        Some(name) if error.kind() == io::ErrorKind::NotFound && !name.contains(['/', '\\', '.']) => {
            suggest::hint(name, names)
        }
        _ => String::new(),
    }
}

/// What to do with a file without video; `found` lists the streams that it has.
fn without_video(found: &str) -> &'static str {
    if found.contains("sound") {
        "use --target packets or --target samples to encrypt its sound, or choose a file with a picture"
    } else {
        "choose a file with a picture"
    }
}
