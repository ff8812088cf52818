//! A frame that a session shows, kept with all that its sheet follows from: to be rendered once more, whole, while
//! the session goes on with other frames.

use std::sync::Arc;

use super::job::BatchError;
use super::opener::Opener;
use super::prepared::{Asked, Knowledge, Known, Request, StillFrames, prepare_together};
use super::renderer::{Recent, Renderer};
use super::sheet::{Parts, Sheet};
use crate::media::{Index, MediaError, SourceInfo};
use crate::runtime::pool::Pool;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// A frame, those before it that its scene needs, and what was known of those elsewhere.
#[derive(Clone, Debug)]
pub struct Held {
    pub(crate) scene: Arc<Scene>,
    pub(crate) info: Arc<SourceInfo>,
    pub(crate) index: Option<Arc<Index>>,
    pub(crate) recent: Recent,
    pub(crate) knowledge: Knowledge,
}

impl Held {
    /// What is shown.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What is known of the source.
    #[must_use]
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Renders the sheet, the same as [`batch::render`](crate::batch::render) does. What panels need from
    /// elsewhere and was not prepared yet is prepared first, with a reader from `opener`.
    ///
    /// # Errors
    /// Those of [`batch::render`](crate::batch::render).
    pub fn sheet(&self, opener: &dyn Opener, pool: &Pool) -> Result<Sheet, BatchError> {
        let nothing = || MediaError::NoSuchFrame { index: FrameIndex(0), frames: 0 };
        let shown = self.recent.current().ok_or_else(nothing)?;
        let frame = shown.index;
        let mut knowledge = self.knowledge.clone();
        let mut missing = Request::all(&self.scene, frame);
        missing.retain(|&request| knowledge.get(request, frame).is_none());
        if !missing.is_empty() {
            let open = || opener.open(&self.scene.source, self.scene.layout);
            let mut reader = StillFrames::or(&self.info, shown, open)?;
            if let (Some(index), None) = (&self.index, reader.index()) {
                reader.set_index(Arc::clone(index));
            }
            let suffices = |known: &Known| known.tells(frame);
            let asked = Asked { scene: &self.scene, pool, keep_going: || true, suffices: &suffices };
            for (request, known) in prepare_together(&missing, &mut *reader, asked)? {
                knowledge.insert(request, Ok(known));
            }
        }
        let mut renderer = Renderer::new(&self.scene, pool)?;
        Ok(renderer.render(&self.recent, &knowledge, Parts::PICTURES).ok_or_else(nothing)?)
    }
}
