//! Buffers that are reused, so that all frames of a video share a few allocations.
//!
//! A [`Buffer`] returns to its [`Pool`] when it is dropped, on any thread. A new buffer has unspecified contents.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Upper bound of the idle buffers that a pool keeps; others are freed.
const IDLE_BUFFERS: usize = 8;

/// Upper bound of their bytes: four buffers of 2160p in `rgba32`, none for a frame of 64 million pixels.
const IDLE_BYTES: usize = 128 << 20;

/// Extra capacity of a new buffer, for the padding of a cipher.
const SPARE_BYTES: usize = 16;

/// Idle buffers, shared by all clones of the pool.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// A buffer of `len` bytes whose contents are unspecified.
    #[must_use]
    pub fn take(&self, len: usize) -> Buffer {
        let mut bytes = {
            let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // The best fit, so that a thumbnail does not take the buffer of a frame.
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

/// Bytes that return to their [`Pool`] when dropped.
#[derive(Default)]
pub struct Buffer {
    bytes: Bytes,
    home: Option<Pool>,
}

/// The owner of a buffer's bytes.
enum Bytes {
    Own(Vec<u8>),
    /// Bytes of a lender, such as a decoder with its own buffers; dropping the lender returns them.
    Lent(Box<dyn AsRef<[u8]> + Send + Sync>),
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Buffer {
    /// A buffer of bytes that are not copied: they belong to `lender`, which is dropped with the buffer.
    #[must_use]
    pub fn lent(lender: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self { bytes: Bytes::Lent(Box::new(lender)), home: None }
    }

    /// The vector, for callers that change its length; lent bytes are copied first.
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
                // The oldest buffer is the least likely to have the size in use now.
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
    fn a_dropped_buffer_is_reused() {
        let pool = Pool::default();
        let first = pool.take(1000);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(pool.take(1000).as_ptr(), address);
    }

    #[test]
    fn lent_bytes_are_read_in_place_and_copied_before_a_write() {
        let lender = Arc::new(vec![1, 2, 3]);
        let mut buffer = Buffer::lent(Lender(Arc::clone(&lender)));
        assert_eq!(buffer.as_ptr(), lender.as_ptr());
        buffer[0] = 9;
        assert_eq!((&buffer[..], &lender[..]), (&[9, 2, 3][..], &[1, 2, 3][..]));
        assert_eq!(Arc::strong_count(&lender), 1, "the lender is dropped after the copy");
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
        // The bytes are never written, so that they take addresses but no memory.
        let vector =
            |bytes: usize| Buffer { bytes: Bytes::Own(Vec::with_capacity(bytes)), home: Some(pool.clone()) };
        let idle = || pool.0.lock().map(|idle| idle.len()).ok();
        drop([0; 5].map(|_| vector(IDLE_BYTES / 3)));
        assert_eq!(idle(), Some(3));
        drop(vector(IDLE_BYTES + 1));
        assert_eq!(idle(), Some(0), "a buffer larger than the bound is freed, after the older ones");
    }
}
