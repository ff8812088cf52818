//! Output that appears completely or not at all, on standard output or in a file.

use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};

use super::args::arg_types::Target;
use super::args::files;
use super::failure::is_closed_pipe;
use crate::export::{AtomicFile, WriteOptions};

/// A target that is being written. If it is dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
    target: Target,
    /// True if the reader of a pipe closed it.
    is_closed: bool,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<io::Stdout>),
    File(AtomicFile),
}

impl Output {
    /// Starts writing to a target; `write_options` has the options for a file.
    ///
    /// # Errors
    /// A message with the file and the fix, if it cannot be written.
    pub fn create(target: &Target, write_options: WriteOptions) -> anyhow::Result<Self> {
        let sink = match target {
            Target::Stdout => Ok(Sink::Stdout(BufWriter::new(io::stdout()))),
            Target::File(path) => AtomicFile::create_with(path, write_options).map(Sink::File),
        };
        let sink = sink.map_err(|error| {
            let fix = "cannot write here; name a file in a folder that exists and that you may write to:";
            unwritable(error, fix, target)
        })?;
        Ok(Self { sink, target: target.clone(), is_closed: false })
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
        let sink = Sink::Stdout(BufWriter::new(io::stdout()));
        Self { sink, target: Target::Stdout, is_closed: false }
    }

    /// True if written bytes can be changed.
    #[must_use]
    pub const fn is_seekable(&self) -> bool {
        match &self.sink {
            Sink::Stdout(_) => false,
            Sink::File(file) => file.is_seekable(),
        }
    }

    /// Calls `write` on the output. It is no error if the reader of a pipe closes it, so that the other outputs of a
    /// command are still written.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn fill(mut self, write: impl FnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<Self> {
        match write(&mut self).and_then(|()| Ok(self.flush()?)) {
            Err(error) if is_closed_pipe(&error) => self.is_closed = true,
            written => written?,
        }
        Ok(self)
    }

    /// Gives the output its name.
    ///
    /// # Errors
    /// If the last bytes cannot be written, or the file cannot be renamed.
    pub fn finish(self) -> anyhow::Result<()> {
        let whole = match self.sink {
            // The pipe is closed: nothing would read the rest of the buffer.
            _ if self.is_closed => Ok(()),
            Sink::Stdout(mut out) => out.flush(),
            Sink::File(file) => file.finish(),
        };
        whole.map_err(|error| unwritable(error, "cannot write", &self.target))
    }
}

/// The system's error, or the message that the file exists and must not be replaced.
fn unwritable(error: io::Error, what: &str, target: &Target) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AlreadyExists => anyhow::anyhow!(files::exists(target)),
        _ => anyhow::Error::from(error).context(format!("{what} {target}")),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(out) => out.write(bytes),
            Sink::File(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(out) => out.flush(),
            Sink::File(out) => out.flush(),
        }
    }
}

impl Seek for Output {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.sink {
            Sink::Stdout(_) => Err(io::ErrorKind::NotSeekable.into()),
            Sink::File(out) => out.seek(to),
        }
    }
}
