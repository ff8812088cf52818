//! The decode thread: it owns the reader, goes where the board says, and says when what it reads is due.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::backwards::{Backwards, Taken};
use super::direction::Way;
use super::messages::{Decode, Scheduled, Target};
use super::session::Shared;
use crate::media::{Frames, MediaError, Source};
use crate::picture::Shape;
use crate::render::Opener;
use crate::runtime::threads::{self, Panicked, Rank};
use crate::scene::{Scene, TooMuchMemory};
use crate::units::{FrameIndex, Generation};

/// What the thread does until the session ends.
pub(super) fn decode<T: Send + 'static>(shared: &Arc<Shared<T>>, opener: &Arc<dyn Opener>) {
    let mut decoder = Decoder {
        shared,
        opener,
        reader: None,
        open_version: 0,
        indexed_version: 0,
        place: Flow::default(),
        wanted: Arc::default(),
    };
    while let Some(work) = shared.work(|board| board.next_decode(decoder.open_version, decoder.flows())) {
        if let Err(panicked) = threads::catch(|| decoder.carry_out(work)) {
            decoder.give_up(&panicked);
        }
    }
}

/// What the decode thread holds.
struct Decoder<'a, T> {
    shared: &'a Arc<Shared<T>>,
    opener: &'a Arc<dyn Opener>,
    reader: Option<Box<dyn Frames>>,
    /// The version of the source that is open.
    open_version: u64,
    /// The version of the source for whose index a thread was started.
    indexed_version: u64,
    place: Flow,
    /// The generation that the reader works for.
    wanted: Arc<AtomicU64>,
}

impl<T: Send + 'static> Decoder<'_, T> {
    /// True while there are frames to come.
    fn flows(&self) -> bool {
        self.place.flowing && self.reader.is_some()
    }

    fn carry_out(&mut self, work: Decode) {
        let (shared, place) = (self.shared, &mut self.place);
        match (work, &mut self.reader) {
            (Decode::Open(scene, version), _) => self.open(&scene, version),
            (Decode::Seek(target, scene, generation, way), Some(reader)) => {
                let index = shared.board().status.index.clone();
                if let (Some(index), None) = (index, reader.index()) {
                    reader.set_index(index);
                }
                reader.set_layout(scene.layout);
                self.wanted.store(generation.0, Ordering::Relaxed);
                *place = Flow { generation, source_version: self.open_version, ..Flow::default() };
                place.scene = Some(Arc::clone(&scene));
                let shape = reader.info().shape();
                place.shape = Some(shape);
                if let Err(error) = scene.check_memory(shape) {
                    return shared.refuse(generation, error);
                }
                match place.go(&mut **reader, target, &scene, way) {
                    Ok(()) => place.flowing = true,
                    Err(error) => shared.fail(generation, &error),
                }
            }
            (Decode::Rewind, Some(reader)) => match place.rewind(&mut **reader) {
                Ok(()) => place.flowing = true,
                Err(error) => shared.fail(place.generation, &error),
            },
            (Decode::Frame, Some(reader)) => place.advance(shared, &mut **reader),
            // What is wrong was said when the source could not be opened.
            (Decode::Seek(..) | Decode::Rewind | Decode::Frame, None) => {}
        }
    }

    /// Opens the source of a scene and starts the thread that makes its index.
    fn open(&mut self, scene: &Scene, version: u64) {
        (self.open_version, self.reader) = (version, None);
        self.place = Flow { source_version: version, ..Flow::default() };
        let mut reader = match self.opener.open(&scene.source, scene.layout) {
            Ok(reader) => reader,
            Err(error) => {
                let error = error.to_string();
                return self.shared.change(|board| board.close(version, error, Instant::now()));
            }
        };
        let info = Arc::new(reader.info().clone());
        self.shared.change(|board| {
            if board.source_version == version {
                board.status.info = Some(info);
            }
        });
        // A seek does not wait for the one before it to be decoded. What is interrupted belongs to an older
        // generation, so its error dies by itself.
        let (shared, wanted) = (Arc::clone(self.shared), Arc::clone(&self.wanted));
        reader.set_interrupt(Box::new(move || {
            let board = shared.board();
            board.stop || board.generation.0 != wanted.load(Ordering::Relaxed)
        }));
        self.reader = Some(reader);
        if std::mem::replace(&mut self.indexed_version, version) != version {
            start_index(self.shared, self.opener, &scene.source, version);
        }
    }

