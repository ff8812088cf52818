//! The bytes of a source: of a file on this machine, or bundled with the program.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ffmpeg_next::format::context::StreamIo;

use super::capture::{self, CapturedStream, TransmittedAs};
use super::encoding::file::EncodedFile;
use super::encryption::content_key::ContentKey;
use super::error::MediaError;
use super::files::regular;
use super::rtp::ReceivedBytes;
use super::source::{KeyedFile, Source};

/// The bundled video call.
static DEMO: &[u8] = include_bytes!("../../assets/demo.mp4");
/// The bundled piece of a film: two seconds of *Big Buck Bunny*, © 2008 Blender Foundation, CC BY 3.0, from 43.8 s of its
/// trailer, encoded anew (libx264, preset veryslow, CRF 20).
static DEMO_FILM: &[u8] = include_bytes!("../../assets/film.mp4");
/// The bundled still picture.
static DEMO_STILL: &[u8] = crate::picture::drawing::PENGUIN;

/// The bundled still picture as BMP, 24 bits a pixel: a header of 54 bytes, then rows from the last to the first.
fn demo_bitmap() -> Result<&'static [u8], MediaError> {
    static BITMAP: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let bitmap = BITMAP.get_or_init(|| {
        let rgb = image::load_from_memory(DEMO_STILL).ok()?.into_rgb8();
        let mut file = Cursor::new(Vec::new());
        rgb.write_to(&mut file, image::ImageFormat::Bmp).ok()?;
        Some(file.into_inner())
    });
    bitmap.as_deref().ok_or(MediaError::NoSource)
}

/// How many bytes libavformat requests at once. More than its default, to read a file in few system calls.
const READ_BYTES: usize = 128 * 1024;

/// Bytes that can be read from any position.
pub(super) trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// Bytes with a name, which can be opened again and again.
#[derive(Debug)]
pub(super) struct Origin {
    name: String,
    bytes: Held,
    /// The key for the samples of an encrypted file, if one was given.
    content_key: Option<ContentKey>,
    /// What a stream of a capture is whose packets are as they were transmitted.
    transmitted: Option<Arc<TransmittedAs>>,
    /// What went wrong when the bytes were made, in sentences.
    problems: Vec<String>,
}

#[derive(Debug)]
enum Held {
    File { path: PathBuf, file: Arc<File> },
    Bundled(&'static [u8]),
    Memory(Arc<[u8]>),
    Encoded(EncodedBytes),
    Received(ReceivedBytes),
}

/// The bytes of an encoded source.
#[derive(Clone, Debug)]
struct EncodedBytes(Arc<EncodedFile>);

impl AsRef<[u8]> for EncodedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Origin {
    /// The bytes of a source. Generated sources have none.
    pub(super) fn of(source: &Source) -> Result<Self, MediaError> {
        match source {
            Source::Demo => Ok(Self::bundled("demo", DEMO)),
            Source::DemoFilm => Ok(Self::bundled("demo:film", DEMO_FILM)),
            Source::DemoStill => Ok(Self::bundled("demo:still", DEMO_STILL)),
            Source::DemoBitmap => Ok(Self::bundled("demo:bmp", demo_bitmap()?)),
            Source::File(path) if capture::is_capture(path) => {
                Self::of_capture(&CapturedStream::of(path.clone()))
            }
            Source::File(path) | Source::Keyed(KeyedFile { path, .. }) => {
                Ok(Self { content_key: source.content_key().cloned(), ..Self::file(path)? })
            }
            Source::Capture(captured) => Self::of_capture(captured),
            Source::Simulated(simulated) => Ok(Self::of_opened(&*simulated.opened()?)),
            Source::Stream(stream) => Self::of(&stream.file),
            Source::Encoded(encoded) => {
                let bytes = Held::Encoded(EncodedBytes(Arc::clone(encoded.file())));
                Ok(Self {
                    name: encoded.to_string(),
                    bytes,
                    content_key: None,
                    transmitted: None,
                    problems: Vec::new(),
                })
            }
            Source::Received(received) => {
                let bytes = Held::Received(received.bytes());
                Ok(Self {
                    name: received.to_string(),
                    bytes,
                    content_key: None,
                    transmitted: None,
                    problems: Vec::new(),
                })
            }
            Source::Pattern(..) | Source::Canvas(_) => Err(MediaError::NoSource),
        }
    }

    /// A stream of a capture, opened.
    fn of_capture(captured: &CapturedStream) -> Result<Self, MediaError> {
        Ok(Self::of_opened(&*capture::opened(captured)?))
    }

    /// A stream of packets, opened.
    fn of_opened(opened: &capture::Opened) -> Self {
        let (bytes, transmitted) = match &opened.bytes {
            capture::Bytes::Media(bytes) => (Held::Received(bytes.clone()), None),
            capture::Bytes::Transmitted(bytes, transmitted) => {
                (Held::Memory(Arc::clone(bytes)), Some(Arc::clone(transmitted)))
            }
        };
        let (name, problems) = (opened.name.clone(), opened.problems.clone());
        Self { name, bytes, content_key: None, transmitted, problems }
    }

