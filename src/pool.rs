//! Buffers that are used again: a video's worth of frames passes through a handful of allocations.
//!
//! A [`Buffer`] goes back to its [`Pool`] when it is dropped, on whatever thread that happens. Its
//! contents are those of its last user until it is written.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// How many idle buffers a pool keeps; more are freed.
const IDLE_BUFFERS: usize = 8;

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
                None => Vec::new(),
            }
        };
        bytes.resize(len, 0);
        Buffer { bytes, home: Some(self.clone()) }
    }
}

/// Bytes that go back to their [`Pool`] when dropped.
#[derive(Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    home: Option<Pool>,
}

impl Buffer {
    /// The vector within, for callers that grow it.
    pub fn vec_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl From<Vec<u8>> for Buffer {
    /// A buffer that belongs to no pool and is freed when dropped.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, home: None }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} bytes)", self.bytes.len())
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(Pool(home)) = self.home.take() {
            let mut idle = home.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() == IDLE_BUFFERS {
                // The oldest is the least likely to have the size in use now.
                idle.remove(0);
            }
            idle.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_buffer_is_used_again() {
        let pool = Pool::default();
        let first = pool.take(1000);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(pool.take(1000).as_ptr(), address);
    }

    #[test]
    fn a_pool_keeps_a_bounded_number_of_buffers() {
        let pool = Pool::default();
        let many: Vec<_> = (0..3 * IDLE_BUFFERS).map(|_| pool.take(64)).collect();
        drop(many);
        assert_eq!(pool.0.lock().map(|idle| idle.len()).ok(), Some(IDLE_BUFFERS));
    }
}
