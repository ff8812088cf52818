//! Knowledge: what an eavesdropper knows from frames elsewhere in the video.
//!
//! Most lenses look at a frame and those just before it. Some belong to an eavesdropper who recorded the
//! stream, and need frames from further away, before and after:
//!
//! ```text
//! Request::of(panel, frame) ──▶ prepare(request, scene, reader) ──▶ Known ──▶ Knowledge ──▶ Renderer::render
//!   follows from the two          batch: before it renders;          shared     a snapshot: what is
//!   and nothing else              session: on a thread of its own               missing is pending
//! ```
//!
//! So [`render`](super::Renderer::render) stays a pure function: which frames a panel needs follows from
//! the panel and the number of the frame shown, and what is made of them from their ciphertext. Whether it
//! was made before the frame was reached, or after, or twice, changes nothing.
//!
//! To add a lens of this kind: a variant of [`Request`], one of [`Known`], and their arms in
//! [`Request::of`] and [`prepare`], in a file of their own.

mod recorded;
mod still;
mod together;
mod tone;

use std::collections::HashMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use still::StillFrames;
pub use together::{Asked, prepare_together};
pub use tone::{ToneWindow, Window};

use crate::crypto::{KeyError, Scheme};
use crate::leak::Codebook;
use crate::lens::Lens;
use crate::media::{Frames, MediaError, Progress};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::runtime::threads::Panicked;
use crate::scene::{Panel, Scene};
use crate::units::{FrameIndex, FrameRange};

/// Something that has to be prepared from frames elsewhere before a panel can be drawn.
///
/// Together with the source, the layout and the key it says all that the result depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// The tones of the shots in a window of frames.
    Tone {
        /// How the frames are encrypted.
        scheme: Scheme,
        /// Which frames.
        window: Window,
    },
    /// A codebook of known frames.
    Codebook {
        /// How the frames are encrypted.
        scheme: Scheme,
        /// Which frames.
        known: FrameRange,
    },
    /// Single frames, of whatever scheme.
    Frames([Option<FrameIndex>; 2]),
}

impl Request {
    /// What a panel needs to show the frame with this number; `None` where it needs nothing from elsewhere.
    #[must_use]
    pub fn of(panel: Panel, frame: FrameIndex) -> Option<Self> {
        let Panel::Cipher { scheme, lens } = panel else { return None };
        match lens {
            Lens::Tone(_) => Some(Self::Tone { scheme, window: Window::around(scheme, frame) }),
            Lens::Codebook(known) => Some(Self::Codebook { scheme, known }),
            Lens::Received(tampering) => {
                let mut others = tampering.frames().filter(|&other| other != frame);
                let frames = [others.next(), others.next()];
                frames[0].is_some().then_some(Self::Frames(frames))
            }
            _ => None,
        }
    }

    /// What the panels of a scene need to show the frame with this number, each once, in their order.
    #[must_use]
    pub fn all(scene: &Scene, frame: FrameIndex) -> Vec<Self> {
        let mut requests = Vec::new();
        for request in scene.panels.iter().filter_map(|&panel| Self::of(panel, frame)) {
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
        requests
    }

    /// The first frame that is read for it.
    #[must_use]
    pub const fn first_frame(self) -> FrameIndex {
        match self {
            Self::Tone { window, .. } => window.first(),
            Self::Codebook { known, .. } => known.first,
            Self::Frames([Some(first), _] | [None, Some(first)]) => first,
            Self::Frames([None, None]) => FrameIndex(0),
        }
    }

    /// True for windows of the same stream: tones under the same scheme.
    #[must_use]
    pub fn is_of_the_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Tone { scheme: one, .. }, Self::Tone { scheme: other, .. }) => one == other,
            _ => self == other,
        }
    }

    /// True where both are prepared from the same frames, read in order: tones of the same window.
    #[must_use]
    pub fn reads_the_same_as(self, other: Self) -> bool {
        match (self, other) {
            (Self::Tone { window: one, .. }, Self::Tone { window: other, .. }) => one == other,
            _ => false,
        }
    }

    /// What is being prepared, in a word or two.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tone { .. } => "tone",
            Self::Codebook { .. } => "codebook",
            Self::Frames(_) => "other frames",
        }
    }
}

/// What was prepared.
#[derive(Clone, Debug)]
pub enum Known {
    /// For [`Request::Tone`].
    Tone(Arc<ToneWindow>),
    /// For [`Request::Codebook`].
    Codebook(Arc<Codebook>),
    /// For [`Request::Frames`].
    Frames(Arc<[Arc<Frame>]>),
}

