//! Where a muxer's bytes go, and what it was that refused them.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ffmpeg_next::format::context::{Output, StreamIo};
use ffmpeg_next::{Error, format};

use super::container::Container;
use super::error::EncodeError;
use super::gif_comment::Comment;
use crate::media::ffi;

/// Where the muxer's bytes go: shared, so that `out` can be had back, and what it refused is known.
pub(super) struct OutputSink<W>(Arc<Mutex<Shared<W>>>);

struct Shared<W> {
    out: Option<W>,
    /// Put into a GIF on the way: FFmpeg writes none.
    comment: Option<Comment>,
    /// The first error of `out`: the muxer keeps only its number.
    error: Option<io::Error>,
}

impl<W> OutputSink<W> {
    pub(super) fn of(out: W, comment: Option<String>) -> Self {
        Self(Arc::new(Mutex::new(Shared { out: Some(out), comment: comment.map(Comment::new), error: None })))
    }

    fn shared(&self) -> MutexGuard<'_, Shared<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `out` said, else what FFmpeg says.
    pub(super) fn failed(&self, error: Error) -> EncodeError {
        match self.shared().error.take() {
            Some(error) => EncodeError::Write(error),
            None => EncodeError::Encode(ffi::reason(error)),
        }
    }

    /// Does something with `out`, and remembers what it refuses.
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

    pub(super) fn close(self) -> Result<W, EncodeError> {
        let Shared { out, error, .. } = &mut *self.shared();
        match (error.take(), out.take()) {
            (Some(error), _) => Err(EncodeError::Write(error)),
            (None, Some(out)) => Ok(out),
            (None, None) => Err(EncodeError::Write(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl<W: Write + Seek + Send + 'static> OutputSink<W> {
    /// A muxer that writes here.
    pub(super) fn output(&self, container: Container, is_seekable: bool) -> Result<Output, Error> {
        let sink = Self(Arc::clone(&self.0));
        // With a comment in it, places in the file are others than the muxer knows.
        let is_seekable = is_seekable && container != Container::Gif;
        let io = if is_seekable { StreamIo::from_write_seek(sink)? } else { StreamIo::from_write(sink)? };
        format::output_to_stream(io, None, Some(container.muxer()))
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
