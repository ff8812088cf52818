//! Preparations: results that an eavesdropper gets from other frames of the video.
//!
//! Most lenses need a frame and the frames just before it. Some belong to an eavesdropper with a recording of the
//! stream; they need frames from any part of the video:
//!
//! ```text
//! PreparationRequest::of(panel, frame)    a function of panel, target and frame number alone
//!   └▶ prepare(request, scene, reader)    batch: before it renders; session: on a thread of its own
//!        └▶ Prepared ──▶ PreparedSet ──▶ Renderer::render    a panel whose preparation is missing is pending
//! ```
//!
//! So [`render`](super::Renderer::render) stays a pure function: the frames that a panel needs depend only on the panel
//! and the number of the frame shown, and a preparation depends only on those frames. It is the same at any time it is
//! made.
//!
//! A panel may need several, of which later ones use earlier ones: the lens `tint` needs a codebook, and then the colours
//! of a window that follow from it.
//!
//! To add a lens of this kind, add a variant to [`PreparationRequest`] and to [`Prepared`], their arms in
//! [`PreparationRequest::of`] and [`prepare`], and a file that prepares.

mod recorded;
mod shots;
mod sizes;
mod still;
mod together;

use std::collections::HashMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use shots::{TintWindow, ToneWindow, Window};
pub use still::StillFrames;
pub use together::{PreparationContext, prepare_together};

use shots::{TintAttack, ToneAttack};

use crate::crypto::{KeyError, Scheme};
use crate::leak::Codebook;
use crate::lens::{FRAMES_AROUND, Lens};
use crate::media::{Frames, MediaError, Progress};
use crate::payload::{MessageError, StreamSizes, TargetStream};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::runtime::threads::Panicked;
use crate::scene::{Panel, Scene};
use crate::units::{FrameIndex, FrameRange};

/// A preparation from other frames that a panel needs to be painted.
///
/// The result depends on the request, the source, the layout and the key alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreparationRequest {
    /// The tones of the shots in a window of frames.
    Tone {
        /// The scheme of the frames.
        scheme: Scheme,
        /// The frames.
        window: Window,
    },
    /// A codebook of known frames.
    Codebook {
        /// The scheme of the frames.
        scheme: Scheme,
        /// The frames.
        known: FrameRange,
    },
    /// The colours that follow from known frames in the shots of a window of frames.
    Tint {
        /// The scheme of the frames.
        scheme: Scheme,
        /// The known frames.
        known: FrameRange,
        /// The frames.
        window: Window,
    },
    /// Single frames, for any scheme.
    Frames([Option<FrameIndex>; 2]),
    /// The sizes of all messages of the stream.
    Sizes {
        /// The scheme of the messages, which decides which of them are equal.
        scheme: Scheme,
        /// The stream and what its messages are.
        of: TargetStream,
    },
}

impl PreparationRequest {
    /// The preparations that a panel needs to show `frame`, if it encrypts `of`; a later one may use those before it.
    /// Empty if the panel needs no other frames.
    pub fn of((panel, of): (Panel, TargetStream), frame: FrameIndex) -> impl Iterator<Item = Self> {
        let requests = match panel {
            Panel::Plain => [None, None],
            Panel::Cipher { scheme, lens, .. } => match lens {
                Lens::Tone(_) => [Some(Self::Tone { scheme, window: Window::around(scheme, frame) }), None],
                Lens::Codebook(known) => [Some(Self::Codebook { scheme, known }), None],
                Lens::Tint(options) => {
                    let (known, window) = (options.known(), Window::around(scheme, frame));
                    // A known frame is shown as it is; the codebook is still prepared, which reports known frames that
                    // do not exist.
                    let tint = (!known.contains(frame)).then_some(Self::Tint { scheme, known, window });
                    [Some(Self::Codebook { scheme, known }), tint]
                }
                Lens::Sizes => [Some(Self::Sizes { scheme, of }), None],
                Lens::Received(tampering) => {
                    let mut others = tampering.frames().filter(|&other| other != frame);
                    let frames = [others.next(), others.next()];
                    [frames[0].is_some().then_some(Self::Frames(frames)), None]
                }
                _ => [None, None],
            },
        };
        requests.into_iter().flatten()
    }

