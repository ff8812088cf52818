//! Every frame of a range, in order, none dropped: for figures, tables, clips and benchmarks.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::render::{Parts, Recent, Renderer, Sheet};
use crate::crypto::KeyError;
use crate::frame::Frame;
use crate::media::{self, Frames, Limits, MediaError};
use crate::pool::Pool;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// Decoded frames that may wait for the renderer.
const AHEAD: usize = 1;

/// Which frames, before anything is known of the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// All of them.
    All,
    /// From one number to another, both included; no last one means to the end.
    Frames(FrameIndex, Option<FrameIndex>),
    /// From the last frame at a time to the last frame at another, in seconds; none means to the end.
    Times(f64, Option<f64>),
}

impl Range {
    /// The single frame with this number.
    #[must_use]
    pub const fn frame(index: FrameIndex) -> Self {
        Self::Frames(index, Some(index))
    }

    /// The last frame at or before `secs`.
    #[must_use]
    pub const fn at(secs: f64) -> Self {
        Self::Times(secs, Some(secs))
    }
}

/// Why a range was not rendered to its end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The source.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Frames rendered, this one included.
    pub frames: u64,
    /// Frames in the range; `None` where it goes to an end that is not known yet.
    pub of: Option<u64>,
}

/// Renders every frame of `range` and hands the sheets on in order, decoding ahead on a thread of its own.
/// `Break` from `each` ends it.
///
/// Returns what could not be decoded on the way, in words.
///
/// # Errors
/// [`BatchError`]; [`MediaError::NoSuchFrame`] where the range starts or ends past the last frame.
pub fn render(
    scene: &Scene,
    range: Range,
    limits: Limits,
    parts: Parts,
    mut each: impl FnMut(Sheet, Done) -> ControlFlow<()>,
) -> Result<Vec<String>, BatchError> {
    let pool = Pool::default();
    let mut renderer = Renderer::new(scene, &pool)?;
    let (to_renderer, frames) = sync_channel(AHEAD);
    thread::scope(|scope| {
        let decoder = thread::Builder::new().name("decode".into());
        let decoder = decoder.spawn_scoped(scope, || {
            let to_renderer = to_renderer;
            let pool = pool.clone();
            let mut problems = Vec::new();
            for_each_frame(scene, range, limits, &pool, &mut problems, |frame, span| {
                // A renderer that is gone has what it wants.
                match to_renderer.send((Arc::new(frame), span)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
            .map(|()| problems)
        });
        let decoder = decoder.expect("the system can start a thread");
        let needed = scene.frames_needed();
        let mut recent = Recent::default();
        let mut count = 0;
        for (frame, span) in &frames {
            let span: Span = span;
            let wanted = frame.index >= span.first;
            recent.push(frame, needed);
            if !wanted {
                continue;
            }
            count += 1;
            let done = Done { frames: count, of: span.last.map(|last| last.0 - span.first.0 + 1) };
            if let Some(sheet) = renderer.render(&recent, parts)
                && each(sheet, done).is_break()
            {
                break;
            }
        }
        drop(frames);
        match decoder.join() {
            Ok(done) => Ok(done?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A range whose first frame is known.
#[derive(Clone, Copy)]
struct Span {
    first: FrameIndex,
    last: Option<FrameIndex>,
}

/// Decodes a range and the frames that its first one needs.
fn for_each_frame(
    scene: &Scene,
    range: Range,
    limits: Limits,
    pool: &Pool,
    problems: &mut Vec<String>,
    mut each: impl FnMut(Frame, Span) -> ControlFlow<()>,
) -> Result<(), MediaError> {
    let mut reader = media::open(&scene.source, scene.layout, limits, pool)?;
    let span = resolve(&mut *reader, scene, range, limits)?;
    let start = span.first.back(scene.frames_needed().saturating_sub(1) as u64);
    if start > FrameIndex(0) {
        reader.seek(start)?;
    }
    let mut next = start;
    while span.last.is_none_or(|last| next <= last) {
        let frame = reader.next_frame()?;
        problems.append(&mut reader.take_problems());
        let Some(frame) = frame else {
            // `All` ends with the source; a number past the end was asked for.
            let asked = span.last.unwrap_or(span.first);
            let short = range != Range::All && next <= asked;
            return if short {
                Err(MediaError::NoSuchFrame { index: asked, frames: next.0 })
            } else {
                Ok(())
            };
        };
        next = frame.index.next();
        if each(frame, span).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// Turns times into frames.
fn resolve(reader: &mut dyn Frames, scene: &Scene, range: Range, limits: Limits) -> Result<Span, MediaError> {
    match range {
        Range::All => Ok(Span { first: FrameIndex(0), last: None }),
        Range::Frames(first, last) => Ok(Span { first, last }),
        Range::Times(from, to) => {
            let index = media::scan(&scene.source, limits, &mut |_| ControlFlow::Continue(()))?;
            let span = Span { first: index.frame_at(from), last: to.map(|to| index.frame_at(to)) };
            reader.set_index(index);
            Ok(span)
        }
    }
}
