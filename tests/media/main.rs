//! The media room against the `ffmpeg` program, which makes the clips and says what their frames are.

mod bytes;
mod clips;
mod joints;
mod memory;
mod packets;
mod pictures;
mod refusals;
mod seeking;
mod sources;
