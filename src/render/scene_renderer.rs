//! Frames of one source, rendered one at a time under any panels, by one reader.

use std::sync::Arc;

use super::job::{self, BatchError, Job};
use super::prepared::{
    PreparationContext, PreparationRequest, Prepared, PreparedSet, StillFrames, prepare_together,
};
use super::renderer::{Recent, Renderer};
use super::sheet::{Parts, Sheet};
use crate::media::{Frames, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// Renders frames of one source under one key in one layout, while its panels change. The source is opened once, a frame
/// is decoded once however many panels show it, and what was prepared for one panel serves the next.
///
/// Its sheets are those of [`batch::render`](crate::batch::render).
pub struct SceneRenderer<'a> {
    job: Job<'a>,
    /// The scene of the job with the present panels.
    scene: Scene,
    pool: Pool,
    reader: Box<dyn Frames>,
    recent: Recent,
    prepared: PreparedSet,
}

impl<'a> SceneRenderer<'a> {
    /// Opens the source of a job. Also returns the number of the first frame of its range.
    ///
    /// # Errors
    /// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] where the range starts or ends past
    /// the end.
    pub fn open(job: Job<'a>) -> Result<(Self, FrameIndex), BatchError> {
        let pool = Pool::default();
        let mut reader = job::open(job, &pool)?;
        job.scene.check_memory(reader.info().shape())?;
        let first = job::resolve(&mut *reader, job)?.frames.first();
        let (recent, prepared) = (Recent::default(), PreparedSet::default());
        Ok((Self { job, scene: job.scene.clone(), pool, reader, recent, prepared }, first))
    }

    /// The source.
    #[must_use]
    pub fn info(&self) -> &SourceInfo {
        self.reader.info()
    }

    /// What could not be decoded since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        self.reader.take_problems()
    }

    /// Shows these panels from now on.
    pub fn set_panels(&mut self, panels: Vec<Panel>) {
        self.scene.panels = panels;
    }

    /// Prepares what these panels need from other frames to show a frame, in one pass over the frames for all of them.
    /// Does nothing for large frames, whose preparations would not fit in memory together; they are prepared when a panel
    /// is rendered.
    ///
    /// # Errors
    /// [`BatchError`].
    pub fn prepare(&mut self, panels: &[Panel], frame: FrameIndex) -> Result<(), BatchError> {
        if self.reader.info().shape().is_large() {
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
        self.read(frame)?;
        let scene = self.scene.clone();
        self.prepare_for(&scene, frame)?;
        let mut renderer = Renderer::new(&scene, &self.pool)?;
        let sheet = renderer.render(&self.recent, &self.prepared, parts);
        Ok(sheet.ok_or(MediaError::NoSuchFrame { index: frame, frames: frame.0 })?)
    }

    /// Reads a frame and the frames before it that the scene needs, unless they are in memory.
    fn read(&mut self, frame: FrameIndex) -> Result<(), BatchError> {
        let needed = self.scene.frames_needed();
        let first = frame.back(needed.saturating_sub(1) as u64);
        if self.recent.holds(first, frame) {
            return Ok(());
        }
        self.recent.clear();
        self.reader.seek(first)?;
        loop {
            if !(self.job.keep_going)() {
                return Err(MediaError::Interrupted.into());
            }
            let past_end = |next: &Recent| {
                let frames = next.current().map_or(first.0, |last| last.index.0 + 1);
                MediaError::NoSuchFrame { index: frame, frames }
            };
            let next = self.reader.next_frame()?.ok_or_else(|| past_end(&self.recent))?;
            self.scene.check_memory(next.shape)?;
            let is_last = next.index >= frame;
            self.recent.push(Arc::new(next), needed);
            if is_last {
                return Ok(());
            }
        }
    }

    fn prepare_for(&mut self, scene: &Scene, frame: FrameIndex) -> Result<(), BatchError> {
        let mut missing = PreparationRequest::all(scene, frame);
        if self.reader.info().shape().is_large() {
            // The preparations of several panels would not fit in memory together.
            self.prepared.retain(|known| missing.contains(&known));
        }
        missing.retain(|&request| self.prepared.get(request, frame).is_none());
        let Self { job, pool, reader, recent, prepared, .. } = self;
        let shown = recent.current().filter(|shown| shown.index == frame).map(Arc::clone);
        let still = shown.and_then(|shown: Arc<Frame>| StillFrames::of(reader.info(), &shown));
        let mut still = still.map(|still| Box::new(still) as Box<dyn Frames>);
        let reader = still.as_deref_mut().unwrap_or(&mut **reader);
        let suffices = |known: &Prepared| known.covers(frame);
        let context = PreparationContext { scene, pool, keep_going: job.keep_going, suffices: &suffices };
        for (request, known) in prepare_together(&missing, reader, context)? {
            prepared.insert(request, Ok(known));
        }
        Ok(())
    }
}