    /// Lets go of a reader that panicked. The next that is asked for finds the source opened anew, unless it
    /// cannot even be opened.
    fn give_up(&mut self, panicked: &Panicked) {
        let (error, now) = (panicked.to_string(), Instant::now());
        if self.reader.take().is_some() {
            let generation = self.place.generation;
            self.open_version = 0;
            self.shared.change(|board| board.fail(generation, error, now));
        } else {
            self.shared.change(|board| board.close(self.open_version, error, now));
        }
        self.place.flowing = false;
    }
}

/// Where the decode thread is within a generation.
#[derive(Default)]
struct Flow {
    source_version: u64,
    generation: Generation,
    /// The scene whose frames are decoded, and the size of frames that fits into its memory.
    scene: Option<Arc<Scene>>,
    shape: Option<Shape>,
    /// Frames before this one are only needed by it.
    from: FrameIndex,
    /// What loops have added to the clock, and would add at this point.
    offset_secs: f64,
    end_secs: f64,
    /// Frames since the seek or the start of the loop.
    count: u64,
    flowing: bool,
    /// The frames to come, where the video goes backwards.
    backwards: Option<Backwards>,
}

impl Flow {
    /// Goes to a place in the video, to go on from there in a way.
    fn go(
        &mut self,
        reader: &mut dyn Frames,
        target: Target,
        scene: &Scene,
        way: Way,
    ) -> Result<(), MediaError> {
        let needed = scene.frames_needed();
        if way == Way::Forwards {
            self.from = seek(reader, target, needed)?;
            return Ok(());
        }
        let from = match reader.index() {
            Some(index) => target.frame(Some(index)).min(FrameIndex(index.frames()).back(1)),
            // The reader makes its own.
            None => seek(reader, target, needed)?,
        };
        let frame_bytes = scene.layout.frame_bytes(reader.info().shape());
        self.backwards = Some(Backwards::from(from, needed, frame_bytes));
        Ok(())
    }

    /// Goes on at the other end.
    fn rewind(&mut self, reader: &mut dyn Frames) -> Result<(), MediaError> {
        self.count = 0;
        self.from = FrameIndex(0);
        self.offset_secs = self.end_secs;
        match (&mut self.backwards, reader.index()) {
            (Some(backwards), Some(index)) => backwards.start_again(FrameIndex(index.frames()).back(1)),
            _ => reader.seek(FrameIndex(0))?,
        }
        Ok(())
    }

    /// The next frame, with its place on the clock.
    fn next(&mut self, reader: &mut dyn Frames, speed: f64) -> Result<Option<Scheduled>, MediaError> {
        if let Some(backwards) = &mut self.backwards {
            let Some(taken) = backwards.next(reader, speed)? else { return Ok(None) };
            let Taken { before, frame, lasts_secs, passed_over } = taken;
            if self.count == 0 {
                self.offset_secs = self.end_secs + frame.time_secs;
            }
            let due_secs = self.offset_secs - frame.time_secs;
            self.end_secs = due_secs + lasts_secs;
            return Ok(Some(Scheduled { before, frame, due_secs, lasts_secs, show: true, passed_over }));
        }
        let Some(frame) = reader.next_frame()? else { return Ok(None) };
        let (due_secs, lasts_secs) = (self.offset_secs + frame.time_secs, frame.duration_secs);
        self.end_secs = due_secs + lasts_secs;
        let (show, frame) = (frame.index >= self.from, Arc::new(frame));
        Ok(Some(Scheduled { before: Vec::new(), frame, due_secs, lasts_secs, show, passed_over: 0 }))
    }

