//! Sources by name, as on the command line and in a scene.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use super::capture::{CapturedStream, SimulatedSource};
use super::encoding::file::EncodedFile;
use super::encoding::name::Encoding;
use super::encryption::content_key::ContentKey;
use super::error::MediaError;
use super::files::url;
use super::pattern::{self, Pattern};
use super::rtp::ReceivedStream;
use super::streams::choice::{MessageUnit, StreamChoice};
use crate::picture::Shape;
use crate::picture::drawing::Drawing;

/// Where frames come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The bundled video call (`demo`).
    Demo,
    /// The bundled piece of an animated film (`demo:film`).
    DemoFilm,
    /// The bundled still picture (`demo:still`).
    DemoStill,
    /// The bundled still picture as a BMP file of 24 bits a pixel (`demo:bmp`).
    DemoBitmap,
    /// A computed picture and its size (`pattern:NAME`, or `pattern:NAME@WIDTHxHEIGHT`).
    Pattern(Pattern, Shape),
    /// A drawing (`canvas`, an empty one).
    Canvas(Arc<Drawing>),
    /// A video or a still on this machine, recognized by its content.
    File(PathBuf),
    /// A file in Common Encryption, and its content key. Made from a scene; it has no name as text.
    Keyed(KeyedFile),
    /// A stream of a capture. Made of a scene or by [`recognized`](Source::recognized); it has no name as text.
    Capture(CapturedStream),
    /// A file whose packets or samples are encrypted. Made from a scene; it has no name as text.
    Stream(ChosenStream),
    /// A stream that a simulation makes (`call`, `call:…`).
    Simulated(SimulatedSource),
    /// Another source, encoded anew. Made by [`encode_anew`](super::encode_anew); it has no name as text.
    Encoded(EncodedSource),
    /// Packets of RTP. Made by [`rtp::receive`](super::rtp::receive); it has no name as text.
    Received(ReceivedStream),
}

/// A source that was encoded anew, with the bytes of the encoding in memory.
#[derive(Clone)]
pub struct EncodedSource {
    source: Arc<Source>,
    encoding: Encoding,
    file: Arc<EncodedFile>,
}

impl EncodedSource {
    pub(super) fn new(source: Source, encoding: Encoding, file: Arc<EncodedFile>) -> Self {
        Self { source: Arc::new(source), encoding, file }
    }

    /// The file in memory.
    pub(super) const fn file(&self) -> &Arc<EncodedFile> {
        &self.file
    }
}

impl PartialEq for EncodedSource {
    /// The same bytes of the same source: a file may have changed since it was encoded.
    fn eq(&self, other: &Self) -> bool {
        let is_same = self.source == other.source && self.encoding == other.encoding;
        is_same && Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for EncodedSource {}

impl std::hash::Hash for EncodedSource {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.source, self.encoding).hash(state);
    }
}

impl fmt::Debug for EncodedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedSource")
            .field("source", &self.source)
            .field("encoding", &self.encoding)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for EncodedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, encoded anew with {}", self.source, self.encoding.encoder())
    }
}

/// A file, and the choice of its stream that is encrypted. If that stream is sound, the frames show its waveform.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChosenStream {
    /// The file, with its content key if one was given.
    pub file: Box<Source>,
    /// The stream; `None` for the default.
    pub choice: Option<StreamChoice>,
    /// What a message is made of. In a file without video, a message is a frame.
    pub unit: MessageUnit,
}

/// A file in Common Encryption, and its content key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyedFile {
    /// The file.
    pub path: PathBuf,
    /// The key that encrypts its samples.
    pub key: ContentKey,
}

impl Source {
    /// True if it is a file, bundled or not, whose bytes and packets can be encrypted.
    #[must_use]
    pub const fn has_packets(&self) -> bool {
        !matches!(self, Self::Pattern(..) | Self::Canvas(_))
    }