    /// A file, which must not be empty.
    pub(super) fn file(path: &Path) -> Result<Self, MediaError> {
        let file = regular::open(path)?;
        let bytes = Held::File { path: path.to_owned(), file: Arc::new(file) };
        Ok(Self {
            name: path.display().to_string(),
            bytes,
            content_key: None,
            transmitted: None,
            problems: Vec::new(),
        })
    }

    /// Bytes that are bundled with the program.
    pub(super) fn bundled(name: &str, bytes: &'static [u8]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: Held::Bundled(bytes),
            content_key: None,
            transmitted: None,
            problems: Vec::new(),
        }
    }

    /// Bytes in memory.
    pub(super) fn memory(name: &str, bytes: &Arc<[u8]>) -> Self {
        Self {
            name: name.to_owned(),
            bytes: Held::Memory(Arc::clone(bytes)),
            content_key: None,
            transmitted: None,
            problems: Vec::new(),
        }
    }

    /// The name for messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The key for the samples of an encrypted file, if one was given.
    pub(super) const fn content_key(&self) -> Option<&ContentKey> {
        self.content_key.as_ref()
    }

    /// What a stream of a capture is whose packets are as they were transmitted; `None` for all other bytes.
    pub(super) fn transmitted(&self) -> Option<&TransmittedAs> {
        self.transmitted.as_deref()
    }

    /// What went wrong when the bytes were made, in sentences.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// A reader of the bytes from their start, for FFmpeg.
    pub(super) fn io(&self) -> Result<StreamIo, MediaError> {
        match &self.bytes {
            Held::Bundled(bytes) => StreamIo::from_read_seek_with_capacity(Cursor::new(*bytes), READ_BYTES),
            Held::Memory(bytes) => {
                StreamIo::from_read_seek_with_capacity(Cursor::new(Arc::clone(bytes)), READ_BYTES)
            }
            Held::Encoded(bytes) => {
                StreamIo::from_read_seek_with_capacity(Cursor::new(bytes.clone()), READ_BYTES)
            }
            Held::Received(bytes) => {
                StreamIo::from_read_seek_with_capacity(Cursor::new(bytes.clone()), READ_BYTES)
            }
            Held::File { file, .. } => {
                let reading = Reading { file: Arc::clone(file), offset_bytes: 0 };
                StreamIo::from_read_seek_with_capacity(reading, READ_BYTES)
            }
        }
        .map_err(|error| MediaError::Decode { name: self.name.clone(), reason: error.to_string() })
    }

    /// A reader of the bytes from their start.
    pub(super) fn bytes(&self) -> Box<dyn Bytes> {
        match &self.bytes {
            Held::Bundled(bytes) => Box::new(Cursor::new(*bytes)),
            Held::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Held::Encoded(bytes) => Box::new(Cursor::new(bytes.clone())),
            Held::Received(bytes) => Box::new(Cursor::new(bytes.clone())),
            Held::File { file, .. } => Box::new(Reading { file: Arc::clone(file), offset_bytes: 0 }),
        }
    }

    /// All bytes; `None` if there are more than `most` bytes.
    pub(super) fn read_whole(&self, most: u64) -> Result<Option<Vec<u8>>, MediaError> {
        let bytes = self.read(most + 1)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    }

    /// The first bytes, up to `most`.
    pub(super) fn read(&self, most: u64) -> Result<Vec<u8>, MediaError> {
        let first =
            |bytes: &[u8]| bytes[..usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len())].to_vec();
        match &self.bytes {
            Held::Bundled(bytes) => Ok(first(bytes)),
            Held::Memory(bytes) => Ok(first(bytes)),
            Held::Encoded(bytes) => Ok(first(bytes.as_ref())),
            Held::Received(bytes) => Ok(first(bytes.as_ref())),
            Held::File { file, .. } => {
                let mut bytes = Vec::new();
                let reading = Reading { file: Arc::clone(file), offset_bytes: 0 };
                reading.take(most).read_to_end(&mut bytes).map_err(|error| self.unreadable(error))?;
                Ok(bytes)
            }
        }
    }

    /// The error of a failed read.
    pub(super) fn unreadable(&self, source: io::Error) -> MediaError {
        let path = match &self.bytes {
            Held::File { path, .. } => path.clone(),
            Held::Bundled(_) | Held::Memory(_) | Held::Encoded(_) | Held::Received(_) => {
                PathBuf::from(&self.name)
            }
        };
        MediaError::Unreadable { path, source }
    }
}

/// A reader with its own position in a shared file. It keeps the same file even if its name is given to another one.
struct Reading {
    file: Arc<File>,
    offset_bytes: u64,
}

impl Read for Reading {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.offset_bytes))?;
        let count = file.read(to)?;
        self.offset_bytes += count as u64;
        Ok(count)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut file = &*self.file;
        // Relative to this reader's position, not to the shared file's.
        file.seek(SeekFrom::Start(self.offset_bytes))?;
        self.offset_bytes = file.seek(to)?;
        Ok(self.offset_bytes)
    }
}
