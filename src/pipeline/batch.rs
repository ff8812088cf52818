//! Every frame of a range, in order, none dropped: for figures, tables, clips and benchmarks.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::render::{Parts, Recent, Renderer, Sheet};
use crate::crypto::KeyError;
use crate::frame::Frame;
use crate::media::{self, Frames, Limits, MediaError, SourceInfo};
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

/// What to render.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The source, the key and the panels.
    pub scene: &'a Scene,
    /// Which frames.
    pub range: Range,
    /// What the source may cost.
    pub limits: Limits,
    /// Pictures and what else is made.
    pub parts: Parts,
    /// Asked between pictures and while the source is indexed, on any thread; `false` ends the batch with
    /// [`MediaError::Interrupted`].
    pub keep_going: fn() -> bool,
}

impl<'a> Job<'a> {
    /// Pictures and numbers of `range`, within the default limits, never interrupted.
    #[must_use]
    pub fn new(scene: &'a Scene, range: Range) -> Self {
        Self { scene, range, limits: Limits::default(), parts: Parts::PICTURES, keep_going: || true }
    }
}

/// What there is to say once a batch is done.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The source.
    pub info: SourceInfo,
    /// What could not be decoded on the way, in words.
    pub problems: Vec<String>,
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

/// Renders every frame of a job and hands the sheets on in order, decoding ahead on a thread of its own.
/// `Break` from `each` ends it.
///
/// # Errors
/// [`BatchError`]; [`MediaError::NoSuchFrame`] where the range starts or ends past the last frame.
///
/// # Panics
/// If the system cannot start a thread.
pub fn render(
    job: Job<'_>,
    mut each: impl FnMut(Sheet, Done) -> ControlFlow<()>,
) -> Result<Rendered, BatchError> {
    let Job { scene, parts, .. } = job;
    let pool = Pool::default();
    let mut renderer = Renderer::new(scene, &pool)?;
    let (to_renderer, frames) = sync_channel(AHEAD);
    thread::scope(|scope| {
        let decoder = thread::Builder::new().name("decode".into());
        let decoder = decoder.spawn_scoped(scope, || {
            let to_renderer = to_renderer;
            decode(job, &pool.clone(), |frame, span| {
                // A renderer that is gone has what it wants.
                match to_renderer.send((Arc::new(frame), span)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
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
fn decode(
    job: Job<'_>,
    pool: &Pool,
    mut each: impl FnMut(Frame, Span) -> ControlFlow<()>,
) -> Result<Rendered, MediaError> {
    let mut reader = media::open(&job.scene.source, job.scene.layout, job.limits, pool)?;
    reader.set_interrupt(Box::new(move || !(job.keep_going)()));
    let span = resolve(&mut *reader, job)?;
    let mut next = span.first.back(job.scene.frames_needed().saturating_sub(1) as u64);
    if next > FrameIndex(0) {
        reader.seek(next)?;
    }
    let mut problems = Vec::new();
    while span.last.is_none_or(|last| next <= last) {
        if !(job.keep_going)() {
            return Err(MediaError::Interrupted);
        }
        let frame = reader.next_frame()?;
        problems.append(&mut reader.take_problems());
        let Some(frame) = frame else {
            // `All` ends with the source; a number past the end was asked for.
            let asked = span.last.unwrap_or(span.first);
            if job.range != Range::All && next <= asked {
                return Err(MediaError::NoSuchFrame { index: asked, frames: next.0 });
            }
            break;
        };
        next = frame.index.next();
        if each(frame, span).is_break() {
            break;
        }
    }
    Ok(Rendered { info: reader.info().clone(), problems })
}

/// Turns times into frames. Refuses numbers past the end before anything is decoded, where the source has
/// to be indexed anyway.
fn resolve(reader: &mut dyn Frames, job: Job<'_>) -> Result<Span, MediaError> {
    let from_the_start = |first: FrameIndex| first.0 < job.scene.frames_needed() as u64;
    match job.range {
        Range::All => return Ok(Span { first: FrameIndex(0), last: None }),
        Range::Frames(first, last) if from_the_start(first) => return Ok(Span { first, last }),
        Range::Frames(..) | Range::Times(..) => {}
    }
    let index = media::scan(&job.scene.source, job.limits, &mut |_| {
        if (job.keep_going)() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let known = |frame: FrameIndex| match index.frames() {
        frames if frame.0 < frames => Ok(frame),
        frames => Err(MediaError::NoSuchFrame { index: frame, frames }),
    };
    let span = match job.range {
        Range::All => Span { first: FrameIndex(0), last: None },
        Range::Frames(first, last) => Span { first: known(first)?, last: last.map(known).transpose()? },
        Range::Times(from, to) => Span { first: index.frame_at(from), last: to.map(|to| index.frame_at(to)) },
    };
    reader.set_index(index);
    Ok(span)
}