    /// The path of a source that is a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path)
            | Self::Keyed(KeyedFile { path, .. })
            | Self::Capture(CapturedStream { path, .. }) => Some(path),
            Self::Stream(stream) => stream.file.path(),
            Self::Demo
            | Self::DemoFilm
            | Self::DemoStill
            | Self::DemoBitmap
            | Self::Pattern(..)
            | Self::Canvas(_)
            | Self::Simulated(_)
            | Self::Encoded(_)
            | Self::Received(_) => None,
        }
    }

    /// The content key of a file in Common Encryption, if one was given.
    #[must_use]
    pub fn content_key(&self) -> Option<&ContentKey> {
        match self {
            Self::Keyed(file) => Some(&file.key),
            Self::Stream(stream) => stream.file.content_key(),
            _ => None,
        }
    }

    /// True if its packets may be decrypted, so that those in the file differ from them.
    #[must_use]
    pub fn may_be_decrypted(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.file.may_be_decrypted(),
            source => source.content_key().is_some() || source.is_of_packets(),
        }
    }

    /// True for a stream of RTP that was captured or made: its packets can be shown as they were transmitted.
    #[must_use]
    pub const fn is_of_packets(&self) -> bool {
        matches!(self, Self::Capture(_) | Self::Simulated(_))
    }

    /// True if it holds a secret key itself, and not only the name of a file with one.
    #[must_use]
    pub fn holds_key(&self) -> bool {
        match self {
            Self::Stream(stream) => stream.file.holds_key(),
            Self::Capture(captured) => captured.secret().is_some(),
            source => source.content_key().is_some(),
        }
    }

    /// The files that it names, each with what it is.
    #[must_use]
    pub fn files(&self) -> Vec<(&'static str, &Path)> {
        let mut files: Vec<_> = self.path().map(|path| ("the source", path)).into_iter().collect();
        if let Self::Capture(captured) = self {
            files.extend(captured.sdp.as_deref().map(|path| ("the SDP", path)));
            files.extend(captured.keys_file().map(|path| ("the keys file", path)));
        }
        files
    }

    /// The same source with other paths of all files that it names.
    ///
    /// # Errors
    /// The first error of `path`.
    pub fn with_paths<E>(&self, mut path: impl FnMut(&Path) -> Result<PathBuf, E>) -> Result<Self, E> {
        Ok(match self {
            Self::File(_) | Self::Keyed(_) => match self.path() {
                Some(own) => self.at(path(own)?),
                None => self.clone(),
            },
            Self::Capture(captured) => Self::Capture(captured.with_paths(path)?),
            Self::Stream(stream) => {
                let file = Box::new(stream.file.with_paths(path)?);
                Self::Stream(ChosenStream { file, ..stream.clone() })
            }
            source => source.clone(),
        })
    }

    /// A file with another path, and with this source's content key; of a capture, the same stream and keys.
    #[must_use]
    pub fn at(&self, path: PathBuf) -> Self {
        if let Self::Capture(captured) = self {
            return Self::Capture(CapturedStream { path, ..captured.clone() });
        }
        match self.content_key() {
            Some(key) => Self::Keyed(KeyedFile { path, key: key.clone() }),
            None => Self::File(path),
        }
    }

    /// The source with a content key, or without one. Sources that are no files do not change.
    #[must_use]
    pub fn with_key(&self, key: Option<ContentKey>) -> Self {
        match (self, key) {
            (Self::File(path) | Self::Keyed(KeyedFile { path, .. }), Some(key)) => {
                Self::Keyed(KeyedFile { path: path.clone(), key })
            }
            (Self::Keyed(KeyedFile { path, .. }), None) => Self::File(path.clone()),
            (Self::Stream(stream), key) => {
                let file = Box::new(stream.file.with_key(key));
                Self::Stream(ChosenStream { file, ..stream.clone() })
            }
            (source, _) => source.clone(),
        }
    }

    /// The source without a content key: an encrypted file stays encrypted, and of a capture the packets are as they were
    /// transmitted.
    #[must_use]
    pub fn without_key(&self) -> Self {
        match self {
            Self::Capture(captured) => {
                Self::Capture(CapturedStream { is_as_transmitted: true, ..captured.clone() })
            }
            Self::Simulated(simulated) => Self::Simulated(simulated.as_transmitted()),
            source => source.with_key(None),
        }
    }

    /// True if both sources can differ in their pixels only: size and times are the same.
    #[must_use]
    pub const fn is_redrawn(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Canvas(_), Self::Canvas(_)))
    }
}

impl FromStr for Source {
    type Err = MediaError;

    fn from_str(text: &str) -> Result<Self, MediaError> {
        match text {
            "" => Err(MediaError::NoSource),
            "-" => Err(MediaError::StandardInput),
            address if is_address(address) => match url::path(address) {
                Some(path) => Ok(Self::File(path)),
                None => Err(MediaError::Address(address.into())),
            },
            "demo" => Ok(Self::Demo),
            "demo:film" => Ok(Self::DemoFilm),
            "demo:still" => Ok(Self::DemoStill),
            "demo:bmp" => Ok(Self::DemoBitmap),
            "canvas" => Ok(Self::Canvas(Arc::default())),
            _ => match text.strip_prefix("pattern:") {
                None => Ok(Self::File(text.into())),
                Some(name) => sized_pattern(name),
            },
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Demo => f.write_str("demo"),
            Self::DemoFilm => f.write_str("demo:film"),
            Self::DemoStill => f.write_str("demo:still"),
            Self::DemoBitmap => f.write_str("demo:bmp"),
            Self::Canvas(_) => f.write_str("canvas"),
            Self::Pattern(pattern, pattern::SHAPE) => write!(f, "pattern:{}", pattern.name()),
            Self::Pattern(pattern, Shape { width, height }) => {
                write!(f, "pattern:{}@{width}x{height}", pattern.name())
            }
            Self::File(path) | Self::Keyed(KeyedFile { path, .. }) => path.display().fmt(f),
            Self::Capture(captured) => captured.fmt(f),
            Self::Simulated(simulated) => simulated.fmt(f),
            Self::Stream(stream) => stream.file.fmt(f),
            Self::Encoded(encoded) => encoded.fmt(f),
            Self::Received(received) => received.fmt(f),
        }
    }
}

