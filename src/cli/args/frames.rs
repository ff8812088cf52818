//! Which frames a command works on, and how a scene states them.

use std::sync::Arc;

use crate::cli::terminal::progress;
use crate::media::{Index, MediaError, Source};
use crate::render::Range;
use crate::units::FrameList;

/// The frames that the command line asks for; where it asks for all, those of a scene.
#[must_use]
pub fn asked_or<'a>(asked: Range<'a>, scene: Option<&'a FrameList>) -> Range<'a> {
    match scene {
        Some(frames) if asked == Range::All => Range::List(frames),
        _ => asked,
    }
}

/// A range in numbers of frames; `None` for all of them. With the index that turned times into numbers.
///
/// # Errors
/// When the source cannot be read.
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
