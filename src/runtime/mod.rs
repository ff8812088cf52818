//! Threads with priorities, and a pool of buffers.

pub mod pool;
pub mod threads;
