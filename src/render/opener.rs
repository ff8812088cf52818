//! Opening sources: real ones, or the fakes of a test.

use std::sync::Arc;

use crate::media::{self, Frames, Index, Limits, MediaError, Source};
use crate::picture::layout::Layout;
use crate::runtime::pool::Pool;

/// Opens the sources of a session; tests have their own implementation.
pub trait Opener: Send + Sync + 'static {
    /// Opens a source, as [`media::open`] does.
    ///
    /// # Errors
    /// Those of [`media::open`].
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError>;

    /// Opens a source for work in the background, as [`media::open_single_threaded`] does.
    ///
    /// # Errors
    /// Those of [`media::open_single_threaded`].
    fn open_single_threaded(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        self.open(source, layout)
    }

    /// Makes the index of a source, as [`media::scan`] does.
    ///
    /// # Errors
    /// Those of [`media::scan`].
    fn scan(&self, source: &Source, progress: media::Progress) -> Result<Arc<Index>, MediaError>;
}

/// Opens real sources, within limits.
#[derive(Clone, Debug, Default)]
pub struct MediaOpener {
    /// Bounds of the size and the memory of a source.
    pub limits: Limits,
    /// The pool of the frames' buffers.
    pub pool: Pool,
}

impl Opener for MediaOpener {
    fn open(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        media::open(source, layout, self.limits, &self.pool)
    }

    fn open_single_threaded(&self, source: &Source, layout: Layout) -> Result<Box<dyn Frames>, MediaError> {
        media::open_single_threaded(source, layout, self.limits, &self.pool)
    }

    fn scan(&self, source: &Source, progress: media::Progress) -> Result<Arc<Index>, MediaError> {
        media::scan(source, self.limits, progress)
    }
}
