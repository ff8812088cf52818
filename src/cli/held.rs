//! Output that is held back until it is whole, for formats of which a part is worth nothing.

use std::io::{self, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

/// Bytes that are held in memory; more are held in a temporary file.
const IN_MEMORY: usize = 1 << 20;

/// Passes bytes on: as they come, or all of them once [`release`](Self::release) is called.
#[derive(Debug)]
pub struct Held<W> {
    out: W,
    held: Option<SpooledTempFile>,
}

impl<W: Write> Held<W> {
    /// Passes bytes on as they come.
    pub const fn passed_on(out: W) -> Self {
        Self { out, held: None }
    }

    /// Holds bytes back. Dropped before it is released, it passes none on.
    pub fn held_back(out: W) -> Self {
        Self { out, held: Some(SpooledTempFile::new(IN_MEMORY)) }
    }

    /// Passes on what is held and returns where it went.
    ///
    /// # Errors
    /// When it cannot be read again or not be written.
    pub fn release(mut self) -> io::Result<W> {
        if let Some(mut held) = self.held.take() {
            held.seek(SeekFrom::Start(0))?;
            io::copy(&mut held, &mut self.out)?;
        }
        Ok(self.out)
    }
}

impl<W: Write> Write for Held<W> {
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
    fn nothing_is_passed_on_before_all_of_it() {
        let mut out = Vec::new();
        let mut held = Held::held_back(&mut out);
        held.write_all(b"half").expect("memory");
        drop(held);
        assert!(out.is_empty());

        let long = vec![7; IN_MEMORY + 3];
        let mut held = Held::held_back(&mut out);
        held.write_all(&long).expect("a temporary file");
        held.release().expect("it is read again");
        assert_eq!(out, long);

        let mut passed = Held::passed_on(Vec::new());
        passed.write_all(b"a line").expect("memory");
        assert_eq!(passed.out, b"a line");
    }
}
