//! Threads with priorities, a pool of buffers, and values that are kept.

pub mod pool;
pub mod recently_used;
pub mod threads;
