//! Bytes of a reader through one buffer, which is refilled.

use std::io::{ErrorKind, Read};

use super::{CaptureError, MOST_BLOCK_BYTES};

/// Bytes of the buffer: a record always fits, and reads are long.
const BUFFER_BYTES: usize = 2 * MOST_BLOCK_BYTES;

/// The bytes of a file in order.
pub(super) struct Source<R> {
    reader: R,
    buffer: Box<[u8]>,
    /// The bytes of the buffer that are read and not consumed.
    start: usize,
    end: usize,
    /// Where the first of them is in the file.
    offset: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER_BYTES].into_boxed_slice(), start: 0, end: 0, offset: 0 }
    }

    /// Bytes consumed so far.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// True if the file has at least `count` more bytes. They are then in the buffer. `count` is at most
    /// [`MOST_BLOCK_BYTES`].
    #[inline]
    pub(super) fn has(&mut self, count: usize) -> Result<bool, CaptureError> {
        if self.end - self.start >= count { Ok(true) } else { self.fill(count) }
    }

    #[cold]
    fn fill(&mut self, count: usize) -> Result<bool, CaptureError> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < count {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.end += read.min(self.buffer.len() - self.end),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(CaptureError::Io { offset: self.offset + self.end as u64, source });
                }
            }
        }
        Ok(true)
    }

    /// The next bytes in the buffer, at most `count`. All of them if [`has`](Self::has) said so.
    #[inline]
    pub(super) fn peek(&self, count: usize) -> &[u8] {
        &self.buffer[self.start..self.end.min(self.start.saturating_add(count))]
    }

    /// The next bytes, which are there, as an array.
    #[inline]
    pub(super) fn array<const N: usize>(&self) -> [u8; N] {
        self.peek(N).first_chunk().copied().unwrap_or([0; N])
    }

    /// Consumes bytes that are in the buffer and returns them.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let start = self.start;
        self.start = self.end.min(start.saturating_add(count));
        self.offset += (self.start - start) as u64;
        &self.buffer[start..self.start]
    }

    /// Skips bytes without holding them. False if the file ends before.
    pub(super) fn skip(&mut self, mut count: u64) -> Result<bool, CaptureError> {
        loop {
            let here = usize::try_from(count).unwrap_or(usize::MAX).min(self.end - self.start);
            self.take(here);
            count -= here as u64;
            if count == 0 {
                return Ok(true);
            }
            if !self.has(1)? {
                return Ok(false);
            }
        }
    }
}