    /// The preparations that the panels of a scene need to show `frame`, without duplicates, in the order of the
    /// panels.
    #[must_use]
    pub fn all(scene: &Scene, frame: FrameIndex) -> Vec<Self> {
        let mut requests = Vec::new();
        let panels = scene.panels.iter().filter(|&&panel| scene.lens_suits(panel));
        for request in panels.flat_map(|&panel| Self::of((panel, scene.target_of(panel)), frame)) {
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
        requests
    }

    /// The request whose result this one uses.
    #[must_use]
    pub const fn needs(self) -> Option<Self> {
        match self {
            Self::Tint { scheme, known, .. } => Some(Self::Codebook { scheme, known }),
            _ => None,
        }
    }

    /// The first frame that is read to prepare it.
    #[must_use]
    pub const fn first_frame(self) -> FrameIndex {
        match self {
            Self::Tone { window, .. } | Self::Tint { window, .. } => window.first(),
            Self::Codebook { known, .. } => known.first,
            Self::Frames([Some(first), _] | [None, Some(first)]) => first,
            Self::Frames([None, None]) | Self::Sizes { .. } => FrameIndex(0),
        }
    }

    /// True for equal requests, and for those that differ in their window alone.
    #[must_use]
    pub fn is_same_kind_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Tone { scheme: one, .. }, Self::Tone { scheme: other, .. }) => one == other,
            (Self::Tint { scheme: one, known, .. }, Self::Tint { scheme: other, known: other_known, .. }) => {
                (one, known) == (other, other_known)
            }
            _ => self == other,
        }
    }

    /// True if both are prepared from the same frames, read in order: those of the same window.
    #[must_use]
    pub fn reads_same_frames_as(self, other: Self) -> bool {
        self.window().is_some() && self.window() == other.window()
    }

    const fn window(self) -> Option<Window> {
        match self {
            Self::Tone { window, .. } | Self::Tint { window, .. } => Some(window),
            _ => None,
        }
    }

    /// The name of the preparation for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tone { .. } => "tone",
            Self::Codebook { .. } => "codebook",
            Self::Tint { .. } => "tint",
            Self::Frames(_) => "other frames",
            Self::Sizes { .. } => "sizes",
        }
    }
}

/// The result of a preparation.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// For [`PreparationRequest::Tone`].
    Tone(Arc<ToneWindow>),
    /// For [`PreparationRequest::Codebook`].
    Codebook(Arc<Codebook>),
    /// For [`PreparationRequest::Tint`].
    Tint(Arc<TintWindow>),
    /// For [`PreparationRequest::Frames`].
    Frames(Arc<[Arc<Frame>]>),
    /// For [`PreparationRequest::Sizes`].
    Sizes(StreamSizes),
}

impl Prepared {
    /// True if it is complete enough to show `frame`. A preparation in progress may cover some of its frames.
    #[must_use]
    pub fn covers(&self, frame: FrameIndex) -> bool {
        match self {
            Self::Tone(window) => window.has(frame),
            Self::Tint(window) => window.has(frame),
            Self::Sizes(sizes) => sizes.is_whole() || frame.0 + FRAMES_AROUND < sizes.frames() as u64,
            Self::Codebook(_) | Self::Frames(_) => true,
        }
    }

    /// True if the preparation is complete.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Tone(window) => window.is_whole(),
            Self::Tint(window) => window.is_whole(),
            Self::Sizes(sizes) => sizes.is_whole(),
            Self::Codebook(_) | Self::Frames(_) => true,
        }
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Tone(window) => window.bytes(),
            Self::Tint(window) => window.bytes(),
            Self::Codebook(codebook) => codebook.bytes(),
            Self::Frames(frames) => frames.iter().map(|frame| frame.bytes.len()).sum(),
            Self::Sizes(sizes) => sizes.memory_bytes(),
        }
    }
}

/// Why a preparation failed.
#[derive(Debug, thiserror::Error)]
pub enum PreparationError {
    /// The frames could not be read; [`MediaError::Interrupted`] if the caller cancelled.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The messages could not be read.
    #[error(transparent)]
    Messages(#[from] MessageError),
    /// The key material does not suit the scheme.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A preparation that this one needs failed.
    #[error(transparent)]
    Needed(Arc<PreparationError>),
    /// The thread that prepares panicked.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// The system cannot start a thread.
    #[error("a thread that prepares cannot be started ({0}); end other programs and try again")]
    NoThread(#[source] io::Error),
}

impl PreparationError {
    /// True if the caller cancelled, so that the error says nothing about the frames.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(
            self,
            Self::Media(MediaError::Interrupted)
                | Self::Messages(MessageError::Media(MediaError::Interrupted))
        )
    }
}

