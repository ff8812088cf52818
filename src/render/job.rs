//! What is to be rendered: a scene and a range of frames, and which frames that range is in a source.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::opener::Opener;
use super::prepared::KnowledgeError;
use super::sheet::Parts;
use crate::crypto::KeyError;
use crate::media::{self, Frames, Index, Limits, MediaError, SourceInfo};
use crate::runtime::pool::Pool;
use crate::runtime::threads::Panicked;
use crate::scene::{Scene, TooMuchMemory};
use crate::units::{FrameIndex, FrameList};

/// Which frames, before anything is known of the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range<'a> {
    /// All of them.
    All,
    /// From one number to another, both included; no last one means to the end.
    Frames(FrameIndex, Option<FrameIndex>),
    /// Those of a list.
    List(&'a FrameList),
    /// From the last frame at a time to the last frame at another, in seconds; none means to the end.
    Times(f64, Option<f64>),
}

impl Range<'_> {
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
    pub range: Range<'a>,
    /// What the source may cost.
    pub limits: Limits,
    /// Pictures and what else is made.
    pub parts: Parts,
    /// Asked between pictures and while the source is indexed, on any thread; `false` ends the batch with
    /// [`MediaError::Interrupted`].
    pub keep_going: fn() -> bool,
    /// An index of the source that was made before, so that none has to be made again.
    pub index: Option<&'a Arc<Index>>,
    /// Who opens the source; the program itself where there is none.
    pub opener: Option<&'a dyn Opener>,
}

impl<'a> Job<'a> {
    /// Pictures and numbers of `range`, within the default limits, never interrupted.
    #[must_use]
    pub fn new(scene: &'a Scene, range: Range<'a>) -> Self {
        Self {
            scene,
            range,
            limits: Limits::default(),
            parts: Parts::PICTURES,
            keep_going: || true,
            index: None,
            opener: None,
        }
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
    /// A fault of the program, in the thread that decodes.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// The system starts no thread.
    #[error("a thread cannot be started ({0}); end other programs and try again")]
    NoThread(#[source] io::Error),
    /// The memory of the scene.
    #[error(transparent)]
    Memory(#[from] TooMuchMemory),
}

impl From<KnowledgeError> for BatchError {
    fn from(error: KnowledgeError) -> Self {
        match error {
            KnowledgeError::Media(error) => Self::Media(error),
            KnowledgeError::Key(error) => Self::Key(error),
            KnowledgeError::Panicked(panicked) => Self::Panicked(panicked),
            KnowledgeError::NoThread(error) => Self::NoThread(error),
        }
    }
}

/// Opens the source of a job.
pub(crate) fn open(job: Job<'_>, pool: &Pool) -> Result<Box<dyn Frames>, MediaError> {
    let Scene { source, layout, .. } = job.scene;
    let mut reader = match job.opener {
        Some(opener) => opener.open(source, *layout)?,
        None => media::open(source, *layout, job.limits, pool)?,
    };
    reader.set_interrupt(Box::new(move || !(job.keep_going)()));
    Ok(reader)
}

/// Frames whose first is known.
pub(crate) struct Course {
    pub frames: FrameList,
    /// The index of the source, where one was needed.
    pub index: Option<Arc<Index>>,
    pub info: Arc<SourceInfo>,
}

/// Turns times into frames. Refuses numbers and times past the end before anything is decoded. A source is indexed for
/// that only where it has to be, or where frames from its start seem to go past its end.
pub(crate) fn resolve(reader: &mut dyn Frames, job: Job<'_>) -> Result<Course, MediaError> {
    let info = Arc::new(reader.info().clone());
    let asked = match job.range {
        Range::All => Ok(FrameList::span(FrameIndex(0), None)),
        Range::Frames(first, last) => Ok(FrameList::span(first, last)),
        Range::List(list) => Ok(list.clone()),
        Range::Times(from, to) => Err((from, to)),
    };
    if let (Ok(frames), None) = (&asked, job.index)
        && frames.spans().len() == 1
        && frames.first().0 < job.scene.frames_needed() as u64
        && frames.last().is_none_or(|last| last == frames.first() || is_likely(last, &info))
    {
        return Ok(Course { frames: frames.clone(), index: None, info });
    }
    let scan = || {
        let mut go_on =
            |_| if (job.keep_going)() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        match job.opener {
            Some(opener) => opener.scan(&job.scene.source, &mut go_on),
            None => media::scan(&job.scene.source, job.limits, &mut go_on),
        }
    };
    let index = job.index.map_or_else(scan, |index| Ok(Arc::clone(index)))?;
    let frames = match asked {
        Ok(frames) if job.range == Range::All => frames,
        Ok(frames) => within(frames, index.frames())?,
        Err((from, to)) => {
            let last = to.map(|to| frame_at(&index, to)).transpose()?;
            FrameList::span(frame_at(&index, from)?, last)
        }
    };
    reader.set_index(Arc::clone(&index));
    Ok(Course { frames, index: Some(index), info })
}

/// True where a source that is not indexed has so many frames, going by what its container says.
pub(crate) fn is_likely(last: FrameIndex, info: &SourceInfo) -> bool {
    match (info.frames, info.duration_secs, info.frame_rate) {
        (Some(frames), ..) => last.0 < frames,
        // A duration is often a frame too long, with the sound.
        #[expect(clippy::cast_precision_loss, reason = "no source has 2^53 frames")]
        (None, Some(secs), Some(rate)) => (last.0 + 2) as f64 <= secs * rate,
        (None, ..) => false,
    }
}

/// The same frames; refuses numbers past the end.
fn within(asked: FrameList, frames: u64) -> Result<FrameList, MediaError> {
    match asked.spans().last().map(|span| span.last.unwrap_or(span.first)) {
        Some(index) if index.0 >= frames => Err(MediaError::NoSuchFrame { index, frames }),
        _ => Ok(asked),
    }
}

/// The last frame at a time or before; refuses times past the end.
fn frame_at(index: &Index, secs: f64) -> Result<FrameIndex, MediaError> {
    let past =
        || MediaError::NoSuchTime { secs, duration_secs: index.duration_secs(), frames: index.frames() };
    index.checked_frame_at(secs).ok_or_else(past)
}
