//! Why a source gives no frames.

use std::io;
use std::path::{Path, PathBuf};

use super::limits::TooLarge;
use super::pattern::Pattern;
use crate::text::suggest;
use crate::units::FrameIndex;

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
    /// `pattern:` with an unknown name.
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
        meant_by(path, source),
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
    #[error("this file has no video, only {found}; {}: {name}", without_video(found))]
    NoVideo {
        /// The source.
        name: String,
        /// The kinds of streams found.
        found: String,
    },
    /// A stream of which no sound can be decoded.
    #[error(
        "the sound of stream {stream} cannot be decoded ({reason}); use --target packets, which decodes nothing: {name}"
    )]
    NoSound {
        /// The source.
        name: String,
        /// The number of the stream in the file.
        stream: usize,
        /// What FFmpeg says.
        reason: String,
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
        "the video in this file is encrypted already (Common Encryption); give its key with --content-key HEX, or take \
         the scheme own, which shows the ciphertext as it is: {name}"
    )]
    Encrypted {
        /// The source.
        name: String,
    },
    /// Nothing that was decrypted can be decoded.
    #[error(
        "the video in this file is encrypted, and nothing can be decoded with this content key ({reason}); give the key of \
         the file: {name}"
    )]
    WrongKey {
        /// The source.
        name: String,
        /// What the decoder says.
        reason: String,
    },
    /// The scheme `own`, for a stream that is not encrypted.
    #[error(
        "nothing in this stream is encrypted in its file, so the scheme own has nothing to show; take a scheme that \
         encrypts it, such as aes-128-ecb: {name}"
    )]
    NotEncrypted {
        /// The source.
        name: String,
    },
    /// Past the limits.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
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
    /// A source that is drawn, where the packets of a file are wanted.
    #[error("{0} is no file and has no packets; write it as a video with afterimage clip, and name that")]
    NoPackets(String),
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

/// Which built-in source is meant by the name of a file that is not there: a part of the sentence, or nothing.
fn meant_by(path: &Path, error: &io::Error) -> String {
    let patterns = Pattern::ALL.map(|pattern| format!("pattern:{}", pattern.name()));
    let names =
        ["demo", "demo:still", "demo:bmp", "canvas"].into_iter().chain(patterns.iter().map(String::as_str));
    match path.to_str() {
        Some(name) if error.kind() == io::ErrorKind::NotFound && !name.contains(['/', '\\', '.']) => {
            suggest::hint(name, names)
        }
        _ => String::new(),
    }
}

/// What to do with a file without video, of which `found` says what it has.
fn without_video(found: &str) -> &'static str {
    if found.contains("sound") {
        "use --target packets or --target samples to encrypt its sound, or choose a file with a picture"
    } else {
        "choose a file with a picture"
    }
}