/// Fulfils a request. `prepared` has the result of the request that it [needs](PreparationRequest::needs); `frames` reads
/// the source of the scene, from any position; `progress` is called with the share
/// done, from 0 to 1, and may cancel. If a part is useful before the whole is ready, `on_part` is called with each
/// longer part; if it returns `Break`, that part is the result, which is not [whole](Prepared::is_whole).
///
/// The result depends on the request and on the scene's source, layout and key, not on the number of threads or on
/// earlier preparations. A part is equal to the same part of the whole.
///
/// # Errors
/// [`PreparationError`], also that of the request that it needs; [`MediaError::NoSuchFrame`] if the request has a frame that the source does not have;
/// [`MediaError::Interrupted`] if `progress` or the reader's own interrupt cancelled. Of a source that ends early, or
/// cannot be read to its end, the frames up to there are used.
pub fn prepare(
    request: PreparationRequest,
    prepared: &PreparedSet,
    scene: &Scene,
    frames: &mut dyn Frames,
    pool: &Pool,
    progress: Progress<'_>,
    on_part: &mut dyn FnMut(Prepared) -> ControlFlow<()>,
) -> Result<Prepared, PreparationError> {
    frames.set_layout(scene.layout);
    match request {
        PreparationRequest::Tone { scheme, window } => {
            let cipher = scheme.cipher(&scene.key)?;
            let prepared = |window| Prepared::Tone(Arc::new(window));
            let mut on_part = |window| on_part(prepared(window));
            let attack = &ToneAttack;
            Ok(prepared(ToneWindow::prepare(attack, &*cipher, window, frames, pool, progress, &mut on_part)?))
        }
        PreparationRequest::Tint { scheme, window, .. } => {
            let codebook = match request.needs().and_then(|needed| prepared.so_far(needed)) {
                Some(Ok(Prepared::Codebook(codebook))) => Arc::clone(codebook),
                Some(Err(error)) => return Err(PreparationError::Needed(Arc::clone(error))),
                _ => return Err(MediaError::Interrupted.into()),
            };
            let cipher = scheme.cipher(&scene.key)?;
            let prepared = |window| Prepared::Tint(Arc::new(window));
            let mut on_part = |window| on_part(prepared(window));
            let attack = &TintAttack(codebook);
            Ok(prepared(TintWindow::prepare(attack, &*cipher, window, frames, pool, progress, &mut on_part)?))
        }
        PreparationRequest::Codebook { scheme, known } => {
            let cipher = scheme.cipher(&scene.key)?;
            let codebook = recorded::learn(&*cipher, known, frames, pool, progress)?;
            Ok(Prepared::Codebook(Arc::new(codebook)))
        }
        PreparationRequest::Frames(wanted) => {
            let wanted = wanted.into_iter().flatten();
            Ok(Prepared::Frames(recorded::read(wanted, frames, progress)?.into()))
        }
        PreparationRequest::Sizes { scheme, of } => {
            let cipher = scheme.cipher(&scene.key)?;
            let mut on_part = |sizes| on_part(Prepared::Sizes(sizes));
            let index = frames.index();
            Ok(Prepared::Sizes(sizes::prepare(
                (&*cipher, scheme.is_own()),
                (&scene.source, of),
                index,
                pool,
                progress,
                &mut on_part,
            )?))
        }
    }
}

/// The result of a request, or why it failed.
pub type Outcome = Result<Prepared, Arc<PreparationError>>;

/// All results so far, for each request. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct PreparedSet {
    outcomes: Arc<HashMap<PreparationRequest, Outcome>>,
}

impl PreparedSet {
    /// The result of a request if it covers `frame`; `None` if it must still be prepared.
    #[must_use]
    pub fn get(&self, request: PreparationRequest, frame: FrameIndex) -> Option<&Outcome> {
        let covers = |outcome: &&Outcome| outcome.as_ref().map_or(true, |prepared| prepared.covers(frame));
        self.outcomes.get(&request).filter(covers)
    }

    /// The result of a request, or the part of it that is ready.
    #[must_use]
    pub fn so_far(&self, request: PreparationRequest) -> Option<&Outcome> {
        self.outcomes.get(&request)
    }

    /// The whole result of a request; `None` if it, or part of it, must still be prepared.
    #[must_use]
    pub fn whole(&self, request: PreparationRequest) -> Option<&Outcome> {
        let is_whole = |outcome: &&Outcome| outcome.as_ref().map_or(true, Prepared::is_whole);
        self.outcomes.get(&request).filter(is_whole)
    }

    /// Adds the result of a request, or a part of it.
    pub fn insert(&mut self, request: PreparationRequest, outcome: Outcome) {
        Arc::make_mut(&mut self.outcomes).insert(request, outcome);
    }

    /// Drops the results of requests for which `keep` returns false.
    pub fn retain(&mut self, keep: impl Fn(PreparationRequest) -> bool) {
        if !self.outcomes.keys().all(|&request| keep(request)) {
            Arc::make_mut(&mut self.outcomes).retain(|&request, _| keep(request));
        }
    }
}
