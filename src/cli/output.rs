//! Output that appears whole or not at all, on standard output or in a file.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use anyhow::Context;

use super::values::Target;
use crate::export::WholeFile;

/// A target that is being written. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
    name: String,
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<io::Stdout>),
    File(WholeFile),
}

impl Output {
    /// Starts writing to a target.
    ///
    /// # Errors
    /// Names the file and what to do where it cannot be written.
    pub fn create(target: &Target) -> anyhow::Result<Self> {
        let sink = match target {
            Target::Stdout => Ok(Sink::Stdout(BufWriter::new(io::stdout()))),
            Target::File(path) => WholeFile::create(path).map(Sink::File),
        };
        let sink = sink.with_context(|| {
            format!(
                "cannot write here; name a file in a folder that exists and that you may write to: {target}"
            )
        })?;
        Ok(Self { sink, name: target.to_string() })
    }

    /// Makes the output appear under its name.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file not be renamed.
    pub fn finish(self) -> anyhow::Result<()> {
        let whole = match self.sink {
            Sink::Stdout(mut out) => out.flush(),
            Sink::File(file) => file.finish(),
        };
        whole.with_context(|| format!("cannot write {}", self.name))
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