impl Known {
    /// True where it tells what a panel needs for the frame with this number: of what is still being prepared, part
    /// may be known.
    #[must_use]
    pub fn tells(&self, frame: FrameIndex) -> bool {
        match self {
            Self::Tone(window) => window.has(frame),
            Self::Codebook(_) | Self::Frames(_) => true,
        }
    }

    /// True where it is all that was asked for.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Tone(window) => window.is_whole(),
            Self::Codebook(_) | Self::Frames(_) => true,
        }
    }

    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Tone(window) => window.bytes(),
            Self::Codebook(codebook) => codebook.bytes(),
            Self::Frames(frames) => frames.iter().map(|frame| frame.bytes.len()).sum(),
        }
    }
}

/// Why nothing could be prepared.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The frames; [`MediaError::Interrupted`] where the caller broke off.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A fault of the program.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// The system starts no thread.
    #[error("a thread that prepares cannot be started ({0}); end other programs and try again")]
    NoThread(#[source] io::Error),
}

impl KnowledgeError {
    /// True where the caller broke off, so that nothing is known of the frames.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(self, Self::Media(MediaError::Interrupted))
    }
}

/// Prepares what was asked for. `frames` reads the source of the scene, from wherever it stands; `progress`
/// is told the share done, from 0 to 1, and may break off. Where part of it can be of use before the whole is ready,
/// `so_far` is given what there is, each time there is more of it. Where it breaks off, that is the result, and not
/// [whole](Known::is_whole).
///
/// The result depends on the request and on the scene's source, layout and key, and a part is as it is in the whole:
/// they do not depend on the number of threads, nor on what was prepared before.
///
/// # Errors
/// [`KnowledgeError`]; [`MediaError::NoSuchFrame`] where a frame is named that the source does not have;
/// [`MediaError::Interrupted`] where `progress` or the reader's own interrupt broke off.
/// A source that ends early, or cannot be read to its end, is used as far as it goes.
pub fn prepare(
    request: Request,
    scene: &Scene,
    frames: &mut dyn Frames,
    pool: &Pool,
    progress: Progress<'_>,
    so_far: &mut dyn FnMut(Known) -> ControlFlow<()>,
) -> Result<Known, KnowledgeError> {
    frames.set_layout(scene.layout);
    match request {
        Request::Tone { scheme, window } => {
            let cipher = scheme.cipher(&scene.key)?;
            let known = |window| Known::Tone(Arc::new(window));
            let mut so_far = |window| so_far(known(window));
            Ok(known(ToneWindow::prepare(&*cipher, window, frames, pool, progress, &mut so_far)?))
        }
        Request::Codebook { scheme, known } => {
            let cipher = scheme.cipher(&scene.key)?;
            let codebook = recorded::learn(&*cipher, known, frames, pool, progress)?;
            Ok(Known::Codebook(Arc::new(codebook)))
        }
        Request::Frames(wanted) => {
            let wanted = wanted.into_iter().flatten();
            Ok(Known::Frames(recorded::read(wanted, frames, progress)?.into()))
        }
    }
}

/// What came of a request.
pub type Outcome = Result<Known, Arc<KnowledgeError>>;

/// All that has been prepared so far: a snapshot, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    outcomes: Arc<HashMap<Request, Outcome>>,
}

impl Knowledge {
    /// What came of a request, for the frame with this number; `None` where that is still to be prepared.
    #[must_use]
    pub fn get(&self, request: Request, frame: FrameIndex) -> Option<&Outcome> {
        let tells = |outcome: &&Outcome| outcome.as_ref().map_or(true, |known| known.tells(frame));
        self.outcomes.get(&request).filter(tells)
    }

    /// All that came of a request; `None` where it, or part of it, is still to be prepared.
    #[must_use]
    pub fn whole(&self, request: Request) -> Option<&Outcome> {
        let is_whole = |outcome: &&Outcome| outcome.as_ref().map_or(true, Known::is_whole);
        self.outcomes.get(&request).filter(is_whole)
    }

    /// Adds what came of a request, or came of it so far.
    pub fn insert(&mut self, request: Request, outcome: Outcome) {
        Arc::make_mut(&mut self.outcomes).insert(request, outcome);
    }

    /// Forgets all but what is kept.
    pub fn retain(&mut self, keep: impl Fn(Request) -> bool) {
        if !self.outcomes.keys().all(|&request| keep(request)) {
            Arc::make_mut(&mut self.outcomes).retain(|&request, _| keep(request));
        }
    }
}
