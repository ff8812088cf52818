//! The decode thread: owns the reader, seeks as the state asks, and schedules each frame on the clock.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::backwards::{Backwards, BackwardsFrame};
use super::direction::Direction;
use super::messages::{Decode, Scheduled, Target};
use super::shared::Shared;
use crate::media::{Frames, MediaError, Source};
use crate::picture::Shape;
use crate::render::Opener;
use crate::runtime::threads::{self, Panicked, Priority};
use crate::scene::{Scene, TooMuchMemory};
use crate::units::{FrameIndex, Generation};

/// Runs the decode thread until the session ends.
pub(super) fn decode<T: Send + 'static>(shared: &Arc<Shared<T>>, opener: &Arc<dyn Opener>) {
    let mut decoder = Decoder {
        shared,
        opener,
        reader: None,
        open_version: 0,
        indexed_version: 0,
        position: Position::default(),
        wanted: Arc::default(),
    };
    while let Some(work) = shared.work(|state| state.next_decode(decoder.open_version, decoder.is_decoding()))
    {
        if let Err(panicked) = threads::catch(|| decoder.carry_out(work)) {
            decoder.recover(&panicked);
        }
    }
}

/// The decode thread's own data.
struct Decoder<'a, T> {
    shared: &'a Arc<Shared<T>>,
    opener: &'a Arc<dyn Opener>,
    reader: Option<Box<dyn Frames>>,
    /// The version of the source that is open.
    open_version: u64,
    /// The version of the source for which an index thread was started.
    indexed_version: u64,
    position: Position,
    /// The generation that the reader decodes for.
    wanted: Arc<AtomicU64>,
}

impl<T: Send + 'static> Decoder<'_, T> {
    /// True until the last frame has been decoded.
    fn is_decoding(&self) -> bool {
        self.position.is_decoding && self.reader.is_some()
    }

    fn carry_out(&mut self, work: Decode) {
        let (shared, position) = (self.shared, &mut self.position);
        match (work, &mut self.reader) {
            (Decode::Open(scene, version), _) => self.open(&scene, version),
            (Decode::Seek(target, scene, generation, direction), Some(reader)) => {
                let index = shared.state().status.index.clone();
                if let (Some(index), None) = (index, reader.index()) {
                    reader.set_index(index);
                }
                reader.set_layout(scene.layout);
                self.wanted.store(generation.0, Ordering::Relaxed);
                *position = Position { generation, source_version: self.open_version, ..Position::default() };
                position.scene = Some(Arc::clone(&scene));
                let shape = reader.info().shape();
                position.shape = Some(shape);
                if let Err(error) = scene.check_memory(shape) {
                    return shared.refuse(generation, error);
                }
                match position.seek(&mut **reader, target, &scene, direction) {
                    Ok(()) => position.is_decoding = true,
                    Err(error) => shared.fail(generation, &error),
                }
            }
            (Decode::Rewind, Some(reader)) => match position.rewind(&mut **reader) {
                Ok(()) => position.is_decoding = true,
                Err(error) => shared.fail(position.generation, &error),
            },
            (Decode::Frame, Some(reader)) => position.advance(shared, &mut **reader),
            // The error was reported when the source could not be opened.
            (Decode::Seek(..) | Decode::Rewind | Decode::Frame, None) => {}
        }
    }

    /// Opens the source of a scene and starts the thread that makes its index.
    fn open(&mut self, scene: &Scene, version: u64) {
        (self.open_version, self.reader) = (version, None);
        self.position = Position { source_version: version, ..Position::default() };
        let mut reader = match self.opener.open(&scene.footage(), scene.layout) {
            Ok(reader) => reader,
            Err(error) => {
                let error = error.to_string();
                return self.shared.change(|state| state.close(version, error, Instant::now()));
            }
        };
        let info = Arc::new(reader.info().clone());
        self.shared.change(|state| {
            if state.versions.source == version {
                state.status.info = Some(info);
            }
        });
        // A seek interrupts the seek before it. The error of the interrupted seek belongs to an older generation and is
        // ignored.
        let (shared, wanted) = (Arc::clone(self.shared), Arc::clone(&self.wanted));
        reader.set_interrupt(Box::new(move || {
            let state = shared.state();
            state.stop || state.versions.generation.0 != wanted.load(Ordering::Relaxed)
        }));
        self.reader = Some(reader);
        if std::mem::replace(&mut self.indexed_version, version) != version {
            start_index(self.shared, self.opener, &scene.footage(), version);
        }
    }

