//! Output that is held back until it is complete, for formats whose parts are useless.

use std::io::{self, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

/// The most bytes that are held in memory; more are held in a temporary file.
const IN_MEMORY: usize = 1 << 20;

/// Passes bytes on as they come, or all at once when [`release`](Self::release) is called.
#[derive(Debug)]
pub struct DelayedOutput<W> {
    out: W,
    held: Option<SpooledTempFile>,
}

impl<W: Write> DelayedOutput<W> {
    /// Passes bytes on as they come.
    pub const fn passed_on(out: W) -> Self {
        Self { out, held: None }
    }

    /// Holds bytes back. If it is dropped before it is released, it passes none on.
    pub fn held_back(out: W) -> Self {
        Self { out, held: Some(SpooledTempFile::new(IN_MEMORY)) }
    }

    /// Passes on the held bytes, and returns the output.
    ///
    /// # Errors
    /// If they cannot be read again or written.
    pub fn release(mut self) -> io::Result<W> {
        if let Some(mut held) = self.held.take() {
            held.seek(SeekFrom::Start(0))?;
            io::copy(&mut held, &mut self.out)?;
        }
        Ok(self.out)
    }
}

impl<W: Write> Write for DelayedOutput<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.held {
            Some(held) => held.flush(),
            None => self.out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_passed_on_before_the_release() {
        let mut out = Vec::new();
        let mut held = DelayedOutput::held_back(&mut out);
        held.write_all(b"half").expect("memory");
        drop(held);
        assert!(out.is_empty());

        let long = vec![7; IN_MEMORY + 3];
        let mut held = DelayedOutput::held_back(&mut out);
        held.write_all(&long).expect("a temporary file");
        held.release().expect("it is read again");
        assert_eq!(out, long);

        let mut passed = DelayedOutput::passed_on(Vec::new());
        passed.write_all(b"a line").expect("memory");
        assert_eq!(passed.out, b"a line");
    }
}
