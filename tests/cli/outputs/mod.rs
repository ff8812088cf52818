//! The files that commands write: figures, posters and clips, and how files, pipes and descriptors are written.

mod clip;
pub mod figure;
mod files;
mod gif;
mod matrix;
mod origin;
#[cfg(unix)]
mod parts;
#[cfg(unix)]
pub mod stopped;
#[cfg(target_os = "linux")]
mod streams;