    /// Drops a reader that panicked. The next request opens the source again, unless the panic came from opening it.
    fn recover(&mut self, panicked: &Panicked) {
        let (error, now) = (panicked.to_string(), Instant::now());
        if self.reader.take().is_some() {
            let generation = self.position.generation;
            self.open_version = 0;
            self.shared.change(|state| state.fail(generation, error, now));
        } else {
            self.shared.change(|state| state.close(self.open_version, error, now));
        }
        self.position.is_decoding = false;
    }
}

/// The position of the decode thread within a generation.
#[derive(Default)]
struct Position {
    source_version: u64,
    generation: Generation,
    /// The scene whose frames are decoded, and the frame size for which its memory was checked.
    scene: Option<Arc<Scene>>,
    shape: Option<Shape>,
    /// Frames before this one are decoded but not shown.
    from: FrameIndex,
    /// Seconds that earlier loops have added to the clock, and would add if the loop ended here.
    offset_secs: f64,
    end_secs: f64,
    /// Frames since the seek or the start of the loop.
    count: u64,
    is_decoding: bool,
    /// The source of frames while the video plays backwards.
    backwards: Option<Backwards>,
}

impl Position {
    /// Seeks to a target, to continue from there in a direction.
    fn seek(
        &mut self,
        reader: &mut dyn Frames,
        target: Target,
        scene: &Scene,
        direction: Direction,
    ) -> Result<(), MediaError> {
        let needed = scene.frames_needed();
        if direction == Direction::Forwards {
            self.from = seek(reader, target, needed)?;
            return Ok(());
        }
        let from = match reader.index() {
            Some(index) => target.frame(Some(index)).min(FrameIndex(index.frames()).back(1)),
            // The reader makes an index by itself.
            None => seek(reader, target, needed)?,
        };
        let frame_bytes = scene.layout.frame_bytes(reader.info().shape());
        self.backwards = Some(Backwards::from(from, needed, frame_bytes));
        Ok(())
    }

    /// Continues at the other end, for a loop.
    fn rewind(&mut self, reader: &mut dyn Frames) -> Result<(), MediaError> {
        self.count = 0;
        self.from = FrameIndex(0);
        self.offset_secs = self.end_secs;
        match (&mut self.backwards, reader.index()) {
            (Some(backwards), Some(index)) => backwards.restart(FrameIndex(index.frames()).back(1)),
            _ => reader.seek(FrameIndex(0))?,
        }
        Ok(())
    }

    /// The next frame, with its position on the clock.
    fn next(&mut self, reader: &mut dyn Frames, speed: f64) -> Result<Option<Scheduled>, MediaError> {
        if let Some(backwards) = &mut self.backwards {
            let Some(taken) = backwards.next(reader, speed)? else { return Ok(None) };
            let BackwardsFrame { before, frame, lasts_secs, skipped } = taken;
            if self.count == 0 {
                self.offset_secs = self.end_secs + frame.time_secs;
            }
            let due_secs = self.offset_secs - frame.time_secs;
            self.end_secs = due_secs + lasts_secs;
            return Ok(Some(Scheduled { before, frame, due_secs, lasts_secs, show: true, skipped }));
        }
        let Some(frame) = reader.next_frame()? else { return Ok(None) };
        let (due_secs, lasts_secs) = (self.offset_secs + frame.time_secs, frame.duration_secs);
        self.end_secs = due_secs + lasts_secs;
        let (show, frame) = (frame.index >= self.from, Arc::new(frame));
        Ok(Some(Scheduled { before: Vec::new(), frame, due_secs, lasts_secs, show, skipped: 0 }))
    }

