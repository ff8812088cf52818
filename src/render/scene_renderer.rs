//! Renders frames of one source, one at a time, for any panels, with one reader.

use std::ops::ControlFlow;

use super::footage::Footage;
use super::job::{BatchError, Job};
use super::renderer::Renderer;
use super::sheet::{Parts, Sheet};
use crate::media::{MediaError, SourceInfo};
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// Renders frames of one source with one key in one layout, while its panels change. The source is opened once, a frame
/// is decoded once for all panels, and panels share preparations.
///
/// Its sheets are those of [`batch::render`](crate::batch::render).
pub struct SceneRenderer<'a> {
    job: Job<'a>,
    /// The scene of the job with the present panels.
    scene: Scene,
    pool: Pool,
    footage: Footage,
}

impl<'a> SceneRenderer<'a> {
    /// Opens the source of a job. Also returns the number of the first frame of its range.
    ///
    /// # Errors
    /// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] if the range starts or ends past the
    /// end.
    pub fn open(job: Job<'a>) -> Result<(Self, FrameIndex), BatchError> {
        let pool = Pool::default();
        let (footage, range) = Footage::open(job, &pool)?;
        Ok((Self { job, scene: job.scene.clone(), pool, footage }, range.frames.first()))
    }

    /// The source.
    #[must_use]
    pub fn info(&self) -> &SourceInfo {
        self.footage.info()
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.footage.take_problems()
    }

    /// Sets the panels of the sheets from now on.
    pub fn set_panels(&mut self, panels: Vec<Panel>) {
        self.scene.panels = panels;
    }

    /// Makes the preparations that these panels need to show a frame, in one pass over the other frames. Does nothing
    /// for large frames, whose preparations do not fit in memory together; these are made when a panel is rendered.
    ///
    /// # Errors
    /// [`BatchError`].
    pub fn prepare(&mut self, panels: &[Panel], frame: FrameIndex) -> Result<(), BatchError> {
        if self.footage.info().shape().is_large() {
            return Ok(());
        }
        let wanted = Scene { panels: panels.to_vec(), ..self.scene.clone() };
        self.prepare_for(&wanted, frame)
    }

    /// Renders a frame.
    ///
    /// # Errors
    /// [`BatchError`]; [`MediaError::NoSuchFrame`] past the end.
    pub fn render_at(&mut self, frame: FrameIndex, parts: Parts) -> Result<Sheet, BatchError> {
        let scene = self.scene.clone();
        let past_end = |frames| MediaError::NoSuchFrame { index: frame, frames };
        let read = self.footage.read(frame, scene.frames_needed(), &scene, self.job.keep_going)?;
        if read.is_none() {
            return Err(past_end(self.footage.next().map_or(frame.0, |end| end.0)).into());
        }
        self.prepare_for(&scene, frame)?;
        let mut renderer = Renderer::new(&scene, &self.pool)?;
        let sheet = renderer.render(self.footage.recent(), self.footage.prepared(), parts);
        Ok(sheet.ok_or(past_end(frame.0))?)
    }

    fn prepare_for(&mut self, scene: &Scene, frame: FrameIndex) -> Result<(), BatchError> {
        let keep_going = self.job.keep_going;
        let progress = |_, _| if keep_going() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        Ok(self.footage.prepare(scene, frame, &|part| part.covers(frame), &progress)?)
    }
}
