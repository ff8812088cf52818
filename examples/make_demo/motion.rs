//! The time of the film: a frame number and curves over it.
//!
//! Every curve returns to its start after [`FRAME_COUNT`] frames, so the film
//! loops, and depends on nothing but the frame number, so it can be made again.

use std::f64::consts::TAU;

/// Frames a second.
pub const FRAMES_PER_SEC: u32 = 30;
/// Frames in the whole film: 12 seconds.
pub const FRAME_COUNT: u32 = 360;

/// A moment of the film.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The frame's number, from 0.
    pub frame: u32,
}

impl Moment {
    /// A sine that swings `cycles` times over the film, started `offset_turns` late.
    pub fn wave(self, cycles: u32, offset_turns: f64) -> f64 {
        let turns = f64::from(self.frame) / f64::from(FRAME_COUNT);
        (TAU * (turns * f64::from(cycles) - offset_turns)).sin()
    }

    /// 0 before `start_frame`, 1 once `length_frames` have passed, eased in between.
    pub fn rise(self, start_frame: u32, length_frames: u32) -> f64 {
        let passed = f64::from(self.frame) - f64::from(start_frame);
        let x = (passed / f64::from(length_frames)).clamp(0.0, 1.0);
        x * x * (3.0 - 2.0 * x)
    }

    /// Rises at `start_frame`, falls back before `end_frame`; `ramp_frames` for each.
    pub fn between(self, start_frame: u32, end_frame: u32, ramp_frames: u32) -> f64 {
        self.rise(start_frame, ramp_frames) - self.rise(end_frame - ramp_frames, ramp_frames)
    }

    /// Whole seconds since the film began.
    pub fn seconds(self) -> u32 {
        self.frame / FRAMES_PER_SEC
    }

    /// How far the eyes are open, 1 to 0, for blinks that start at the given frames.
    pub fn eyes_open(self, blink_starts: &[u32]) -> f64 {
        /// A blink falls faster than it lifts.
        const LID: [f64; 6] = [0.5, 0.0, 0.0, 0.2, 0.6, 0.9];
        blink_starts
            .iter()
            .filter_map(|start| self.frame.checked_sub(*start))
            .find_map(|age| LID.get(usize::try_from(age).ok()?).copied())
            .unwrap_or(1.0)
    }
}
