//! Buffers that are used again: a video's worth of frames passes through a handful of allocations.
//!
//! A [`Buffer`] goes back to its [`Pool`] when it is dropped, on whatever thread that happens. Its
//! contents are those of its last user until it is written.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// How many idle buffers a pool keeps, and their bytes; more are freed. Four of 2160p in `rgba32`, and none of a frame
/// of 64 million pixels, which has more than that.
const IDLE_BUFFERS: usize = 8;
const IDLE_BYTES: usize = 128 << 20;

/// Bytes more than asked for that a new buffer has room for: what a cipher pads a frame with.
const SPARE_BYTES: usize = 16;

/// A shelf of idle buffers, shared by all its clones.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// A buffer of `len` bytes whose contents are unspecified.
    #[must_use]
    pub fn take(&self, len: usize) -> Buffer {
        let mut bytes = {
            let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // The best fit, so that a thumbnail does not sit in the room of a frame.
            let fit = (0..idle.len())
                .filter(|&i| idle[i].capacity() >= len && idle[i].capacity() <= len.saturating_mul(2))
                .min_by_key(|&i| idle[i].capacity());
            match fit {
                Some(i) => idle.swap_remove(i),
                None => Vec::with_capacity(len.saturating_add(SPARE_BYTES)),
            }
        };
        bytes.resize(len, 0);
        Buffer { bytes: Bytes::Own(bytes), home: Some(self.clone()) }
    }
}

/// Bytes that go back to their [`Pool`] when dropped.
#[derive(Default)]
pub struct Buffer {
    bytes: Bytes,
    home: Option<Pool>,
}

/// Whose bytes a buffer holds.
enum Bytes {
    Own(Vec<u8>),
    /// Those of somebody who has buffers of his own; they go back to him.
    Lent(Box<dyn AsRef<[u8]> + Send + Sync>),
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Buffer {
    /// Bytes that stay where they are: they belong to `lender`, which is dropped with the buffer.
    #[must_use]
    pub fn lent(lender: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self { bytes: Bytes::Lent(Box::new(lender)), home: None }
    }

    /// The vector within, for callers that grow it; a copy where the bytes are lent.
    pub fn vec_mut(&mut self) -> &mut Vec<u8> {
        if let Bytes::Lent(lender) = &self.bytes {
            self.bytes = Bytes::Own((**lender).as_ref().to_vec());
        }
        match &mut self.bytes {
            Bytes::Own(bytes) => bytes,
            Bytes::Lent(_) => unreachable!("they were just copied"),
        }
    }
}

impl From<Vec<u8>> for Buffer {
    /// A buffer that belongs to no pool and is freed when dropped.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: Bytes::Own(bytes), home: None }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Own(bytes) => bytes,
            Bytes::Lent(lender) => (**lender).as_ref(),
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.vec_mut()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} bytes)", self.len())
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(Pool(home)) = self.home.take() {
            let bytes = std::mem::take(self.vec_mut());
            let mut idle = home.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(bytes);
            let is_over = |idle: &[Vec<u8>]| {
                idle.len() > IDLE_BUFFERS || idle.iter().map(Vec::capacity).sum::<usize>() > IDLE_BYTES
            };
            while is_over(&idle) {
                // The oldest is the least likely to have the size in use now.
                idle.remove(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Lender(Arc<Vec<u8>>);

    impl AsRef<[u8]> for Lender {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    #[test]
    fn a_dropped_buffer_is_used_again() {
        let pool = Pool::default();
        let first = pool.take(1000);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(pool.take(1000).as_ptr(), address);
    }

    #[test]
    fn lent_bytes_are_read_where_they_are_and_never_written() {
        let lender = Arc::new(vec![1, 2, 3]);
        let mut buffer = Buffer::lent(Lender(Arc::clone(&lender)));
        assert_eq!(buffer.as_ptr(), lender.as_ptr());
        buffer[0] = 9;
        assert_eq!((&buffer[..], &lender[..]), (&[9, 2, 3][..], &[1, 2, 3][..]));
        assert_eq!(Arc::strong_count(&lender), 1, "what was copied is given back");
    }

    #[test]
    fn a_pool_keeps_a_bounded_number_of_buffers() {
        let pool = Pool::default();
        let many: Vec<_> = (0..3 * IDLE_BUFFERS).map(|_| pool.take(64)).collect();
        drop(many);
        assert_eq!(pool.0.lock().map(|idle| idle.len()).ok(), Some(IDLE_BUFFERS));
    }

    #[test]
    fn a_pool_keeps_a_bounded_number_of_bytes() {
        let pool = Pool::default();
        // Nothing is written to them, so that they take no memory but addresses.
        let vector =
            |bytes: usize| Buffer { bytes: Bytes::Own(Vec::with_capacity(bytes)), home: Some(pool.clone()) };
        let idle = || pool.0.lock().map(|idle| idle.len()).ok();
        drop([0; 5].map(|_| vector(IDLE_BYTES / 3)));
        assert_eq!(idle(), Some(3));
        drop(vector(IDLE_BYTES + 1));
        assert_eq!(idle(), Some(0), "one that is too large goes, after those before it");
    }
}
