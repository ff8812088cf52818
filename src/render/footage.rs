//! The frames of one source and the preparations from them: the only way from a frame number to the inputs of a
//! renderer.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::job::{self, BatchError, Job, ResolvedRange};
use super::moment::Payloads;
use super::prepared::{
    PreparationContext, PreparationError, PreparationRequest, Prepared, PreparedSet, StillFrames,
    prepare_together,
};
use super::renderer::Recent;
use super::undecoded::UndecodedFrames;
use crate::media::{Frames, Index, Limits, MediaError, SourceInfo};
use crate::picture::Frame;
use crate::runtime::pool::Pool;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// One reader of a source, the last frames that it read, and the preparations from other frames.
pub struct Footage {
    reader: Box<dyn Frames>,
    /// The frame that the reader gives next; `None` after it has read other frames for a preparation.
    next: Option<FrameIndex>,
    recent: Recent,
    prepared: PreparedSet,
    /// What is encrypted of each frame.
    payloads: Payloads,
    pool: Pool,
}

/// Called with a request and the share of it that is done, from 0 to 1. `Break` ends the preparation with
/// [`MediaError::Interrupted`].
pub type PreparationProgress<'a> = &'a (dyn Fn(PreparationRequest, f64) -> ControlFlow<()> + Sync);

impl Footage {
    /// Footage of the source of a scene, of whose frames the reader has read none yet. Messages are read within `limits`.
    #[must_use]
    pub fn new(reader: Box<dyn Frames>, scene: &Scene, limits: Limits, pool: &Pool) -> Self {
        let next = Some(FrameIndex(0));
        let (recent, prepared) = (Recent::default(), PreparedSet::default());
        let mut payloads = Payloads::of(scene, limits, pool);
        payloads.set_locked(reader.info().is_locked);
        Self { reader, next, recent, prepared, payloads, pool: pool.clone() }
    }

    /// The same footage with frames and preparations from an earlier reader; this one may be at any position.
    #[must_use]
    pub fn with(self, recent: Recent, prepared: PreparedSet) -> Self {
        Self { next: None, recent, prepared, ..self }
    }

    /// Opens the source of a job, and turns its range into frame numbers.
    ///
    /// # Errors
    /// [`BatchError`]; [`MediaError::NoSuchFrame`] and [`MediaError::NoSuchTime`] if the range starts or ends past the
    /// end.
    pub(crate) fn open(job: Job<'_>, pool: &Pool) -> Result<(Self, ResolvedRange), BatchError> {
        let mut reader = job::open(job, pool)?;
        job.scene.check_memory(reader.info().shape())?;
        let range = job::resolve(&mut *reader, job)?;
        if !job.scene.has_pixels() && !job.parts.pictures && !job.parts.decodes {
            // No picture is wanted, so nothing is decoded.
            let index = match reader.index() {
                Some(index) => Arc::clone(index),
                None => job::scan(job)?,
            };
            reader = Box::new(UndecodedFrames::new(reader.info().clone(), job.scene.layout, index));
        }
        let index = reader.index().cloned();
        let mut footage = Self::new(reader, job.scene, job.limits, pool);
        if let Some(index) = index {
            footage.payloads.set_index(&index);
        }
        if !job.parts.pictures && !job.parts.shows {
            footage.payloads.leave_unplayed();
        }
        Ok((footage, range))
    }

    /// The source.
    #[must_use]
    pub fn info(&self) -> &SourceInfo {
        self.reader.info()
    }

    /// The index that the reader has.
    #[must_use]
    pub fn index(&self) -> Option<&Arc<Index>> {
        self.reader.index()
    }

    /// Gives the reader an index of the same source, unless it has one.
    pub fn set_index(&mut self, index: &Arc<Index>) {
        if self.reader.index().is_none() {
            self.reader.set_index(Arc::clone(index));
        }
        self.payloads.set_index(index);
    }

    /// Reports of damage since the last call, in words.
    pub fn take_problems(&mut self) -> Vec<String> {
        let mut problems = self.reader.take_problems();
        problems.append(&mut self.payloads.take_problems());
        problems
    }

