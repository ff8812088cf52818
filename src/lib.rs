//! Afterimage shows what survives encryption.

pub mod frame;
pub mod layout;
pub mod media;
pub mod pool;
pub mod units;
