//! The decode thread: it owns the reader, goes where the board says, and says when what it reads is due.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::{Opener, Shared, named};
use crate::media::{Frames, MediaError};
use crate::pipeline::backwards::{Backwards, Taken};
use crate::pipeline::board::{Decode, Scheduled, Target};
use crate::pipeline::way::Way;
use crate::scene::Scene;
use crate::threads::Rank;
use crate::units::{FrameIndex, Generation};

/// What the thread does until the session ends.
pub(super) fn decode<T: Send + 'static>(shared: &Arc<Shared<T>>, opener: &Arc<dyn Opener>) {
    let mut reader: Option<Box<dyn Frames>> = None;
    let mut open_version = 0;
    let mut place = Flow::default();
    // The generation that the reader works for.
    let wanted = Arc::new(AtomicU64::new(0));
    while let Some(work) =
        shared.work(|board| board.next_decode(open_version, place.flowing && reader.is_some()))
    {
        match (work, &mut reader) {
            (Decode::Open(scene, version), _) => {
                open_version = version;
                place = Flow { source_version: version, ..Flow::default() };
                reader = open(shared, opener, &scene, version);
                if let Some(reader) = &mut reader {
                    // A seek does not wait for the one before it to be decoded. What is interrupted belongs to
                    // an older generation, so its error dies by itself.
                    let (shared, wanted) = (Arc::clone(shared), Arc::clone(&wanted));
                    reader.set_interrupt(Box::new(move || {
                        let board = shared.board();
                        board.stop || board.generation.0 != wanted.load(Ordering::Relaxed)
                    }));
                }
            }
            (Decode::Seek(target, scene, generation, way), Some(reader)) => {
                let index = shared.board().status.index.clone();
                if let (Some(index), None) = (index, reader.index()) {
                    reader.set_index(index);
                }
                reader.set_layout(scene.layout);
                wanted.store(generation.0, Ordering::Relaxed);
                place = Flow { generation, source_version: open_version, ..Flow::default() };
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
}

/// Where the decode thread is within a generation.
#[derive(Default)]
struct Flow {
    source_version: u64,
    generation: Generation,
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

/// Opens a source and starts the thread that makes its index.
fn open<T: Send + 'static>(
    shared: &Arc<Shared<T>>,
    opener: &Arc<dyn Opener>,
    scene: &Scene,
    version: u64,
) -> Option<Box<dyn Frames>> {
    let reader = match opener.open(&scene.source, scene.layout) {
        Ok(reader) => reader,
        Err(error) => {
            shared.change(|board| {
                if board.source_version == version {
                    board.fail(board.generation, error.to_string(), Instant::now());
                }
            });
            return None;
        }
    };
    let info = Arc::new(reader.info().clone());
    shared.change(|board| {
        if board.source_version == version {
            board.status.info = Some(info);
        }
    });
    let (shared, opener, source) = (Arc::clone(shared), Arc::clone(opener), scene.source.clone());
    // Ends by itself: with the file, with the session, or when another source is opened.
    named("index", Rank::Show, move || {
        let mut wanted = |_: f64| {
            let board = shared.board();
            if board.stop || board.source_version != version {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let made = opener.scan(&source, &mut wanted);
        shared.change(|board| {
            if board.source_version == version {
                match made {
                    Ok(index) => board.status.index = Some(index),
                    Err(_) => board.progress.index_failed = true,
                }
            }
        });
    });
    Some(reader)
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
