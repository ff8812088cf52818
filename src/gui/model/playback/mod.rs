//! How the video is played: speed, looping, and steps that wait for an earlier one.

pub mod goto;
pub(crate) mod loop_range;

use goto::GotoForm;
use loop_range::LoopRange;

/// The playback speeds that the window offers, in seconds of video per second.
pub const SPEEDS: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0];

/// How the video is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Seconds of video per second; one of [`SPEEDS`].
    pub speed: f64,
    /// Start again after the end.
    pub looped: bool,
    /// Steps that were requested while another step was being shown. They are made as one jump, so that while a key
    /// is held down every frame that is shown is further on, however long each takes.
    pub owed: Steps,
    /// The part of the video that is played again and again.
    pub range: LoopRange,
    /// The frame or time to go to, while it is typed.
    pub goto: Option<GotoForm>,
}

impl Default for Playback {
    fn default() -> Self {
        Self { speed: 1.0, looped: true, owed: Steps::default(), range: LoopRange::default(), goto: None }
    }
}

/// What a user asks of the playback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Play, or pause.
    Toggle,
    /// Pause.
    Pause,
    /// Play forwards; if the video plays forwards already, play faster.
    Forwards,
    /// Play backwards, or faster where it does so already.
    Backwards,
    /// Pause, and show the next frame.
    StepForward,
    /// Pause, and show the frame before.
    StepBack,
    /// Make the steps that were requested during another step.
    CatchUp,
    /// Go that many seconds forwards, or back if negative.
    SkipSecs(f64),
    /// Show the frame at this time, in seconds.
    SeekSecs(f64),
    /// Show the first frame.
    First,
    /// Show the last frame.
    Last,
    /// Start the loop at the frame shown.
    StartRange,
    /// End the loop with the frame shown.
    EndRange,
    /// Loop over everything.
    ClearRange,
    /// Play the range again from its start.
    RestartRange,
    /// Start again after the end, or not.
    ToggleLoop,
    /// Play at this speed.
    SetSpeed(f64),
    /// Play at the next higher speed.
    Faster,
    /// Play at the next lower speed.
    Slower,
}

/// Steps not yet made; forwards, or back if negative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Steps {
    /// Single frames.
    pub frames: i64,
    /// Seconds.
    pub secs: f64,
}