    /// The frames read last, up to the newest.
    #[must_use]
    pub const fn recent(&self) -> &Recent {
        &self.recent
    }

    /// The preparations so far.
    #[must_use]
    pub const fn prepared(&self) -> &PreparedSet {
        &self.prepared
    }

    /// The number of the frame that the reader gives next without a seek.
    #[must_use]
    pub const fn next(&self) -> Option<FrameIndex> {
        self.next
    }

    /// Reads a frame and the frames before it, `needed` in all, unless they are in memory. Each frame is decoded once.
    /// `None` past the end.
    ///
    /// # Errors
    /// [`BatchError`]: errors of the reader; [`MediaError::Interrupted`] if `keep_going` returns false;
    /// [`TooMuchMemory`](crate::scene::TooMuchMemory) if a frame is so large that the frames that the scene remembers
    /// do not fit in memory.
    pub fn read(
        &mut self,
        frame: FrameIndex,
        needed: usize,
        scene: &Scene,
        keep_going: impl Fn() -> bool,
    ) -> Result<Option<Arc<Frame>>, BatchError> {
        if self.payloads.show(scene) {
            self.recent.clear();
        }
        let first = frame.back(needed.saturating_sub(1) as u64);
        if self.recent.holds(first, frame) {
            self.recent.keep_last(needed);
            return Ok(self.recent.current().cloned());
        }
        // Frames in memory need not be read again.
        let held_until = self.recent.end_of(first).filter(|&end| end <= frame);
        let start = held_until.unwrap_or(first);
        if held_until.is_none() {
            self.recent.clear();
        }
        if self.next != Some(start) {
            self.next = None;
            self.reader.seek(start)?;
            self.next = Some(start);
        }
        while self.next.is_some_and(|next| next <= frame) {
            if !keep_going() {
                return Err(MediaError::Interrupted.into());
            }
            let Some(read) = self.reader.next_frame()? else { return Ok(None) };
            scene.check_memory(read.shape)?;
            self.next = Some(read.index.next());
            let moment = self.payloads.moment(Arc::new(read), &keep_going)?;
            self.recent.push(moment, needed);
        }
        Ok(self.recent.current().cloned())
    }

    /// Makes the preparations that the panels of a scene need to show `frame`, unless they exist. A part for which
    /// `suffices` returns true is enough.
    ///
    /// # Errors
    /// [`PreparationError`].
    pub fn prepare(
        &mut self,
        scene: &Scene,
        frame: FrameIndex,
        suffices: &(dyn Fn(&Prepared) -> bool + Sync),
        progress: PreparationProgress<'_>,
    ) -> Result<(), PreparationError> {
        let mut missing = PreparationRequest::all(scene, frame);
        if self.info().shape().is_large() {
            // The preparations of several panels would not fit in memory together.
            self.prepared.retain(|request| missing.contains(&request));
        }
        missing.retain(|&request| self.prepared.get(request, frame).is_none());
        if missing.is_empty() {
            return Ok(());
        }
        let shown = self.recent.current().filter(|shown| shown.index == frame);
        let mut still = shown.and_then(|shown| StillFrames::of(self.reader.info(), shown));
        let reader: &mut dyn Frames = if let Some(still) = &mut still {
            still
        } else {
            self.next = None;
            &mut *self.reader
        };
        let context =
            PreparationContext { scene, prepared: &self.prepared, pool: &self.pool, progress, suffices };
        let prepared = prepare_together(&missing, reader, context);
        if still.is_none() {
            // Dropped: damage is reported for the frames that are shown.
            self.reader.take_problems();
        }
        for (request, prepared) in prepared? {
            self.prepared.insert(request, Ok(prepared));
        }
        Ok(())
    }

