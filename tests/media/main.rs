//! `afterimage::media` against the `ffmpeg` program, which makes the clips and states what their frames are.

mod broken;
mod bytes;
mod clips;
mod encoding;
#[path = "../common/excerpt.rs"]
mod excerpt;
#[path = "../common/ffmpeg.rs"]
mod ffmpeg;
mod joints;
mod made;
mod memory;
mod packets;
mod pictures;
mod pieces;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/reading.rs"]
mod reading;
mod refusals;
mod seeking;
mod slices;
mod sound;
mod sources;
mod svc;
mod trace;
mod units;
