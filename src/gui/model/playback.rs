//! How the video is played: speed, looping, and steps that wait for an earlier one.

use super::loop_range::LoopRange;

/// The playback speeds on offer, in seconds of video a second.
pub const SPEEDS: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0];

/// How the video is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playback {
    /// Seconds of video a second; one of [`SPEEDS`].
    pub speed: f64,
    /// Start again after the end.
    pub looped: bool,
    /// Steps asked for while another was under way: one jump makes up for all of them, so that holding a key
    /// down moves on with every picture, however long one takes.
    pub owed: Steps,
    /// The part of the video that is played again and again.
    pub range: LoopRange,
}

/// Steps not yet made; forwards, or back if negative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Steps {
    /// Single frames.
    pub frames: i64,
    /// Seconds.
    pub secs: f64,
}
