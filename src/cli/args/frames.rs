//! The frames that a command processes, and how a scene states them.

use std::sync::Arc;

use crate::cli::terminal::progress;
use crate::media::{Index, MediaError, Source};
use crate::render::Range;
use crate::units::FrameList;

/// The frames that the command line names, else the frames of a scene.
#[must_use]
pub fn or_of_scene<'a>(on_command_line: Range<'a>, scene: Option<&'a FrameList>) -> Range<'a> {
    match scene {
        Some(frames) if on_command_line == Range::All => Range::List(frames),
        _ => on_command_line,
    }
}

/// A range as frame numbers, `None` for all frames; and the index that was made to convert times, if any.
///
/// # Errors
/// If the source cannot be read.
pub fn in_numbers(
    range: Range<'_>,
    source: &Source,
) -> Result<(Option<FrameList>, Option<Arc<Index>>), MediaError> {
    Ok(match range {
        Range::All => (None, None),
        Range::List(list) => (Some(list.clone()), None),
        Range::Frames(first, last) => (Some(FrameList::span(first, last)), None),
        Range::Times(from, to) => {
            let index = progress::index(source)?;
            let last = to.map(|to| index.frame_at(to));
            (Some(FrameList::span(index.frame_at(from), last)), Some(index))
        }
    })
}
