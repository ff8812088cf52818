//! A snapshot of the frame that a session shows, with all inputs of its sheet. It can be rendered again, complete with
//! preparations, while the session continues with other frames.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::footage::Footage;
use super::job::BatchError;
use super::opener::Opener;
use super::prepared::{PreparationRequest, PreparedSet, StillFrames};
use super::renderer::{Recent, Renderer};
use super::sheet::{Parts, Sheet};
use crate::media::{Index, Limits, MediaError, SourceInfo};
use crate::runtime::pool::Pool;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// A frame, the frames before it that its scene needs, and the preparations so far.
#[derive(Clone, Debug)]
pub struct FrameSnapshot {
    pub(crate) scene: Arc<Scene>,
    pub(crate) info: Arc<SourceInfo>,
    pub(crate) index: Option<Arc<Index>>,
    pub(crate) recent: Recent,
    pub(crate) prepared: PreparedSet,
}

impl FrameSnapshot {
    /// The scene that is shown.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The source.
    #[must_use]
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Renders the same sheet as [`batch::render`](crate::batch::render). Missing preparations are made first, with a
    /// reader from `opener`.
    ///
    /// # Errors
    /// Those of [`batch::render`](crate::batch::render).
    pub fn sheet(&self, opener: &dyn Opener, pool: &Pool) -> Result<Sheet, BatchError> {
        let no_frame = || MediaError::NoSuchFrame { index: FrameIndex(0), frames: 0 };
        let shown = self.recent.current().ok_or_else(no_frame)?;
        let frame = shown.index;
        let mut prepared = self.prepared.clone();
        let mut requests = PreparationRequest::all(&self.scene, frame).into_iter();
        if requests.any(|request| prepared.get(request, frame).is_none()) {
            let open = || opener.open(&self.scene.footage(), self.scene.layout);
            let reader = StillFrames::or(&self.info, shown, open)?;
            let mut footage = Footage::new(reader, &self.scene, Limits::default(), pool)
                .with(self.recent.clone(), prepared);
            if let Some(index) = &self.index {
                footage.set_index(index);
            }
            let progress = |_, _| ControlFlow::Continue(());
            footage.prepare(&self.scene, frame, &|part| part.covers(frame), &progress)?;
            prepared = footage.prepared().clone();
        }
        let mut renderer = Renderer::new(&self.scene, pool)?;
        Ok(renderer.render(&self.recent, &prepared, Parts::PICTURES).ok_or_else(no_frame)?)
    }
}