/// True for addresses such as `https://example.org/film.mp4`. A file with such a name is written `./https:…`.
fn is_address(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// Parses `NAME` or `NAME@WIDTHxHEIGHT`.
fn sized_pattern(text: &str) -> Result<Source, MediaError> {
    let (name, size) = text.split_once('@').map_or((text, None), |(name, size)| (name, Some(size)));
    let known = Pattern::ALL.into_iter().find(|pattern| pattern.name() == name);
    let known = known.ok_or_else(|| MediaError::UnknownPattern(name.into()))?;
    let shape = size.map_or(Ok(pattern::SHAPE), |size| {
        let sides = size.split_once('x').map(|(width, height)| [width, height].map(str::parse::<u32>));
        match sides {
            Some([Ok(width @ 1..), Ok(height @ 1..)]) => Ok(Shape::new(width, height)),
            _ => Err(MediaError::PatternSize(size.into())),
        }
    })?;
    Ok(Source::Pattern(known, shape))
}

impl MediaError {
    /// The error of a source that is encrypted and was not decrypted.
    #[must_use]
    pub fn encrypted(source: &Source) -> Self {
        let name = source.to_string();
        if matches!(source, Source::Capture(_)) {
            Self::AsTransmitted { name }
        } else {
            Self::Encrypted { name }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_parsed_from_its_own_name() {
        let names = [
            "demo",
            "demo:film",
            "demo:still",
            "demo:bmp",
            "canvas",
            "some/film.mp4",
            "pattern:moving-box",
            "pattern:bars@1279x7",
        ];
        let patterns = Pattern::ALL.map(|pattern| format!("pattern:{}", pattern.name()));
        for name in names.into_iter().chain(patterns.iter().map(String::as_str)) {
            assert_eq!(name.parse::<Source>().expect("a source").to_string(), name);
        }
    }

    #[test]
    fn the_error_of_an_unknown_pattern_lists_all_patterns() {
        let error = "pattern:Moving_Box".parse::<Source>().expect_err("no such pattern").to_string();
        assert!(error.contains("did you mean moving-box?"), "{error}");
        let error = "pattern:plaid".parse::<Source>().expect_err("no such pattern").to_string();
        assert!(error.contains("plaid") && error.contains("moving-box"), "{error}");
    }

    #[test]
    fn errors_of_standard_input_and_addresses_say_what_to_do() {
        for (text, said) in [
            ("-", "standard input is not read"),
            ("https://example.invalid/x.mp4", "addresses are not read"),
            ("rtsp://camera/1", "addresses are not read"),
            ("file://server/film.mp4", "addresses are not read"),
        ] {
            let error = text.parse::<Source>().expect_err(text).to_string();
            assert!(error.contains(said) && error.contains("file"), "{error}");
        }
        for file in ["./-", "./https://x", "a b://c", "C:\\film.mp4", "film:1.mp4"] {
            assert_eq!(
                file.parse::<Source>().map_err(|error| error.to_string()),
                Ok(Source::File(file.into()))
            );
        }
    }

    #[test]
    fn a_file_address_names_that_file() {
        assert_eq!(
            "file:///a%20film.mp4".parse::<Source>().map_err(|error| error.to_string()),
            Ok(Source::File("/a film.mp4".into()))
        );
    }

    #[test]
    fn a_pattern_has_the_size_in_its_name_which_omits_the_default_size() {
        let source = |text: &str| text.parse::<Source>().map_err(|error| error.to_string());
        assert_eq!(source("pattern:bars@40x30"), Ok(Source::Pattern(Pattern::Bars, Shape::new(40, 30))));
        assert_eq!(
            source("pattern:bars@1280x720").map(|source| source.to_string()),
            Ok("pattern:bars".into())
        );
        for size in ["", "40", "40x", "0x30", "40x-1", "40x30x20"] {
            let error = source(&format!("pattern:bars@{size}")).expect_err("no size");
            assert!(error.contains("1281x720"), "it shows how to write one: {error}");
        }
    }
}
