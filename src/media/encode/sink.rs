//! The output of a muxer, which keeps the error of a failed write.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ffmpeg_next::format::context::{Output, StreamIo};
use ffmpeg_next::{Error, format};

use super::container::Container;
use super::error::EncodeError;
use super::gif_comment::Comment;
use crate::media::ffi;

/// The output of a muxer. Shared, so that `out` can be returned, and its error is known.
pub(in crate::media) struct OutputSink<W>(Arc<Mutex<Shared<W>>>);

struct Shared<W> {
    out: Option<W>,
    /// Inserted into a GIF, since FFmpeg writes no comments there.
    comment: Option<Comment>,
    /// The first error of `out`; the muxer keeps only its number.
    error: Option<io::Error>,
}

impl<W> OutputSink<W> {
    pub(in crate::media) fn of(out: W, comment: Option<String>) -> Self {
        Self(Arc::new(Mutex::new(Shared { out: Some(out), comment: comment.map(Comment::new), error: None })))
    }

    fn shared(&self) -> MutexGuard<'_, Shared<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error of `out` if it has one, else FFmpeg's.
    pub(in crate::media) fn failed(&self, error: Error) -> EncodeError {
        match self.shared().error.take() {
            Some(error) => EncodeError::Write(error),
            None => EncodeError::Encode(ffi::reason(error)),
        }
    }

    /// Calls a function on `out`, and keeps its error.
    fn with<T>(&self, what: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        let mut shared = self.shared();
        let Shared { out: Some(out), error, .. } = &mut *shared else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        what(out).inspect_err(|new| {
            if error.is_none() {
                *error =
                    Some(new.raw_os_error().map_or_else(|| new.kind().into(), io::Error::from_raw_os_error));
            }
        })
    }

    pub(in crate::media) fn close(self) -> Result<W, EncodeError> {
        let Shared { out, error, .. } = &mut *self.shared();
        match (error.take(), out.take()) {
            (Some(error), _) => Err(EncodeError::Write(error)),
            (None, Some(out)) => Ok(out),
            (None, None) => Err(EncodeError::Write(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl<W: Write + Seek + Send + 'static> OutputSink<W> {
    /// A muxer that writes to this sink.
    pub(in crate::media) fn output(&self, container: Container, is_seekable: bool) -> Result<Output, Error> {
        // An inserted comment shifts positions, which the muxer does not know, so it must not seek.
        self.output_as(container.muxer(), is_seekable && container != Container::Gif)
    }

    /// A muxer with this name that writes to this sink.
    pub(in crate::media) fn output_as(&self, muxer: &str, is_seekable: bool) -> Result<Output, Error> {
        let sink = Self(Arc::clone(&self.0));
        let io = if is_seekable { StreamIo::from_write_seek(sink)? } else { StreamIo::from_write(sink)? };
        format::output_to_stream(io, None, Some(muxer))
    }
}

impl<W: Write> Write for OutputSink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let with_comment = self.shared().comment.as_mut().map(|comment| comment.pass(bytes).into_owned());
        match with_comment {
            None => self.with(|out| out.write(bytes)),
            Some(all) => self.with(|out| out.write_all(&all)).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(Write::flush)
    }
}

impl<W: Seek> Seek for OutputSink<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.with(|out| out.seek(to))
    }
}