    /// Tests a frame whose size differs from those before it.
    fn check_memory(&mut self, shape: Shape) -> Result<(), TooMuchMemory> {
        if self.shape == Some(shape) {
            return Ok(());
        }
        self.shape = Some(shape);
        self.scene.as_ref().map_or(Ok(()), |scene| scene.check_memory(shape))
    }

    /// Decodes the next frame and waits for room for it.
    fn advance<T>(&mut self, shared: &Shared<T>, reader: &mut dyn Frames) {
        let speed = shared.board().speed();
        let next = self.next(reader, speed);
        let problems = reader.take_problems();
        if !problems.is_empty() {
            shared.change(|board| board.report(self.source_version, problems));
        }
        match next {
            Ok(Some(item)) => {
                if let Err(error) = self.check_memory(item.frame.shape) {
                    self.flowing = false;
                    return shared.refuse(self.generation, error);
                }
                self.count += 1;
                let mut item = Some(item);
                let generation = self.generation;
                // Pushes, or waits for room; a seek makes the generation stale, which takes the item.
                shared.work(|board| {
                    item = item.take().and_then(|item| board.push_frame(generation, item));
                    item.is_none().then_some(())
                });
            }
            Ok(None) => {
                self.flowing = false;
                let single = self.count <= 1 && self.from == FrameIndex(0);
                let generation = self.generation;
                shared.change(|board| {
                    if board.generation == generation {
                        board.progress.ended = true;
                        board.progress.single |= single;
                    }
                });
            }
            Err(error) => {
                self.flowing = false;
                shared.fail(self.generation, &error);
            }
        }
    }
}

/// Starts the thread that makes the index of a source. It ends by itself: with the file, with the session, or when
/// another source is opened.
fn start_index<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &Arc<dyn Opener>,
    source: &Source,
    version: u64,
) {
    let (watched, opener, source) = (Arc::clone(shared), Arc::clone(opener), source.clone());
    let scan = move || {
        let mut wanted = |_: f64| {
            let board = watched.board();
            if board.stop || board.source_version != version {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let made = opener.scan(&source, &mut wanted);
        watched.change(|board| match made {
            Ok(index) if board.source_version == version => board.status.index = Some(index),
            Ok(_) => {}
            // It was not interrupted, and the reader says what is wrong with the file.
            Err(MediaError::Interrupted) => board.progress.index_failed |= board.source_version == version,
            Err(error) => board.fail_to_index(version, &error.to_string()),
        });
    };
    let failed = Arc::clone(shared);
    let report = move |panicked: Panicked| {
        failed.change(|board| board.fail_to_index(version, &panicked.to_string()));
    };
    if let Err(error) = threads::start("index", Rank::Show, scan, report) {
        shared.change(|board| board.fail_to_index(version, &format!("no thread can be started: {error}")));
    }
}

/// Moves the reader so that the target and the frames it needs come next. Returns the target's number.
fn seek(reader: &mut dyn Frames, target: Target, needed: usize) -> Result<FrameIndex, MediaError> {
    let frame = target.frame(reader.index());
    let context = needed.saturating_sub(1) as u64;
    let last = match reader.seek(frame.back(context)) {
        Err(MediaError::NoSuchFrame { frames, .. }) if frames > 0 => FrameIndex(frames - 1),
        // What it needs may exist where the frame itself does not.
        Ok(()) => reader.index().map_or(frame, |index| FrameIndex(index.frames().saturating_sub(1))),
        Err(error) => return Err(error),
    };
    if frame <= last {
        return Ok(frame);
    }
    reader.seek(last.back(context)).map(|()| last)
}
