//! What work runs on: threads and their priority, and buffers that are used again.

pub mod pool;
pub mod threads;
