//! Sheets of a scene, rendered from its source.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::ops::ControlFlow;

use afterimage::batch;
use afterimage::render::{BatchError, Job, Range, Sheet};
use afterimage::scene::{Panel, Scene};
use afterimage::units::FrameIndex;

/// Panels by their names.
pub fn panels(names: &[&str]) -> Vec<Panel> {
    names.iter().map(|name| name.parse().expect("a panel")).collect()
}

/// Runs a job.
pub fn run(job: Job) -> Result<Vec<Sheet>, BatchError> {
    let mut sheets = Vec::new();
    batch::render(job, |sheet, _| {
        sheets.push(sheet);
        ControlFlow::Continue(())
    })?;
    Ok(sheets)
}

/// The sheets of frames of a scene.
pub fn sheets(scene: &Scene, range: Range) -> Vec<Sheet> {
    run(Job::new(scene, range)).unwrap_or_else(|error| panic!("the scene renders: {error}"))
}

/// Frames from `first` to `last`, both included.
pub fn from_to(first: u64, last: u64) -> Range<'static> {
    Range::Frames(FrameIndex(first), Some(FrameIndex(last)))
}

/// The sheet of one frame of a scene.
pub fn sheet(scene: &Scene, frame: u64) -> Sheet {
    sheets(scene, Range::frame(FrameIndex(frame))).remove(0)
}