    /// Drops the preparations that no panel of a scene needs to show `frame`.
    pub fn drop_unneeded(&mut self, scene: &Scene, frame: FrameIndex) {
        let needed = PreparationRequest::all(scene, frame);
        self.prepared.retain(|request| needed.contains(&request));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::media::Source;
    use crate::picture::layout::Layout;
    use crate::picture::{Colour, Shape};
    use crate::runtime::pool::Buffer;

    /// A source of ten frames that records the calls to it.
    struct Recorded {
        info: SourceInfo,
        next: u64,
        calls: Arc<Mutex<Vec<String>>>,
    }

    impl Recorded {
        fn record(&self, call: String) {
            self.calls.lock().expect("no thread panicked").push(call);
        }
    }

    impl Frames for Recorded {
        fn info(&self) -> &SourceInfo {
            &self.info
        }

        fn set_layout(&mut self, _: Layout) {}

        fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
            let index = FrameIndex(self.next);
            if index.0 == 10 {
                return Ok(None);
            }
            self.record(format!("read {index}"));
            self.next += 1;
            Ok(Some(Frame {
                index,
                time_secs: 0.0,
                duration_secs: 0.1,
                shape: Shape::new(16, 1),
                layout: Layout::GRAY8,
                colour: Colour::default(),
                bytes: Arc::new(Buffer::from(vec![0; 16])),
            }))
        }

        fn seek(&mut self, index: FrameIndex) -> Result<(), MediaError> {
            self.record(format!("seek {index}"));
            self.next = index.0;
            Ok(())
        }

        fn index(&self) -> Option<&Arc<Index>> {
            None
        }

        fn set_index(&mut self, _: Arc<Index>) {}

        fn take_problems(&mut self) -> Vec<String> {
            Vec::new()
        }
    }

    /// Reads frames, each with the number of frames needed. Returns the calls to the reader, and the frames read.
    fn calls(wanted: &[(u64, usize)]) -> (String, Vec<Option<u64>>) {
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let info = crate::media::open(
            &Source::Demo,
            Layout::GRAY8,
            crate::media::Limits::default(),
            &Pool::default(),
        );
        let info = info.expect("the demo").info().clone();
        let reader = Recorded { info, next: 0, calls: Arc::clone(&calls) };
        let scene = Scene::of(Source::Demo);
        let mut footage = Footage::new(Box::new(reader), &scene, Limits::default(), &Pool::default());
        let read = wanted.iter().map(|&(frame, needed)| {
            let read = footage.read(FrameIndex(frame), needed, &scene, || true).expect("readable");
            if let Some(read) = &read {
                assert_eq!(read.index.0, frame);
                let first = FrameIndex(frame).back(needed as u64 - 1);
                assert!(footage.recent().holds(first, read.index), "{frame} with {needed}");
            }
            read.map(|read| read.index.0)
        });
        let read = read.collect();
        (calls.lock().expect("no thread panicked").join(", "), read)
    }

    #[test]
    fn frames_in_order_are_read_once_and_without_a_seek() {
        let (calls, _) = calls(&[(0, 2), (1, 2), (2, 2), (2, 1), (3, 2)]);
        assert_eq!(calls, "read 0, read 1, read 2, read 3");
    }

    #[test]
    fn needed_frames_that_are_not_in_memory_are_read_after_a_seek() {
        assert_eq!(calls(&[(5, 3)]).0, "seek 3, read 3, read 4, read 5");
        assert_eq!(calls(&[(5, 1), (6, 1)]).0, "seek 5, read 5, read 6");
        // One frame more is needed than is in memory; one of the needed frames is in memory; none of them is.
        assert_eq!(calls(&[(0, 1), (1, 1), (2, 3)]).0, "read 0, read 1, seek 0, read 0, read 1, read 2");
        assert_eq!(calls(&[(1, 2), (3, 3)]).0, "read 0, read 1, read 2, read 3");
        assert_eq!(calls(&[(1, 2), (8, 2)]).0, "read 0, read 1, seek 7, read 7, read 8");
        assert_eq!(calls(&[(4, 1), (2, 1)]).0, "seek 4, read 4, seek 2, read 2");
    }

    #[test]
    fn past_the_end_there_is_no_frame() {
        let (calls, read) = calls(&[(8, 1), (9, 2), (10, 1)]);
        assert_eq!((read, &*calls), (vec![Some(8), Some(9), None], "seek 8, read 8, read 9"));
    }
}
