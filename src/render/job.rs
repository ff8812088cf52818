//! A job: a scene and a range of frames to render, and the resolution of the range to frame numbers.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::opener::Opener;
use super::prepared::PreparationError;
use super::sheet::Parts;
use crate::crypto::KeyError;
use crate::media::{self, Frames, Index, Limits, MediaError, SourceInfo};
use crate::payload::{MessageError, Target};
use crate::runtime::pool::Pool;
use crate::runtime::threads::Panicked;
use crate::scene::{Scene, TooMuchMemory};
use crate::units::{FrameIndex, FrameList};

/// A range of frames, before the source is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range<'a> {
    /// All frames.
    All,
    /// From the first number to the last, both included; without a last number, to the end.
    Frames(FrameIndex, Option<FrameIndex>),
    /// The frames of a list.
    List(&'a FrameList),
    /// From the frame shown at one time to the frame shown at another, in seconds; without a second time, to the end.
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

/// A scene, a range of frames, and how to render them.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The source, the key and the panels.
    pub scene: &'a Scene,
    /// Which frames.
    pub range: Range<'a>,
    /// Bounds of the size and the memory of the source.
    pub limits: Limits,
    /// Which parts of each sheet are made.
    pub parts: Parts,
    /// Called between pictures and while the source is indexed, on any thread; if it returns false, the batch ends with
    /// [`MediaError::Interrupted`].
    pub keep_going: fn() -> bool,
    /// An index of the source, if one was made before.
    pub index: Option<&'a Arc<Index>>,
    /// Opens the source; `None` for [`media::open`].
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

/// Why a job ended early.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The source cannot be read.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The messages of the source cannot be read.
    #[error(transparent)]
    Messages(#[from] MessageError),
    /// The key material does not suit a scheme.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The decode thread panicked.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// A preparation that another one needs failed.
    #[error(transparent)]
    Needed(Arc<PreparationError>),
    /// The system cannot start a thread.
    #[error("a thread cannot be started ({0}); end other programs and try again")]
    NoThread(#[source] io::Error),
    /// The frames that the scene remembers do not fit in memory.
    #[error(transparent)]
    Memory(#[from] TooMuchMemory),
}

impl From<PreparationError> for BatchError {
    fn from(error: PreparationError) -> Self {
        match error {
            PreparationError::Media(error) => Self::Media(error),
            PreparationError::Messages(error) => Self::Messages(error),
            PreparationError::Key(error) => Self::Key(error),
            PreparationError::Needed(error) => Self::Needed(error),
            PreparationError::Panicked(panicked) => Self::Panicked(panicked),
            PreparationError::NoThread(error) => Self::NoThread(error),
        }
    }
}

/// Opens the source of a job.
pub(crate) fn open(job: Job<'_>, pool: &Pool) -> Result<Box<dyn Frames>, MediaError> {
    let (source, layout) = (job.scene.footage(), job.scene.layout);
    let mut reader = match job.opener {
        Some(opener) => opener.open(&source, layout)?,
        None => media::open(&source, layout, job.limits, pool)?,
    };
    check_lock(job, reader.info())?;
    reader.set_interrupt(Box::new(move || !(job.keep_going)()));
    Ok(reader)
}

/// Refuses panels that would all stay empty: of the content of a source that is encrypted, and of the ciphertext of one that is
/// not.
fn check_lock(job: Job<'_>, info: &SourceInfo) -> Result<(), MediaError> {
    let Scene { source, stream, target, panels, .. } = job.scene;
    let name = || source.to_string();
    if job.scene.shows_own() {
        let is_encrypted = media::is_encrypted(source, *stream, job.limits)?;
        return if is_encrypted { Ok(()) } else { Err(MediaError::NotEncrypted { name: name() }) };
    }
    let encrypts = target.is_pixels() || panels.iter().any(|panel| panel.scheme().is_some());
    if info.is_locked && encrypts && *target != Target::File {
        return Err(MediaError::encrypted(source));
    }
    Ok(())
}

/// The frames of a job, resolved in its source.
pub(crate) struct ResolvedRange {
    pub frames: FrameList,
    pub info: Arc<SourceInfo>,
}

/// Turns the range of a job into frame numbers. Fails for numbers and times past the end, before any frame is decoded.
/// Indexes the source only for times, for ranges that start late, and for ranges that may end past the end.
pub(crate) fn resolve(reader: &mut dyn Frames, job: Job<'_>) -> Result<ResolvedRange, MediaError> {
    let info = Arc::new(reader.info().clone());
    let requested = match job.range {
        Range::All => Ok(FrameList::span(FrameIndex(0), None)),
        Range::Frames(first, last) => Ok(FrameList::span(first, last)),
        Range::List(list) => Ok(list.clone()),
        Range::Times(from, to) => Err((from, to)),
    };
    if let (Ok(frames), None) = (&requested, job.index)
        && frames.spans().len() == 1
        && frames.first().0 < job.scene.frames_needed() as u64
        && frames.last().is_none_or(|last| last == frames.first() || is_likely(last, &info))
    {
        return Ok(ResolvedRange { frames: frames.clone(), info });
    }
    let index = job.index.map_or_else(|| scan(job), |index| Ok(Arc::clone(index)))?;
    let frames = match requested {
        Ok(frames) if job.range == Range::All => frames,
        Ok(frames) => within(frames, index.frames())?,
        Err((from, to)) => {
            let last = to.map(|to| frame_at(&index, to)).transpose()?;
            FrameList::span(frame_at(&index, from)?, last)
        }
    };
    reader.set_index(index);
    Ok(ResolvedRange { frames, info })
}

/// Makes the index of the source of a job.
pub(crate) fn scan(job: Job<'_>) -> Result<Arc<Index>, MediaError> {
    let mut progress =
        |_| if (job.keep_going)() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    match job.opener {
        Some(opener) => opener.scan(&job.scene.footage(), &mut progress),
        None => media::scan(&job.scene.footage(), job.limits, &mut progress),
    }
}

/// True if the source has a frame `last` according to its container, which may be inaccurate.
pub(crate) fn is_likely(last: FrameIndex, info: &SourceInfo) -> bool {
    match (info.frames, info.duration_secs, info.frame_rate) {
        (Some(frames), ..) => last.0 < frames,
        // With sound, a duration is often one frame too long.
        #[expect(clippy::cast_precision_loss, reason = "no source has 2^53 frames")]
        (None, Some(secs), Some(rate)) => (last.0 + 2) as f64 <= secs * rate,
        (None, ..) => false,
    }
}

/// Checks that none of the frames lies past the end of a source with `frames` frames.
fn within(list: FrameList, frames: u64) -> Result<FrameList, MediaError> {
    match list.spans().last().map(|span| span.last.unwrap_or(span.first)) {
        Some(index) if index.0 >= frames => Err(MediaError::NoSuchFrame { index, frames }),
        _ => Ok(list),
    }
}

/// The last frame at `secs` or before, or an error if `secs` lies past the end.
fn frame_at(index: &Index, secs: f64) -> Result<FrameIndex, MediaError> {
    let past =
        || MediaError::NoSuchTime { secs, duration_secs: index.duration_secs(), frames: index.frames() };
    index.checked_frame_at(secs).ok_or_else(past)
}
