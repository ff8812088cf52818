//! The made-up video of the tests, so that only the tests of real files depend on a decoder.

use afterimage::picture::Shape;

use crate::fake_opener::{Contents, FakeVideo, Gate};

/// Frames in the video.
pub const FRAMES: u64 = 90;

/// Three seconds of a moving disc. The gate at frames holds the scan of the video, the gate at opening the thread that
/// opens a source to show or to save it.
pub fn fake_video() -> FakeVideo {
    FakeVideo {
        frames_per_second: 30.0,
        shape: Shape::new(320, 180),
        contents: Contents::MovingDisc,
        keyframe_interval: Some(15),
        states_duration: true,
        at_open: Gate::for_thread("decode"),
        at_frame: Gate::for_thread("video scan"),
        ..FakeVideo::of(FRAMES)
    }
}