    /// Checks the scene's memory against a frame of another size than the frame before.
    fn check_memory(&mut self, shape: Shape) -> Result<(), TooMuchMemory> {
        if self.shape == Some(shape) {
            return Ok(());
        }
        self.shape = Some(shape);
        self.scene.as_ref().map_or(Ok(()), |scene| scene.check_memory(shape))
    }

    /// Decodes the next frame and waits for room for it.
    fn advance<T>(&mut self, shared: &Shared<T>, reader: &mut dyn Frames) {
        let speed = shared.state().speed();
        let next = self.next(reader, speed);
        let problems = reader.take_problems();
        if !problems.is_empty() {
            shared.change(|state| state.report(self.source_version, problems));
        }
        match next {
            Ok(Some(item)) => {
                if let Err(error) = self.check_memory(item.frame.shape) {
                    self.is_decoding = false;
                    return shared.refuse(self.generation, error);
                }
                self.count += 1;
                let mut item = Some(item);
                let generation = self.generation;
                // Pushes, or waits for room. After a seek the generation is stale, and the push drops the item.
                shared.work(|state| {
                    item = item.take().and_then(|item| state.push_frame(generation, item));
                    item.is_none().then_some(())
                });
            }
            Ok(None) => {
                self.is_decoding = false;
                let single = self.count <= 1 && self.from == FrameIndex(0);
                let generation = self.generation;
                shared.change(|state| {
                    if state.versions.generation == generation {
                        state.progress.ended = true;
                        state.progress.single |= single;
                    }
                });
            }
            Err(error) => {
                self.is_decoding = false;
                shared.fail(self.generation, &error);
            }
        }
    }
}

/// Starts the thread that makes the index of a source. It ends with the file, with the session, or when another source
/// is opened.
fn start_index<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &Arc<dyn Opener>,
    source: &Source,
    version: u64,
) {
    let (watched, opener, source) = (Arc::clone(shared), Arc::clone(opener), source.clone());
    let scan = move || {
        let mut wanted = |_: f64| {
            let state = watched.state();
            if state.stop || state.versions.source != version {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let made = opener.scan(&source, &mut wanted);
        watched.change(|state| match made {
            Ok(index) if state.versions.source == version => state.status.index = Some(index),
            Ok(_) => {}
            // The thread was not interrupted from here, so the reader's error is reported elsewhere.
            Err(MediaError::Interrupted) => state.progress.index_failed |= state.versions.source == version,
            Err(error) => state.fail_to_index(version, &error.to_string()),
        });
    };
    let failed = Arc::clone(shared);
    let report = move |panicked: Panicked| {
        failed.change(|state| state.fail_to_index(version, &panicked.to_string()));
    };
    if let Err(error) = threads::start("index", Priority::Display, scan, report) {
        shared.change(|state| state.fail_to_index(version, &format!("no thread can be started: {error}")));
    }
}

/// Moves the reader so that the target and the frames it needs come next. Returns the number of the target.
fn seek(reader: &mut dyn Frames, target: Target, needed: usize) -> Result<FrameIndex, MediaError> {
    let frame = target.frame(reader.index());
    let context = needed.saturating_sub(1) as u64;
    let last = match reader.seek(frame.back(context)) {
        Err(MediaError::NoSuchFrame { frames, .. }) if frames > 0 => FrameIndex(frames - 1),
        // The seek went to frames before the target, which may exist although the target does not.
        Ok(()) => reader.index().map_or(frame, |index| FrameIndex(index.frames().saturating_sub(1))),
        Err(error) => return Err(error),
    };
    if frame <= last {
        return Ok(frame);
    }
    reader.seek(last.back(context)).map(|()| last)
}
