//! The media room against the `ffmpeg` program, which makes the clips and says what their frames are.

mod broken;
mod bytes;
mod clips;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod joints;
mod made;
mod memory;
mod packets;
mod pictures;
mod pieces;
mod refusals;
mod seeking;
mod slices;
mod sound;
mod sources;
mod trace;
mod units;
