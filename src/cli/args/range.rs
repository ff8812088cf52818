//! The choice of frames: one, or a range.

use clap::Args;

use crate::cli::failure::Failure;
use crate::render::Range;
use crate::units::{FrameIndex, FrameList, Time};

/// One frame.
#[derive(Args, Clone, Copy, Debug)]
pub struct FrameArgs {
    /// The frame with this number, counted from 0; past the last one is an error
    #[arg(long, value_name = "N")]
    frame: Option<u64>,
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "frame",
        help = "The last frame at or before this time: 12.5 or [HH:]MM:SS[.sss], counted from \
            frame 0; past the end is an error"
    )]
    at: Option<Time>,
}

impl FrameArgs {
    /// The frame that the options name, else the frame of the scene, else frame 0.
    #[must_use]
    pub fn or(self, scene: Option<FrameIndex>) -> Range<'static> {
        self.range().unwrap_or(Range::frame(scene.unwrap_or_default()))
    }

    /// True if no option names a frame.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.frame.is_none() && self.at.is_none()
    }

    /// True if an option names a frame after the first.
    #[must_use]
    pub fn is_after_first(self) -> bool {
        self.frame.is_some_and(|number| number > 0) || self.at.is_some_and(|Time(secs)| secs > 0.0)
    }

    fn range(self) -> Option<Range<'static>> {
        let frame = self.frame.map(|number| Range::frame(FrameIndex(number)));
        frame.or(self.at.map(|Time(secs)| Range::at(secs)))
    }
}

/// One frame, a range, or all frames.
#[derive(Args, Clone, Debug)]
pub struct RangeArgs {
    #[command(flatten)]
    one: FrameArgs,
    /// A range of frames by their numbers, both ends included, such as 0-99; 100- goes to the end; 3,7,20-25 is a
    /// list, sorted and without duplicates
    #[arg(long, value_name = "FRAMES", conflicts_with_all = ["frame", "at"])]
    frames: Option<FrameList>,
    /// Start with the last frame at or before this time; past the end is an error
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    from: Option<Time>,
    /// End with the last frame at or before this time; past the end is an error
    #[arg(long, value_name = "TIME", conflicts_with_all = ["frame", "at", "frames"])]
    to: Option<Time>,
}

impl RangeArgs {
    /// The range that the options name, else all frames.
    ///
    /// # Errors
    /// If the end is before the start.
    pub fn or_all(&self) -> Result<Range<'_>, Failure> {
        let Self { one, frames, from, to } = self;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Failure::Usage("--to is before --from; give the earlier time to --from".into()));
        }
        let frames = frames.as_ref().map(Range::List);
        let times = (from.is_some() || to.is_some())
            .then(|| Range::Times(from.map_or(0.0, |Time(secs)| secs), to.map(|Time(secs)| secs)));
        Ok(one.range().or(frames).or(times).unwrap_or(Range::All))
    }
}
