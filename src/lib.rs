//! Afterimage shows what survives encryption.

pub mod crypto;
pub mod frame;
pub mod gui;
pub mod layout;
pub mod leak;
pub mod lens;
pub mod media;
pub mod pipeline;
pub mod pool;
pub mod scene;
pub mod units;
